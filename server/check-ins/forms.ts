import Type, { type Static } from 'typebox';
import { readDay } from '../cohorts/dates.ts';
import { field } from '../platform/forms.ts';

/** In the order that mentors use them. */
export const channels = ['call', 'chat', 'visit', 'meeting'] as const;

const day = () =>
  field.text({ cleanWith: readDay, pattern: '^20\\d\\d-\\d\\d-\\d\\d$', message: 'check_ins.error_day' });

export const CheckInForm = Type.Object({
  met_on: day(),
  channel: field.choice(channels, { message: 'check_ins.error_channel' }),
  minutes: field.optional(field.integer({ minimum: 1, maximum: 720, message: 'check_ins.error_minutes' })),
  note: field.optional(field.text({ multiline: true, maxLength: 2000, message: 'check_ins.error_note' })),
  sharing: field.choice(['private', 'shared'], { message: 'check_ins.error_sharing' }),
  next_step: field.optional(field.text({ maxLength: 500, message: 'check_ins.error_step' })),
  next_step_on: field.optional(day()),
});
export type CheckInFields = Static<typeof CheckInForm>;

export const WithdrawalForm = Type.Object({
  reason: field.text({ minLength: 3, maxLength: 500, message: 'check_ins.error_reason' }),
});
export type Withdrawal = Static<typeof WithdrawalForm>;

/**
 * What no single field can tell. @param today in ISO form, in the site's zone
 * @returns message key by field
 */
export function faultsOf({ met_on, note, next_step, next_step_on }: CheckInFields, today: string) {
  const faults: Record<string, string> = {};
  if (met_on > today) faults.met_on = 'check_ins.error_future';
  if (note === undefined && next_step === undefined) faults.note = 'check_ins.error_nothing';
  if (next_step_on !== undefined && next_step === undefined) faults.next_step = 'check_ins.error_no_step';
  if (next_step_on !== undefined && next_step_on < met_on) faults.next_step_on = 'check_ins.error_step_before';
  return faults;
}
