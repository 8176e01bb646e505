import { type Expression, type Kysely, sql } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { containsFolded, searchWords } from '../../database/search.ts';
import type { Person } from '../../platform/sessions.ts';
import { manageableOrganisations, ownsSite } from '../access.ts';

type Somebody = { id: string };

const pageSize = 50;

/** All organisations somebody manages, by name or code; those that were merged are gone from here. */
export async function listBranches(
  db: Kysely<Database>,
  manager: Pick<Person, 'id' | 'roles'>,
  q: string,
  page: number,
) {
  const isWhole = q === '' && manager.roles.includes('owner');
  // The whole tree comes in the order of an index and is counted already; a part of it is found by its path.
  const open = isWhole
    ? db.selectFrom('organisations').where(ownsSite(manager))
    : manageableOrganisations(db, manager).where((eb) => eb.and(searchWords(q).map((word) => isNamed(word))));
  const found = open
    .where('organisations.merged_into_id', 'is', null)
    .select(['organisations.code', 'organisations.name', 'organisations.kind', 'organisations.closed_at'])
    .select(['organisations.path', (isWhole ? everyOne : sql<number>`count(*) over ()`).as('total')])
    .orderBy(sql`organisations.name collate "vi-x-icu"`)
    .orderBy('organisations.code')
    .limit(pageSize)
    .offset((page - 1) * pageSize);
  return paged(await listWithNamesAbove(db, found));
}

const everyOne = sql<number>`(
  select below + 1 from branch_sizes join organisations as root on root.id = organisation_id where root.parent_id is null
)`;

/** What lies directly below, with how many there are in each branch. */
export async function listChildren(db: Kysely<Database>, { id }: { id: string }, page: number) {
  const rows = await db
    .selectFrom('organisations')
    .innerJoin('branch_sizes', 'branch_sizes.organisation_id', 'organisations.id')
    .where('parent_id', '=', id)
    .where('merged_into_id', 'is', null)
    .select(['code', 'name', 'kind', 'closed_at', 'below as below_count'])
    .select(sql<number>`(select children from branch_sizes where organisation_id = ${id})`.as('total'))
    .orderBy(sql`name collate "vi-x-icu"`)
    .orderBy('code')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return paged(rows);
}

function paged<Row extends { total: number }>(rows: Row[]) {
  const total = rows[0]?.total ?? 0;
  return { rows, total, pages: Math.ceil(total / pageSize) };
}

/** The places where somebody manages, for the front page of managers; with how many wait there or below. */
export async function listOwnBranches(db: Kysely<Database>, person: Somebody) {
  return db
    .selectFrom('memberships')
    .innerJoin('organisations', 'organisations.id', 'memberships.organisation_id')
    .where('memberships.person_id', '=', person.id)
    .where('memberships.valid_until', 'is', null)
    .where('memberships.role', 'in', ['manager', 'owner'])
    .select(['organisations.code', 'organisations.name', 'organisations.kind'])
    .select(({ selectFrom }) =>
      selectFrom('join_requests')
        .innerJoin('organisations as below', 'below.id', 'join_requests.organisation_id')
        .where('join_requests.outcome', 'is', null)
        .where(sql<boolean>`below.path <@ organisations.path`)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('waiting'),
    )
    .distinct()
    .orderBy('organisations.name')
    .limit(50)
    .execute();
}

export function isNamed(word: string) {
  return sql<boolean>`(${containsFolded(sql`fold(organisations.name)`, word)} or organisations.code = lower(${word}))`;
}

interface Found {
  code: string;
  name: string;
  kind: string;
  path: string;
}

/** Those found, by name, each with the way down to it. What many of them lie below is read once. */
export async function listWithNamesAbove<Row extends Found>(db: Kysely<Database>, found: Expression<Row>) {
  const { rows } = await sql<Row & { names_above: string | null }>`
    with found as materialized (${found}),
    above as materialized (
      select code, name from organisations
      where code = any(array(select unnest(string_to_array(subpath(path, 0, -1)::text, '.')) from found))
    )
    select found.*, (
      select string_agg(above.name, ' › ' order by depth)
      from unnest(string_to_array(subpath(found.path, 0, -1)::text, '.')) with ordinality as label (code, depth)
      join above on above.code = label.code
    ) as names_above
    from found order by name collate "vi-x-icu", code
  `.execute(db);
  return rows;
}

/** "Đom Đóm › Hội Phụ nữ": the way down to it. */
export function namesAbove(path: Expression<string>) {
  return sql<string | null>`(
    select string_agg(above.name, ' › ' order by nlevel(above.path))
    from organisations above where above.path @> ${path} and above.path <> ${path}
  )`;
}
