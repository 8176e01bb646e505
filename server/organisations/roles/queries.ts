import { type Expression, type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { removeAccess } from '../../accounts/sessions/queries.ts';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Database } from '../../database/connection.ts';
import { thisMoment } from '../../database/moment.ts';
import { holdsRoleAbove, manageablePersons, ownsSite, type Role } from '../access.ts';
import type { Branch } from '../managing/queries.ts';
import { lockTree } from '../managing/queries.ts';

type Somebody = { id: string };

const pageSize = 50;

/** Who is what in this organisation, beyond learning; what the reader may end, they may end here. */
export async function listHolders(db: Kysely<Database>, manager: Somebody, { id, path }: Branch, page: number) {
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('person_details', 'person_details.person_id', 'memberships.person_id')
    .leftJoin('person_details as granter', 'granter.person_id', 'memberships.granted_by_id')
    .where('memberships.organisation_id', '=', id)
    .where('memberships.valid_until', 'is', null)
    .where('memberships.role', '<>', 'learner')
    .select(['memberships.id', 'memberships.person_id', 'memberships.role', 'memberships.valid_from'])
    .select(['person_details.full_name', 'granter.full_name as granter_name'])
    .select((eb) => mayEnd(manager, eb.ref('memberships.role'), eb.ref('memberships.person_id'), path).as('may_end'))
    .select(sql<number>`count(*) over ()`.as('total'))
    .orderBy(sql`array_position(array['owner', 'manager', 'reviewer', 'author', 'mentor'], memberships.role)`)
    .orderBy(sql`person_details.full_name collate "vi-x-icu"`)
    .orderBy('memberships.id')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  const total = rows[0]?.total ?? 0;
  return { rows, total, pages: Math.ceil(total / pageSize) };
}

/** A manager's role ends by one strictly above, an owner's by an owner, any other by every manager of the branch; never one's own. */
function mayEnd(manager: Somebody, role: Expression<string>, personId: Expression<string>, path: string) {
  const above = holdsRoleAbove(manager, ['manager'], sql<string>`${path}::ltree`);
  return sql<boolean>`(${personId} <> ${manager.id} and case ${role}
    when 'owner' then ${ownsSite(manager)} when 'manager' then ${above} else true end)`;
}

export async function findHolder(db: Kysely<Database>, manager: Somebody, { id, path }: Branch, membershipId: string) {
  return db
    .selectFrom('memberships')
    .where('memberships.id', '=', membershipId)
    .where('memberships.organisation_id', '=', id)
    .select(['memberships.id', 'memberships.person_id', 'memberships.role', 'memberships.valid_until'])
    .select((eb) => mayEnd(manager, eb.ref('memberships.role'), eb.ref('memberships.person_id'), path).as('may_end'))
    .executeTakeFirst();
}

/** Only somebody whom the manager may see: a code that is guessed or found tells nothing and gives power over nobody. */
export async function findPersonByCode(db: Kysely<Database>, manager: Somebody, learnerCode: string) {
  return manageablePersons(db, manager)
    .where('learner_code', '=', learnerCode)
    .select(['persons.id', 'full_name'])
    .executeTakeFirst();
}

interface Grant {
  personId: string;
  organisationId: string;
  role: Role | 'owner';
  /** Who answers for it: who granted it, invited, or let them in. */
  grantedById: string | null;
  /** How it came about, for the audit. */
  by: 'manager' | 'invitation' | 'join_code' | 'request' | 'import' | 'offer';
  /** Who does it now. */
  actorId: string;
}

export type Granted = { outcome: 'granted' | 'held' | 'closed'; mustSignInAgain: boolean };

/**
 * Gives somebody a role in an organisation. Beyond learning a password is needed: whoever has a PIN is signed out everywhere, and the
 * next sign-in asks for a password.
 */
export async function grantRole(trx: Transaction<Database>, grant: Grant): Promise<Granted> {
  const { personId, organisationId, role, grantedById, by, actorId } = grant;
  // Held until the end, so that nobody is put into an organisation that is merged or closed at the same moment.
  const organisation = await trx
    .selectFrom('organisations')
    .select('code')
    .where('id', '=', organisationId)
    .where('closed_at', 'is', null)
    .where('merged_into_id', 'is', null)
    .forShare()
    .executeTakeFirst();
  if (organisation === undefined) return { outcome: 'closed', mustSignInAgain: false };
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('memberships')
    .values({ id: newId(), person_id: personId, organisation_id: organisationId, role, granted_by_id: grantedById })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return { outcome: 'held', mustSignInAgain: false };
  const facts = { organisation: organisation.code, role, by };
  await insertAuditEvent(trx, {
    actor_id: actorId,
    subject_id: personId,
    verb: 'role.granted',
    channel: 'web',
    facts,
  });
  const mustSignInAgain = role !== 'learner' && (await hasPin(trx, personId));
  if (mustSignInAgain) await removeAccess(trx, personId);
  return { outcome: 'granted', mustSignInAgain };
}

async function hasPin(trx: Transaction<Database>, personId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('person_details')
    .select('secret_kind')
    .where('person_id', '=', personId)
    .executeTakeFirst();
  return row?.secret_kind === 'pin';
}

/** @returns false for the last owner, without whom nobody could help */
export async function endRole(
  trx: Transaction<Database>,
  membership: { id: string; person_id: string; role: string },
  organisationCode: string,
  actor: Somebody,
): Promise<boolean> {
  if (membership.role === 'owner') {
    await lockTree(trx);
    if (!(await hasOtherOwner(trx, membership.id))) return false;
  }
  const { numUpdatedRows } = await trx
    .updateTable('memberships')
    .set({ valid_until: thisMoment })
    .where('id', '=', membership.id)
    .where('valid_until', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return true;
  await insertAuditEvent(trx, {
    actor_id: actor.id,
    subject_id: membership.person_id,
    verb: 'role.ended',
    channel: 'web',
    facts: { organisation: organisationCode, role: membership.role },
  });
  return true;
}

async function hasOtherOwner(trx: Transaction<Database>, membershipId: string): Promise<boolean> {
  const other = await trx
    .selectFrom('memberships')
    .select('id')
    .where('role', '=', 'owner')
    .where('valid_until', 'is', null)
    .where('id', '<>', membershipId)
    .executeTakeFirst();
  return other !== undefined;
}
