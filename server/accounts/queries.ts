import { randomBytes } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import { insertAuditEvent } from '../audit/queries.ts';
import { isAgreed } from '../consents/queries.ts';
import type { Database } from '../database/connection.ts';
import { queueMail } from '../mail/queries.ts';
import type { Person } from '../platform/sessions.ts';

/** What is on record of a person who is signed in. */
export async function getAccount(db: Kysely<Database>, person: Person) {
  return db
    .selectFrom('person_details')
    .innerJoin('persons', 'persons.id', 'person_details.person_id')
    .select(['full_name', 'learner_code', 'phone', 'email', 'email_confirmed_at', 'email_refused_at'])
    .select(['birth_year', 'birth_month'])
    .select('persons.created_at')
    .select(isAgreed(sql.ref('person_id'), 'contact').as('may_be_contacted'))
    .where('person_id', '=', person.id)
    .executeTakeFirstOrThrow();
}

export async function getSecretHash(db: Kysely<Database>, person: Pick<Person, 'id'>): Promise<string> {
  const { secret_hash } = await db
    .selectFrom('person_details')
    .select('secret_hash')
    .where('person_id', '=', person.id)
    .executeTakeFirstOrThrow();
  return secret_hash;
}

export async function findByLearnerCode(db: Kysely<Database>, learnerCode: string) {
  return db.selectFrom('person_details').select('person_id').where('learner_code', '=', learnerCode).executeTakeFirst();
}

export type Account = Awaited<ReturnType<typeof getAccount>>;

/** The name that will be on paper. @returns whether it is another than before */
export async function renamePerson(trx: Transaction<Database>, person: Person, fullName: string): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('person_details')
    .set(({ fn }) => ({ full_name: fullName, updated_at: fn<Date>('now') }))
    .where('person_id', '=', person.id)
    .where('full_name', '<>', fullName)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await insertAuditEvent(trx, { ...byThemselves(person.id), verb: 'person.renamed' });
  return true;
}

export async function updateContact(
  trx: Transaction<Database>,
  person: Person,
  contact: { phone: string | null; email: string | null },
): Promise<void> {
  const { numUpdatedRows } = await trx
    .updateTable('person_details')
    .set(({ fn }) => ({ ...contact, updated_at: fn<Date>('now') }))
    .where('person_id', '=', person.id)
    .where(({ eb, or }) =>
      or([eb('phone', 'is distinct from', contact.phone), eb('email', 'is distinct from', contact.email)]),
    )
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  await insertAuditEvent(trx, { ...byThemselves(person.id), verb: 'contact.changed' });
  await askToConfirm(trx, person.id);
}

/** A letter to the address on record, unless it is confirmed or there is none. */
export async function askToConfirm(trx: Transaction<Database>, personId: string): Promise<void> {
  const waiting = await trx
    .selectFrom('person_details')
    .select('person_id')
    .where('person_id', '=', personId)
    .where('email', 'is not', null)
    .where('email_confirmed_at', 'is', null)
    .executeTakeFirst();
  if (waiting !== undefined) await queueMail(trx, { person_id: personId, letter: 'confirm_email' });
}

export function byThemselves(personId: string) {
  return { actor_id: personId, subject_id: personId, channel: 'web' as const };
}

/** The key of everything that the server signs, seals or derives for accounts; made at first need. */
export async function getSiteSecret(db: Kysely<Database>): Promise<Buffer> {
  const find = () => db.selectFrom('site_secrets').select('value').where('name', '=', 'accounts');
  const known = await find().executeTakeFirst();
  if (known) return known.value;
  await db
    .insertInto('site_secrets')
    .values({ name: 'accounts', value: randomBytes(32) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return (await find().executeTakeFirstOrThrow()).value;
}
