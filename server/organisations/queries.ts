import { expressionBuilder, type Kysely, type RawBuilder, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { v7 as newId } from 'uuid';
import { publicAnnouncements } from '../announcements/queries.ts';
import { isTitled, listedIn } from '../courses/queries.ts';
import type { Database } from '../database/connection.ts';
import type { Language } from '../platform/i18n.ts';

export const rootCode = 'domdom';

/** Of the courses and of the branches on a public page. */
const pageSize = 24;

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

/**
 * A partner's public page: who they are and what they give. The courses and the branches of a page, each by title or name; how many there
 * are is told while they are all on one page.
 */
export async function findOrganisation(db: Kysely<Database>, code: string, language: Language, page: number) {
  const found = await db
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
          .orderBy('branch.code')
          .limit(pageSize + 1)
          .offset((page - 1) * pageSize),
      ).as('branches'),
    )
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom(
            givenBy(sql.ref('organisations.id'), language, { limit: page * pageSize + 1, isForEveryone: true }).as(
              'given',
            ),
          )
          .select(['given.slug', 'given.title', 'given.summary', 'given.language'])
          .orderBy(sql`given.title collate "vi-x-icu"`)
          .orderBy('given.course_id')
          .limit(pageSize + 1)
          .offset((page - 1) * pageSize),
      ).as('courses'),
    )
    .executeTakeFirst();
  if (found === undefined) return undefined;
  const { courses, branches, ...organisation } = found;
  const has_more = Math.max(courses.length, branches.length) > pageSize;
  // The first page is there, with nothing on it too.
  const pages = has_more ? page + 1 : courses.length + branches.length > 0 || page === 1 ? page : page - 1;
  return {
    organisation: { ...organisation, courses: courses.slice(0, pageSize), branches: branches.slice(0, pageSize) },
    pages,
  };
}

interface Asked {
  limit: number;
  q?: string;
  /** This one alone. */
  slug?: string;
  isForEveryone?: boolean;
}

/** What an organisation gives: listed in the reader's language and, where a course has none in it, in its own. By an index in the order of titles. */
export function givenBy(organisation: RawBuilder<string>, language: Language, asked: Asked) {
  const { limit, q = '', slug = '', isForEveryone = false } = asked;
  return expressionBuilder<Database, never>()
    .selectFrom('course_listings')
    .innerJoin('courses', 'courses.id', 'course_listings.course_id')
    .where('course_listings.provider_id', '=', organisation)
    .where(listedIn(sql.val(language)))
    .where(isTitled(q))
    .$if(isForEveryone, (query) => query.where('courses.audience', '=', 'everyone'))
    .$if(slug !== '', (query) => query.where('courses.slug', '=', slug))
    .select(['courses.slug', 'course_listings.title', 'course_listings.summary', 'course_listings.language'])
    .select(['course_listings.course_id', 'course_listings.version_id'])
    .orderBy(sql`course_listings.title collate "vi-x-icu"`)
    .orderBy('course_listings.course_id')
    .limit(limit);
}
