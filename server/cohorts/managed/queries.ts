import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { replyTimes } from '../../help/queries.ts';
import { holdsRole } from '../../organisations/access.ts';
import { thresholds } from '../access.ts';
import { members, waitingToJoin } from '../queries.ts';

type Somebody = { id: string };

const pageSize = 20;
/** Of more, those at the right place are looked for in the order of the names, until a page is full. */
const mostSorted = 200;

/** The open cohorts of a manager's branches, by name, with what wants looking at. */
export async function listManaged(db: Kysely<Database>, manager: Somebody, page: number) {
  const rows = await db
    .selectFrom(sql<PageRow>`(${managedPage(manager, page)})`.as('page'))
    .innerJoin('cohorts', 'cohorts.id', 'page.id')
    .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
    .where('page.place', '<=', pageSize)
    .select(['cohorts.id', 'cohorts.name', 'cohorts.seats', 'organisations.name as organisation_name'])
    .select([members.as('members'), waitingToJoin.as('waiting'), flags.as('flags'), replyTimes.as('reply_times')])
    .select([thresholds.as('thresholds'), 'page.total', 'page.found'])
    .orderBy('page.place')
    .execute();
  const [first] = rows;
  if (first === undefined) return { rows, pages: 0 };
  const pages = first.total === null ? page + (first.found > pageSize ? 1 : 0) : Math.ceil(first.total / pageSize);
  return { rows, pages };
}

interface PageRow {
  id: string;
  /** From 1 on. */
  place: number;
  /** On this page, and whether there is another one. */
  found: number;
  /** Null: nobody has counted. */
  total: number | null;
}

function managedPage(manager: Somebody, page: number): RawBuilder<unknown> {
  const isManaged = holdsRole(manager, ['manager'], sql.ref('organisations.path'));
  const order = sql`order by cohorts.name collate "vi-x-icu", cohorts.id limit ${pageSize + 1} offset ${(page - 1) * pageSize}`;
  return sql`
    with size as materialized (
      select count(*) > ${mostSorted} as is_large
      from (
        select from organisations
        cross join lateral (
          select from cohorts where organisation_id = organisations.id and cohorts.closed_at is null limit ${mostSorted + 1}
        ) as open
        where ${isManaged}
        limit ${mostSorted + 1}
      ) as some_open
    )
    select id, row_number() over () as place, count(*) over () as found, total
    from (
      (
        select cohorts.id, count(*) over () as total
        from organisations join cohorts on cohorts.organisation_id = organisations.id
        where not (select is_large from size) and ${isManaged} and cohorts.closed_at is null
        ${order}
      )
      union all
      (
        select cohorts.id, null
        from cohorts
        where (select is_large from size) and closed_at is null
          and exists (select from organisations where organisations.id = cohorts.organisation_id and ${isManaged} offset 0)
        ${order}
      )
    ) as ordered
  `;
}

/** What a manager is told of a cohort, as numbers of people: 0 is well. */
export interface Flags {
  no_mentor: number;
  under_minimum: number;
  leaving: number;
  without_role: number;
  unanswered: number;
}
const flags = sql<Flags>`(
  select json_build_object(
    'no_mentor', (count(*) filter (where leaving_at is null) = 0)::integer,
    'under_minimum', count(*) filter (where leaving_at is null and mentees_here > 0 and mentees < least(minimum_mentees(cohorts.id), capacity)),
    'leaving', count(*) filter (where leaving_at is not null),
    'without_role', count(*) filter (where not may_guide),
    'unanswered', (
      select count(*) from cohort_members join help_requests on help_requests.member_id = cohort_members.id
      where cohort_members.cohort_id = cohorts.id and help_requests.closed_at is null and due_at + (due_at - asked_at) < now()
    )
  )
  from (
    select leaving_at, capacity, count_mentees(person_id) as mentees, (
      select count(*) from mentorships
      where mentor_id = person_id and mentorships.cohort_id = cohorts.id and valid_until is null
    ) as mentees_here,
    may_guide(person_id, cohort_id) as may_guide
    from cohort_mentors join mentors using (person_id)
    where cohort_id = cohorts.id and valid_until is null
  ) as guides
)`;
