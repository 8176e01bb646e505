import Type, { type Static } from 'typebox';
import { readDay } from '../cohorts/dates.ts';
import { field } from '../platform/forms.ts';
import { readTime } from './times.ts';

/** A course of half a year, once a week. */
const mostWeeks = 26;

export const MeetingForm = Type.Object({
  day: field.text({ cleanWith: readDay, pattern: '^20\\d\\d-\\d\\d-\\d\\d$', message: 'cohorts.error_day' }),
  time: field.text({ cleanWith: readTime, pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', message: 'meetings.error_time' }),
  minutes: field.integer({ minimum: 5, maximum: 720, message: 'meetings.error_minutes' }),
  where: field.optional(field.text({ message: 'meetings.error_where' })),
  link: field.optional(field.text({ maxLength: 500, pattern: '^https?://[^\\s/]', message: 'meetings.error_link' })),
  note: field.optional(field.text({ multiline: true, maxLength: 1000, message: 'meetings.error_note' })),
});
export type MeetingFields = Static<typeof MeetingForm>;

export const NewMeetingForm = Type.Object({
  ...MeetingForm.properties,
  weeks: field.integer({ minimum: 1, maximum: mostWeeks, message: 'meetings.error_weeks' }),
});
export type NewMeetingFields = Static<typeof NewMeetingForm>;

export const CodeForm = Type.Object({
  code: field.text({
    cleanWith: (typed) => typed.replace(/[ .-]/g, ''),
    pattern: '^\\d{6}$',
    message: 'meetings.error_code',
  }),
});
export type CodeFields = Static<typeof CodeForm>;
