import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { v7 as newId } from 'uuid';
import { publicAnnouncements } from '../announcements/queries.ts';
import type { Database } from '../database/connection.ts';
import type { Language } from '../platform/i18n.ts';

export const rootCode = 'domdom';

/** So many branches a public page names. */
const mostBranches = 100;

/** The organisation at the root of the tree: it gives the courses that come with the platform. */
export async function ensureRootOrganisation(db: Kysely<Database>): Promise<string> {
  await db
    .insertInto('organisations')
    .values({ id: newId(), code: rootCode, path: rootCode, kind: 'network', name: 'Đom Đóm' })
    // Its code or its path: of two starts at once, either may be seen first.
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { id } = await db
    .selectFrom('organisations')
    .select('id')
    .where('code', '=', rootCode)
    .executeTakeFirstOrThrow();
  return id;
}

/** A partner's public page: who they are and what they give. */
export async function findOrganisation(db: Kysely<Database>, code: string, language: Language) {
  return db
    .selectFrom('organisations')
    .leftJoin('organisations as successor', 'successor.id', 'organisations.merged_into_id')
    .leftJoin('place_names as place', (join) =>
      join.onRef('place.place_code', '=', 'organisations.place_code').on('place.valid_until', 'is', null),
    )
    .where('organisations.code', '=', code)
    .select(['organisations.code', 'organisations.name', 'organisations.kind', 'successor.code as merged_into_code'])
    .select(['organisations.about', 'organisations.phone', 'organisations.email', 'organisations.website'])
    .select(['organisations.logo_hash', 'organisations.closed_at'])
    .select(['place.name as place_name', 'place.kind as place_kind'])
    .select(publicAnnouncements(sql`organisations.id`).as('announced'))
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('organisations as branch')
          .whereRef('branch.parent_id', '=', 'organisations.id')
          .where('branch.closed_at', 'is', null)
          .where('branch.merged_into_id', 'is', null)
          .select(['branch.code', 'branch.name', 'branch.kind'])
          .orderBy(sql`branch.name collate "vi-x-icu"`)
          .limit(mostBranches),
      ).as('branches'),
    )
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('course_versions')
          .innerJoin('courses', 'courses.current_version_id', 'course_versions.id')
          .innerJoin('course_listings', 'course_listings.version_id', 'course_versions.id')
          .innerJoin('organisations as provider', 'provider.id', 'course_versions.provider_id')
          // Versions keep the provider that they were published under, also one that has been merged since.
          .where((inner) =>
            inner.or([
              inner('provider.id', '=', inner.ref('organisations.id')),
              inner('provider.merged_into_id', '=', inner.ref('organisations.id')),
            ]),
          )
          .where('courses.audience', '=', 'everyone')
          .where((inner) =>
            inner.or([
              inner('course_listings.language', '=', language),
              inner.and([
                inner('course_listings.original', '=', true),
                sql<boolean>`not ${language} = any(course_listings.languages)`,
              ]),
            ]),
          )
          .select(['courses.slug', 'course_listings.title', 'course_listings.summary', 'course_listings.language'])
          .orderBy('course_listings.title')
          .limit(100),
      ).as('courses'),
    )
    .executeTakeFirst();
}
