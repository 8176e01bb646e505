import type { FastifyRequest } from 'fastify';
import { type Form, withErrors } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { hearGuess } from '../guesses.ts';
import { hasPasskey, usePasskey } from '../passkeys/using.ts';
import { getSecretHash } from '../queries.ts';
import { findSecondFactor } from '../second-factor/queries.ts';
import { trySecondFactor } from '../second-factor/trying.ts';
import { readSecret } from '../secrets/secret.ts';
import type { Confirmation } from './forms.ts';

interface Proof {
  isGiven: boolean;
  /** Seconds */
  wait: number;
  form: Form<Confirmation>;
}

/** By the secret, and the second step where there is one; or by a passkey, which is both. */
export async function proveAgain(request: FastifyRequest, form: Form<Confirmation>): Promise<Proof> {
  const { id } = signedIn(request);
  const { db, hasher } = request.server;
  const byPasskey = hasPasskey(request);
  if (!byPasskey && !form.ok) return { isGiven: false, wait: 0, form };

  const heard = await hearGuess(db, { at: 'secret', name: id }, async () => {
    const isRight = byPasskey
      ? (await usePasskey(request, { purpose: 'confirm', personId: id })) !== null
      : await hasher.verify(await getSecretHash(db, { id }), readSecret(form.data?.secret ?? ''));
    return isRight || null;
  });
  if (heard.wait > 0) return { isGiven: false, wait: heard.wait, form };
  if (heard.right === null) {
    const error = byPasskey ? 'passkeys.error_not_right' : 'accounts.error_old_secret';
    return { isGiven: false, wait: 0, form: withErrors(form, { secret: error }) };
  }
  if (byPasskey || (await findSecondFactor(db, id)) === null) return { isGiven: true, wait: 0, form };
  const { isDone, ...rest } = await trySecondFactor(request, id, form);
  return { isGiven: isDone, ...rest };
}
