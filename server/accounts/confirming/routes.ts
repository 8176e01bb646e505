import type { FastifyInstance, FastifyReply } from 'fastify';
import { blankForm, type Form, readForm } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { sendChallenge } from '../passkeys/using.ts';
import { getSiteSecret } from '../queries.ts';
import { getSecondSteps, type SecondSteps } from '../second-factor/queries.ts';
import { openCarried } from '../sign-in/carrying.ts';
import { hiddenField, nextOf } from '../way-back.ts';
import { type Confirmation, ConfirmationForm } from './forms.ts';
import { proveAgain } from './proving.ts';
import { confirmSession } from './queries.ts';

interface Along {
  next: string | null;
  /** Sealed, or '' */
  carried: string;
}

declare module '../../platform/views.ts' {
  interface Views {
    'accounts/confirmation': { form: Form<Confirmation>; along: Along; steps: SecondSteps; wait: number };
  }
}

export function confirmingRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get('/account/confirmation', async (request, reply) =>
    showConfirmation(reply, 200, { along: { next: nextOf(request.query, config.publicUrl), carried: '' } }),
  );

  app.post('/account/confirmation/challenge', async (request, reply) =>
    sendChallenge(request, reply, { purpose: 'confirm', personId: signedIn(request).id }),
  );

  app.post('/account/confirmation', async (request, reply) => {
    const person = signedIn(request);
    const along = { next: nextOf(request.body, config.publicUrl), carried: hiddenField(request.body, 'carried') };
    const { isGiven, wait, form } = await proveAgain(request, readForm(ConfirmationForm, request.body));
    if (!isGiven) return showConfirmation(reply, wait > 0 ? 429 : 422, { form, along, wait });
    await confirmSession(db, person);
    if (along.carried === '') return reply.goTo(along.next ?? '/account');
    const carried = openCarried(along.carried, person.id, await getSiteSecret(db), config.publicUrl, new Date());
    if (carried === null) return reply.goTo(along.next ?? '/account', 'accounts.not_carried', 'bad');
    reply.header('cache-control', 'no-store');
    return reply.page('accounts/continuation', { carried, next: along.next });
  });
}

export async function showConfirmation(
  reply: FastifyReply,
  status: number,
  page: { form?: Form<Confirmation>; along: Along; wait?: number },
) {
  const { form = blankForm(ConfirmationForm), along, wait = 0 } = page;
  if (wait > 0) reply.header('retry-after', wait);
  reply.header('cache-control', 'no-store');
  const steps = await getSecondSteps(reply.server.db, signedIn(reply.request).id);
  return reply.page('accounts/confirmation', { form, along, steps, wait }, { status });
}
