import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { finishedAt } from '../../enrolments/queries.ts';
import { branchLines, placeLines } from '../../organisations/coverage/queries.ts';
import { monthsUntil } from './months.ts';
import type { Count } from './sharing.ts';

export type Counts = Partial<Record<string, Count>>;

/** A branch, a place or a month, with what its learners have done. */
export interface ReportLine {
  /** Of the branch or the place; YYYY-MM for a month; null: no place. */
  code: string | null;
  name: string | null;
  kind: string | null;
  counts: Counts;
}

export interface Report {
  lines: ReportLine[];
  /** Each person once, in however many lines they are. */
  total: Counts;
}

export const ways = ['branch', 'place', 'month'] as const;
export type Way = (typeof ways)[number];

type Top = { id: string };

/** Who counts as having learnt lately. */
const activeDays = 30;

/**
 * As the tree and the memberships were at that moment, with all that had been recorded by then.
 * @param withinCode the place whose parts a report by place is about
 */
export function countReport(
  db: Kysely<Database>,
  top: Top,
  { way, moment, withinCode }: { way: Way; moment: Date; withinCode: string | null },
): Promise<Report> {
  if (way === 'branch') return reportByBranch(db, top, moment);
  if (way === 'place') return reportByPlace(db, top, moment, withinCode);
  return reportByMonth(db, top, moment);
}

async function reportByBranch(db: Kysely<Database>, top: Top, moment: Date): Promise<Report> {
  return report(
    db,
    sql`${branchLines(db, top, moment)},
    people as materialized (
      select distinct branch as line, person_id, ${window(moment)}
      from below join memberships m on m.organisation_id = below.id and ${isLearner(sql`${moment}::timestamptz`)}
    ),
    lines as (
      select branch as line, code, name, kind, row_number() over (order by branch <> '', name collate "vi-x-icu", code) as place
      from below where branch in ('', code) and (branch <> '' or id = ${top.id})
    )`,
    new Date(moment.getTime() - activeDays * 24 * 60 * 60_000),
  );
}

async function reportByPlace(db: Kysely<Database>, top: Top, moment: Date, withinCode: string | null): Promise<Report> {
  return report(
    db,
    sql`${placeLines(db, top, moment, withinCode)},
    people as materialized (
      select distinct coalesce(heading, '') as line, person_id, ${window(moment)}
      from inside join memberships m on m.organisation_id = inside.id and ${isLearner(sql`${moment}::timestamptz`)}
    ),
    headings as (
      select code as line, code from places where parent_code is not distinct from ${withinCode} and merged_into_code is null
      union
      select coalesce(heading, ''), heading from inside
    ),
    lines as (
      select headings.line, headings.code, name, kind, row_number() over (
        order by headings.line not in (select line from people), name collate "vi-x-icu" nulls last, headings.code
      ) as place
      from headings left join place_names on place_names.place_code = headings.code and valid_until is null
    )`,
    new Date(moment.getTime() - activeDays * 24 * 60 * 60_000),
  );
}

/** What happened in each of twelve months, to those who were learners of the branch when it ended. */
async function reportByMonth(db: Kysely<Database>, top: Top, moment: Date): Promise<Report> {
  const months = monthsUntil(moment);
  return report(
    db,
    sql`months as (
      select * from unnest(
        ${months.map(({ key }) => key)}::text[], ${months.map(({ since }) => since)}::timestamptz[],
        ${months.map(({ until }) => until)}::timestamptz[]
      ) as months (line, since, until)
    ),
    people as materialized (
      select distinct line, m.person_id, since, since as active_since, until
      from months
      join organisation_periods head on head.organisation_id = ${top.id}
        and head.valid_from <= until and (head.valid_until is null or head.valid_until > until)
      join organisation_periods below on below.path <@ head.path
        and below.valid_from <= until and (below.valid_until is null or below.valid_until > until)
      join memberships m on m.organisation_id = below.organisation_id and ${isLearner(sql`until`)}
    ),
    lines as (select line, line as code, null as name, null as kind, row_number() over (order by line) as place from months)`,
    months[0]?.since ?? moment,
  );
}

