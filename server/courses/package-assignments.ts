import { gzipSync } from 'node:zlib';
import Type from 'typebox';
import type { Criterion } from '../assignments/rubric.ts';
import { cleanLine } from '../platform/text.ts';
import type { TextFault } from './fault.ts';
import type { MarkdownOptions } from './markdown.ts';
import { partFrontMatter, readTitled, type TextReading } from './package-texts.ts';
import { isRecord, listIn, schemaFaults, type YamlReading } from './yaml.ts';

export interface AssignmentText {
  title: string;
  /** the task */
  html: string;
  plain: string;
  /** each with the line it begins on */
  criteria: (Criterion & { line: number })[];
  /** compressed, as it travels */
  bytes: number;
}

const mostCriteria = 12;
const mostPoints = 100;
const longestLevel = 300;
/** Levels have their points for keys, which no schema names. */
const Rubric = Type.Object({ rubric: Type.Array(Type.Unknown(), { minItems: 1, maxItems: mostCriteria }) });
const OneCriterion = Type.Object({
  criterion: Type.String({ pattern: '\\S', maxLength: 120 }),
  levels: Type.Unknown(),
});

/** Reads an assignment in one language: its rubric as YAML between two lines `---`, then `# Title` and the task in Markdown. */
export function readAssignment(source: string, options: MarkdownOptions): TextReading<AssignmentText> {
  const { front, lines, end } = partFrontMatter(source);
  const task = readTitled(lines, end, options);
  const { html, plain, title, places, anchors } = task;
  const faults = front === null ? [{ line: 1, code: 'rubric_missing', values: {} }] : rubricFaults(front);
  const criteria = front === null || faults.length > 0 ? [] : criteriaOf(front);
  const bytes = gzipSync(html + JSON.stringify(criteria)).length;
  return { text: { title, html, plain, criteria, bytes }, faults: [...faults, ...task.faults], places, anchors };
}

/** What keeps a translation from being marked by the same rubric. */
export function pairAssignment(original: AssignmentText, translation: AssignmentText): TextFault[] {
  const [ours, theirs] = [original.criteria, translation.criteria];
  if (ours.length !== theirs.length)
    return [{ line: 1, code: 'rubric_count', values: { original: ours.length, translation: theirs.length } }];
  return theirs.flatMap(({ levels, line, title }, index) => {
    const wanted = pointsOf(ours[index]);
    return pointsOf({ levels }) === wanted ? [] : [{ line, code: 'rubric_points', values: { title, points: wanted } }];
  });
}

function pointsOf(criterion: Pick<Criterion, 'levels'> | undefined): string {
  return (criterion?.levels ?? []).map(({ points }) => points).join(', ');
}

function rubricFaults(front: YamlReading): TextFault[] {
  if (front.faults.length > 0) return front.faults;
  return [
    ...schemaFaults(Rubric, front.value, front),
    ...listIn(front.value, 'rubric').flatMap((criterion, index) => {
      const path = ['rubric', index];
      const faults = schemaFaults(OneCriterion, criterion, front, path);
      return isRecord(criterion) && 'levels' in criterion
        ? [...faults, ...levelFaults(criterion.levels, front, [...path, 'levels'])]
        : faults;
    }),
  ];
}

function levelFaults(levels: unknown, front: YamlReading, path: (string | number)[]): TextFault[] {
  const entries = isRecord(levels) ? Object.entries(levels) : [];
  if (entries.length < 2 || entries.length > 6)
    return [{ line: front.lineOf(path), code: 'setting_levels', values: {} }];
  return entries.flatMap(([points, text]) => {
    const tell = (code: string) => [{ line: front.lineOf([...path, points]), code, values: { points } }];
    if (!/^\d{1,3}$/.test(points) || Number(points) > mostPoints) return tell('level_points');
    const isSaid = typeof text === 'string' && /\S/.test(text) && text.length <= longestLevel;
    return isSaid ? [] : tell('level_text');
  });
}

function criteriaOf(front: YamlReading): AssignmentText['criteria'] {
  return listIn(front.value, 'rubric').flatMap((criterion, index) => {
    if (!isRecord(criterion) || !isRecord(criterion.levels)) return [];
    const levels = Object.entries(criterion.levels)
      .map(([points, text]) => ({ points: Number(points), text: cleanLine(String(text)) }))
      .sort((one, other) => other.points - one.points);
    return [{ title: cleanLine(String(criterion.criterion)), levels, line: front.lineOf(['rubric', index]) }];
  });
}
