import { type Kysely, sql } from 'kysely';
import { dateAtIssuer } from '../../certificates/queries.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import type { Branch } from '../../organisations/managing/queries.ts';
import { orNotFound } from '../../platform/errors.ts';
import { certificate, completions, guidedCohorts } from '../guided/queries.ts';

type Somebody = { id: string };

const pageSize = 50;

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
  total: number;
}

/** Whose certificate of mentoring waits for a manager there or below, the longest first. Nobody confirms their own. */
export async function listCandidates(db: Kysely<Database>, { path }: Branch, manager: Somebody, page: number) {
  const { rows } = await sql<Candidate>`
    with guided as (
      select * from (${guidedCohorts(manager, sql`organisations.path <@ ${path}::ltree`)}) as readable
      where may_confirm and ended_on is not null
    ),
    counted as (
      select guided.*, (select count(distinct person_id)::integer from (${completions}) as completion) as graduates
      from guided
      where ${certificate} is null
    )
    select mentor_id, full_name, counted.id as cohort_id, name as cohort_name, organisation_name, ended_on, minimum, graduates,
      count(*) over ()::integer as total
    from counted join person_details on person_details.person_id = mentor_id
    where graduates >= minimum
    order by ended_on, name collate "vi-x-icu", counted.id, mentor_id
    limit ${pageSize} offset ${(page - 1) * pageSize}
  `.execute(db);
  const total = rows[0]?.total ?? 0;
  return { rows, total, pages: Math.ceil(total / pageSize) };
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
