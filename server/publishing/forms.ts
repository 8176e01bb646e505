import Type from 'typebox';
import { ways } from '../assignments/rubric.ts';
import { levels, topics } from '../courses/topics.ts';
import { field } from '../platform/forms.ts';
import { quizRoles } from '../quizzes/settings.ts';

export const courseLanguages = ['vi', 'en', 'km'] as const;
const slugPattern = '^(?!course$)[a-z0-9]+(-[a-z0-9]+)*$';

export const NewCourseForm = Type.Object({
  title: field.text({ maxLength: 120, pattern: '\\p{L}|\\p{N}', message: 'publishing.error_title' }),
  slug: field.optional(
    field.text({
      maxLength: 80,
      pattern: slugPattern,
      cleanWith: (text) => text.toLowerCase(),
      message: 'publishing.error_slug',
    }),
  ),
  topic: field.choice(topics, { message: 'publishing.error_topic' }),
  level: field.choice(levels, { message: 'publishing.error_level' }),
  languages: field.list({ maxItems: courseLanguages.length }),
  organisation: field.text({ message: 'publishing.error_organisation' }),
});

export const SettingsForm = Type.Object({
  topic: field.choice(topics, { message: 'publishing.error_topic' }),
  level: field.choice(levels, { message: 'publishing.error_level' }),
  hours: field.text({
    cleanWith: (text) => text.replace(',', '.'),
    pattern: '^(?!0+([.]0)?$)\\d{1,3}([.]\\d)?$',
    message: 'publishing.error_hours',
  }),
  licence: field.text({ maxLength: 60, pattern: '^[A-Za-z0-9][A-Za-z0-9.+-]*$', message: 'publishing.error_licence' }),
  valid_months: field.optional(field.integer({ minimum: 1, maximum: 600, message: 'publishing.error_months' })),
  languages: field.list({ maxItems: 20 }),
  skills: field.list({ maxItems: 200 }),
  revision: field.integer({ minimum: 0, maximum: 2_000_000_000 }),
});

export const DescriptionForm = Type.Object({
  language: field.text(),
  title: field.text({ maxLength: 120, pattern: '\\p{L}|\\p{N}', message: 'publishing.error_title' }),
  summary: field.optional(field.text({ maxLength: 300, message: 'descriptions.error_summary' })),
  outcomes: field.optional(field.text({ maxLength: 10_000, multiline: true, message: 'descriptions.error_outcomes' })),
  about: field.optional(field.text({ maxLength: 400_000, multiline: true, message: 'publishing.error_text_long' })),
  revision: field.integer({ minimum: 0, maximum: 2_000_000_000 }),
});

export const NewItemForm = Type.Object({
  title: field.text({ maxLength: 120, pattern: '\\p{L}|\\p{N}', message: 'publishing.error_item_title' }),
  kind: field.choice(['lesson', 'quiz', 'assignment'], { message: 'publishing.error_kind' }),
  revision: field.integer({ minimum: 0, maximum: 2_000_000_000 }),
});

export const QuizTitleForm = Type.Object({
  title: field.text({ maxLength: 120, pattern: '\\p{L}|\\p{N}', message: 'publishing.error_item_title' }),
  revision: field.integer({ minimum: 0, maximum: 2_000_000_000 }),
});

const revision = field.integer({ minimum: 0, maximum: 2_000_000_000 });
const minutes = field.integer({ minimum: 1, maximum: 600, message: 'item_settings.error_minutes' });
const pass = field.integer({ minimum: 1, maximum: 100, message: 'item_settings.error_pass' });
const skills = field.list({ maxItems: 200 });

export const LessonSettingsForm = Type.Object({ minutes, skills, revision });

export const QuizSettingsForm = Type.Object({
  minutes,
  pass,
  attempts: field.optional(field.integer({ minimum: 1, maximum: 1000, message: 'item_settings.error_attempts' })),
  time_limit: field.optional(field.integer({ minimum: 1, maximum: 600, message: 'item_settings.error_minutes' })),
  drawn: field.optional(field.integer({ minimum: 1, maximum: 1000, message: 'item_settings.error_drawn' })),
  shuffle: field.ticked(),
  accents: field.ticked(),
  case: field.ticked(),
  hints: field.ticked(),
  role: field.optional(field.choice(['none', ...quizRoles], { message: 'item_settings.error_role' })),
  skills,
  revision,
});

export const AssignmentSettingsForm = Type.Object({
  minutes,
  pass,
  hand_in: field.list({ maxItems: ways.length }),
  skills,
  revision,
});

export const CompletionForm = Type.Object({
  lessons: field.choice(['all', 'some'], { message: 'item_settings.error_lessons' }),
  required: field.list({ maxItems: 500 }),
  sign_off: field.ticked(),
  revision,
});
