import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Verb } from '../../audit/verbs.ts';
import type { Database } from '../../database/connection.ts';
import { Forbidden, orNotFound } from '../../platform/errors.ts';
import { holdsRoleAbove, manageableOrganisations } from '../access.ts';
import { namesAbove } from '../branches/queries.ts';
import { type Counts, largeOnly } from '../counting/size.ts';
import { codeFrom, freeCode } from './code.ts';

type Somebody = { id: string };

/** An organisation that its reader may manage. */
export type Branch = Awaited<ReturnType<typeof getBranch>>;

/** @throws NotFound for who is no manager at or above it */
export async function getBranch(db: Kysely<Database>, manager: Somebody, code: string) {
  return branchIn(await branches(db, manager).where('organisations.code', '=', code).executeTakeFirst());
}

/** Where they manage themselves; of several the first by name. @throws NotFound for who manages nothing */
export async function getOwnBranch(db: Kysely<Database>, manager: Somebody): Promise<Branch> {
  const branch = await branches(db, manager)
    .where('organisations.id', 'in', (eb) =>
      eb
        .selectFrom('memberships')
        .where('person_id', '=', manager.id)
        .where('valid_until', 'is', null)
        .where('role', 'in', ['manager', 'owner'])
        .select('organisation_id'),
    )
    .orderBy('organisations.name')
    .limit(1)
    .executeTakeFirst();
  return branchIn(branch);
}

function branches(db: Kysely<Database>, manager: Somebody) {
  return manageableOrganisations(db, manager)
    .leftJoin('organisations as successor', 'successor.id', 'organisations.merged_into_id')
    .leftJoin('branch_counts as counted', 'counted.organisation_id', 'organisations.id')
    .select(['organisations.id', 'organisations.code', 'organisations.name', 'organisations.kind'])
    .select(['organisations.path', 'organisations.parent_id', 'organisations.closed_at', 'organisations.place_code'])
    .select(['successor.code as merged_into_code', 'organisations.trusted'])
    .select((eb) =>
      eb
        .and([
          eb('organisations.parent_id', 'is not', null),
          holdsRoleAbove(manager, ['manager'], eb.ref('organisations.path')),
        ])
        .as('may_rearrange'),
    )
    .select(['counted.organisations', 'counted.learners', 'counted.mentors', 'counted.authors', 'counted.reviewers'])
    .select(['counted.managers', 'counted.waiting', 'counted.offers', 'counted.counted_at']);
}

/** With what was counted of it, where it is large. */
function branchIn(row: Awaited<ReturnType<ReturnType<typeof branches>['executeTakeFirst']>>) {
  const { organisations, learners, mentors, authors, reviewers, managers, waiting, offers, counted_at, ...branch } =
    orNotFound(row);
  const counts = { organisations, learners, mentors, authors, reviewers, managers, waiting, offers, counted_at };
  return { ...branch, large: largeOnly(counts) };
}

/** For moving, merging and closing: what is done to the organisation as a whole, its manager sees and the one above does. */
export async function getRearrangeableBranch(db: Kysely<Database>, manager: Somebody, code: string): Promise<Branch> {
  const branch = await getBranch(db, manager, code);
  if (!branch.may_rearrange) throw new Forbidden();
  return branch;
}

/** What the overview of an organisation says beside its name. */
export async function getOverview(db: Kysely<Database>, branch: Branch) {
  const { id, path, large } = branch;
  return db
    .selectFrom('organisations')
    .leftJoin('place_names as place', (join) =>
      join.onRef('place.place_code', '=', 'organisations.place_code').on('place.valid_until', 'is', null),
    )
    .where('organisations.id', '=', id)
    .select(['about', 'phone', 'email', 'website', 'logo_hash'])
    .select(['place.name as place_name', 'place.kind as place_kind'])
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('organisations as above')
          .where(sql<boolean>`above.path @> ${path}::ltree and above.id <> ${id}`)
          .select(['above.code', 'above.name'])
          .orderBy(sql`nlevel(above.path)`),
      ).as('above'),
      jsonArrayFrom(
        eb
          .selectFrom('organisation_periods as period')
          .where('period.organisation_id', '=', id)
          .select(['period.name', 'period.kind', 'period.is_closed', 'period.valid_from', 'period.valid_until'])
          .select(({ ref }) => namesAbove(ref('period.path')).as('names_above'))
          .orderBy('period.valid_from', 'desc')
          .limit(20),
      ).as('periods'),
      (large === null ? countedNow(path) : sql<Counts>`${JSON.stringify(large)}::json`).as('counts'),
    ])
    .executeTakeFirstOrThrow();
}

