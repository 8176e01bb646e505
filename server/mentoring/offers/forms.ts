import Type, { type Static } from 'typebox';
import { field } from '../../platform/forms.ts';

export const OfferForm = Type.Object({
  course: field.text({ message: 'mentoring.error_course' }),
  organisation: field.text({ message: 'mentoring.error_organisation' }),
});
export type OfferFields = Static<typeof OfferForm>;

export const DecisionForm = Type.Object({
  decision: field.choice(['accepted', 'declined'], { message: 'mentoring.error_decision' }),
  reason: field.optional(
    field.text({ multiline: true, minLength: 3, maxLength: 500, message: 'mentoring.error_reason' }),
  ),
});
export type DecisionFields = Static<typeof DecisionForm>;

/** Whoever offered their time reads why not. @returns message key by field */
export function faultsOf({ decision, reason }: DecisionFields): Record<string, string> {
  return decision === 'declined' && reason === undefined ? { reason: 'mentoring.error_reason' } : {};
}
