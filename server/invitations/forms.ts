import Type from 'typebox';
import { field } from '../platform/forms.ts';

/** Learners join by a code; these need to be asked in person. */
export const invitedRoles = ['mentor', 'author', 'reviewer', 'manager'] as const;

export const InvitationForm = Type.Object({
  role: field.choice(invitedRoles, { message: 'invitations.error_role' }),
  note: field.optional(field.text({ maxLength: 120, message: 'invitations.error_note' })),
});
