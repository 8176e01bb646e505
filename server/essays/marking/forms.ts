import Type from 'typebox';
import { hiddenField } from '../../accounts/way-back.ts';
import { type Errors, field, readForm } from '../../platform/forms.ts';
import type { EssayMark } from '../queries.ts';
import { stepsTo } from '../steps.ts';

export interface EssayForm {
  /** By name of the field: `points-1` and `remark-1` of the first essay, and so on. */
  values: Record<string, string>;
  errors: Errors;
}

/** An essay as its marker finds it. */
interface Markable {
  id: string;
  max_points: number;
  essay_mark: { points: number; comment: string | null } | null;
}

const Remark = field.optional(field.text({ multiline: true, maxLength: 2000, message: 'essays.error_comment' }));

export function readEssayForm(essays: Markable[], body: unknown): EssayForm & { marks: EssayMark[] | null } {
  const remarks = essays.map((_, index) => [`remark-${index + 1}`, Remark]);
  const form = readForm(Type.Object(Object.fromEntries(remarks)), body);
  const values: Record<string, string> = { ...form.values };
  const errors: Errors = { ...form.errors };
  const marks = essays.map(({ id, max_points }, index): EssayMark => {
    const name = `points-${index + 1}`;
    const typed = hiddenField(body, name);
    const points = stepsTo(max_points).find((step) => String(step) === typed);
    if (points === undefined) errors[name] = 'essays.error_points';
    else values[name] = typed;
    return { question_id: id, points: points ?? 0, comment: values[`remark-${index + 1}`] || null };
  });
  return { values, errors, marks: Object.keys(errors).length > 0 ? null : marks };
}

/** Empty, or as it was marked before. */
export function essayFormOf(essays: Markable[]): EssayForm {
  const values: Record<string, string> = {};
  for (const [index, { essay_mark }] of essays.entries()) {
    values[`points-${index + 1}`] = essay_mark === null ? '' : String(essay_mark.points);
    values[`remark-${index + 1}`] = essay_mark?.comment ?? '';
  }
  return { values, errors: {} };
}
