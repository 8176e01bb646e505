import { quizRoles } from '../quizzes/settings.ts';
import type { TextFault } from './fault.ts';
import { isRecord, listIn, type Path } from './yaml.ts';

type Item = Record<string, unknown>;
type Tell = (path: Path, code: string, values?: TextFault['values']) => void;

/** What makes no sense of a quiz that is taken before the lessons, and of one that is taken after them. */
export function tellRoles(completion: unknown, items: Item[], tell: Tell): void {
  for (const role of quizRoles) {
    const [first, ...others] = placesOf(role, items);
    for (const at of others)
      tell(['items', at, 'role'], 'role_repeated', { role, key: String(items[first ?? 0]?.key ?? '') });
  }
  const [before] = placesOf('pre-test', items);
  const [after] = placesOf('post-test', items);
  const lesson = items.findIndex(({ kind }) => kind === 'lesson');
  if (before !== undefined) tellPreTest(items[before] ?? {}, before, lesson, completion, tell);
  if (after === undefined) return;
  if (before === undefined) tell(['items', after, 'role'], 'post_test_alone');
  else if (lesson === -1 || after < lesson) tell(['items', after, 'role'], 'post_test_early');
}

function tellPreTest(item: Item, at: number, lesson: number, completion: unknown, tell: Tell): void {
  const key = String(item.key ?? '');
  if (lesson !== -1 && lesson < at) tell(['items', at, 'role'], 'pre_test_late');
  if (typeof item.attempts === 'number' && item.attempts !== 1) tell(['items', at, 'attempts'], 'pre_test_attempts');
  const required = isRecord(completion) ? listIn(completion, 'quizzes').indexOf(item.key) : -1;
  if (required !== -1) tell(['completion', 'quizzes', required], 'pre_test_required', { key });
}

function placesOf(role: string, items: Item[]): number[] {
  return items.flatMap((item, index) => (item.kind === 'quiz' && item.role === role ? [index] : []));
}
