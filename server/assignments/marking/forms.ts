import Type from 'typebox';
import { hiddenField } from '../../accounts/way-back.ts';
import { type Errors, field, readForm } from '../../platform/forms.ts';
import { mostPoints, resultOf } from '../rubric.ts';
import type { Task } from '../task.ts';

export interface Mark {
  criterion_id: string;
  /** Counted from 1 at the best. */
  level: number;
  comment: string | null;
}

export interface MarkingForm {
  /** By name of the field. */
  values: Record<string, string>;
  errors: Errors;
}

export interface MarkingFields {
  points: number;
  max_points: number;
  passed: boolean;
  comment: string | null;
  marks: Mark[];
}

const Comment = field.optional(field.text({ multiline: true, maxLength: 5000, message: 'assignments.error_comment' }));
const Remark = field.optional(field.text({ multiline: true, maxLength: 1000, message: 'assignments.error_comment' }));

/** Levels by `level-1`, `level-2`, … and what is said about each by `remark-1`, …; returning needs words, and no level. */
export function readMarking(task: Task, body: unknown): MarkingForm & { data: MarkingFields | null } {
  const numbers = task.criteria.map((_, index) => index + 1);
  const remarks = numbers.map((number) => [`remark-${number}`, Remark]);
  const form = readForm(Type.Object({ comment: Comment, ...Object.fromEntries(remarks) }), body);
  const values: Record<string, string> = { ...form.values };
  const errors: Errors = { ...form.errors };
  const isReturned = hiddenField(body, 'decision') === 'return';
  const levels = task.criteria.map(({ points }, index) => {
    const typed = hiddenField(body, `level-${index + 1}`);
    const level = /^[1-6]$/.test(typed) && Number(typed) <= points.length ? Number(typed) : null;
    if (level !== null) values[`level-${index + 1}`] = typed;
    else if (!isReturned) errors[`level-${index + 1}`] = 'assignments.error_level';
    return level;
  });
  const comment = values.comment || null;
  if (isReturned && comment === null) errors.comment = 'assignments.error_return';
  if (Object.keys(errors).length > 0) return { values, errors, data: null };

  const marks = task.criteria.flatMap(({ id }, index) => {
    const level = levels[index] ?? null;
    return level === null ? [] : [{ criterion_id: id, level, comment: values[`remark-${index + 1}`] || null }];
  });
  const chosen = marks.reduce((sum, { criterion_id, level }) => sum + pointsAt(task, criterion_id, level), 0);
  const result = resultOf(task.criteria, levels, task.settings);
  const passed = !isReturned && result !== null && result.passed;
  return { values, errors, data: { points: chosen, max_points: mostPoints(task.criteria), passed, comment, marks } };
}

function pointsAt(task: Task, criterionId: string, level: number): number {
  return task.criteria.find(({ id }) => id === criterionId)?.points[level - 1] ?? 0;
}