/** Each person once in a role, wherever in the branch: of one that is small enough to be looked through. */
function countedNow(path: string) {
  return sql<Counts>`(
    with below as materialized (select id from organisations where path <@ ${path}::ltree),
    people as materialized (
      select distinct role, person_id from below
      join memberships on memberships.organisation_id = below.id and valid_until is null
    )
    select json_build_object(
      'learners', count(*) filter (where role = 'learner'),
      'mentors', count(*) filter (where role = 'mentor'),
      'authors', count(*) filter (where role = 'author'),
      'reviewers', count(*) filter (where role = 'reviewer'),
      'managers', count(*) filter (where role = 'manager'),
      'waiting', (select count(*) from below join join_requests on organisation_id = below.id and outcome is null),
      'offers', (select count(*) from below join mentoring_offers on organisation_id = below.id and outcome is null)
    ) from people
  )`;
}

export interface Description {
  name: string;
  kind: string;
  about: string | null;
  phone: string | null;
  email: string | null;
  website: string | null;
  place_code: string | null;
}

export async function getDescription(db: Kysely<Database>, { id }: Branch) {
  return db
    .selectFrom('organisations')
    .leftJoin('place_names as place', (join) =>
      join.onRef('place.place_code', '=', 'organisations.place_code').on('place.valid_until', 'is', null),
    )
    .leftJoin('places', 'places.code', 'organisations.place_code')
    .leftJoin('place_names as around', (join) =>
      join.onRef('around.place_code', '=', 'places.parent_code').on('around.valid_until', 'is', null),
    )
    .where('organisations.id', '=', id)
    .select(['organisations.name', 'organisations.kind', 'about', 'phone', 'email', 'website', 'logo_hash'])
    .select(['organisations.place_code', 'place.name as place_name', 'around.name as place_parent_name'])
    .executeTakeFirstOrThrow();
}

export async function updateDescription(
  trx: Transaction<Database>,
  { id, code }: Branch,
  description: Description,
  actor: Somebody,
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('organisations')
    .set(description)
    .where('id', '=', id)
    .where(({ or, eb }) =>
      or(Object.entries(description).map(([name, value]) => eb(name as keyof Description, 'is distinct from', value))),
    )
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await insertDeed(trx, actor, 'organisation.described', { organisation: code });
}

/** Whoever makes, moves, merges or closes holds the root: of two at once, the second sees what the first has done. */
export async function lockTree(trx: Transaction<Database>): Promise<void> {
  // No stronger: rows that point to the root are still written meanwhile.
  await trx.selectFrom('organisations').select('id').where('parent_id', 'is', null).forNoKeyUpdate().execute();
}

interface NewOrganisation {
  id: string;
  name: string;
  kind: string;
  /** Null: made from the name. */
  code: string | null;
  place_code: string | null;
}

/** @returns its code, or null when another has that code */
export async function insertOrganisation(
  trx: Transaction<Database>,
  parentCode: string,
  { id, name, kind, code, place_code }: NewOrganisation,
  manager: Somebody,
): Promise<string | null> {
  await lockTree(trx);
  const parent = await getBranch(trx, manager, parentCode);
  if (parent.closed_at !== null || parent.merged_into_code !== null) throw new Forbidden();
  const again = await trx
    .selectFrom('organisations')
    .select('code')
    .where('id', '=', id)
    .where('parent_id', '=', parent.id)
    .executeTakeFirst();
  if (again) return again.code;
  const wanted = code ?? codeFrom(name);
  const taken = await trx
    .selectFrom('organisations')
    .select('code')
    .where(({ or, eb }) => or([eb('code', '=', wanted), eb('code', '^@', `${wanted}_`)]))
    .execute();
  const codes = new Set(taken.map((row) => row.code));
  if (code !== null && codes.has(code)) return null;
  const chosen = freeCode(wanted, codes);
  await trx
    .insertInto('organisations')
    .values({
      id,
      code: chosen,
      parent_id: parent.id,
      path: `${parent.path}.${chosen}`,
      kind,
      name,
      place_code,
    })
    .execute();
  await insertDeed(trx, manager, 'organisation.created', { organisation: chosen, parent: parent.code });
  return chosen;
}

/** A deed on an organisation: about nobody in particular. */
export async function insertDeed(
  trx: Transaction<Database>,
  actor: Somebody,
  verb: Verb,
  facts: Record<string, string | number>,
): Promise<void> {
  await insertAuditEvent(trx, { actor_id: actor.id, subject_id: null, verb, channel: 'web', facts });
}
