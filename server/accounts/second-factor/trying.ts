import type { FastifyRequest } from 'fastify';
import { type Form, withErrors } from '../../platform/forms.ts';
import { hearGuess } from '../guesses.ts';
import { hasPasskey, usePasskey } from '../passkeys/using.ts';
import { useSecondFactorCode } from './queries.ts';

/** Whether the second step is done, by a passkey or by what was typed; else the seconds to wait, or the form with what is wrong. */
export async function trySecondFactor<T extends { code?: string }>(
  request: FastifyRequest,
  personId: string,
  form: Form<T>,
): Promise<{ isDone: boolean; wait: number; form: Form<T> }> {
  const byPasskey = hasPasskey(request);
  if (!byPasskey && !form.ok) return { isDone: false, wait: 0, form };
  const heard = await hearGuess(request.server.db, { at: 'second', name: personId }, async () => {
    const isRight = byPasskey
      ? (await usePasskey(request, { purpose: 'second-step', personId })) !== null
      : await useSecondFactorCode(request.server.db, personId, form.data?.code ?? '', new Date());
    return isRight || null;
  });
  const { wait, right } = heard;
  const error = byPasskey ? 'passkeys.error_not_right' : 'accounts.error_second_code';
  return { isDone: right === true, wait, form: right || wait > 0 ? form : withErrors(form, { code: error }) };
}
