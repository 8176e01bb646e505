import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { removeAccess } from '../../accounts/sessions/queries.ts';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Verb } from '../../audit/verbs.ts';
import { leaveAll } from '../../cohorts/members/queries.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { thisMoment } from '../../database/moment.ts';
import { manageablePersons } from '../../organisations/access.ts';
import { Forbidden } from '../../platform/errors.ts';
import type { ManagedPerson } from '../queries.ts';

type Somebody = { id: string };

/** Days in which a merger can be undone; after them the details of the one that was merged are forgotten. */
export const daysToUndo = 30;

/** What went over, by id, to bring it back. */
interface Moved {
  enrolments: string[];
  /** Both took the same course: of two enrolments under way one goes on, the other ended with the merger. */
  ended: string[];
  certificates: string[];
  memberships: string[];
  closed_memberships: string[];
  /** In cohorts; their mentor stays. */
  cohort_members: string[];
  /** Left out in mergers from before there were any. */
  share_links?: string[];
  /** Of announcements that the other has not read as well. */
  readings: string[];
  /** Whom they teach at home, but for who has the same name there. */
  household?: string[];
}

/** Somebody else in the manager's branch, by learner code. */
export async function findOther(db: Kysely<Database>, manager: Somebody, learnerCode: string) {
  return db
    .selectFrom(
      manageablePersons(db, manager)
        .where('learner_code', '=', learnerCode)
        .where('persons.merged_into_id', 'is', null)
        .select('persons.id')
        .as('found'),
    )
    .select('id')
    .executeTakeFirst();
}

/** Makes one person of two: the facts of the one go over to the other, whose name, codes and secret stay. */
export async function mergePersons(
  trx: Transaction<Database>,
  manager: Somebody,
  kept: ManagedPerson,
  merged: ManagedPerson,
): Promise<'merged' | 'changed' | 'guides'> {
  if (!kept.may_help || !merged.may_help || kept.id === merged.id) throw new Forbidden();
  // In order, so that two mergers of the same people wait for each other.
  const locked = await trx
    .selectFrom('persons')
    .select(['id', 'merged_into_id', 'erased_at'])
    .where('id', 'in', [kept.id, merged.id])
    .orderBy('id')
    .forUpdate()
    .execute();
  if (locked.length < 2 || locked.some((one) => one.merged_into_id !== null || one.erased_at !== null))
    return 'changed';
  // Whom they guide nobody would see: a mentor hands over first.
  if (await isGuiding(trx, merged)) return 'guides';

  const moved = await whatGoesOver(trx, kept.id, merged.id);
  await trx
    .insertInto('person_mergers')
    .values({
      id: newId(),
      kept_id: kept.id,
      merged_id: merged.id,
      merged_by_id: manager.id,
      moved: JSON.stringify(moved),
    })
    .execute();
  await setEnded(trx, moved.ended, true);
  await setMembershipsEnded(trx, moved.closed_memberships, true);
  await hand(trx, moved, kept.id);
  await leaveTheRest(trx, manager, merged);
  await trx.updateTable('persons').set({ merged_into_id: kept.id }).where('id', '=', merged.id).execute();
  await removeAccess(trx, merged.id);
  await tell(trx, manager, kept.id, 'person.merged', merged.id);
  return 'merged';
}

/** @returns false when there is none to undo any more */
export async function undoMerger(
  trx: Transaction<Database>,
  manager: Somebody,
  kept: ManagedPerson,
  mergerId: string,
): Promise<boolean> {
  if (!kept.may_help) throw new Forbidden();
  const merger = await trx
    .updateTable('person_mergers')
    .set({ undone_at: sql<Date>`now()` })
    .where(hasId('id', mergerId))
    .where('kept_id', '=', kept.id)
    .where('undone_at', 'is', null)
    .where('merged_at', '>', sql<Date>`now() - make_interval(days => ${daysToUndo})`)
    .returning('merged_id')
    .returning(({ ref }) => ref('moved').$castTo<Moved>().as('moved'))
    .executeTakeFirst();
  if (merger === undefined) return false;
  await hand(trx, merger.moved, merger.merged_id);
  await setEnded(trx, merger.moved.ended, false);
  await setMembershipsEnded(trx, merger.moved.closed_memberships, false);
  await trx.updateTable('persons').set({ merged_into_id: null }).where('id', '=', merger.merged_id).execute();
  await tell(trx, manager, kept.id, 'person.unmerged', merger.merged_id);
  return true;
}

