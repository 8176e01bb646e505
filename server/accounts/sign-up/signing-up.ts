import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import type { Language } from '../../platform/i18n.ts';
import { getSiteSecret } from '../queries.ts';
import { newRecoveryCode } from '../secrets/recovery-code.ts';
import { kindOf, readSecret } from '../secrets/secret.ts';
import { findSignedUp, insertPerson } from './queries.ts';

interface Applicant {
  full_name: string;
  birth_year: number;
  birth_month: number;
  phone: string | null;
  email: string | null;
  secret: string;
  language: Language;
}

export interface SignedUp {
  id: string;
  full_name: string;
  learner_code: string;
  recovery_code: string | null;
}

/**
 * Makes the person. The same form sent again, by a second tap or after a lost answer, finds them and says the same again.
 * @param token of the form
 * @param also what else is done in the transaction that makes them
 * @returns null when this form was used before and the secret is another, or everybody has signed out since
 */
export async function signUp(
  { db, hasher }: Pick<FastifyInstance, 'db' | 'hasher'>,
  token: string,
  { secret: typed, ...applicant }: Applicant,
  also: (trx: Transaction<Database>, personId: string) => Promise<void> = async () => {},
): Promise<SignedUp | null> {
  const secret = readSecret(typed);
  const recovery_code = newRecoveryCode(await getSiteSecret(db), token);
  const sign_up_hash = createHash('sha256').update(token).digest('base64url');
  const [secret_hash, recovery_hash] = await Promise.all([hasher.hash(secret), hasher.hash(recovery_code)]);

  const person = await db.transaction().execute(async (trx) => {
    const inserted = await insertPerson(trx, {
      ...applicant,
      sign_up_hash,
      secret_kind: kindOf(secret),
      secret_hash,
      recovery_hash,
    });
    if (inserted !== null) await also(trx, inserted.id);
    return inserted;
  });
  if (person !== null) return { ...person, full_name: applicant.full_name, recovery_code };

  const earlier = await findSignedUp(db, sign_up_hash);
  if (earlier === undefined || !(await hasher.verify(earlier.secret_hash, secret))) return null;
  const isCurrent = await hasher.verify(earlier.recovery_hash, recovery_code);
  return { ...earlier, recovery_code: isCurrent ? recovery_code : null };
}
