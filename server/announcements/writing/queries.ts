import { type Kysely, sql, type Transaction } from 'kysely';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Verb } from '../../audit/verbs.ts';
import { isTitled } from '../../courses/queries.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { type Announcement, isPinned } from '../access.ts';
import { codeOf } from '../code.ts';

type Somebody = { id: string };

const pageSize = 20;
/** Nobody is helped by counting on, for twenty announcements at once. */
const mostReaders = 1000;

/** What was told to a cohort; or to a branch and to its courses. Withdrawn ones too: their writers know of them. */
export async function listTold(db: Kysely<Database>, target: { id: string; isBranch: boolean }, page: number) {
  const rows = await db
    .selectFrom('announcements')
    .leftJoin('course_listings', (join) =>
      join.onRef('course_listings.course_id', '=', 'announcements.course_id').on('original', '=', true),
    )
    .where(target.isBranch ? 'desk_id' : 'target_id', '=', target.id)
    .select(['code', 'announcements.title', 'asked_at', 'withdrawn_at', 'is_public', isPinned.as('is_pinned')])
    .select(['course_listings.title as course_title', 'course_listings.language as course_language'])
    .select(
      sql<number>`(
        select count(*) from (
          select distinct person_id from announcement_readings
          where announcement_id = announcements.id and announcement_readings.revision >= asked_revision
          order by person_id limit ${mostReaders + 1}
        ) as readers
      )`.as('readers'),
    )
    .orderBy('asked_at', 'desc')
    .orderBy('announcements.id')
    .limit(pageSize + 1)
    .offset((page - 1) * pageSize)
    .execute();
  const shown = rows.slice(0, pageSize).map((row) => ({
    ...row,
    readers: Math.min(row.readers, mostReaders),
    has_more_readers: row.readers > mostReaders,
  }));
  return { rows: shown, pages: rows.length > pageSize ? page + 1 : page };
}

/** A longer list is searched. */
const mostChoices = 50;

/** The courses that a branch owns, to tell their learners something: the newest, or those with these words; and the one in the form. */
export async function listOwnCourses(
  db: Kysely<Database>,
  branch: { id: string },
  { q, chosen }: { q: string; chosen: string },
) {
  const own = db
    .selectFrom('courses')
    .innerJoin('course_listings', (join) =>
      join.onRef('course_listings.course_id', '=', 'courses.id').on('original', '=', true),
    )
    .where('owner_organisation_id', '=', branch.id)
    .select(['courses.id', 'course_listings.title', 'courses.created_at']);
  const found = own
    .where(isTitled(q))
    .orderBy('courses.created_at', 'desc')
    .orderBy('courses.id')
    .limit(mostChoices + 1);
  const rows = await db
    .selectFrom(found.as('found'))
    .selectAll()
    .union(own.where(hasId('courses.id', chosen)))
    .execute();
  const { compare } = new Intl.Collator('vi');
  const has_more = rows.length > mostChoices;
  const shown = rows
    .toSorted((a, b) => b.created_at.getTime() - a.created_at.getTime())
    .filter(({ id }, index) => index < mostChoices || id === chosen)
    .toSorted((a, b) => compare(a.title, b.title));
  return { rows: shown, q, is_searched: q !== '' || has_more };
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
