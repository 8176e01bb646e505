import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { lookUp } from '../../limits/lookups.ts';
import { NotFound } from '../../platform/errors.ts';
import { blankForm, type Form, readForm, withErrors } from '../../platform/forms.ts';
import { sendCard } from '../card.ts';
import { readSignInName } from '../contact.ts';
import { comeIn } from '../one-time-pins/coming-in.ts';
import { FirstStepsForm } from '../one-time-pins/forms.ts';
import { secondsToChallenge, sendChallenge, usePasskey } from '../passkeys/using.ts';
import { CodeForm } from '../second-factor/forms.ts';
import { trySecondFactor } from '../second-factor/trying.ts';
import { changeSecret } from '../secrets/queries.ts';
import { readFormToken } from '../secrets/recovery-code.ts';
import { readSecret, secretFault } from '../secrets/secret.ts';
import { enter } from '../sessions/entering.ts';
import { judged } from '../sign-up/forms.ts';
import { hiddenField, nextOf } from '../way-back.ts';
import {
  type Along,
  alongOf,
  arrive,
  goOn,
  isNew,
  openPassed,
  type Reached,
  showFirstSteps,
  showPassword,
  showSecondStep,
  startAgain,
  takeSecondStep,
} from './arriving.ts';
import { PasswordForm, type SignIn, SignInForm } from './forms.ts';
import { listPersons } from './queries.ts';
import { trySecret } from './trying.ts';

interface SignInPage {
  form: Form<SignIn>;
  along: Along;
  /** Seconds */
  wait: number;
  /** Why they are here: a page needs it; what they sent is kept until afterwards; it could not be kept. */
  notice: 'needed' | 'kept' | 'lost' | null;
}

declare module '../../platform/views.ts' {
  interface Views {
    'accounts/sign-in': SignInPage;
  }
}

