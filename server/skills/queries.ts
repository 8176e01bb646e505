import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { PrintedCertificate } from '../certificates/printed.ts';
import { isUnexpired } from '../certificates/queries.ts';
import type { Skill } from '../courses/frameworks.ts';
import type { Database } from '../database/connection.ts';
import { type Placeholders, prepared } from '../database/prepared.ts';
import type { Language } from '../platform/i18n.ts';

/** More than anybody reads: whoever finds so many searches the catalogue. */
const mostCourses = 100;

/** What courses that are open to everyone teach as they stand now: a row for a course, and one for each of its lessons, where they say so. */
function taught(db: Kysely<Database>) {
  const open = db.selectFrom('courses').where('audience', '=', 'everyone');
  const byCourse = open
    .innerJoin('course_version_skills as skill', 'skill.version_id', 'courses.current_version_id')
    .select(['skill.framework', 'skill.code', 'courses.id as course_id', sql<string | null>`null::uuid`.as('item_id')]);
  const byItem = open
    .innerJoin('items', 'items.version_id', 'courses.current_version_id')
    .innerJoin('item_skills as skill', 'skill.item_id', 'items.id')
    .where('items.kind', '=', 'lesson')
    .select(['skill.framework', 'skill.code', 'courses.id as course_id', 'items.id as item_id']);
  return byCourse.union(byItem);
}

/** A course in the reader's language where it has it, else in its own. */
function inReadersLanguage(language: Placeholders<{ language: Language }>['language']) {
  return sql<boolean>`(listing.language = ${language} or (listing.original and not ${language} = any(listing.languages)))`;
}

type TaughtValues = Placeholders<{ language: Language; frameworks: readonly string[] }>;

const taughtSkills = prepared((db, { language, frameworks }: TaughtValues) =>
  db
    .selectFrom('taught_skills')
    .where('language', 'in', [language, sql<string>`''`])
    .where(sql<boolean>`framework = any(${frameworks})`)
    .distinctOn(['framework', 'code'])
    .select(['framework', 'code', 'course_count', 'lesson_count'])
    .select((eb) => eb.ref('courses').$castTo<{ title: string; slug: string; language: string }[]>().as('courses'))
    .orderBy('framework')
    .orderBy('code')
    // Theirs before the one for whoever reads another language.
    .orderBy('language', 'desc'),
);

export type TaughtSkill = Awaited<ReturnType<typeof listTaughtSkills>>[number];

/** Every competence of these that some course teaches: how many do, how many of their lessons, and the first of them by name, as kept. */
export async function listTaughtSkills(db: Kysely<Database>, language: Language, frameworks: readonly string[]) {
  return taughtSkills(db, { language, frameworks });
}

const coursesOfSkill = prepared((db, { framework, code, language }: Placeholders<Skill & { language: Language }>) =>
  db
    .selectFrom('courses')
    .innerJoin('course_listings as listing', 'listing.course_id', 'courses.id')
    .where(inReadersLanguage(language))
    .where('courses.id', 'in', (eb) =>
      eb
        .selectFrom(taught(db).as('taught'))
        .where('taught.framework', '=', framework)
        .where('taught.code', '=', code)
        .select('taught.course_id'),
    )
    .select(['courses.slug', 'listing.title', 'listing.summary', 'listing.language', 'listing.hours'])
    .select(['listing.topic', 'listing.level', 'listing.lesson_count'])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('items')
          .innerJoin('item_skills as skill', 'skill.item_id', 'items.id')
          .innerJoin('item_texts as text', (join) =>
            join.onRef('text.item_id', '=', 'items.id').onRef('text.language', '=', 'listing.language'),
          )
          .whereRef('items.version_id', '=', 'courses.current_version_id')
          .where('items.kind', '=', 'lesson')
          .where('skill.framework', '=', framework)
          .where('skill.code', '=', code)
          .select(['items.key', 'text.title'])
          .orderBy('items.position'),
      ).as('lessons'),
    )
    .orderBy(sql`listing.title collate "vi-x-icu"`)
    .limit(mostCourses),
);

/** The courses that teach a competence, each with the lessons that do. */
export async function listCoursesOfSkill(db: Kysely<Database>, { framework, code }: Skill, language: Language) {
  return coursesOfSkill(db, { framework, code, language });
}

const certificatesOfPerson = prepared((db, { person }: Placeholders<{ person: string }>) =>
  db
    .selectFrom('certificates')
    .where('person_id', '=', person)
    .where('successor_id', 'is', null)
    .where('revoked_at', 'is', null)
    .where('printed', 'is not', null)
    .where(isUnexpired(sql.ref('printed')))
    .select(['code', 'issued_at'])
    .select((eb) => eb.ref('printed').$castTo<PrintedCertificate>().as('printed'))
    .orderBy('issued_at'),
);

/** The certificates that hold, oldest first. */
export async function listOwnCertificates(db: Kysely<Database>, person: { id: string }) {
  return certificatesOfPerson(db, { person: person.id });
}
