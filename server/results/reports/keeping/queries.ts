import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../../database/connection.ts';
import { hasMoreThan } from '../../../organisations/counting/queries.ts';
import { dayOf, endOfDay } from '../../../platform/day.ts';
import { countReport, type Report, type Way, ways } from '../queries.ts';

/** Of a branch with more learners a report is kept, since it is read from all that each of them has done. */
export const mostLearners = 1_000;
/** So many of one organisation may wait to be counted. */
const mostWaiting = 20;
/** Whoever wants an older one asks again. */
const daysKept = 7;

type Top = { id: string; path: string };

export interface Wish {
  way: Way;
  /** Within which place. */
  place: string | null;
  /** YYYY-MM-DD */
  day: string;
}

export interface Kept {
  /** Too many learners to count them while somebody waits. */
  is_large: boolean;
  /** YYYY-MM-DD, of what is kept. */
  day: string | null;
  counted_at: Date | null;
  report: Report | null;
  /** It was asked for and is not counted yet, or not again. */
  is_waiting: boolean;
  /** The place that was asked for; null also where there is no such place. */
  around: { code: string; name: string; kind: string } | null;
}

/** @param day null: the newest that there is */
export async function findKept(
  db: Kysely<Database>,
  branch: Top,
  { way, place, day }: Omit<Wish, 'day'> & { day: string | null },
): Promise<Kept> {
  const same = sql`organisation_id = ${branch.id} and way = ${way} and place_code = ${place ?? ''} and (${day}::date is null or day = ${day}::date)`;
  const { rows } = await sql<Kept>`
    select size.is_large, kept.day::text, kept.counted_at, kept.report,
      exists (select from kept_reports where ${same} and ${waits}) as is_waiting, (
        select json_build_object('code', place_code, 'name', name, 'kind', kind)
        from place_names where place_code = ${place} and valid_until is null
      ) as around
    from (select ${hasMoreThan(mostLearners, branch, 'learner')} as is_large) as size
    left join lateral (
      select day, counted_at, report from kept_reports
      where is_large and ${same} and counted_at is not null
      order by day desc limit 1
    ) as kept on true
  `.execute(db);
  const [found] = rows;
  if (found === undefined) throw new Error('a count has one row');
  return found;
}

const waits = sql<boolean>`(counted_at is null or asked_at > counted_at)`;

/** What waits already goes on waiting. @returns false where too many of the organisation wait */
export async function askFor(
  db: Kysely<Database>,
  { id }: { id: string },
  { way, place, day }: Wish,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into kept_reports (organisation_id, way, place_code, day)
    select ${id}, ${way}, ${place ?? ''}, ${day}::date
    where (
      select count(*) from kept_reports
      where organisation_id = ${id} and ${waits} and (way, place_code, day) <> (${way}, ${place ?? ''}, ${day}::date)
    ) < ${mostWaiting}
    on conflict (organisation_id, way, place_code, day) do update
    set asked_at = case when kept_reports.counted_at is null or kept_reports.asked_at > kept_reports.counted_at
      then kept_reports.asked_at else now() end
  `.execute(db);
  return Number(numAffectedRows ?? 0) > 0;
}

/** Every night each large branch, in each way, as it is now. @returns how many wait */
export async function askForLarge(db: Kysely<Database>, now: Date): Promise<number> {
  return db.transaction().execute(async (trx) => {
    await sql`set local statement_timeout = 0`.execute(trx);
    const before = new Date(now.getTime() - daysKept * 24 * 60 * 60_000);
    await trx.deleteFrom('kept_reports').where('asked_at', '<', before).execute();
    const { numAffectedRows } = await sql`
      with own as (
        select organisation_id, count(*) as learners from memberships
        where role = 'learner' and valid_until is null group by organisation_id
      )
      insert into kept_reports (organisation_id, way, day)
      select head.id, way, ${dayOf(now)}::date
      from organisations as head
      join organisations as below on below.path <@ head.path
      join own on own.organisation_id = below.id
      cross join unnest(${[...ways]}::text[]) as way
      where head.merged_into_id is null
      group by head.id, way
      having sum(learners) > ${mostLearners}
      on conflict (organisation_id, way, place_code, day) do update set asked_at = now()
    `.execute(trx);
    return Number(numAffectedRows ?? 0);
  });
}

/** What has waited longest; the same count as of a branch that is small. @returns false where none waits, or another process counts */
export async function countNext(db: Kysely<Database>): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    if (!(await countsAlone(trx))) return false;
    const next = await trx
      .selectFrom('kept_reports')
      .where(waits)
      .orderBy('asked_at')
      .select(['organisation_id', 'way', 'place_code', sql<string>`day::text`.as('day')])
      .limit(1)
      .executeTakeFirst();
    if (next === undefined) return false;
    await sql`set local statement_timeout = 0`.execute(trx);
    const now = new Date();
    const report = await countReport(
      trx,
      { id: next.organisation_id },
      {
        way: next.way as Way,
        moment: endOfDay(next.day, now) ?? now,
        withinCode: next.place_code === '' ? null : next.place_code,
      },
    );
    await trx
      .updateTable('kept_reports')
      // When it began: what is asked for meanwhile waits to be counted again.
      .set({ counted_at: sql`now()`, report: JSON.stringify(report) })
      .where('organisation_id', '=', next.organisation_id)
      .where('way', '=', next.way)
      .where('place_code', '=', next.place_code)
      .where('day', '=', sql<Date>`${next.day}::date`)
      .execute();
    return true;
  });
}

async function countsAlone(trx: Transaction<Database>): Promise<boolean> {
  const { rows } = await sql<{ alone: boolean }>`
    select pg_try_advisory_xact_lock(hashtext('kept_reports')) as alone
  `.execute(trx);
  return rows[0]?.alone ?? false;
}

/** @param until no other is begun after it. @returns how many */
export async function countWaiting(db: Kysely<Database>, until: Date): Promise<number> {
  let counted = 0;
  while (Date.now() < until.getTime() && (await countNext(db))) counted += 1;
  return counted;
}
