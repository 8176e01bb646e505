import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database } from '../../database/connection.ts';
import type { Role } from '../access.ts';
import type { CoverageRow } from '../coverage/queries.ts';

/**
 * Counts who is in each organisation and all below it, by branch and by place, as the reports on a branch do for themselves while it is small.
 * @returns how many organisations
 */
export async function countBranches(db: Kysely<Database>): Promise<number> {
  return db.transaction().execute(async (trx) => {
    // As many rows as there are memberships, some times over.
    await sql`set local statement_timeout = 0`.execute(trx);
    await sql`set local work_mem = '64MB'`.execute(trx);
    // One counts at a time.
    await sql`select pg_advisory_xact_lock(hashtext('branch_counts'))`.execute(trx);
    const counted = await countPeople(trx);
    await trx.deleteFrom('branch_place_counts').execute();
    await countPlaces(trx);
    return counted;
  });
}

/** Each organisation with all that it lies in, itself too. */
const lineage = sql`
  lineage as materialized (
    select below.id, above.id as top, below.closed_at is null as is_open
    from organisations as below
    cross join lateral unnest(string_to_array(below.path::text, '.')) as label (code)
    join organisations as above on above.code = label.code
  )
`;

async function countPeople(trx: Transaction<Database>): Promise<number> {
  const { numAffectedRows } = await sql`
    with ${lineage},
    people as (
      select top, role, count(*) as people, count(*) filter (where is_own) as own
      from (
        select top, role, person_id, bool_or(top = lineage.id) as is_own
        from lineage join memberships on memberships.organisation_id = lineage.id and valid_until is null
        group by top, role, person_id
      ) as each
      group by top, role
    ),
    roles as (
      select top,
        max(people) filter (where role = 'learner') as learners, max(own) filter (where role = 'learner') as own_learners,
        max(people) filter (where role = 'mentor') as mentors, max(own) filter (where role = 'mentor') as own_mentors,
        max(people) filter (where role = 'author') as authors,
        max(people) filter (where role = 'reviewer') as reviewers,
        max(people) filter (where role = 'manager') as managers
      from people group by top
    ),
    waiting as (
      select top, count(*) as people
      from join_requests join lineage on lineage.id = organisation_id where outcome is null group by top
    ),
    offers as (
      select top, count(*) as people
      from mentoring_offers join lineage on lineage.id = organisation_id where outcome is null group by top
    ),
    trees as (select top, count(*) filter (where is_open) as organisations from lineage group by top)
    insert into branch_counts (
      organisation_id, organisations, learners, mentors, authors, reviewers, managers, own_learners, own_mentors, waiting, offers,
      counted_at
    )
    select top, organisations, coalesce(learners, 0), coalesce(mentors, 0), coalesce(authors, 0), coalesce(reviewers, 0),
      coalesce(managers, 0), coalesce(own_learners, 0), coalesce(own_mentors, 0), coalesce(waiting.people, 0),
      coalesce(offers.people, 0), now()
    from trees left join roles using (top) left join waiting using (top) left join offers using (top)
    on conflict (organisation_id) do update set
      organisations = excluded.organisations, learners = excluded.learners, mentors = excluded.mentors,
      authors = excluded.authors, reviewers = excluded.reviewers, managers = excluded.managers,
      own_learners = excluded.own_learners, own_mentors = excluded.own_mentors,
      waiting = excluded.waiting, offers = excluded.offers, counted_at = excluded.counted_at
  `.execute(trx);
  return Number(numAffectedRows ?? 0);
}

/** The place of an organisation is its own, else that of the nearest above it; it counts there and in all that the place lies in. */
async function countPlaces(trx: Transaction<Database>): Promise<void> {
  await sql`
    with recursive ${lineage},
    located as (
      select distinct on (organisations.id) organisations.id, placed.place_code
      from organisations
      cross join lateral unnest(string_to_array(organisations.path::text, '.')) with ordinality as label (code, depth)
      join organisations as placed on placed.code = label.code and placed.place_code is not null
      order by organisations.id, depth desc
    ),
    steps as (
      select code as place_code, coalesce(merged_into_code, code) as code, false as is_within from places
      union all
      select steps.place_code, places.parent_code, true from steps join places on places.code = steps.code
      where places.parent_code is not null
    ),
    lines as materialized (
      select lineage.id, top, is_open, steps.code as place_code, coalesce(is_within, false) as is_within
      from lineage left join located using (id) left join steps on steps.place_code = located.place_code
    ),
    people as (
      select top, place_code, role, count(*) as people, count(*) filter (where is_within) as within
      from (
        select top, place_code, role, person_id, bool_or(is_within) as is_within
        from lines join memberships on organisation_id = lines.id and role in ('learner', 'mentor') and valid_until is null
        group by top, place_code, role, person_id
      ) as each
      group by top, place_code, role
    ),
    roles as (
      select top, place_code,
        max(people) filter (where role = 'learner') as learners, max(within) filter (where role = 'learner') as learners_within,
        max(people) filter (where role = 'mentor') as mentors, max(within) filter (where role = 'mentor') as mentors_within
      from people group by top, place_code
    ),
    trees as (
      select top, place_code, count(*) filter (where is_open) as organisations,
        count(*) filter (where is_open and is_within) as organisations_within
      from lines group by top, place_code
    )
    insert into branch_place_counts (
      organisation_id, place_code, organisations, learners, mentors, organisations_within, learners_within, mentors_within
    )
    select trees.top, trees.place_code, organisations, coalesce(learners, 0), coalesce(mentors, 0),
      organisations_within, coalesce(learners_within, 0), coalesce(mentors_within, 0)
    -- No place has an empty code: so that it is a join by equality.
    from trees left join roles on roles.top = trees.top and coalesce(roles.place_code, '') = coalesce(trees.place_code, '')
  `.execute(trx);
}

