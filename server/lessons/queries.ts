import type { Kysely } from 'kysely';
import { mayAsk } from '../cohorts/access.ts';
import { doneItems, readableCourses, versionRead, withDone } from '../courses/queries.ts';
import type { Database } from '../database/connection.ts';
import { gathered } from '../database/prepared.ts';
import { roomsOf } from '../lesson-questions/counting/queries.ts';
import type { Language } from '../platform/i18n.ts';
import { isHelper } from '../platform/scopes.ts';
import type { Person } from '../platform/sessions.ts';
import { getItemHtml, getVersion } from '../versions/reading.ts';

const courseBySlug = gathered({ person: 'uuid', slug: 'text', key: 'text' }, (db, { person, slug, key }) =>
  readableCourses(db, person)
    .where('courses.slug', '=', slug)
    .select(['courses.id as course_id', 'courses.slug', 'enrolments.id as enrolment_id'])
    .select([versionRead.as('version_id'), doneItems.as('done'), mayAsk(person).as('may_ask')])
    .select(roomsOf(person, key).as('rooms')),
);

/**
 * A lesson with its neighbours, as far as the person may know of it: `html` is null where enrolling comes first. Whoever helps others looks
 * through it without (`is_trial`).
 */
export async function findLesson(
  db: Kysely<Database>,
  person: Person | null,
  slug: string,
  key: string,
  language: Language,
) {
  const course = await courseBySlug(db, { person: person?.id ?? null, slug, key });
  if (course === undefined) return undefined;
  const version = await getVersion(db, course.version_id, language);
  const items = withDone(version.items, course.done);
  const position = items.findIndex((item) => item.key === key && item.kind === 'lesson');
  const lesson = items[position];
  if (lesson === undefined) return undefined;
  const mayRead = lesson.open || course.enrolment_id !== null;
  const is_trial = !mayRead && person !== null && isHelper(person);
  return {
    ...course,
    ...lesson,
    course_title: version.title,
    language: version.language,
    is_trial,
    html: mayRead || is_trial ? await getItemHtml(db, lesson, version.language) : null,
    items,
    number: position + 1,
    previous: items[position - 1] ?? null,
    next: items[position + 1] ?? null,
  };
}
