import { type AliasableExpression, type Expression, expressionBuilder, type Kysely, type SqlBool, sql } from 'kysely';
import type { Database } from '../database/connection.ts';

/** What somebody may be in a branch. The owner, above them all, is a membership too, but none that a branch gives. */
export const roles = ['learner', 'mentor', 'author', 'reviewer', 'manager'] as const;
export type Role = (typeof roles)[number];

/** Whoever it is about; within a query also a column that holds who. */
type Somebody = { id: string | Expression<string> };

/**
 * They hold one of the roles at or above that path, or own the site. Stands in the `where` of every statement about a branch: a
 * row that came back is the proof.
 */
export function holdsRole(
  person: Somebody,
  held: readonly Role[],
  path: Expression<string>,
): AliasableExpression<SqlBool> {
  return sql<SqlBool>`${path} <@ any(${branchesOf(person, held)})`;
}

/** As above, but strictly above that path: for what changes the place of the organisation itself, or the rights in it. */
export function holdsRoleAbove(
  person: Somebody,
  held: readonly Role[],
  path: Expression<string>,
): AliasableExpression<SqlBool> {
  return sql<SqlBool>`subpath(${path}, 0, -1) <@ any(${branchesOf(person, held)})`;
}

/** They hold one of the roles at the root of the tree, or own the site: nothing is kept from them. To choose the statement by, where there is much. */
export async function holdsEverywhere(db: Kysely<Database>, person: { id: string }, held: readonly Role[]) {
  const membership = await db
    .selectFrom('memberships')
    .innerJoin('organisations', 'organisations.id', 'memberships.organisation_id')
    .where('person_id', '=', person.id)
    .where('valid_until', 'is', null)
    .where((eb) => eb.or([eb('role', '=', 'owner'), eb.and([eb('role', 'in', held), eb('parent_id', 'is', null)])]))
    .select('memberships.id')
    .limit(1)
    .executeTakeFirst();
  return membership !== undefined;
}

/** The organisations at or below which they hold one of the roles. As a list, so that what belongs to these is found by an index. */
export function organisationsOf(person: Somebody, held: readonly Role[]) {
  const eb = expressionBuilder<Database, never>();
  const ids = eb
    .selectFrom('organisations')
    .select('id')
    .where(({ ref }) => holdsRole(person, held, ref('path')));
  return sql<string[]>`array(${ids})`;
}

export function ownsSite(person: Somebody): AliasableExpression<SqlBool> {
  const eb = expressionBuilder<Database, never>();
  return eb.exists(
    eb
      .selectFrom('memberships')
      .select('id')
      .where(sql<SqlBool>`person_id = ${person.id}`)
      .where('role', '=', 'owner')
      .where('valid_until', 'is', null),
  );
}

/** The organisations at whose branch they are a manager, to begin a query with. */
export function manageableOrganisations(db: Kysely<Database>, manager: Somebody) {
  return db.selectFrom('organisations').where(({ ref }) => holdsRole(manager, ['manager'], ref('organisations.path')));
}

/** The people who are anything in a branch of the manager's, to begin a query with; for the owner, everybody. */
export function manageablePersons(db: Kysely<Database>, manager: Somebody) {
  return db
    .selectFrom('persons')
    .innerJoin('person_details', 'person_details.person_id', 'persons.id')
    .where((eb) =>
      eb.or([
        ownsSite(manager),
        eb.exists(
          eb
            .selectFrom('memberships as theirs')
            .innerJoin('organisations as theirs_in', 'theirs_in.id', 'theirs.organisation_id')
            .select('theirs.id')
            .whereRef('theirs.person_id', '=', 'persons.id')
            .where('theirs.valid_until', 'is', null)
            .where(({ ref }) => holdsRole(manager, ['manager'], ref('theirs_in.path'))),
        ),
      ]),
    );
}

/**
 * The manager stands strictly above everything that the person is beyond a learner, and so may touch their secrets and rights.
 * Nobody does in their own case; with an owner, only another owner.
 */
export function outranks(manager: Somebody, personId: Expression<string>): AliasableExpression<SqlBool> {
  const eb = expressionBuilder<Database, never>();
  const higherOrEqual = eb
    .selectFrom('memberships as theirs')
    .innerJoin('organisations as theirs_in', 'theirs_in.id', 'theirs.organisation_id')
    .select('theirs.id')
    .where(({ eb }) => eb('theirs.person_id', '=', personId))
    .where('theirs.valid_until', 'is', null)
    .where('theirs.role', '<>', 'learner')
    .where(({ ref, not, or, and, eb }) =>
      not(
        or([
          ownsSite(manager),
          and([eb('theirs.role', '<>', 'owner'), holdsRoleAbove(manager, ['manager'], ref('theirs_in.path'))]),
        ]),
      ),
    )
    // Keeps the planner from reading the roles of everybody there is instead of this person's.
    .offset(sql.lit(0));
  return eb.and([sql<SqlBool>`${personId} <> ${manager.id}`, eb.not(eb.exists(higherOrEqual))]);
}

/**
 * The paths they hold one of the roles at. The owner's is the empty path, which lies above every other. It depends on no row of
 * the query around it, so PostgreSQL works it out once, and finds what lies under it by the index on paths.
 */
function branchesOf(person: Somebody, held: readonly Role[]) {
  const eb = expressionBuilder<Database, never>();
  const paths = eb
    .selectFrom('memberships as held')
    .innerJoin('organisations as held_in', 'held_in.id', 'held.organisation_id')
    .select(sql`case held.role when 'owner' then ''::ltree else held_in.path end`.as('path'))
    .where(sql<SqlBool>`held.person_id = ${person.id}`)
    .where('held.valid_until', 'is', null)
    .where('held.role', 'in', ['owner', ...held]);
  return sql`array(${paths})`;
}
