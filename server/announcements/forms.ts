import Type, { type Static } from 'typebox';
import { readDay } from '../cohorts/dates.ts';
import { field } from '../platform/forms.ts';

const AnnouncementForm = Type.Object({
  title: field.text({ maxLength: 150, message: 'announcements.error_title' }),
  words: field.text({ multiline: true, maxLength: 5000, message: 'announcements.error_words' }),
  pinned_until: field.optional(
    field.text({ cleanWith: readDay, pattern: '^20\\d\\d-\\d\\d-\\d\\d$', message: 'cohorts.error_day' }),
  ),
  readers: field.choice(['members', 'everyone'], { message: 'announcements.error_readers' }),
});

/** To a branch and all below it, or to one of its courses. */
export const BranchAnnouncementForm = Type.Object({
  ...AnnouncementForm.properties,
  course: field.optional(field.text()),
});
export type AnnouncementFields = Static<typeof BranchAnnouncementForm>;

export const ChangeForm = Type.Object({
  ...AnnouncementForm.properties,
  revision: field.integer({ minimum: 1, maximum: 1_000_000 }),
  ask_again: field.ticked(),
});
export type ChangeFields = Static<typeof ChangeForm>;
