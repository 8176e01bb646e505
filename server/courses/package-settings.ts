import Type, { type Static, type TSchema } from 'typebox';
import Schema from 'typebox/schema';
import { type AssignmentSettings, ways } from '../assignments/rubric.ts';
import type { Draw } from '../quizzes/draw.ts';
import { type QuizSettings, quizRoles } from '../quizzes/settings.ts';
import type { TextFault } from './fault.ts';
import { readSkill, type Skill } from './frameworks.ts';
import { tellRoles } from './package-roles.ts';
import { levels, topics } from './topics.ts';
import { isRecord, listIn, type Path, readYaml, schemaFaults, type YamlReading } from './yaml.ts';

export interface CourseSettings {
  id: string;
  topic: (typeof topics)[number];
  level: (typeof levels)[number];
  hours: number;
  /** how many months its certificates hold; null: for ever */
  validMonths: number | null;
  /** the first is the one the course was written in */
  languages: string[];
  provider: string;
  licence: string;
  skills: Skill[];
  /** keys of the lessons to read, of the quizzes and the assignments to pass */
  completion: { lessons: string[]; quizzes: string[]; assignments: string[] };
  /** a mentor looks at all of that, and says that it is theirs and enough */
  signOff: boolean;
  items: ItemSettings[];
}

export type ItemSettings = { key: string; minutes: number; skills: Skill[] } & (
  | { kind: 'lesson' }
  | { kind: 'quiz'; quiz: QuizSettings }
  | { kind: 'assignment'; assignment: AssignmentSettings }
);
type Kind = ItemSettings['kind'];

/** What the other files hang on; there as far as it can be read, though something else be wrong. */
export interface Outline {
  languages: string[];
  items: { key: string; kind: Kind; line: number; drawLines?: number[] }[];
}

export interface SettingsReading {
  /** null when anything is wrong */
  settings: CourseSettings | null;
  outline: Outline;
  faults: TextFault[];
}

/** Reads course.yaml. @param folder the name of its folder, which the id must equal */
export function readSettings(text: string, folder: string): SettingsReading {
  const reading = readYaml(text, 1);
  const { value } = reading;
  if (reading.faults.length > 0)
    return { settings: null, outline: { languages: [], items: [] }, faults: reading.faults };
  const faults = [
    ...schemaFaults(Course, value, reading),
    ...listIn(value, 'items').flatMap((item, index) => schemaFaults(itemSchema(item), item, reading, ['items', index])),
    ...ownFaults(value, folder, reading),
  ];
  const settings = faults.length === 0 && Schema.Check(Course, value) ? settingsOf(value) : null;
  return { settings, outline: outlineOf(value, reading), faults };
}

