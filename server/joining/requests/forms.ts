import Type from 'typebox';
import { validate } from 'uuid';
import { field, readForm } from '../../platform/forms.ts';

const DecisionForm = Type.Object({
  request: field.list({ maxItems: 50 }),
  decision: field.choice(['accepted', 'declined']),
});

/** @returns null when nobody is chosen */
export function readDecision(body: unknown): { ids: string[]; decision: 'accepted' | 'declined' } | null {
  const form = readForm(DecisionForm, body);
  if (!form.ok) return null;
  const ids = form.data.request.filter((id) => validate(id));
  return ids.length === 0 ? null : { ids, decision: form.data.decision };
}
