import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../database/connection.ts';
import type { Branch } from '../managing/queries.ts';

/** One line of a report: a branch or a place, and who was there. */
export interface CoverageRow {
  code: string | null;
  name: string | null;
  /** Of the organisation or the place. */
  kind: string | null;
  organisations: number;
  learners: number;
  mentors: number;
}

/** The tree as it was at that moment: of each organisation its name, its path, its place, whether it was closed. */
function organisationsAsOf(db: Kysely<Database>, moment: Date) {
  return db
    .selectFrom('organisation_periods')
    .innerJoin('organisations', 'organisations.id', 'organisation_periods.organisation_id')
    .where('organisation_periods.valid_from', '<=', moment)
    .where((eb) =>
      eb.or([eb('organisation_periods.valid_until', 'is', null), eb('organisation_periods.valid_until', '>', moment)]),
    )
    .select(['organisations.id', 'organisations.code'])
    .select(['organisation_periods.name', 'organisation_periods.kind', 'organisation_periods.path'])
    .select(['organisation_periods.place_code', 'organisation_periods.is_closed']);
}

/** Where the organisation was then: what lies below it is found by that path, and nothing else of the tree is read. */
function topAsOf({ id }: { id: string }, moment: Date) {
  return sql`
    top as materialized (
      select path, nlevel(path) as depth from organisation_periods
      where organisation_id = ${id} and valid_from <= ${moment} and (valid_until is null or valid_until > ${moment})
    )
  `;
}

const isBelowTop = sql<boolean>`organisation_periods.path <@ (select path from top)`;

/** The organisation and all below it, each with the branch directly below that it belongs to: the expression `below` for a `with`. */
export function branchLines(db: Kysely<Database>, { id }: { id: string }, moment: Date): RawBuilder<unknown> {
  return sql`
    ${topAsOf({ id }, moment)},
    asof as (${organisationsAsOf(db, moment).where(isBelowTop)}),
    below as materialized (
      -- An empty name for the organisation itself, so that the joins below compare by equality.
      select asof.*, case when nlevel(asof.path) > top.depth then subpath(asof.path, top.depth, 1)::text else '' end as branch
      from asof cross join top
    )
  `;
}

/**
 * The same by place, each with the topmost place it lies in, or the one directly in a given place: the expression `inside` for a
 * `with recursive`.
 */
export function placeLines(
  db: Kysely<Database>,
  { id }: { id: string },
  moment: Date,
  withinCode: string | null,
): RawBuilder<unknown> {
  return sql`
    ${topAsOf({ id }, moment)},
    within as materialized (${organisationsAsOf(db, moment).where(isBelowTop)}),
    asof as materialized (
      select * from within
      union all ${organisationsAsOf(db, moment).where(sql<boolean>`organisation_periods.path @> (select subpath(path, 0, -1) from top)`)}
    ),
    located as (
      select distinct on (within.id) within.id, placed.place_code
      from within
        cross join lateral unnest(string_to_array(within.path::text, '.')) with ordinality as label(code, depth)
        join asof placed on placed.code = label.code and placed.place_code is not null
      order by within.id, label.depth desc
    ),
    below as materialized (
      select within.id, within.is_closed, located.place_code from within left join located using (id)
    ),
    steps as (
      select code as place_code, coalesce(merged_into_code, code) as code from places
      union all
      select steps.place_code, places.parent_code from steps join places on places.code = steps.code
      where places.parent_code is not null
    ),
    gathered as (
      select steps.place_code, steps.code as heading from steps join places on places.code = steps.code
      where places.parent_code is not distinct from ${withinCode}
    ),
    inside as materialized (
      select below.*, gathered.heading from below left join gathered on gathered.place_code = below.place_code
      where ${withinCode}::text is null or gathered.heading is not null
    )
  `;
}

/**
 * Learners and mentors of the organisation, and of each branch directly below it, with all that lies under that. A person counts once
 * in a line, and once in the total, however many organisations they are in. One statement, of one moment: the lines and the total
 * cannot disagree.
 */
export async function coverageByBranch(db: Kysely<Database>, { id }: Branch, moment: Date): Promise<CoverageRow[]> {
  const { rows } = await sql<CoverageRow & { is_total: boolean }>`
    with ${branchLines(db, { id }, moment)},
    counted as (
      select coalesce(branch, 'total') as line, grouping(branch) = 1 as is_total,
        count(distinct person_id) filter (where role = 'learner') as learners,
        count(distinct person_id) filter (where role = 'mentor') as mentors
      from below join memberships m on m.organisation_id = below.id and m.role in ('learner', 'mentor')
        and m.valid_from <= ${moment} and (m.valid_until is null or m.valid_until > ${moment})
      group by grouping sets ((branch), ())
    ),
    lines as (
      select coalesce(branch, 'total') as line, grouping(branch) = 1 as is_total,
        count(*) filter (where not is_closed) as organisations
      from below group by grouping sets ((branch), ())
    )
    select head.code, head.name, head.kind, lines.is_total, lines.organisations,
      coalesce(counted.learners, 0) as learners, coalesce(counted.mentors, 0) as mentors
    from lines
      left join counted on counted.line = lines.line and counted.is_total = lines.is_total
      left join below head on head.branch = lines.line and not lines.is_total and head.branch in ('', head.code)
    where exists (select from top)
    order by lines.is_total desc, lines.line <> '', head.name collate "vi-x-icu", head.code
  `.execute(db);
  return rows.map(({ is_total, ...row }) => (is_total ? { ...row, code: null, name: null, kind: null } : row));
}

/**
 * The same people by place: that of their organisation, else of the nearest one above it. Places are gathered under the topmost
 * place they lie in, or under those directly in a given place. The first line is the total; one without a code has no place.
 */
export async function coverageByPlace(
  db: Kysely<Database>,
  { id }: Branch,
  moment: Date,
  withinCode: string | null,
): Promise<CoverageRow[]> {
  const { rows } = await sql<CoverageRow & { is_total: boolean }>`
    with recursive ${placeLines(db, { id }, moment, withinCode)},
    counted as (
      select inside.heading, grouping(inside.heading) = 1 as is_total,
        count(distinct m.person_id) filter (where m.role = 'learner') as learners,
        count(distinct m.person_id) filter (where m.role = 'mentor') as mentors,
        count(distinct inside.id) filter (where not inside.is_closed) as organisations
      from inside left join memberships m on m.organisation_id = inside.id and m.role in ('learner', 'mentor')
        and m.valid_from <= ${moment} and (m.valid_until is null or m.valid_until > ${moment})
      group by grouping sets ((inside.heading), ())
    ),
    lines as (
      select heading, is_total, learners, mentors, organisations from counted
      union all
      -- Places with nobody are what such a report is read for.
      select code, false, 0, 0, 0 from places
      where parent_code is not distinct from ${withinCode} and merged_into_code is null
        and not exists (select from counted where counted.heading = places.code)
    )
    select lines.heading as code, place_names.name, place_names.kind, lines.is_total,
      lines.organisations, lines.learners, lines.mentors
    from lines left join place_names on place_names.place_code = lines.heading and place_names.valid_until is null
    order by lines.is_total desc, lines.organisations = 0, place_names.name collate "vi-x-icu" nulls last, lines.heading
  `.execute(db);
  return rows.map(({ is_total: _, ...row }) => row);
}
