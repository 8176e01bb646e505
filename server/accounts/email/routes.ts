import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { countFailure, type Limit, secondsToWait } from '../../limits/queries.ts';
import { queueMail } from '../../mail/queries.ts';
import { blankForm, type Form, readForm, withErrors } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { networkOf } from '../guesses.ts';
import { getAccount, getSiteSecret } from '../queries.ts';
import { unseal } from '../sealing.ts';
import { changeSecret } from '../secrets/queries.ts';
import { readSecret, secretFault } from '../secrets/secret.ts';
import { enter } from '../sessions/entering.ts';
import { listPersons } from '../sign-in/queries.ts';
import { NewSecretForm, RecoveryMailForm } from './forms.ts';
import { confirmAddress, findByAddress, queueRecovery } from './queries.ts';
import { confirmationSeal, recoverySeal, secretMark } from './seals.ts';

interface NewSecretPage {
  form: Form<Static<typeof NewSecretForm>>;
  person: { full_name: string; has_role: boolean };
  token: string;
}

declare module '../../platform/views.ts' {
  interface Views {
    'accounts/email-confirmation': { email: string; isDone: boolean; token: string };
    'accounts/link-over': { isRecovery: boolean };
    'accounts/recovery-mail': { form: Form<{ email: string }>; isSent: boolean; wait: number };
    'accounts/new-secret': NewSecretPage;
  }
}

/** An address that is confirmed is a way back, for whoever has one. */
export function emailRoutes(app: FastifyInstance): void {
  const { db, hasher } = app;

  app.get<{ Params: { token: string } }>('/email-confirmations/:token', async ({ params: { token } }, reply) => {
    const { address, person } = await openConfirmation(token);
    if (address === null || person === undefined) return over(reply, false);
    return reply.page('accounts/email-confirmation', {
      email: address.email,
      isDone: person.email_confirmed_at !== null,
      token,
    });
  });

  app.post<{ Params: { token: string } }>('/email-confirmations/:token', async ({ params: { token } }, reply) => {
    const { address, person } = await openConfirmation(token);
    if (address === null || person === undefined) return over(reply, false);
    await db.transaction().execute((trx) => confirmAddress(trx, address));
    return reply.goTo(`/email-confirmations/${token}`);
  });

  app.get('/sign-in/recovery-mail', async (_request, reply) =>
    reply.page('accounts/recovery-mail', { form: blankForm(RecoveryMailForm), isSent: false, wait: 0 }),
  );

  // The same answer, whether there is such an address here or not.
  app.post('/sign-in/recovery-mail', async (request, reply) => {
    const form = readForm(RecoveryMailForm, request.body);
    if (!form.ok) return reply.page('accounts/recovery-mail', { form, isSent: false, wait: 0 }, { status: 422 });
    const limits = mailLimits(form.data.email, request.ip);
    const wait = await secondsToWait(db, limits);
    if (wait > 0) {
      reply.header('retry-after', wait);
      return reply.page('accounts/recovery-mail', { form, isSent: false, wait }, { status: 429 });
    }
    await countFailure(db, limits);
    await db.transaction().execute((trx) => queueRecovery(trx, form.data.email));
    app.postman.wake();
    return reply.page('accounts/recovery-mail', { form, isSent: true, wait: 0 });
  });

  app.get<{ Params: { token: string } }>('/sign-in/recovery/:token', async ({ params: { token } }, reply) => {
    const person = await openRecovery(token);
    if (person === null) return over(reply, true);
    return reply.page('accounts/new-secret', { form: blankForm(NewSecretForm), person, token });
  });

  app.post<{ Params: { token: string } }>('/sign-in/recovery/:token', async (request, reply) => {
    const { token } = request.params;
    const person = await openRecovery(token);
    if (person === null) return over(reply, true);
    const form = readForm(NewSecretForm, request.body);
    if (!form.ok) return reply.page('accounts/new-secret', { form, person, token }, { status: 422 });
    const secret = readSecret(form.data.secret);
    const fault = secretFault(secret, person, person.has_role);
    if (fault !== null) {
      const again = withErrors(form, { secret: fault });
      return reply.page('accounts/new-secret', { form: again, person, token }, { status: 422 });
    }
    await changeSecret(db, hasher, person.person_id, secret);
    if (person.has_second_factor) return reply.goTo('/sign-in', 'accounts.secret_changed_sign_in');
    await enter(request, reply, person.person_id, form.data.shared_phone);
    return reply.goTo('/learning', 'accounts.secret_changed');
  });

  async function openConfirmation(token: string) {
    const address = unseal(confirmationSeal, await getSiteSecret(db), token, new Date());
    return { address, person: address === null ? undefined : await findByAddress(db, address) };
  }

  async function openRecovery(token: string) {
    const opened = unseal(recoverySeal, await getSiteSecret(db), token, new Date());
    const person = opened === null ? undefined : (await listPersons(db, [opened.person_id]))[0];
    return person !== undefined && secretMark(person.secret_hash) === opened?.secret_mark ? person : null;
  }
}

/** For whoever is signed in and has not found the letter. */
export function confirmationRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.post('/account/email-confirmation', async (request, reply) => {
    const person = signedIn(request);
    const { email, email_confirmed_at } = await getAccount(db, person);
    if (email === null || email_confirmed_at !== null) return reply.goTo('/account');
    const limits = mailLimits(email, request.ip);
    if ((await secondsToWait(db, limits)) > 0) return reply.goTo('/account', 'accounts.email_wait', 'bad');
    await countFailure(db, limits);
    await queueMail(db, { person_id: person.id, letter: 'confirm_email' });
    app.postman.wake();
    return reply.goTo('/account', 'accounts.email_sent');
  });
}

function over(reply: FastifyReply, isRecovery: boolean) {
  return reply.page('accounts/link-over', { isRecovery }, { status: 404 });
}

/** Nobody's mailbox is filled from here, and nobody tries out a list of addresses. */
function mailLimits(email: string, address: string): Limit[] {
  return [
    { key: `mail to ${email}`, free: 3, longestWaitSeconds: 60 * 60 },
    { key: `mail address ${networkOf(address)}`, free: 60, longestWaitSeconds: 10 * 60 },
  ];
}