function window(moment: Date): RawBuilder<unknown> {
  return sql`'-infinity'::timestamptz as since, ${moment}::timestamptz - make_interval(days => ${activeDays}) as active_since,
    ${moment}::timestamptz as until`;
}

function isLearner(moment: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`m.role = 'learner' and m.valid_from <= ${moment} and (m.valid_until is null or m.valid_until > ${moment})`;
}

/**
 * @param lines the expressions `people` (who counts in which line, for what happened when) and `lines`, for a `with recursive`
 * @param activeFrom before it no activity is asked about
 */
async function report(db: Kysely<Database>, lines: RawBuilder<unknown>, activeFrom: Date): Promise<Report> {
  const { rows } = await sql<Report>`
    with recursive ${lines},
    everybody as materialized (
      select person_id, min(since) as since, min(active_since) as active_since, max(until) as until from people group by person_id
    ),
    enrolled as materialized (
      select enrolments.* from enrolments join everybody using (person_id) where enrolled_at <= until
    ),
    tried as materialized (
      select attempts.* from enrolled join attempts on attempts.enrolment_id = enrolled.id
    ),
    events as materialized (
      select person_id, 'enrolled' as event, enrolled_at as at from enrolled
      union all
      select person_id, 'finished', ${finishedAt(sql`'infinity'`)} from enrolled as enrolments
      union all
      select certificates.person_id, 'certificates', certificates.issued_at
      from everybody join certificates using (person_id)
      left join certificates as successor on successor.id = certificates.successor_id
      where certificates.enrolment_id is not null
        and (certificates.revoked_at is null or certificates.revoked_at > until)
        and (successor.id is null or successor.issued_at > until)
      union all
      select person_id, 'passed', submitted_at
      from tried join submissions on submissions.attempt_id = tried.id
      where (select passed from markings where markings.attempt_id = tried.id order by number desc limit 1)
      union all
      select completions.person_id, 'assignments', completed_at
      from enrolled
      join items on items.version_id = enrolled.version_id and items.kind = 'assignment'
      join completions on completions.person_id = enrolled.person_id and enrolment_id = enrolled.id and item_id = items.id
      union all
      select person_id, unnest(case when state in ('present', 'late') then array['attended', 'meetings'] else array['meetings'] end), starts_at
      from (
        select distinct on (meeting_id, person_id) person_id, state, starts_at
        from everybody join attendance using (person_id)
        join meetings on meetings.id = meeting_id
        where cancelled_at is null and starts_at + make_interval(mins => minutes) <= until
        order by meeting_id, person_id, recorded_at desc, attendance.id desc
      ) as newest
      union all
      -- One a month is as good as all of them: no line looks at less, and there are as many as there are answers.
      select person_id, 'active', max(at)
      from (
        select person_id, completed_at as at from everybody join completions using (person_id)
        union all
        select person_id, started_at from tried
        union all
        select person_id, answered_at from everybody join answers using (person_id)
        union all
        select person_id, submitted_at from everybody join assignment_submissions using (person_id)
      ) as deeds
      join everybody using (person_id)
      where at > ${activeFrom} and at <= until
      group by person_id, date_trunc('month', at at time zone 'Asia/Ho_Chi_Minh')
    ),
    counted as (
      select line, 'learners' as event, count(*) as value, count(*) as people from people group by line
      union all
      select null, 'learners', count(*), count(*) from everybody
      union all
      select line, event, count(*), count(distinct person_id) from people join events using (person_id) where ${happened} group by line, event
      union all
      select null, event, count(*), count(distinct person_id) from everybody join events using (person_id) where ${happened} group by event
    )
    select
      (
        select coalesce(json_object_agg(event, json_build_object('value', value, 'people', people)), '{}')
        from counted where line is null
      ) as total,
      (
        select coalesce(json_agg(json_build_object('code', code, 'name', name, 'kind', kind, 'counts', (
          select coalesce(json_object_agg(event, json_build_object('value', value, 'people', people)), '{}')
          from counted where counted.line = lines.line
        )) order by place), '[]')
        from lines
      ) as lines
  `.execute(db);
  const [found] = rows;
  if (found === undefined) throw new Error('a select without from has one row');
  return found;
}

const happened = sql`at > case event when 'active' then active_since else since end and at <= until`;