async function whatGoesOver(trx: Transaction<Database>, keptId: string, mergedId: string): Promise<Moved> {
  const { rows } = await sql<Moved>`
    with twice as (
      select mine.id as mine, theirs.id as theirs,
        (select count(*) from completions where enrolment_id = mine.id) as done,
        (select count(*) from completions where enrolment_id = theirs.id) as done_there
      from enrolments as mine join enrolments as theirs using (course_id)
      where mine.person_id = ${keptId} and theirs.person_id = ${mergedId}
        and mine.ended_at is null and theirs.ended_at is null
    ), same as (
      select theirs.id from memberships as mine join memberships as theirs using (organisation_id, role)
      where mine.person_id = ${keptId} and theirs.person_id = ${mergedId}
        and mine.valid_until is null and theirs.valid_until is null
    )
    select
      array(select id from enrolments where person_id = ${mergedId}) as enrolments,
      array(select case when done_there > done then mine else theirs end from twice) as ended,
      array(
        select theirs.id from certificates as theirs
        where theirs.person_id = ${mergedId} and not exists (
          select from certificates as mine
          where mine.person_id = ${keptId} and mine.term = theirs.term
            and mine.successor_id is null and theirs.successor_id is null
            and (mine.path_id = theirs.path_id or mine.cohort_id = theirs.cohort_id)
        )
      ) as certificates,
      array(select id from memberships where person_id = ${mergedId}) as memberships,
      array(select id from share_links where person_id = ${mergedId}) as share_links,
      array(select id from same) as closed_memberships,
      array(
        select theirs.id from household_members as theirs
        where theirs.person_id = ${mergedId} and lower(theirs.name) not in (
          select lower(mine.name) from household_members as mine where mine.person_id = ${keptId}
        )
      ) as household,
      array(
        select theirs.id from cohort_members as theirs join mentorships on member_id = theirs.id and valid_until is null
        where theirs.person_id = ${mergedId} and theirs.left_at is null and mentor_id <> ${keptId}
          and not exists (
            select from cohort_members as mine
            where mine.cohort_id = theirs.cohort_id and mine.person_id = ${keptId} and mine.left_at is null
          )
      ) as cohort_members,
      array(
        select theirs.id from announcement_readings as theirs
        where theirs.person_id = ${mergedId} and not exists (
          select from announcement_readings as mine
          where mine.person_id = ${keptId} and mine.announcement_id = theirs.announcement_id
            and mine.revision = theirs.revision
        )
      ) as readings
  `.execute(trx);
  const [moved] = rows;
  if (moved === undefined) throw new Error('a select without from has one row');
  return moved;
}

/** What hangs on an enrolment follows it, by the foreign keys. */
async function hand(trx: Transaction<Database>, moved: Moved, toId: string): Promise<void> {
  const { enrolments, certificates, memberships, cohort_members, readings, share_links = [], household = [] } = moved;
  await sql`update enrolments set person_id = ${toId} where id = any(${enrolments}::uuid[])`.execute(trx);
  await sql`update certificates set person_id = ${toId} where id = any(${certificates}::uuid[])`.execute(trx);
  await sql`update memberships set person_id = ${toId} where id = any(${memberships}::uuid[])`.execute(trx);
  await sql`update share_links set person_id = ${toId} where id = any(${share_links}::uuid[])`.execute(trx);
  await sql`update household_members set person_id = ${toId} where id = any(${household}::uuid[])`.execute(trx);
  await sql`update cohort_members set person_id = ${toId} where id = any(${cohort_members}::uuid[])`.execute(trx);
  await sql`update announcement_readings set person_id = ${toId} where id = any(${readings}::uuid[])`.execute(trx);
}

async function isGuiding(trx: Transaction<Database>, { id }: Somebody): Promise<boolean> {
  const row = await trx
    .selectFrom('cohort_mentors')
    .select('id')
    .where('person_id', '=', id)
    .where('valid_until', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Where the one that is kept learns or guides already, the other gives their place up; and waits nowhere any more. */
async function leaveTheRest(trx: Transaction<Database>, manager: Somebody, merged: Somebody): Promise<void> {
  await trx
    .updateTable('join_requests')
    .set({ outcome: 'withdrawn', decided_at: sql<Date>`now()`, decided_by_id: manager.id })
    .where('person_id', '=', merged.id)
    .where('outcome', 'is', null)
    .execute();
  await trx
    .updateTable('mentoring_offers')
    .set({ outcome: 'withdrawn', decided_at: thisMoment })
    .where('person_id', '=', merged.id)
    .where('outcome', 'is', null)
    .execute();
  await leaveAll(trx, merged, manager);
}

async function setEnded(trx: Transaction<Database>, ids: string[], isEnded: boolean): Promise<void> {
  const until = isEnded ? thisMoment : sql`null`;
  // Who has gone on in another one since keeps to that.
  await sql`
    update enrolments set ended_at = ${until} where id = any(${ids}::uuid[]) and (${isEnded} or not exists (
      select from enrolments as other
      where other.person_id = enrolments.person_id and other.course_id = enrolments.course_id and other.ended_at is null
    ))
  `.execute(trx);
}

async function setMembershipsEnded(trx: Transaction<Database>, ids: string[], isEnded: boolean): Promise<void> {
  const until = isEnded ? thisMoment : sql`null`;
  await sql`update memberships set valid_until = ${until} where id = any(${ids}::uuid[])`.execute(trx);
}

async function tell(
  trx: Transaction<Database>,
  manager: Somebody,
  keptId: string,
  verb: Verb,
  otherId: string,
): Promise<void> {
  for (const subject_id of [keptId, otherId]) {
    await insertAuditEvent(trx, { actor_id: manager.id, subject_id, verb, channel: 'web', facts: { kept: keptId } });
  }
}
