import type { FastifyInstance } from 'fastify';
import { getSiteSecret } from '../queries.ts';
import { newRecoveryCode } from '../secrets/recovery-code.ts';
import { kindOf, readSecret } from '../secrets/secret.ts';
import type { Reached } from '../sign-in/arriving.ts';
import type { FirstSteps } from './forms.ts';
import { recordEntry, useOneTimePin } from './queries.ts';

type Coming = Pick<Reached, 'person_id' | 'learner_code' | 'secret_hash' | 'recovery_hash'>;

/**
 * Takes the one-time PIN and puts on record what the person says. The same form sent again shows the same card.
 * @returns null when the PIN was used meanwhile, by somebody else or on another page
 */
export async function comeIn(
  { db, hasher }: FastifyInstance,
  person: Coming,
  pinHash: string,
  { full_name, birth_month, birth_year, secret: typed }: FirstSteps,
  formToken: string,
) {
  const secret = readSecret(typed);
  const recovery_code = newRecoveryCode(await getSiteSecret(db), formToken);
  const card = { full_name, learner_code: person.learner_code, recovery_code };
  const [secret_hash, recovery_hash] = await Promise.all([hasher.hash(secret), hasher.hash(recovery_code)]);
  const isIn = await db.transaction().execute(async (trx) => {
    if (!(await useOneTimePin(trx, person.person_id, pinHash))) return false;
    const said = { full_name, birth_month, birth_year, secret_kind: kindOf(secret), secret_hash, recovery_hash };
    await recordEntry(trx, person.person_id, said);
    return true;
  });
  if (isIn) return card;
  const isRepeated =
    (await hasher.verify(person.recovery_hash, recovery_code)) && (await hasher.verify(person.secret_hash, secret));
  return isRepeated ? card : null;
}
