import { type Kysely, sql } from 'kysely';
import { isTitled } from '../../courses/queries.ts';
import type { Database } from '../../database/connection.ts';
import { holdsEverywhere, holdsRole, organisationsOf } from '../../organisations/access.ts';
import { Forbidden, orNotFound } from '../../platform/errors.ts';

type Somebody = { id: string };

const pageSize = 20;
const helping = ['author', 'reviewer', 'manager'] as const;

/**
 * Published courses that belong to their branches, with the draft that is open of each. To whom all are open they are read by title as far as
 * the page goes and not counted: `pages` says only whether there is another.
 */
export async function listOwnCourses(db: Kysely<Database>, person: Somebody, q: string, page: number) {
  const query = ownCourses(db, person, q)
    .orderBy(sql`listing.title collate "vi-x-icu"`)
    .orderBy('listing.course_id')
    .offset((page - 1) * pageSize);
  if (await holdsEverywhere(db, person, helping)) {
    const rows = await query.limit(pageSize + 1).execute();
    return { rows: rows.slice(0, pageSize), pages: rows.length > pageSize ? page + 1 : page };
  }
  const rows = await query
    // Worked out once: else all listings may be gone through for the few that are theirs.
    .where(
      sql<boolean>`courses.id = any(array(
        select id from courses where owner_organisation_id = any(${organisationsOf(person, helping)})
      ))`,
    )
    .select(sql<number>`count(*) over ()`.as('total'))
    .limit(pageSize)
    .execute();
  return { rows, pages: Math.ceil((rows[0]?.total ?? 0) / pageSize) };
}

function ownCourses(db: Kysely<Database>, person: Somebody, q: string) {
  return db
    .selectFrom('courses')
    .innerJoin('organisations', 'organisations.id', 'courses.owner_organisation_id')
    .innerJoin('course_listings as listing', (join) =>
      join.onRef('listing.course_id', '=', 'courses.id').on('original', '=', true),
    )
    .innerJoin('course_versions as version', 'version.id', 'courses.current_version_id')
    .leftJoin('drafts', (join) =>
      join.onRef('drafts.slug', '=', 'courses.slug').on('drafts.state', 'in', ['draft', 'in_review']),
    )
    .where(isTitled(q))
    .select(['courses.slug', 'listing.title', 'listing.language', 'version.number', 'version.published_at'])
    .select(['organisations.name as organisation_name', 'drafts.id as draft_id'])
    .select(({ ref }) => holdsRole(person, ['author'], ref('organisations.path')).as('may_write'));
}

/** A course of theirs, to make a draft of. @throws NotFound, Forbidden */
export async function getOwnCourse(db: Kysely<Database>, person: Somebody, slug: string) {
  const course = await db
    .selectFrom('courses')
    .innerJoin('organisations', 'organisations.id', 'courses.owner_organisation_id')
    .where('slug', '=', slug)
    .where('current_version_id', 'is not', null)
    .where(({ ref }) => holdsRole(person, ['author', 'reviewer', 'manager'], ref('organisations.path')))
    .select(['courses.id', 'slug', 'owner_organisation_id', 'current_version_id'])
    .select(({ ref }) => holdsRole(person, ['author'], ref('organisations.path')).as('may_write'))
    .executeTakeFirst();
  const { may_write, ...found } = orNotFound(course);
  if (may_write !== true) throw new Forbidden();
  return found;
}

export async function listVersionFiles(db: Kysely<Database>, versionId: string) {
  return db
    .selectFrom('course_version_files')
    .innerJoin('files', 'files.hash', 'course_version_files.hash')
    .where('version_id', '=', versionId)
    .select(['path', 'files.hash', 'bytes'])
    .orderBy(sql`path collate "C"`)
    .execute();
}
