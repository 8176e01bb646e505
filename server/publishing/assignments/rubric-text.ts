import { isMap, isScalar, isSeq, parseDocument, type YAMLMap, YAMLSeq } from 'yaml';
import { partFrontMatter } from '../../courses/package-texts.ts';
import { isRecord } from '../../courses/yaml.ts';
import { cleanLine } from '../../platform/text.ts';

/** What an assignment says in one language: its rubric between two lines `---`, then `# Title` and the task. */
export interface WrittenAssignment {
  title: string;
  task: string;
  criteria: WrittenCriterion[];
}

export interface WrittenCriterion {
  title: string;
  /** As they stand in the text. Points are words while they are no number. */
  levels: { points: string; text: string }[];
}

/** A criterion as it is to be, and which one it was. */
export interface MadeCriterion {
  /** Its place among those that stand there; null: it is new. */
  was: number | null;
  title: string;
  /** From the best down. */
  levels: { was: number | null; points: number; text: string }[];
}

/** @returns null where no form can show the rubric: its author mends the text first */
export function assignmentIn(source: string): WrittenAssignment | null {
  const parts = partsOf(source);
  return parts && { title: parts.title, task: parts.task.trim(), criteria: parts.criteria };
}

/** The text with that in it; what stays the same stays as it was written, to the last byte. @returns null as above */
export function withAssignment(
  source: string,
  { title, task, criteria }: { title: string; task: string; criteria: MadeCriterion[] },
): string | null {
  const parts = partsOf(source);
  if (parts === null) return null;
  const isSameTask = title === parts.title && task.trim() === parts.task.trim();
  const below = isSameTask ? parts.below : `\n# ${title}\n\n${task.trim()}${task.trim() === '' ? '' : '\n'}`;
  return frontOf(parts, criteria) + below;
}

/**
 * A rubric in another language after criteria of the first were moved, added, taken out, or given other points: its words go
 * with theirs, and those that are new are still to be written.
 * @param before the first, as both had it
 * @returns the same text where the two were not each other's, or where only words have changed
 */
export function withSameShape(source: string, before: WrittenCriterion[], criteria: MadeCriterion[]): string {
  const parts = partsOf(source);
  if (parts === null || shapeOf(parts.criteria) !== shapeOf(before)) return source;
  const moved = criteria.map((criterion): MadeCriterion => {
    const own = criterion.was === null ? undefined : parts.criteria[criterion.was];
    const levels = criterion.levels.map((level) => {
      const was = level.was === null ? undefined : before[criterion.was ?? -1]?.levels[level.was];
      return { ...level, text: own?.levels.find(({ points }) => points === was?.points)?.text ?? '' };
    });
    return { ...criterion, title: own?.title ?? '', levels: levels.map((level) => ({ ...level, was: null })) };
  });
  const isSame = moved.length === parts.criteria.length && moved.every(({ was }, index) => was === index);
  return isSame && shapeOf(moved) === shapeOf(before) ? source : frontOf(parts, moved) + parts.below;
}

function shapeOf(criteria: { levels: { points: string | number }[] }[]): string {
  const pointsOf = ({ levels }: { levels: { points: string | number }[] }) =>
    levels.map(({ points }) => Number(points)).sort((one, other) => other - one);
  return JSON.stringify(criteria.map(pointsOf));
}

type Parts = NonNullable<ReturnType<typeof partsOf>>;

function frontOf({ document, nodes, criteria, above }: Parts, made: MadeCriterion[]): string {
  const isKept = ({ was, title, levels }: MadeCriterion) => {
    const old = was === null ? undefined : criteria[was];
    return old !== undefined && old.title === title && isSameLevels(old.levels, levels);
  };
  if (made.length === criteria.length && made.every((one, index) => one.was === index && isKept(one))) return above;
  const list = new YAMLSeq();
  list.items = made.map((one) => {
    const old = nodes[one.was ?? -1];
    return old && isKept(one) ? withPlainPoints(old) : document.createNode(criterionOf(one));
  });
  document.set('rubric', list);
  return `---\n${document.toString({ lineWidth: 0 })}---\n`;
}

function isSameLevels(old: WrittenCriterion['levels'], levels: MadeCriterion['levels']): boolean {
  const sorted = [...old].sort((one, other) => Number(other.points) - Number(one.points));
  const isAs = ({ points, text }: MadeCriterion['levels'][number], index: number) =>
    sorted[index]?.points === String(points) && sorted[index]?.text === text;
  return sorted.length === levels.length && levels.every(isAs);
}

/** A map, since an object would put points in another order. */
function criterionOf({ title, levels }: MadeCriterion): Map<string, unknown> {
  const points = new Map(levels.map((level) => [level.points, level.text]));
  return new Map<string, unknown>([
    ['criterion', title],
    ['levels', points],
  ]);
}

/** They were read as words, and would be written in quotation marks. */
function withPlainPoints(criterion: YAMLMap): YAMLMap {
  const levels = criterion.get('levels');
  for (const { key } of isMap(levels) ? levels.items : [])
    if (isScalar(key) && /^\d{1,3}$/.test(String(key.value))) key.value = Number(key.value);
  return criterion;
}

function partsOf(source: string) {
  const { front, lines, end } = partFrontMatter(source);
  if (front !== null && front.faults.length > 0) return null;
  const document = parseDocument(lines.slice(1, Math.max(1, end - 1)).join('\n'), { stringKeys: true });
  const isPlain = document.contents === null || isMap(document.contents);
  if (document.errors.length > 0 || !isPlain) return null;
  const rubric: unknown = isMap(document.contents) ? document.get('rubric', true) : null;
  const isNothing = rubric === undefined || rubric === null || (isScalar(rubric) && rubric.value === null);
  const nodes = isSeq(rubric) ? rubric.items.filter(isMap) : [];
  if (!isNothing && (!isSeq(rubric) || nodes.length < rubric.items.length)) return null;
  const criteria = nodes.map(criterionIn);
  if (!criteria.every((criterion) => criterion !== null)) return null;
  const above = end === 0 ? '' : `${lines.slice(0, end).join('\n')}\n`;
  const rest = lines.slice(end);
  const first = rest.findIndex((line) => line.trim() !== '');
  const isTitled = /^# +\S/.test(rest[first] ?? '');
  const task = rest.slice(isTitled ? first + 1 : 0).join('\n');
  const title = isTitled ? cleanLine((rest[first] ?? '').slice(2)) : '';
  return { document, nodes, criteria, above, below: rest.join('\n'), title, task };
}

/** @returns null for what has other settings than a rubric knows, which a form would drop */
function criterionIn(node: YAMLMap): WrittenCriterion | null {
  const value: unknown = node.toJSON();
  if (!isRecord(value) || Object.keys(value).some((name) => name !== 'criterion' && name !== 'levels')) return null;
  const { criterion = '', levels = {} } = value;
  const entries = levels === null ? [] : isRecord(levels) ? Object.entries(levels) : null;
  if (entries === null || ![criterion, ...entries.map(([, text]) => text)].every(isPlainText)) return null;
  return {
    title: cleanLine(String(criterion ?? '')),
    levels: entries
      .map(([points, text]) => ({ points, text: cleanLine(String(text ?? '')) }))
      .sort((one, other) => Number(other.points) - Number(one.points)),
  };
}

function isPlainText(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
