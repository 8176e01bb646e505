import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { dateAtIssuer } from '../../certificates/queries.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { orNotFound } from '../../platform/errors.ts';
import { type Branch, insertDeed } from '../managing/queries.ts';

type Somebody = { id: string };

export interface Signatory {
  name: string;
  title_vi: string;
  title_en: string | null;
  /** YYYY-MM-DD, as the last day. */
  signs_from: string;
  signs_until: string | null;
  signature_hash: string | null;
}

/** Everybody who signs, has signed or will, the latest first; `signs_now` for who does today. */
export async function listSignatories(db: Kysely<Database>, branch: Branch) {
  return signatoriesOf(db, branch)
    .select(sql<boolean>`coalesce(id = ${signingNow(sql`${branch.id}`)}, false)`.as('signs_now'))
    .orderBy('signs_from', 'desc')
    .limit(200)
    .execute();
}

/** @throws NotFound for what is of another organisation */
export async function getSignatory(db: Kysely<Database>, branch: Branch, id: string) {
  return orNotFound(await signatoriesOf(db, branch).where(hasId('id', id)).executeTakeFirst());
}

function signatoriesOf(db: Kysely<Database>, { id }: Branch) {
  return db
    .selectFrom('signatories')
    .where('organisation_id', '=', id)
    .select(['id', 'name', 'title_vi', 'title_en', 'signature_hash'])
    .select([sql<string>`signs_from::text`.as('signs_from'), sql<string | null>`signs_until::text`.as('signs_until')]);
}

/** Whose turn it is today, at the issuer's place: of several, theirs who began last. */
function signingNow(organisationId: RawBuilder<unknown>) {
  const today = sql`${dateAtIssuer(sql<Date>`now()`)}::date`;
  return sql<string | null>`(
    select signing.id from signatories as signing
    where signing.organisation_id = ${organisationId}
      and signing.signs_from <= ${today} and ${today} <= coalesce(signing.signs_until, 'infinity')
    order by signing.signs_from desc limit 1
  )`;
}

/** What an organisation's certificates carry beside its name, as of today. One that was merged into another signs nothing any more. */
export async function findLetterhead(db: Kysely<Database>, organisationCode: string) {
  return db
    .selectFrom('organisations')
    .leftJoin('signatories', (join) =>
      join.on(sql<boolean>`signatories.id = ${signingNow(sql.ref('organisations.id'))}`),
    )
    .where('organisations.code', '=', organisationCode)
    .where('organisations.merged_into_id', 'is', null)
    .select(['logo_hash', 'signatories.name', 'title_vi', 'title_en', 'signature_hash'])
    .executeTakeFirst();
}

export type Outcome = 'saved' | 'day_taken';

/** The same form twice adds one. */
export async function insertSignatory(
  trx: Transaction<Database>,
  branch: Branch,
  id: string,
  signatory: Signatory,
  actor: Somebody,
): Promise<Outcome> {
  await lockBranch(trx, branch);
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('signatories')
    .values({ id, organisation_id: branch.id, ...signatory })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) {
    const again = await signatoriesOf(trx, branch).where('id', '=', id).executeTakeFirst();
    return again === undefined ? 'day_taken' : 'saved';
  }
  await told(trx, branch, actor);
  return 'saved';
}

/** What was printed before stays as it is. @throws NotFound for what is of another organisation */
export async function updateSignatory(
  trx: Transaction<Database>,
  branch: Branch,
  id: string,
  signatory: Signatory,
  actor: Somebody,
): Promise<Outcome> {
  await lockBranch(trx, branch);
  const before = await getSignatory(trx, branch, id);
  const others = await signatoriesOf(trx, branch)
    .where('id', '<>', before.id)
    .where(sql<boolean>`signs_from = ${signatory.signs_from}::date`)
    .execute();
  if (others.length > 0) return 'day_taken';
  const names = Object.keys(signatory) as (keyof Signatory)[];
  if (names.every((name) => before[name] === signatory[name])) return 'saved';
  await trx.updateTable('signatories').set(signatory).where('id', '=', before.id).execute();
  await told(trx, branch, actor);
  return 'saved';
}

/** From the list; who is gone already is gone. */
export async function removeSignatory(
  trx: Transaction<Database>,
  branch: Branch,
  id: string,
  actor: Somebody,
): Promise<void> {
  const { numDeletedRows } = await trx
    .deleteFrom('signatories')
    .where(hasId('id', id))
    .where('organisation_id', '=', branch.id)
    .executeTakeFirst();
  if (numDeletedRows > 0n) await told(trx, branch, actor);
}

/** Until the end of the transaction nobody else changes who signs there. */
async function lockBranch(trx: Transaction<Database>, { id }: Branch): Promise<void> {
  await trx.selectFrom('organisations').select('id').where('id', '=', id).forNoKeyUpdate().execute();
}

/** Without the name: the record of deeds has none. */
async function told(trx: Transaction<Database>, { code }: Branch, actor: Somebody): Promise<void> {
  await insertDeed(trx, actor, 'organisation.signatories_changed', { organisation: code });
}