const Key = Type.String({ pattern: '^(?!course$)[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 80 });
const Keys = Type.Array(Key, { uniqueItems: true });
const Skills = Type.Array(Type.String(), { uniqueItems: true });
const Minutes = Type.Integer({ minimum: 1, maximum: 600 });
const Rule = oneOf(['exact', 'ignore']);

const Lesson = Type.Object({ key: Key, kind: Type.Literal('lesson'), minutes: Minutes, skills: Type.Optional(Skills) });
/** A level may look like a number. */
const draws = [Type.String({ minLength: 1, maxLength: 60 }), Type.Integer()].map((Level) =>
  Type.Object(
    {
      tag: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
      level: Type.Optional(Level),
      count: Type.Integer({ minimum: 1, maximum: 500 }),
    },
    { additionalProperties: false },
  ),
);
type WrittenDraw = Omit<Draw, 'level'> & { level?: string | number };
const Quiz = Type.Object({
  key: Key,
  kind: Type.Literal('quiz'),
  minutes: Minutes,
  skills: Type.Optional(Skills),
  pass: Type.Integer({ minimum: 1, maximum: 100 }),
  attempts: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  shuffle: Type.Optional(Type.Boolean()),
  accents: Type.Optional(Rule),
  case: Type.Optional(Rule),
  time_limit: Type.Optional(Minutes),
  hints: Type.Optional(Type.Boolean()),
  role: Type.Optional(oneOf(quizRoles)),
  // A union, so that whatever is wrong with one of them is told as a fault of the draw.
  draw: Type.Optional(Type.Array(Type.Unsafe<WrittenDraw>(Type.Union(draws)), { minItems: 1, maxItems: 50 })),
});
const Assignment = Type.Object({
  key: Key,
  kind: Type.Literal('assignment'),
  minutes: Minutes,
  skills: Type.Optional(Skills),
  pass: Type.Integer({ minimum: 1, maximum: 100 }),
  hand_in: Type.Array(oneOf(ways), { minItems: 1, uniqueItems: true }),
});
const kinds = { lesson: Lesson, quiz: Quiz, assignment: Assignment };
/** While the kind is wrong, no other key is too many. */
const Unclear = Type.Object({
  ...Type.Partial(Quiz).properties,
  ...Type.Partial(Assignment).properties,
  key: Key,
  kind: oneOf(Object.keys(kinds)),
});

const Course = Type.Object({
  format: Type.Literal(1),
  id: Key,
  topic: oneOf(topics),
  level: oneOf(levels),
  hours: Type.Number({ exclusiveMinimum: 0, maximum: 1000 }),
  valid_months: Type.Optional(Type.Integer({ minimum: 1, maximum: 600 })),
  languages: Type.Array(Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$', maxLength: 20 }), {
    minItems: 1,
    maxItems: 20,
    uniqueItems: true,
  }),
  provider: Type.String({ pattern: '^[a-z0-9_]{2,40}$' }),
  licence: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9.+-]*$', maxLength: 60 }),
  skills: Skills,
  completion: Type.Object({
    lessons: Type.Union([Type.Literal('all'), Keys]),
    quizzes: Type.Optional(Keys),
    assignments: Type.Optional(Keys),
    sign_off: Type.Optional(Type.Boolean()),
  }),
  // Each is checked by the schema of its kind, for a union could not say what is wrong.
  items: Type.Unsafe<Static<(typeof kinds)[Kind]>[]>(Type.Array(Type.Unknown(), { minItems: 1, maxItems: 500 })),
});

function oneOf<const Word extends string>(words: readonly Word[]) {
  return Type.Unsafe<Word>(Type.String({ enum: [...words] }));
}

function itemSchema(item: unknown): TSchema {
  const kind = isRecord(item) ? item.kind : 'lesson';
  return isKind(kind) ? kinds[kind] : Unclear;
}

function isKind(kind: unknown): kind is Kind {
  return typeof kind === 'string' && Object.hasOwn(kinds, kind);
}

function outlineOf(value: unknown, reading: YamlReading): Outline {
  const languages = listIn(value, 'languages').filter((language) =>
    Schema.Check(Course.properties.languages.items, language),
  );
  const items = listIn(value, 'items').flatMap((item, index) => {
    if (!isRecord(item) || !Schema.Check(Key, item.key)) return [];
    const { key, kind } = item;
    if (!isKind(kind)) return [];
    const drawLines = listIn(item, 'draw').map((_, number) => reading.lineOf(['items', index, 'draw', number]));
    const line = reading.lineOf(['items', index]);
    return [{ key, kind, line, ...(drawLines.length > 0 && { drawLines }) }];
  });
  const isFirst = ({ key }: { key: string }, index: number) => items.findIndex((item) => item.key === key) === index;
  return { languages: [...new Set(languages)], items: items.filter(isFirst) };
}

type Tell = (path: Path, code: string, values?: TextFault['values']) => void;

