import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { insertAuditEvent } from '../audit/queries.ts';
import type { Database } from '../database/connection.ts';
import { holdsRole, type Role } from '../organisations/access.ts';
import { type Branch, insertDeed } from '../organisations/managing/queries.ts';
import { type Granted, grantRole } from '../organisations/roles/queries.ts';

type Somebody = { id: string };

const days = 14;
const pageSize = 50;

/** @returns its end; of the first time, where the same form comes again */
export async function insertInvitation(
  trx: Transaction<Database>,
  branch: Branch,
  { role, note, tokenHash }: { role: Role; note: string | null; tokenHash: string },
  manager: Somebody,
): Promise<{ expires_at: Date; isOpen: boolean; role: string }> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('invitations')
    .values({
      id: newId(),
      organisation_id: branch.id,
      role,
      note,
      token_hash: tokenHash,
      invited_by_id: manager.id,
      expires_at: sql<Date>`now() + ${days} * interval '1 day'`,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 0n) {
    await insertDeed(trx, manager, 'invitation.created', { organisation: branch.code, role });
  }
  const {
    expires_at,
    is_open,
    role: kept,
  } = await trx
    .selectFrom('invitations')
    .select(['expires_at', 'role', isOpen().as('is_open')])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirstOrThrow();
  return { expires_at, isOpen: is_open, role: kept };
}

/** Open ones first, then those of the last months, so that it is seen what became of them. */
export async function listInvitations(db: Kysely<Database>, { id }: Branch) {
  return db
    .selectFrom('invitations')
    .leftJoin('person_details as inviter', 'inviter.person_id', 'invitations.invited_by_id')
    .leftJoin('person_details as holder', 'holder.person_id', 'invitations.used_by_id')
    .where('invitations.organisation_id', '=', id)
    .select(['invitations.id', 'role', 'note', 'created_at', 'expires_at', 'used_at', 'withdrawn_at'])
    .select(['inviter.full_name as inviter_name', 'holder.full_name as holder_name'])
    .select(isOpen().as('is_open'))
    .orderBy('is_open', 'desc')
    .orderBy('created_at', 'desc')
    .limit(pageSize)
    .execute();
}

/** @returns whether there is such an invitation in the branch */
export async function withdrawInvitation(
  trx: Transaction<Database>,
  branch: Branch,
  invitationId: string,
  manager: Somebody,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('invitations')
    .set(({ fn }) => ({ withdrawn_at: fn<Date>('now'), note: null }))
    .where('id', '=', invitationId)
    .where('organisation_id', '=', branch.id)
    .where('used_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await insertDeed(trx, manager, 'invitation.withdrawn', { organisation: branch.code });
  const there = await trx
    .selectFrom('invitations')
    .select('id')
    .where('id', '=', invitationId)
    .where('organisation_id', '=', branch.id)
    .executeTakeFirst();
  return there !== undefined;
}

/**
 * An invitation that can still be accepted: in time, unused, to an open organisation, by somebody who may still give that role there.
 * Whatever else a token may have been, it is nothing.
 */
export async function findOpenInvitation(db: Kysely<Database>, tokenHash: string, reader: Somebody | null) {
  return openInvitations(db, tokenHash)
    .leftJoin('person_details as inviter', 'inviter.person_id', 'invitations.invited_by_id')
    .select(['organisations.code', 'organisations.name', 'organisations.logo_hash', 'invitations.role'])
    .select(['invitations.invited_by_id', 'invitations.expires_at', 'inviter.full_name as inviter_name'])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('memberships')
            .select('memberships.id')
            .where('memberships.person_id', '=', reader?.id ?? null)
            .whereRef('memberships.organisation_id', '=', 'invitations.organisation_id')
            .whereRef('memberships.role', '=', 'invitations.role')
            .where('memberships.valid_until', 'is', null),
        )
        .as('is_held'),
    )
    .executeTakeFirst();
}

function openInvitations(db: Kysely<Database>, tokenHash: string) {
  return db
    .selectFrom('invitations')
    .innerJoin('organisations', 'organisations.id', 'invitations.organisation_id')
    .where('invitations.token_hash', '=', tokenHash)
    .where(isOpen())
    .where('organisations.closed_at', 'is', null)
    .where('organisations.merged_into_id', 'is', null)
    .where(({ ref }) => holdsRole({ id: ref('invitations.invited_by_id') }, ['manager'], ref('organisations.path')));
}

function isOpen() {
  return sql<boolean>`(
    invitations.used_at is null and invitations.withdrawn_at is null and invitations.expires_at > now()
  )`;
}

export type Acceptance = Granted | { outcome: 'used'; mustSignInAgain: false };

/** Of two who accept at the same moment, the second finds the row taken. */
export async function acceptInvitation(
  trx: Transaction<Database>,
  tokenHash: string,
  person: Somebody,
): Promise<Acceptance> {
  // First the organisation, as a merger does: otherwise each could hold what the other waits for.
  await openInvitations(trx, tokenHash).select('organisations.id').forShare('organisations').execute();
  const invitation = await openInvitations(trx, tokenHash)
    .select(['invitations.id', 'invitations.organisation_id', 'invitations.role', 'invitations.invited_by_id'])
    .forUpdate('invitations')
    .executeTakeFirst();
  // Nobody raises themselves by a link of their own.
  if (invitation === undefined || invitation.invited_by_id === person.id) return nothing;
  const granted = await grantRole(trx, {
    personId: person.id,
    organisationId: invitation.organisation_id,
    role: invitation.role as Role,
    grantedById: invitation.invited_by_id,
    actorId: person.id,
    by: 'invitation',
  });
  // Whoever is that already leaves the link to whom it was meant for.
  if (granted.outcome !== 'granted') return granted;
  await trx
    .updateTable('invitations')
    .set(({ fn }) => ({ used_at: fn<Date>('now'), used_by_id: person.id, note: null }))
    .where('id', '=', invitation.id)
    .execute();
  await insertAuditEvent(trx, {
    actor_id: person.id,
    subject_id: invitation.invited_by_id,
    verb: 'invitation.accepted',
    channel: 'web',
    facts: { invitation: invitation.id },
  });
  return granted;
}

const nothing: Acceptance = { outcome: 'used', mustSignInAgain: false };

/** Whether this person is the one who has used it: the form that did so may come twice. */
export async function hasAccepted(db: Kysely<Database>, tokenHash: string, person: Somebody): Promise<boolean> {
  const row = await db
    .selectFrom('invitations')
    .select('id')
    .where('token_hash', '=', tokenHash)
    .where('used_by_id', '=', person.id)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whom an invitation was meant for that nobody has used: a name, perhaps, of somebody who never came. */
export async function forgetOldNotes(db: Kysely<Database>, days: number): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('invitations')
    .set({ note: null })
    .where('note', 'is not', null)
    .where(sql<boolean>`expires_at < now() - make_interval(days => ${days})`)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