/** As `coverageByBranch` counts it, but a page of it, out of what is kept. */
export async function keptByBranch(db: Kysely<Database>, { id }: { id: string }, page: number, pageSize: number) {
  const { itself, rows, children } = await db
    .selectFrom('branch_sizes')
    .where('branch_sizes.organisation_id', '=', id)
    .select('children')
    .select(({ selectFrom }) => [
      jsonArrayFrom(
        selectFrom('organisations')
          .innerJoin('branch_counts', 'branch_counts.organisation_id', 'organisations.id')
          .where('organisations.id', '=', id)
          .select(['code', 'name', 'kind', 'own_learners as learners', 'own_mentors as mentors'])
          .select(sql<number>`(closed_at is null)::integer`.as('organisations')),
      ).as('itself'),
      jsonArrayFrom(
        selectFrom('organisations')
          .innerJoin('branch_counts', 'branch_counts.organisation_id', 'organisations.id')
          .where('parent_id', '=', id)
          .where('merged_into_id', 'is', null)
          .select(['code', 'name', 'kind', 'organisations', 'learners', 'mentors'])
          .orderBy(sql`name collate "vi-x-icu"`)
          .orderBy('code')
          .limit(pageSize)
          .offset((page - 1) * pageSize),
      ).as('rows'),
    ])
    .executeTakeFirstOrThrow();
  const lines: CoverageRow[] = page === 1 ? [...itself, ...rows] : rows;
  return { lines, pages: Math.ceil(children / pageSize) };
}

/** As `coverageByPlace`: the total, and then all lines, of which there are no more than places. */
export async function keptByPlace(db: Kysely<Database>, { id }: { id: string }, withinCode: string | null) {
  const { rows } = await sql<CoverageRow & { is_total: boolean }>`
    with kept as materialized (select * from branch_place_counts where organisation_id = ${id}),
    lines as (
      ${withinCode === null ? wholeOf(id) : withinOf(withinCode)}
      union all
      select places.code, place_names.name, place_names.kind, false,
        coalesce(organisations, 0), coalesce(learners, 0), coalesce(mentors, 0)
      from places
      left join kept on kept.place_code = places.code
      left join place_names on place_names.place_code = places.code and place_names.valid_until is null
      where parent_code ${withinCode === null ? sql`is null` : sql`= ${withinCode}`}
        and (merged_into_code is null or kept.place_code is not null)
      union all
      select null, null, null, false, organisations, learners, mentors
      from kept where place_code is null and ${withinCode === null}
    )
    select * from lines order by is_total desc, organisations = 0, name collate "vi-x-icu" nulls last, code
  `.execute(db);
  return rows.map(({ is_total: _, ...row }) => row);
}

function wholeOf(id: string) {
  return sql`
    select null::text as code, null::text as name, null::text as kind, true as is_total, organisations, learners, mentors
    from branch_counts where organisation_id = ${id}
  `;
}

function withinOf(placeCode: string) {
  return sql`
    select null::text as code, null::text as name, null::text as kind, true as is_total,
      coalesce(max(organisations_within), 0) as organisations, coalesce(max(learners_within), 0) as learners,
      coalesce(max(mentors_within), 0) as mentors
    from kept where place_code = ${placeCode}
  `;
}

/** Whether more than so many are something at an organisation or below it. Not one more is read than it takes to know. */
export function hasMoreThan(
  most: number | RawBuilder<number>,
  { path }: { path: string },
  role: Role | null,
): RawBuilder<boolean> {
  return sql<boolean>`(
    select count(*) > ${most}
    from (
      select from organisations as below
      cross join lateral (
        select from memberships
        where organisation_id = below.id and valid_until is null and (${role}::text is null or role = ${role})
        limit ${most} + 1
      ) as some_there
      where below.path <@ ${path}::ltree
      limit ${most} + 1
    ) as some_below
  )`;
}
