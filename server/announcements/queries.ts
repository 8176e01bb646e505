import { type Kysely, type RawBuilder, sql } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Database } from '../database/connection.ts';
import { type Announcement, hasRead, isPinned, targetsOf } from './access.ts';

type Somebody = { id: string };

const pageSize = 20;
/** Of the text, in lists. */
const teaser = sql<string>`case
  when length(announcements.words) > 200 then left(announcements.words, 180) || '…' else announcements.words
end`;

/** What somebody is told, pinned first, then newest. */
export async function listAnnouncements(db: Kysely<Database>, person: Somebody, page: number) {
  const own = sql.val(person.id);
  const rows = await db
    .selectFrom('announcements')
    .leftJoin('cohorts', 'cohorts.id', 'announcements.cohort_id')
    .leftJoin('course_listings', (join) =>
      join.onRef('course_listings.course_id', '=', 'announcements.course_id').on('original', '=', true),
    )
    .leftJoin('organisations', 'organisations.id', 'announcements.organisation_id')
    .where(sql<boolean>`target_id = any(${targetsOf(own)})`)
    .where('withdrawn_at', 'is', null)
    .select(['announcements.code', 'announcements.title', teaser.as('teaser'), 'asked_at'])
    .select([isPinned.as('is_pinned'), hasRead(own).as('has_read'), 'course_listings.language as course_language'])
    .select(sql<string>`coalesce(cohorts.name, course_listings.title, organisations.name, '')`.as('told_by'))
    .select(sql<number>`count(*) over ()`.as('total'))
    .orderBy(isPinned, 'desc')
    .orderBy('asked_at', 'desc')
    .orderBy('announcements.id')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { rows, pages: Math.ceil((rows[0]?.total ?? 0) / pageSize) };
}

/** What somebody has still to read of the last month, counted up to 100: a subquery; `person` stands for who they are. */
export function unreadAnnouncements(person: RawBuilder<string | null>): RawBuilder<number> {
  return sql<number>`(
    select count(*)::integer from (
      select from announcements
      where target_id = any(${targetsOf(person)}) and withdrawn_at is null and asked_at > now() - interval '30 days'
        and author_id <> ${person} and not ${hasRead(person)}
      limit 100
    ) as unread
  )`;
}

/** "I have read it", as it is now. Pressed again it is the same. */
export async function insertReading(db: Kysely<Database>, { id, revision }: Announcement, reader: Somebody) {
  await db
    .insertInto('announcement_readings')
    .values({ id: newId(), announcement_id: id, person_id: reader.id, revision })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** All whom a target reaches, whatever it is: ids name only one thing. */
export function audienceOf(targetId: RawBuilder<string>): RawBuilder<{ person_id: string }> {
  return sql`(
    select person_id from cohort_members where cohort_id = ${targetId} and left_at is null
    union
    select person_id from enrolments where course_id = ${targetId} and ended_at is null
    union
    select person_id from memberships
    join organisations as own on own.id = memberships.organisation_id
    join organisations as told on told.path @> own.path
    where told.id = ${targetId} and memberships.valid_until is null
  )`;
}

/** How many of those whom it reaches, its author aside, have read it; of a cohort also who has not, by given name. */
export async function getReaders(db: Kysely<Database>, announcement: Announcement) {
  const { rows } = await sql<{ total: number; read: number; missing: string[] }>`
    select count(*) as total, count(*) filter (where is_read) as read,
      coalesce(array_agg(full_name order by regexp_replace(full_name, '^.* ', '') collate "vi-x-icu", full_name)
        filter (where not is_read and full_name is not null and ${announcement.cohort_id !== null}), '{}') as missing
    from (
      select full_name, exists (
        select from announcement_readings as reading
        where reading.announcement_id = ${announcement.id} and reading.person_id = audience.person_id
          and reading.revision >= ${announcement.asked_revision}
      ) as is_read
      from ${audienceOf(sql`${announcement.target_id}::uuid`)} as audience
      left join person_details on person_details.person_id = audience.person_id
      where audience.person_id <> ${announcement.author_id}
    ) as readers
  `.execute(db);
  return rows[0] ?? { total: 0, read: 0, missing: [] };
}

/** What everybody may know of the row around it, newest first: `target` is its id. */
export function publicAnnouncements(target: RawBuilder<string>) {
  return sql<{ code: string; title: string; asked_at: string }[]>`(
    select coalesce(json_agg(newest), '[]') from (
      select code, title, asked_at from announcements
      where target_id = ${target} and is_public and withdrawn_at is null
      order by asked_at desc, id limit 3
    ) as newest
  )`;
}
