import { isDeepStrictEqual } from 'node:util';
import { type Marking, markAttempt } from '../../attempts/marking.ts';
import type { AttemptContents } from '../../attempts/questions.ts';

/**
 * An attempt marked again, as if it were handed in now. Only whether it was passed may stay better than that.
 * @param mayFail the reviewer takes the pass from whoever no longer has it
 * @returns null where nothing changes
 */
export function remark(attempt: Omit<AttemptContents, 'id'>, before: Marking, mayFail: boolean): Marking | null {
  const fresh = markAttempt(attempt);
  const after = { ...fresh, passed: fresh.passed || (before.passed && !mayFail) };
  return isDeepStrictEqual(inOrder(after), inOrder(before)) ? null : after;
}

function inOrder({ points, max_points, passed, marks }: Marking) {
  const byQuestion = Object.fromEntries(marks.map(({ question_id, points }) => [question_id, points]));
  return { points, max_points, passed, byQuestion };
}
