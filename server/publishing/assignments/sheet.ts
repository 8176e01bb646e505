import { cleanLine, cleanText } from '../../platform/text.ts';
import type { MadeCriterion, WrittenAssignment } from './rubric-text.ts';

/** An assignment as fields of a form. */
export interface Sheet {
  title: string;
  task: string;
  rows: CriterionRow[];
}

export interface CriterionRow {
  /** Its place in the rubric as it was; '' for a new one. */
  was: string;
  title: string;
  levels: LevelRow[];
}

export interface LevelRow {
  was: string;
  points: string;
  text: string;
}

/** Keys of sentences, by field. */
export type SheetErrors = Record<string, string>;

export const mostCriteria = 12;
export const mostLevels = 6;
const fewestLevels = 2;
const longest = { title: 120, level: 300, task: 400_000 };

/** A rubric that nobody has written yet begins with one thing to look at. */
export function sheetOf({ title, task, criteria }: WrittenAssignment): Sheet {
  const rows = criteria.map((criterion, index) => ({
    ...{ was: String(index), title: criterion.title },
    levels: criterion.levels.map((level, at) => ({ was: String(at), ...level })),
  }));
  return { title, task, rows: rows.length > 0 ? rows : [blankRow()] };
}

/** The sheet of a translation: criteria and points are there, the words are still to be written. */
export function sheetLike({ title, task }: WrittenAssignment, { criteria }: WrittenAssignment): Sheet {
  const { rows } = sheetOf({ title, task, criteria });
  const wordless = rows.map((row) => ({
    ...{ was: row.was, title: '', levels: row.levels.map((level) => ({ ...level, text: '' })) },
  }));
  return { title, task, rows: wordless };
}

function blankRow(): CriterionRow {
  return { was: '', title: '', levels: ['2', '1', '0'].map((points) => ({ was: '', points, text: '' })) };
}

type Fields = Record<string, unknown> | null | undefined;

/** What a browser has sent, as it was typed. */
export function typedSheet(body: Fields): Sheet {
  const typed = (name: string) => {
    const value = [body?.[name]].flat()[0];
    return typeof value === 'string' ? value.replace(/\r\n?/g, '\n') : '';
  };
  const isSent = (name: string) => typeof [body?.[name]].flat()[0] === 'string';
  const rows: CriterionRow[] = [];
  for (let row = 0; row <= mostCriteria && isSent(`criterion_${row}`); row += 1) {
    const levels: LevelRow[] = [];
    for (let at = 0; at <= mostLevels && isSent(`level_${row}_${at}`); at += 1)
      levels.push({
        ...{ was: typed(`levelwas_${row}_${at}`), points: typed(`points_${row}_${at}`) },
        text: typed(`level_${row}_${at}`),
      });
    rows.push({ was: typed(`was_${row}`), title: typed(`criterion_${row}`), levels });
  }
  return { title: typed('title'), task: typed('task'), rows };
}

/**
 * What a button does to the rows, `up-2`, `gone-0-1`; nothing is saved by it.
 * @returns null for the button that saves
 */
export function rearranged(sheet: Sheet, act: string): Sheet | null {
  const [, what = '', row = '', level] = /^(up|down|gone|more|add)-?(\d{0,2})(?:-(\d))?$/.exec(act) ?? [];
  const rows = [...sheet.rows];
  const at = Number(row);
  const chosen = rows[at];
  if (what === 'add') return { ...sheet, rows: rows.length < mostCriteria ? [...rows, blankRow()] : rows };
  if (what === '') return null;
  if (row === '' || chosen === undefined) return sheet;
  const withLevels = (levels: LevelRow[]) => ({ ...sheet, rows: rows.with(at, { ...chosen, levels }) });
  if (what === 'more') {
    const added = { was: '', points: '', text: '' };
    return withLevels(chosen.levels.length < mostLevels ? [...chosen.levels, added] : chosen.levels);
  }
  if (what === 'gone' && level !== undefined)
    return withLevels(chosen.levels.filter((_, one) => one !== Number(level)));
  rows.splice(at, 1);
  if (what !== 'gone') rows.splice(Math.max(0, at + (what === 'up' ? -1 : 1)), 0, chosen);
  return { ...sheet, rows };
}

export type SheetReading =
  | { title: string; task: string; criteria: MadeCriterion[] }
  /** Fields are named by their place in this sheet. */
  | { sheet: Sheet; errors: SheetErrors };

/** What the form says. A row in which nobody has written anything is none, unless it stands in the rubric. */
export function readSheet(typed: Sheet): SheetReading {
  const rows = typed.rows.filter(({ was, title, levels }) => {
    return was !== '' || cleanLine(title) !== '' || levels.some(({ text }) => cleanLine(text) !== '');
  });
  const sheet = { ...typed, rows: rows.length > 0 ? rows : typed.rows };
  const errors: SheetErrors = {};
  const title = cleanLine(sheet.title);
  const task = cleanText(sheet.task);
  if (!/[\p{L}\p{N}]/u.test(title) || title.length > longest.title) errors.title = 'publishing.error_item_title';
  if (task === '') errors.task = 'rubric_forms.error_task';
  if (task.length > longest.task) errors.task = 'publishing.error_text_long';
  if (rows.length === 0) errors.add = 'rubric_forms.error_none';
  if (rows.length > mostCriteria) errors.add = 'rubric_forms.error_many';
  const criteria = rows.map((row, index) => criterionOf(row, index, errors));
  return Object.keys(errors).length > 0 ? { sheet, errors } : { title, task, criteria };
}

function criterionOf({ was, title, levels }: CriterionRow, row: number, errors: SheetErrors): MadeCriterion {
  const words = cleanLine(title);
  if (words === '' || words.length > longest.title) errors[`criterion_${row}`] = 'rubric_forms.error_criterion';
  const points = levels.map((level) => level.points.trim());
  const read = levels.map((level, at) => {
    const text = cleanLine(level.text);
    const isNumber = /^\d{1,3}$/.test(points[at] ?? '') && Number(points[at]) <= 100;
    if (!isNumber) errors[`points_${row}_${at}`] = 'rubric_forms.error_points';
    else if (points.some((one, other) => other < at && Number(one) === Number(points[at])))
      errors[`points_${row}_${at}`] = 'rubric_forms.error_points_twice';
    if (text === '' || text.length > longest.level) errors[`level_${row}_${at}`] = 'rubric_forms.error_level';
    return { was: placeOf(level.was), points: Number(points[at]), text };
  });
  if (levels.length < fewestLevels || levels.length > mostLevels)
    errors[`criterion_${row}`] ??= 'rubric_forms.error_levels';
  return { was: placeOf(was), title: words, levels: read.sort((one, other) => other.points - one.points) };
}

function placeOf(was: string): number | null {
  return /^\d{1,2}$/.test(was) ? Number(was) : null;
}
