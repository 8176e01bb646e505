import { type Kysely, sql, type Transaction } from 'kysely';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Verb } from '../../audit/verbs.ts';
import type { Database } from '../../database/connection.ts';
import { type Announcement, isPinned } from '../access.ts';
import { codeOf } from '../code.ts';

type Somebody = { id: string };

const pageSize = 20;

/** What was told to a cohort; or to a branch and to its courses. Withdrawn ones too: their writers know of them. */
export async function listTold(db: Kysely<Database>, target: { id: string; isBranch: boolean }, page: number) {
  const rows = await db
    .selectFrom('announcements')
    .leftJoin('course_listings', (join) =>
      join.onRef('course_listings.course_id', '=', 'announcements.course_id').on('original', '=', true),
    )
    .where((eb) =>
      target.isBranch
        ? eb(
            'target_id',
            '=',
            sql<string>`any(array(
              select ${target.id}::uuid union all select id from courses where owner_organisation_id = ${target.id}
            ))`,
          )
        : eb('target_id', '=', target.id),
    )
    .select(['code', 'announcements.title', 'asked_at', 'withdrawn_at', 'is_public', isPinned.as('is_pinned')])
    .select(['course_listings.title as course_title', 'course_listings.language as course_language'])
    .select(
      sql<number>`(
        select count(distinct person_id) from announcement_readings
        where announcement_id = announcements.id and announcement_readings.revision >= asked_revision
      )`.as('readers'),
    )
    .select(sql<number>`count(*) over ()`.as('total'))
    .orderBy('asked_at', 'desc')
    .orderBy('announcements.id')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { rows, pages: Math.ceil((rows[0]?.total ?? 0) / pageSize) };
}

/** The courses that a branch owns, to tell their learners something. */
export async function listOwnCourses(db: Kysely<Database>, branch: { id: string }) {
  return db
    .selectFrom('courses')
    .innerJoin('course_listings', (join) =>
      join.onRef('course_listings.course_id', '=', 'courses.id').on('original', '=', true),
    )
    .where('owner_organisation_id', '=', branch.id)
    .select(['courses.id', 'course_listings.title'])
    .orderBy(sql`course_listings.title collate "vi-x-icu"`)
    .limit(500)
    .execute();
}

export interface Told {
  title: string;
  words: string;
  pinned_until: string | null;
  is_public: boolean;
}

type Target = { cohort_id: string } | { course_id: string } | { organisation_id: string };

/** @param id the form sent again makes no second one */
export async function insertAnnouncement(
  trx: Transaction<Database>,
  target: Target,
  { id, ...told }: Told & { id: string },
  author: Somebody,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('announcements')
    .values({ id, code: codeOf(id), ...target, ...told, author_id: author.id })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return;
  await tell(trx, author, 'announcement.published', id);
}

/**
 * Another revision, where anything is another. Saved twice it is changed once.
 * @param before the revision that the form showed
 * @returns false when somebody else has changed it since
 */
export async function updateAnnouncement(
  trx: Transaction<Database>,
  { id }: Announcement,
  before: number,
  told: Told,
  asksAgain: boolean,
  writer: Somebody,
): Promise<boolean> {
  const now = await trx
    .selectFrom('announcements')
    .where('id', '=', id)
    .where('withdrawn_at', 'is', null)
    .select(['revision', 'title', 'words', 'is_public', sql<string | null>`pinned_until::text`.as('pinned_until')])
    .forUpdate()
    .executeTakeFirst();
  if (now === undefined) return false;
  const isSame = (Object.keys(told) as (keyof Told)[]).every((name) => told[name] === now[name]);
  if (now.revision !== before) return isSame;
  if (isSame && !asksAgain) return true;
  const at = sql<Date>`now()`;
  await trx
    .updateTable('announcements')
    .set({ ...told, revision: before + 1, changed_at: at })
    .$if(asksAgain, (query) => query.set({ asked_revision: before + 1, asked_at: at }))
    .where('id', '=', id)
    .execute();
  await tell(trx, writer, 'announcement.changed', id);
  return true;
}

/** Readers find it no more. */
export async function withdraw(trx: Transaction<Database>, { id }: Announcement, writer: Somebody): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('announcements')
    .set({ withdrawn_at: sql<Date>`now()` })
    .where('id', '=', id)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await tell(trx, writer, 'announcement.withdrawn', id);
}

/** What a cohort was told in the last seven days, by its own mentors and by its branch or above, the oldest first. */
export async function listWeek(db: Kysely<Database>, cohort: { id: string; organisation_path: string }) {
  return db
    .selectFrom('announcements')
    .where(
      sql<boolean>`target_id = any(array(
        select ${cohort.id}::uuid union all
        select id from organisations where path @> ${cohort.organisation_path}::ltree
      ))`,
    )
    .where('withdrawn_at', 'is', null)
    .where(sql<boolean>`asked_at > now() - interval '7 days'`)
    .select(['code', 'title', 'words', 'asked_at'])
    .orderBy('asked_at')
    .orderBy('id')
    .limit(30)
    .execute();
}

async function tell(trx: Transaction<Database>, actor: Somebody, verb: Verb, id: string): Promise<void> {
  await insertAuditEvent(trx, {
    actor_id: actor.id,
    subject_id: null,
    verb,
    channel: 'web',
    facts: { announcement: id },
  });
}