/** What a schema cannot say. */
function ownFaults(value: unknown, folder: string, reading: YamlReading): TextFault[] {
  if (!isRecord(value)) return [];
  const faults: TextFault[] = [];
  const tell: Tell = (path, code, values = {}) => faults.push({ line: reading.lineOf(path), code, values });
  const items = listIn(value, 'items').map((item) => (isRecord(item) ? item : {}));

  const { id, hours } = value;
  if (typeof id === 'string' && id !== folder) tell(['id'], 'id_not_folder', { id, folder });
  if (typeof hours === 'number' && !hasOneDecimal(hours)) tell(['hours'], 'setting_hours', { value: String(hours) });
  const keys = items.map(({ key }) => key);
  keys.forEach((key, index) => {
    const isRepeated = typeof key === 'string' && keys.indexOf(key) < index;
    if (isRepeated) tell(['items', index], 'item_key_repeated', { key });
  });
  items.forEach((item, index) => {
    const { minutes, time_limit: limit } = item;
    if (typeof minutes === 'number' && typeof limit === 'number' && limit >= 1 && limit < minutes)
      tell(['items', index, 'time_limit'], 'time_limit_short', { limit, minutes });
  });
  tellSkills(value, [], tell);
  items.forEach((item, index) => void tellSkills(item, ['items', index], tell));
  tellCompletion(value.completion, items, tell);
  tellRoles(value.completion, items, tell);
  return faults;
}

function hasOneDecimal(value: number): boolean {
  return Math.abs(value * 10 - Math.round(value * 10)) < 1e-9;
}

function tellSkills(holder: Record<string, unknown>, path: Path, tell: Tell): void {
  listIn(holder, 'skills').forEach((text, index) => {
    const skill = readSkill(String(text));
    if (typeof skill === 'string') tell([...path, 'skills', index], skill, { skill: String(text) });
  });
}

function tellCompletion(completion: unknown, items: Record<string, unknown>[], tell: Tell): void {
  if (!isRecord(completion)) return;
  const lists = { lessons: 'lesson', quizzes: 'quiz', assignments: 'assignment' };
  for (const [list, kind] of Object.entries(lists)) {
    listIn(completion, list).forEach((key, index) => {
      const isKnown = items.some((item) => item.key === key && item.kind === kind);
      if (!isKnown) tell(['completion', list, index], `completion_unknown_${kind}`, { key: String(key) });
    });
  }
  const { lessons, quizzes = [], assignments = [] } = completion;
  const isNothing = lessons === 'all' ? !items.some(({ kind }) => kind === 'lesson') : isEmptyList(lessons);
  if (isNothing && isEmptyList(quizzes) && isEmptyList(assignments)) tell(['completion'], 'completion_empty');
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function settingsOf(course: Static<typeof Course>): CourseSettings {
  const { id, topic, level, hours, languages, provider, licence, skills, completion } = course;
  const items = course.items.map((item): ItemSettings => {
    const common = { key: item.key, minutes: item.minutes, skills: skillsOf(item.skills) };
    if (item.kind === 'lesson') return { ...common, kind: 'lesson' };
    if (item.kind === 'assignment')
      return { ...common, kind: 'assignment', assignment: { pass: item.pass, ways: item.hand_in } };
    const { pass, attempts = null, shuffle = true, accents = 'ignore' } = item;
    const { time_limit, draw, role } = item;
    const rules = { pass, attempts: role === 'pre-test' ? 1 : attempts, shuffle, accents, case: item.case ?? 'ignore' };
    const limit = time_limit !== undefined && { time_limit };
    const help = item.hints === false && { hints: false as const };
    return {
      ...common,
      kind: 'quiz',
      quiz: { ...rules, ...limit, ...(draw && { draw: draw.map(drawOf) }), ...help, ...(role && { role }) },
    };
  });
  const lessons = items.filter(({ kind }) => kind === 'lesson').map(({ key }) => key);
  return {
    ...{ id, topic, level, hours, languages, provider, licence, items, skills: skillsOf(skills) },
    validMonths: course.valid_months ?? null,
    completion: {
      lessons: completion.lessons === 'all' ? lessons : completion.lessons,
      quizzes: completion.quizzes ?? [],
      assignments: completion.assignments ?? [],
    },
    signOff: completion.sign_off ?? false,
  };
}

function drawOf({ level, ...draw }: WrittenDraw): Draw {
  return level === undefined ? draw : { ...draw, level: String(level) };
}

function skillsOf(texts: string[] = []): Skill[] {
  return texts.map(readSkill).filter((skill) => typeof skill !== 'string');
}
