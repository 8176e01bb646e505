import { ways } from '../../assignments/rubric.ts';
import type { Outline } from '../../courses/package-settings.ts';

type Item = Outline['items'][number];
export type Written = Record<string, unknown>;

/** What stands in the settings, as the fields of a form. */
export function shownSettings(item: Written): Record<string, string> {
  const text = (value: unknown) => (typeof value === 'number' || typeof value === 'string' ? String(value) : '');
  return {
    ...{ minutes: text(item.minutes), pass: text(item.pass), attempts: text(item.attempts) },
    ...{ time_limit: text(item.time_limit), drawn: text(countOf(item.draw)) },
    shuffle: item.shuffle === false ? '' : 'yes',
    accents: item.accents === 'exact' ? 'yes' : '',
    case: item.case === 'exact' ? 'yes' : '',
    hints: item.hints === false ? '' : 'yes',
    role: text(item.role) || 'none',
  };
}

/** Whether a quiz draws by tags or levels: more than one field can say. */
export function drawsByRule({ draw }: Written): boolean {
  return draw !== undefined && countOf(draw) === null;
}

/** Of a quiz that draws so many out of all its questions. */
function countOf(draw: unknown): number | null {
  const [only, ...others] = [draw ?? []].flat();
  if (typeof only !== 'object' || only === null || others.length > 0) return null;
  const { count, ...rest } = only as Written;
  return typeof count === 'number' && Object.keys(rest).length === 0 ? count : null;
}

interface Typed {
  minutes: number;
  skills: string[];
  pass?: number;
  attempts?: number;
  time_limit?: number;
  drawn?: number;
  shuffle?: boolean;
  accents?: boolean;
  case?: boolean;
  hints?: boolean;
  role?: string;
  hand_in?: string[];
}

/** What is left out and means the same stays left out. */
export function itemSettings({ kind }: Item, before: Written, typed: Typed): Written {
  const orLeftOut = (name: string, value: unknown, usual: unknown) =>
    name in before || value !== usual ? value : undefined;
  const { minutes, pass, skills } = typed;
  const common = { minutes, skills: skills.length > 0 || 'skills' in before ? skills : undefined };
  if (kind === 'lesson') return common;
  if (kind === 'assignment') return { ...common, pass, hand_in: ways.filter((way) => typed.hand_in?.includes(way)) };
  const rule = (isExact: boolean | undefined) => (isExact ? 'exact' : 'ignore');
  return {
    ...{ ...common, pass, attempts: typed.attempts, time_limit: typed.time_limit, draw: drawOf(before, typed) },
    shuffle: orLeftOut('shuffle', typed.shuffle === true, true),
    accents: orLeftOut('accents', rule(typed.accents), 'ignore'),
    case: orLeftOut('case', rule(typed.case), 'ignore'),
    hints: orLeftOut('hints', typed.hints === true, true),
    role: typed.role === undefined || typed.role === 'none' ? undefined : typed.role,
  };
}

function drawOf(before: Written, { drawn }: Typed): unknown {
  if (drawsByRule(before) || drawn === (countOf(before.draw) ?? undefined)) return before.draw;
  return drawn === undefined ? undefined : [{ count: drawn }];
}

interface Rule {
  lessons: 'all' | 'some';
  required: string[];
  signOff: boolean;
}

/** The rule of completion, in the order of the course; a list that names the same keys stays as it is. */
export function completionRule({ items }: Outline, before: Written, { lessons, required, signOff }: Rule): Written {
  const listOf = (name: string, kind: Item['kind']) => {
    const keys = items.filter((item) => item.kind === kind && required.includes(item.key)).map(({ key }) => key);
    const had = [before[name] ?? []].flat();
    const isSame = had.length === keys.length && keys.every((key) => had.includes(key));
    if (isSame && name in before && Array.isArray(before[name])) return before[name];
    return keys.length > 0 || name in before || kind === 'lesson' ? keys : undefined;
  };
  return {
    lessons: lessons === 'all' ? 'all' : listOf('lessons', 'lesson'),
    quizzes: listOf('quizzes', 'quiz'),
    assignments: listOf('assignments', 'assignment'),
    sign_off: signOff || 'sign_off' in before ? signOff : undefined,
  };
}