export function signInRoutes(app: FastifyInstance): void {
  const { db, config, hasher } = app;

  app.get<{ Querystring: { name?: string | string[] } }>('/sign-in', async (request, reply) => {
    const next = nextOf(request.query, config.publicUrl);
    if (request.person) return reply.goTo(next ?? '/');
    const notice = next === null ? null : 'needed';
    // A printed card has the learner code in its QR.
    const name = hiddenField(request.query, 'name').slice(0, 254);
    return showSignIn(reply, 200, { form: blankForm(SignInForm, { name }), along: { next, carried: '' }, notice });
  });

  app.post('/sign-in', async (request, reply) => {
    const along = alongOf(request);
    const form = readForm(SignInForm, request.body);
    if (!form.ok) return showSignIn(reply, 422, { form, along });
    const name = readSignInName(form.data.name);
    if (name === null) {
      return showSignIn(reply, 422, { form: withErrors(form, { name: 'accounts.error_sign_in_name' }), along });
    }
    const { wait, fits } = await trySecret(request, name, readSecret(form.data.secret));
    if (wait > 0) return showSignIn(reply, 429, { form, along, wait });
    if (fits.length === 0) {
      return showSignIn(reply, 422, { form: withErrors(form, { secret: 'accounts.error_sign_in' }), along });
    }
    return goOn(request, reply, fits, form.data.shared_phone, along);
  });

  // Where a change of language in the footer leads to, from the pages that answer the forms below.
  for (const step of ['person', 'password', 'passkey', 'second-factor', 'first-steps']) {
    app.get(`/sign-in/${step}`, async (_request, reply) => reply.goTo('/sign-in'));
  }

  /** One of several who share a phone and, as it happens, the secret too. */
  app.post('/sign-in/person', async (request, reply) => {
    const along = alongOf(request);
    const reached = await reachedBy(request, 'who', Number.parseInt(hiddenField(request.body, 'person'), 10));
    if (reached === null) return startAgain(reply, along);
    return goOn(request, reply, [reached.person], reached.shared, along);
  });

  /** For whom a role came after the PIN. */
  app.post('/sign-in/password', async (request, reply) => {
    const along = alongOf(request);
    const reached = await reachedBy(request, 'password');
    // With any other secret than a PIN this step was done before.
    if (reached?.person.secret_kind !== 'pin') return startAgain(reply, along);

    const { person, shared } = reached;
    const form = readForm(PasswordForm, request.body);
    const fault = form.ok ? secretFault(readSecret(form.data.secret), person, true) : null;
    if (!form.ok || fault !== null) {
      const again = fault === null ? form : withErrors(form, { secret: fault });
      return showPassword(reply, 422, { form: again, passed: hiddenField(request.body, 'passed'), along });
    }
    await changeSecret(db, hasher, person.person_id, readSecret(form.data.secret));
    return takeSecondStep(request, reply, person, shared, along);
  });

  /** For whom a manager has opened the door with a one-time PIN. */
  app.post('/sign-in/first-steps', async (request, reply) => {
    const along = alongOf(request);
    const reached = await reachedBy(request, 'first');
    const pinHash = reached?.person.pin_hash ?? null;
    if (reached === null || pinHash === null) return startAgain(reply, along);
    const { person, shared } = reached;
    // Who has been here before only chooses a new secret.
    const known = isNew(person) ? {} : { ...asTyped(person), consent: 'yes' };
    const body = { ...(request.body as object), ...known };
    const form = judged(readForm(FirstStepsForm, body), person.has_role, new Date());
    const page = { form, passed: hiddenField(request.body, 'passed'), along };
    if (!form.ok) return showFirstSteps(reply, 422, person, page);

    const card = await comeIn(app, person, pinHash, form.data, readFormToken(request.body));
    if (card === null) return startAgain(reply, along);
    if (person.has_second_factor) return takeSecondStep(request, reply, person, shared, along);
    await enter(request, reply, person.person_id, shared);
    return sendCard(reply, card, { next: along.next });
  });

  /** For whom the secret alone does not do. */
  app.post('/sign-in/second-factor', async (request, reply) => {
    const along = alongOf(request);
    const reached = await reachedBy(request, 'second');
    if (reached === null) return startAgain(reply, along);
    const { person, shared } = reached;
    const { isDone, wait, form } = await trySecondFactor(request, person.person_id, readForm(CodeForm, request.body));
    if (isDone) return arrive(request, reply, person, shared, along);
    const page = { form, wait, passed: hiddenField(request.body, 'passed'), along };
    return showSecondStep(reply, wait > 0 ? 429 : 422, person, page);
  });

  app.post('/sign-in/second-factor/challenge', async (request, reply) => {
    const reached = await reachedBy(request, 'second');
    if (reached === null) throw new NotFound();
    return sendChallenge(request, reply, { purpose: 'second-step', personId: reached.person.person_id });
  });

  app.post('/sign-in/passkey/challenge', async (request, reply) => {
    const wait = await secondsToChallenge(request);
    if (wait > 0) return reply.status(429).header('retry-after', wait).send({ wait });
    return sendChallenge(request, reply, { purpose: 'sign-in', personId: null });
  });

  /** A passkey says both who it is and that it is they: no second step. */
  app.post('/sign-in/passkey', async (request, reply) => {
    const along = alongOf(request);
    const form = readForm(SignInForm, request.body);
    const { wait, found: person_id } = await lookUp(
      request,
      'passkey',
      async () => (await usePasskey(request, { purpose: 'sign-in', personId: null })) ?? undefined,
    );
    const unknown = { ...form, errors: wait > 0 ? {} : { passkey: 'passkeys.error_not_known' } };
    if (person_id === undefined) return showSignIn(reply, wait > 0 ? 429 : 422, { form: unknown, along, wait });
    return arrive(request, reply, { person_id }, form.values.shared_phone === 'yes', along);
  });

  /** Whom the step before let through, as they are on record now. */
  async function reachedBy(
    request: FastifyRequest,
    step: Parameters<typeof openPassed>[1],
    index = 0,
  ): Promise<{ person: Reached; shared: boolean } | null> {
    const passed = await openPassed(request, step);
    const id = passed?.ids[index];
    const [person] = id === undefined ? [] : await listPersons(db, [id]);
    if (!passed || person === undefined) return null;
    return { person: { ...person, pin_hash: passed.pin_hashes[index] ?? null }, shared: passed.shared_phone };
  }
}

export function showSignIn(
  reply: FastifyReply,
  status: number,
  page: Pick<SignInPage, 'form' | 'along'> & Partial<SignInPage>,
) {
  if (page.wait) reply.header('retry-after', page.wait);
  return reply.page('accounts/sign-in', { wait: 0, notice: null, ...page }, { status });
}

/** A record as the fields of the form. */
function asTyped({ full_name, birth_month, birth_year }: Reached): Record<string, string> {
  return { full_name, birth_month: String(birth_month), birth_year: String(birth_year) };
}
