import type { FastifyInstance, FastifyReply } from 'fastify';
import { checkDigitCode } from '../../platform/digit-code.ts';
import { blankForm, type Form, readForm, withErrors } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { sendCard } from '../card.ts';
import { hearGuess } from '../guesses.ts';
import { getAccount, getSecretHash, getSiteSecret } from '../queries.ts';
import { changeRecoveryCode, changeSecret } from '../secrets/queries.ts';
import { newFormToken, newRecoveryCode, readFormToken, readRecoveryCode } from '../secrets/recovery-code.ts';
import { readSecret, secretFault } from '../secrets/secret.ts';
import { enter } from '../sessions/entering.ts';
import { listCandidates } from '../sign-in/queries.ts';
import { nextOf } from '../way-back.ts';
import { NewCodeForm, type Recovery, RecoveryForm } from './forms.ts';

interface RecoveryPage {
  form: Form<Recovery>;
  form_token: string;
  next: string | null;
  /** Seconds */
  wait: number;
}
interface NewCodePage {
  form: Form<{ secret: string }>;
  form_token: string;
  wait: number;
}

declare module '../../platform/views.ts' {
  interface Views {
    'accounts/recovery': RecoveryPage;
    'accounts/recovery-code': NewCodePage;
  }
}

/** The way back for whoever forgot the secret and has the card: it needs neither phone nor e-mail. */
export function recoveryRoutes(app: FastifyInstance): void {
  const { db, config, hasher } = app;

  app.get('/sign-in/recovery', async (request, reply) => {
    const next = nextOf(request.query, config.publicUrl);
    return show(reply, 200, { form: blankForm(RecoveryForm), form_token: newFormToken(), next, wait: 0 });
  });

  app.post('/sign-in/recovery', async (request, reply) => {
    const page = { form_token: readFormToken(request.body), next: nextOf(request.body, config.publicUrl), wait: 0 };
    const form = withCodes(readForm(RecoveryForm, request.body));
    if (!form.ok) return show(reply, 422, { ...page, form });
    const { learner_code, recovery_code } = form.data;
    const secret = readSecret(form.data.secret);
    const newCode = newRecoveryCode(await getSiteSecret(db), page.form_token);

    const [person] = await listCandidates(db, { kind: 'code', value: learner_code }, null);
    const guess = { at: 'recovery', name: learner_code, address: request.ip } as const;
    const heard = await hearGuess(db, guess, async () => {
      const [fits, isRepeated] = await Promise.all([
        hasher.verify(person?.recovery_hash ?? null, recovery_code),
        // The same form sent again: its new code has taken the place of the one typed, and its new secret too.
        hasher.verify(person?.recovery_hash ?? null, newCode),
      ]);
      return person !== undefined && (fits || isRepeated) ? { person, fits } : null;
    });
    if (heard.wait > 0) return show(reply, 429, { ...page, form, wait: heard.wait });
    const wrong = withErrors(form, { recovery_code: 'accounts.error_recovery' });
    if (heard.right === null) return show(reply, 422, { ...page, form: wrong });

    const found = heard.right;
    if (found.fits) {
      const fault = secretFault(secret, found.person, found.person.has_role);
      if (fault !== null) return show(reply, 422, { ...page, form: withErrors(form, { secret: fault }) });
      await changeSecret(db, hasher, found.person.person_id, secret, { recoveryCode: newCode });
    } else if (!(await hasher.verify(found.person.secret_hash, secret))) {
      return show(reply, 422, { ...page, form: wrong });
    }
    // The way back brings a new secret; who has a second factor shows it at sign-in like anybody who has the secret.
    if (!found.person.has_second_factor) await enter(request, reply, found.person.person_id, form.data.shared_phone);
    return sendCard(reply, { ...found.person, recovery_code: newCode }, { next: page.next });
  });
}

/** For whoever is signed in and has lost the code. */
export function recoveryCodeRoutes(app: FastifyInstance): void {
  const { db, hasher } = app;

  app.get('/account/recovery-code', async (_request, reply) =>
    reply.page('accounts/recovery-code', { form: blankForm(NewCodeForm), form_token: newFormToken(), wait: 0 }),
  );

  app.post('/account/recovery-code', async (request, reply) => {
    const person = signedIn(request);
    const form_token = readFormToken(request.body);
    const again = (status: number, form: NewCodePage['form'], wait = 0) => {
      if (wait > 0) reply.header('retry-after', wait);
      return reply.page('accounts/recovery-code', { form, form_token, wait }, { status });
    };

    const form = readForm(NewCodeForm, request.body);
    if (!form.ok) return again(422, form);
    const secret_hash = await getSecretHash(db, person);
    const heard = await hearGuess(db, { at: 'secret', name: person.id }, async () =>
      (await hasher.verify(secret_hash, readSecret(form.data.secret))) ? true : null,
    );
    if (heard.wait > 0) return again(429, form, heard.wait);
    if (heard.right === null) return again(422, withErrors(form, { secret: 'accounts.error_old_secret' }));

    const recovery_code = newRecoveryCode(await getSiteSecret(db), form_token);
    await changeRecoveryCode(db, hasher, person.id, recovery_code);
    return sendCard(reply, { ...(await getAccount(db, person)), recovery_code });
  });
}

function show(reply: FastifyReply, status: number, page: RecoveryPage) {
  if (page.wait > 0) reply.header('retry-after', page.wait);
  return reply.page('accounts/recovery', page, { status });
}

/** The form with its codes as digits, or with what is wrong about them. */
function withCodes(form: Form<Recovery>): Form<Recovery> {
  if (!form.ok) return form;
  const learner = checkDigitCode(form.data.learner_code, 10);
  const recovery = readRecoveryCode(form.data.recovery_code);
  if ('code' in learner && 'code' in recovery) {
    return { ...form, data: { ...form.data, learner_code: learner.code, recovery_code: recovery.code } };
  }
  return withErrors(form, {
    ...('code' in learner ? {} : { learner_code: 'accounts.error_learner_code' }),
    ...('code' in recovery ? {} : { recovery_code: 'accounts.error_recovery_code' }),
  });
}
