import Type, { type Static } from 'typebox';
import { field } from '../platform/forms.ts';
import { languages } from '../platform/i18n.ts';
import { readDay } from './dates.ts';
import { mostCourses, mostMembers } from './limits.ts';
import { mostMeetingsMissed } from './needs.ts';

const day = () =>
  field.optional(field.text({ cleanWith: readDay, pattern: '^20\\d\\d-\\d\\d-\\d\\d$', message: 'cohorts.error_day' }));

export const CohortForm = Type.Object({
  name: field.text({ pattern: '\\p{L}', message: 'cohorts.error_name' }),
  place: field.optional(field.text({ message: 'organisations.error_place' })),
  place_code: field.optional(field.text({ maxLength: 20 })),
  starts_on: day(),
  ends_on: day(),
  language: field.choice(languages, { message: 'cohorts.error_language' }),
  seats: field.optional(field.integer({ minimum: 1, maximum: mostMembers, message: 'cohorts.error_seats' })),
  cost_note: field.optional(field.text({ maxLength: 500, message: 'cohorts.error_cost_note' })),
  joining: field.choice(['decided', 'open'], { message: 'cohorts.error_joining' }),
});
export type CohortFields = Static<typeof CohortForm>;

/** Of the same page: read by itself, so that the courses stay chosen whatever else is wrong. A long list of them is searched first. */
export const CoursesForm = Type.Object({
  course: field.list({ maxItems: mostCourses + 3 }),
  q: field.optional(field.text()),
  find: field.ticked(),
});

const days = () => field.integer({ minimum: 1, maximum: 90, message: 'cohorts.error_days' });

export const MentoringForm = Type.Object({
  minimum_mentees: field.integer({ minimum: 1, maximum: 100, message: 'cohorts.error_minimum' }),
  days_to_start: days(),
  days_quiet: days(),
  quiz_failures: field.integer({ minimum: 1, maximum: 20, message: 'cohorts.error_failures' }),
  days_stuck: days(),
  meetings_missed: field.integer({ minimum: 1, maximum: mostMeetingsMissed, message: 'cohorts.error_meetings' }),
  hours_to_reply: field.integer({ minimum: 1, maximum: 168, message: 'cohorts.error_hours' }),
});
export type Mentoring = Static<typeof MentoringForm>;
