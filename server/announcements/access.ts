import { type AliasableExpression, expressionBuilder, type Kysely, type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Database } from '../database/connection.ts';
import { holdsRole } from '../organisations/access.ts';
import { Forbidden, orNotFound } from '../platform/errors.ts';

type Somebody = { id: string };

/**
 * To whom somebody belongs: their cohorts, the courses they take, their branches with all above. It depends on no row of the statement
 * around it, so PostgreSQL works it out once, and finds what was told them by the index on targets.
 */
export function targetsOf(person: RawBuilder<string | null>): RawBuilder<string[]> {
  return sql<string[]>`array(
    select cohort_id from cohort_members where person_id = ${person} and left_at is null
    union
    select cohort_id from cohort_mentors
    where person_id = ${person} and valid_until is null and may_guide(person_id, cohort_id)
    union
    select course_id from enrolments where person_id = ${person} and ended_at is null
    union
    select above.id from memberships
    join organisations as own on own.id = memberships.organisation_id
    join organisations as above on above.path @> own.path
    where person_id = ${person} and valid_until is null
  )`;
}

/** Whether somebody has read the `announcements` row of the statement around it, as it is to be read now. */
export function hasRead(person: RawBuilder<string | null>): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from announcement_readings
    where announcement_id = announcements.id and announcement_readings.person_id = ${person}
      and announcement_readings.revision >= asked_revision
  )`;
}

/** A cohort's mentors and managers, the managers of a course's owner, those of a branch: of the `announcements` row around it. */
function mayWrite(person: Somebody): AliasableExpression<SqlBool> {
  const eb = expressionBuilder<Database & { announcements: Database['announcements'] }, 'announcements'>();
  return eb.or([
    eb.exists(
      eb
        .selectFrom('cohorts')
        .innerJoin('organisations as within', 'within.id', 'cohorts.organisation_id')
        .whereRef('cohorts.id', '=', 'announcements.cohort_id')
        .where(({ ref, or, and, exists, selectFrom }) =>
          or([
            holdsRole(person, ['manager'], ref('within.path')),
            and([
              holdsRole(person, ['mentor'], ref('within.path')),
              exists(
                selectFrom('cohort_mentors')
                  .whereRef('cohort_mentors.cohort_id', '=', 'cohorts.id')
                  .where('cohort_mentors.person_id', '=', person.id)
                  .where('cohort_mentors.valid_until', 'is', null)
                  .select('cohort_mentors.id'),
              ),
            ]),
          ]),
        )
        .select('cohorts.id'),
    ),
    eb.exists(
      eb
        .selectFrom('organisations as owner')
        .leftJoin('courses', 'courses.owner_organisation_id', 'owner.id')
        .where((of) =>
          of.or([
            of('owner.id', '=', of.ref('announcements.organisation_id')),
            of('courses.id', '=', of.ref('announcements.course_id')),
          ]),
        )
        .where(({ ref }) => holdsRole(person, ['manager'], ref('owner.path')))
        .select('owner.id'),
    ),
  ]);
}

/** An announcement with what its reader is to it. */
export type Announcement = Awaited<ReturnType<typeof getAnnouncement>>;

/** @throws NotFound for whom it was not meant; and when it was withdrawn, for all but those who may write it */
export async function getAnnouncement(db: Kysely<Database>, person: Somebody | null, code: string) {
  const id = person?.id ?? null;
  const announcement = await db
    .selectFrom('announcements')
    .leftJoin('cohorts', 'cohorts.id', 'announcements.cohort_id')
    .leftJoin('courses', 'courses.id', 'announcements.course_id')
    .leftJoin('course_listings', (join) =>
      join.onRef('course_listings.course_id', '=', 'courses.id').on('original', '=', true),
    )
    .leftJoin('organisations', 'organisations.id', 'announcements.organisation_id')
    .leftJoin('persons as author', 'author.id', 'announcements.author_id')
    .leftJoin('person_details as author_details', (join) =>
      join.on('author_details.person_id', '=', sql<string>`coalesce(author.merged_into_id, author.id)`),
    )
    .where('announcements.code', '=', code)
    .select([
      'announcements.id',
      'announcements.code',
      'announcements.title',
      'announcements.words',
      'is_public',
      'revision',
    ])
    .select([
      'announcements.published_at',
      'author_id',
      'changed_at',
      'withdrawn_at',
      'cohort_id',
      'target_id',
      'asked_revision',
    ])
    .select([sql<string | null>`pinned_until::text`.as('pinned_until'), isPinned.as('is_pinned')])
    .select(['cohorts.name as cohort_name', 'courses.slug as course_slug', 'course_listings.title as course_title'])
    .select(['course_listings.language as course_language', 'organisations.code as organisation_code'])
    .select(['organisations.name as organisation_name', 'author_details.full_name as author_name'])
    .select(sql<boolean>`announcements.author_id = ${id}`.as('is_own'))
    .select(hasRead(sql.val(id)).as('has_read'))
    .select(sql<boolean>`target_id = any(${targetsOf(sql`${id}::uuid`)})`.as('is_meant'))
    .select(person === null ? sql<boolean>`false`.as('may_write') : (eb) => eb.and([mayWrite(person)]).as('may_write'))
    .executeTakeFirst();
  const { is_public, is_meant, may_write, withdrawn_at, ...found } = orNotFound(announcement);
  const mayRead = withdrawn_at === null && (is_public || is_meant === true);
  return orNotFound(
    mayRead || may_write === true
      ? { ...found, is_public, is_meant: is_meant === true, may_write: may_write === true, withdrawn_at }
      : undefined,
  );
}

export async function getOwnAnnouncement(db: Kysely<Database>, writer: Somebody, code: string): Promise<Announcement> {
  const announcement = await getAnnouncement(db, writer, code);
  if (!announcement.may_write) throw new Forbidden();
  return announcement;
}

/** In Vietnam's day. */
export const isPinned = sql<boolean>`coalesce(pinned_until >= (now() at time zone 'Asia/Ho_Chi_Minh')::date, false)`;
