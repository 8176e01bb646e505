import { randomBytes } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Database } from '../../database/connection.ts';
import { newDigitCode } from '../../platform/digit-code.ts';
import type { Language } from '../../platform/i18n.ts';
import { askToConfirm, byThemselves } from '../queries.ts';
import type { SecretKind } from '../secrets/secret.ts';

export interface NewPerson {
  sign_up_hash: string;
  language: Language;
  full_name: string;
  birth_year: number;
  birth_month: number;
  phone: string | null;
  email: string | null;
  secret_kind: SecretKind;
  secret_hash: string;
  recovery_hash: string;
}

/** Which wording of `accounts.notice_…` and `accounts.consent` a person has agreed to: raise it when their meaning changes. */
export const consentTextVersion = '2026-11';

/** @returns null when the same form has made its person already */
export async function insertPerson(
  trx: Transaction<Database>,
  { sign_up_hash, language, ...details }: NewPerson,
): Promise<{ id: string; learner_code: string } | null> {
  const person = await trx
    .insertInto('persons')
    .values({ id: newId(), language, sign_up_hash })
    .onConflict((conflict) => conflict.column('sign_up_hash').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (person === undefined) return null;
  const learner_code = await insertDetails(trx, { ...details, person_id: person.id });
  if (details.email !== null) await askToConfirm(trx, person.id);
  await trx
    .insertInto('consents')
    .values({
      id: newId(),
      person_id: person.id,
      purpose: 'learning',
      text_version: consentTextVersion,
      granted: true,
      channel: 'web',
      given_by: 'self',
    })
    .execute();
  await insertAuditEvent(trx, { ...byThemselves(person.id), verb: 'person.signed_up' });
  return { id: person.id, learner_code };
}

type Details = Omit<NewPerson, 'sign_up_hash' | 'language'> & { person_id: string };

/** Under a learner code that nobody has: with a million people one in a thousand comes up twice. */
async function insertDetails(trx: Transaction<Database>, details: Details): Promise<string> {
  const inserted = await trx
    .insertInto('person_details')
    .values({ ...details, learner_code: newDigitCode(10, randomBytes) })
    .onConflict((conflict) => conflict.column('learner_code').doNothing())
    .returning('learner_code')
    .executeTakeFirst();
  return inserted?.learner_code ?? insertDetails(trx, details);
}

/**
 * Whom the form with this token made, just now or while a session of theirs lives: once they have signed out, a form
 * left in the browser's history signs nobody in.
 */
export async function findSignedUp(db: Kysely<Database>, signUpHash: string) {
  return db
    .selectFrom('persons')
    .innerJoin('person_details', 'person_details.person_id', 'persons.id')
    .select(['persons.id', 'full_name', 'learner_code', 'secret_hash', 'recovery_hash'])
    .where('sign_up_hash', '=', signUpHash)
    .where(({ eb, or, exists, selectFrom }) =>
      or([
        eb('persons.created_at', '>', sql<Date>`now() - interval '1 minute'`),
        exists(
          selectFrom('sessions')
            .select('sessions.id')
            .whereRef('sessions.person_id', '=', 'persons.id')
            .where('expires_at', '>', sql<Date>`now()`),
        ),
      ]),
    )
    .executeTakeFirst();
}
