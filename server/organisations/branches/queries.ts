import { type Expression, type Kysely, sql } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { containsFolded, searchWords } from '../../database/search.ts';
import { manageableOrganisations } from '../access.ts';

type Somebody = { id: string };

const pageSize = 50;

/** All organisations somebody manages, by name or code; those that were merged are gone from here. */
export async function listBranches(db: Kysely<Database>, manager: Somebody, q: string, page: number) {
  const rows = await manageableOrganisations(db, manager)
    .where('organisations.merged_into_id', 'is', null)
    .where((eb) => eb.and(searchWords(q).map((word) => isNamed(word))))
    .select(['organisations.code', 'organisations.name', 'organisations.kind', 'organisations.closed_at'])
    .select(({ ref }) => namesAbove(ref('organisations.path')).as('names_above'))
    .select(sql<number>`count(*) over ()`.as('total'))
    .orderBy(sql`organisations.name collate "vi-x-icu"`)
    .orderBy('organisations.code')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return paged(rows);
}

/** What lies directly below, with how many there are in each branch. */
export async function listChildren(db: Kysely<Database>, { id }: { id: string }, page: number) {
  const rows = await db
    .selectFrom('organisations')
    .where('parent_id', '=', id)
    .where('merged_into_id', 'is', null)
    .select(['code', 'name', 'kind', 'closed_at'])
    .select(({ selectFrom }) =>
      selectFrom('organisations as below')
        .where('below.merged_into_id', 'is', null)
        .where(sql<boolean>`below.path <@ organisations.path`)
        .select(sql<number>`count(*) - 1`.as('count'))
        .$asScalar()
        .$notNull()
        .as('below_count'),
    )
    .select(sql<number>`count(*) over ()`.as('total'))
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

/** To choose one from, for somewhere to move or to merge: open ones the person manages, outside a branch. */
export async function listTargets(db: Kysely<Database>, manager: Somebody, { path }: { path: string }, q: string) {
  return manageableOrganisations(db, manager)
    .where('organisations.merged_into_id', 'is', null)
    .where('organisations.closed_at', 'is', null)
    .where(sql<boolean>`not organisations.path <@ ${path}::ltree`)
    .where((eb) => eb.and(searchWords(q).map((word) => isNamed(word))))
    .select(['organisations.code', 'organisations.name', 'organisations.kind'])
    .select(({ ref }) => namesAbove(ref('organisations.path')).as('names_above'))
    .orderBy(sql`organisations.name collate "vi-x-icu"`)
    .limit(20)
    .execute();
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

function isNamed(word: string) {
  return sql<boolean>`(${containsFolded(sql`fold(organisations.name)`, word)} or organisations.code = lower(${word}))`;
}

/** "Đom Đóm › Hội Phụ nữ": the way down to it. */
export function namesAbove(path: Expression<string>) {
  return sql<string | null>`(
    select string_agg(above.name, ' › ' order by nlevel(above.path))
    from organisations above where above.path @> ${path} and above.path <> ${path}
  )`;
}
