import { type Kysely, sql } from 'kysely';
import { dateAtIssuer } from '../../certificates/queries.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import type { Branch } from '../../organisations/managing/queries.ts';
import { orNotFound } from '../../platform/errors.ts';
import { guidedCohorts } from '../guided/queries.ts';

type Somebody = { id: string };

const pageSize = 15;
/** Of more in a branch, those who wait there are looked for from the longest waiting on, until a page is full. */
const mostSorted = 30;
/** So many cohorts are counted in one transaction. */
const batch = 500;

/** A mentor who lacks nothing but a manager's word. */
export interface Candidate {
  mentor_id: string;
  full_name: string;
  cohort_id: string;
  cohort_name: string;
  organisation_name: string;
  ended_on: string;
  minimum: number;
  graduates: number;
  counted_at: Date;
}

/** Whose certificate of mentoring waits for a manager there or below, the longest first. Nobody confirms their own. */
export async function listCandidates(db: Kysely<Database>, { path }: Branch, manager: Somebody, page: number) {
  const isBelow = sql`organisations.path <@ ${path}::ltree`;
  // What is asked for is read where the right place is known: a setting may have changed since they were counted.
  const isThere = sql`cohort_mentors.person_id <> ${manager.id} and graduates >= minimum_mentees(kept.cohort_id)`;
  const order = sql`order by ended_on, mentor_row_id limit ${pageSize + 1} offset ${(page - 1) * pageSize}`;
  const { rows } = await sql<Candidate>`
    with size as materialized (
      -- Of few on the whole site each is asked, too.
      select (select count(*) from (select from mentoring_candidates order by mentor_row_id limit ${mostSorted + 1}) as some_waiting) <= ${mostSorted} or (
        select count(*) > ${mostSorted} from (
        select from organisations
        cross join lateral (
          select from mentoring_candidates where organisation_id = organisations.id limit ${mostSorted + 1}
        ) as some_there
        where ${isBelow}
        limit ${mostSorted + 1}
      ) as some_below) as goes_along
    ),
    listed as materialized (
      (
        select kept.*, cohort_mentors.person_id as mentor_id
        from organisations
        join mentoring_candidates as kept on kept.organisation_id = organisations.id
        join cohort_mentors on cohort_mentors.id = mentor_row_id
        where not (select goes_along from size) and ${isBelow} and ${isThere}
        ${order}
      )
      union all
      (
        select kept.*, cohort_mentors.person_id
        from mentoring_candidates as kept
        join cohort_mentors on cohort_mentors.id = mentor_row_id
        where (select goes_along from size) and ${isThere}
          and exists (select from organisations where id = kept.organisation_id and ${isBelow} offset 0)
        ${order}
      )
    )
    select mentor_id, full_name, cohorts.id as cohort_id, cohorts.name as cohort_name, organisations.name as organisation_name,
      ended_on::text as ended_on, minimum_mentees(cohorts.id) as minimum, graduates, counted_at
    from listed
    join cohorts on cohorts.id = listed.cohort_id
    join organisations on organisations.id = listed.organisation_id
    join person_details on person_details.person_id = mentor_id
    order by ended_on, mentor_row_id
  `.execute(db);
  const has_more = rows.length > pageSize;
  const shown = rows.slice(0, pageSize);
  return { rows: shown, total: (page - 1) * pageSize + shown.length, has_more, pages: page + (has_more ? 1 : 0) };
}

/** Everybody, for what time alone brings and for what was corrected. @returns how many wait */
export async function countCandidates(db: Kysely<Database>): Promise<number> {
  const cohorts = await db.selectFrom('cohort_mentors').select('cohort_id').distinct().orderBy('cohort_id').execute();
  for (let start = 0; start < cohorts.length; start += batch) {
    const ids = cohorts.slice(start, start + batch).map(({ cohort_id }) => cohort_id);
    await db.transaction().execute(async (trx) => {
      await sql`set local statement_timeout = 0`.execute(trx);
      await sql`select keep_mentoring_candidates(${ids}::uuid[])`.execute(trx);
    });
  }
  const { count } = await db
    .selectFrom('mentoring_candidates')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** All that a certificate of mentoring states beside the figures of the record, as the facts stand now. */
export interface MentoringAchievement {
  full_name: string;
  language: string | null;
  cohort_name: string;
  cohort_language: string;
  provider: { code: string; name: string };
  issued_on: string;
  /** YYYY-MM-DD, both. */
  from: string;
  until: string;
}

/** @throws NotFound where they may not confirm it, where it is not over, and of who was erased */
export async function getMentoringAchievement(
  db: Kysely<Database>,
  manager: Somebody,
  { mentor, cohort }: { mentor: Somebody; cohort: Somebody },
): Promise<MentoringAchievement> {
  const { rows } = await sql<MentoringAchievement>`
    select full_name, persons.language, cohorts.name as cohort_name, cohorts.language as cohort_language,
      json_build_object('code', organisations.code, 'name', organisations.name) as provider,
      ${dateAtIssuer(sql<Date>`now()`)} as issued_on, ${dateAtIssuer(sql<Date>`guided_from`)} as "from", ended_on as until
    from (
      ${guidedCohorts(manager, sql`${hasId('cohorts.id', cohort.id)} and ${hasId('cohort_mentors.person_id', mentor.id)}`)}
    ) as guided
    join cohorts on cohorts.id = guided.id
    join organisations on organisations.id = cohorts.organisation_id
    join persons on persons.id = mentor_id
    join person_details on person_details.person_id = mentor_id
    where may_confirm and ended_on is not null
  `.execute(db);
  return orNotFound(rows[0]);
}
