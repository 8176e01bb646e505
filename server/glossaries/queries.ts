import { type Kysely, sql } from 'kysely';
import { readableCourses, versionRead } from '../courses/queries.ts';
import type { Database } from '../database/connection.ts';
import { gathered, type Placeholders, prepared } from '../database/prepared.ts';
import type { Language } from '../platform/i18n.ts';
import { getVersion } from '../versions/reading.ts';

const courseBySlug = gathered({ person: 'uuid', slug: 'text' }, (db, { person, slug }) =>
  readableCourses(db, person)
    .where('courses.slug', '=', slug)
    .select(['courses.slug', versionRead.as('version_id')]),
);

const termsOfVersion = prepared(
  (db, { version_id, language }: Placeholders<{ version_id: string; language: string }>) =>
    db
      .selectFrom('glossary_terms')
      .innerJoin('items', 'items.id', 'glossary_terms.item_id')
      .innerJoin('item_texts', (join) =>
        join.onRef('item_texts.item_id', '=', 'items.id').onRef('item_texts.language', '=', 'glossary_terms.language'),
      )
      .where('glossary_terms.version_id', '=', version_id)
      .where('glossary_terms.language', '=', language)
      .select(['term', 'meaning', 'place', 'items.key', 'item_texts.title'])
      .orderBy(sql`term collate "vi-x-icu"`),
);

/** All terms of the version that the person reads; undefined where the course has none. */
export async function findGlossary(
  db: Kysely<Database>,
  person: { id: string } | null,
  slug: string,
  language: Language,
) {
  const course = await courseBySlug(db, { person: person?.id ?? null, slug });
  if (course === undefined) return undefined;
  const version = await getVersion(db, course.version_id, language);
  if (!version.has_glossary) return undefined;
  const terms = await termsOfVersion(db, { version_id: version.id, language: version.language });
  return { slug: course.slug, title: version.title, language: version.language, terms };
}
