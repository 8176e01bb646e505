import { attemptQuestions, type Correction } from '../../attempts/contents.ts';
import { asKept, markQuestion } from '../../attempts/marking.ts';
import type { Response } from '../../quizzes/question.ts';
import { hasPassed, type QuizSettings } from '../../quizzes/settings.ts';
import type { VersionQuestion } from '../../versions/reading.ts';
import type { Key } from '../key.ts';

/** Attempts in which a question was answered alike, with the same points for it and in all. */
export interface Alike {
  question_id: string;
  settings: QuizSettings;
  response: Response | null;
  language: string | null;
  /** For this question. */
  mark: number;
  points: number;
  max_points: number;
  passed: boolean;
  count: number;
}

export interface Preview {
  attempts: number;
  up: number;
  down: number;
  /** Those who did not pass and will. */
  pass: number;
  /** Those who passed, and by the new key no longer would. */
  fail: number;
}

/** What a correction would change, by the marking of attempts. */
export function previewOf(alike: Alike[], question: VersionQuestion, key: Key | null): Preview {
  const preview: Preview = { attempts: 0, up: 0, down: 0, pass: 0, fail: 0 };
  const [first = ''] = Object.keys(question.bodies);
  for (const { settings, response, language, mark, points, max_points, passed, count } of alike) {
    const answer = { question_id: question.id, revision: 1, response, language: language ?? first };
    const correction: Correction = { number: 1, question_id: question.id, key, reason: '' };
    const facts = { answers: [answer], corrections: [correction], essay_marks: [], question_ids: null };
    const [corrected] = attemptQuestions([question], facts, first);
    const after = corrected === undefined ? null : markQuestion(corrected, settings);
    if (after === null) continue;
    const total = asKept(points - mark + after);
    const passes = hasPassed(total, max_points, settings);
    preview.attempts += count;
    if (total > points) preview.up += count;
    if (total < points) preview.down += count;
    if (passes && !passed) preview.pass += count;
    if (!passes && passed) preview.fail += count;
  }
  return preview;
}
