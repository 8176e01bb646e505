import { createHash, randomBytes } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Database } from '../../database/connection.ts';
import { ensureRootOrganisation, rootCode } from '../../organisations/queries.ts';
import { byThemselves } from '../queries.ts';

const hours = 24;

/**
 * A link that makes its first reader the owner of the site, good for a day. Only its hash is kept, and the token must
 * never reach a log.
 * @returns the token, or null when the site has an owner
 */
export async function createOwnerLink(db: Kysely<Database>, now = new Date()): Promise<string | null> {
  if (await hasOwner(db)) return null;
  const token = randomBytes(32).toString('base64url');
  await db
    .insertInto('owner_links')
    .values({ token_hash: hashed(token), expires_at: new Date(now.getTime() + hours * 60 * 60_000) })
    .execute();
  return token;
}

/** Whether the link may still make an owner. */
export async function isOpenOwnerLink(db: Kysely<Database>, token: string, now: Date): Promise<boolean> {
  const link = await findOwnerLink(db, token);
  return link !== undefined && link.used_at === null && link.expires_at > now && !(await hasOwner(db));
}

/** Whether the link has made one: the form that did so may come twice. */
export async function isUsedOwnerLink(db: Kysely<Database>, token: string): Promise<boolean> {
  return (await findOwnerLink(db, token))?.used_at instanceof Date;
}

/** Several links may be open at once; with the root organisation locked, one of them makes the owner. */
export async function useOwnerLink(
  trx: Transaction<Database>,
  token: string,
  personId: string,
  now: Date,
): Promise<boolean> {
  const organisationId = await ensureRootOrganisation(trx);
  await trx.selectFrom('organisations').select('id').where('id', '=', organisationId).forUpdate().execute();
  if (!(await isOpenOwnerLink(trx, token, now))) return false;
  await trx.updateTable('owner_links').set({ used_at: now }).where('token_hash', '=', hashed(token)).execute();
  await trx
    .insertInto('memberships')
    .values({ id: newId(), person_id: personId, organisation_id: organisationId, role: 'owner' })
    .execute();
  await insertAuditEvent(trx, { ...byThemselves(personId), verb: 'owner.created' });
  return true;
}

/** A used one is kept for a while: the form that used it may come twice. */
export async function removeOldOwnerLinks(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('owner_links')
    .where('expires_at', '<', sql<Date>`now() - interval '7 days'`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

function findOwnerLink(db: Kysely<Database>, token: string) {
  return db
    .selectFrom('owner_links')
    .select(['used_at', 'expires_at'])
    .where('token_hash', '=', hashed(token))
    .executeTakeFirst();
}

export async function hasOwner(db: Kysely<Database>): Promise<boolean> {
  const owner = await db
    .selectFrom('memberships')
    .innerJoin('organisations', 'organisations.id', 'memberships.organisation_id')
    .select('memberships.id')
    .where('organisations.code', '=', rootCode)
    .where('role', '=', 'owner')
    .where('valid_until', 'is', null)
    .executeTakeFirst();
  return owner !== undefined;
}

function hashed(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
