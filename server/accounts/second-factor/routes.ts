import type { FastifyInstance, FastifyReply } from 'fastify';
import Type from 'typebox';
import { showDigitCode } from '../../platform/digit-code.ts';
import { blankForm, type Form, readForm, withErrors } from '../../platform/forms.ts';
import { type QrCode, qrCode } from '../../platform/qr.ts';
import { signedIn } from '../../platform/scopes.ts';
import { requireConfirmed } from '../confirming/guard.ts';
import { getAccount, getSiteSecret } from '../queries.ts';
import { type Seal, seal, unseal } from '../sealing.ts';
import { hiddenField } from '../way-back.ts';
import { CodeForm } from './forms.ts';
import {
  findSecondFactor,
  getSecondSteps,
  insertSecondFactor,
  protectByPasskey,
  removeSecondFactor,
  renewCodes,
} from './queries.ts';
import { newTotpSecret, stepOf, totpAddress } from './totp.ts';

interface SetUpPage {
  form: Form<{ code: string }>;
  /** Base 32 in groups of four. */
  secret: string;
  sealed: string;
  address: string;
  qr: QrCode;
}

declare module '../../platform/views.ts' {
  interface Views {
    'accounts/second-factor': { factor: Awaited<ReturnType<typeof findSecondFactor>>; hasPasskey: boolean };
    'accounts/second-factor-set-up': SetUpPage;
    'accounts/second-factor-codes': { codes: string[] };
  }
}

const Chosen = Type.Object({ person_id: Type.String(), secret: Type.String() });
/** The secret on its way through the page that shows it: it is kept when a code has proved that the app has it. */
const chosenSeal: Seal<typeof Chosen> = { purpose: 'second factor', minutes: 60, content: Chosen };

export function secondFactorRoutes(app: FastifyInstance): void {
  const { db } = app;
  const guarded = { preHandler: requireConfirmed };

  app.get('/account/second-factor', async (request, reply) => {
    const { id } = signedIn(request);
    const { passkey: hasPasskey } = await getSecondSteps(db, id);
    return reply.page('accounts/second-factor', { factor: await findSecondFactor(db, id), hasPasskey });
  });

  app.get('/account/second-factor/new', guarded, async (request, reply) => {
    const person = signedIn(request);
    if ((await findSecondFactor(db, person.id)) !== null) return reply.goTo('/account/second-factor');
    const chosen = { person_id: person.id, secret: newTotpSecret() };
    const sealed = seal(chosenSeal, await getSiteSecret(db), chosen, new Date());
    return showSetUp(reply, 200, blankForm(CodeForm), chosen.secret, sealed);
  });

  app.post('/account/second-factor', guarded, async (request, reply) => {
    const person = signedIn(request);
    const now = new Date();
    const sealed = hiddenField(request.body, 'sealed');
    const chosen = unseal(chosenSeal, await getSiteSecret(db), sealed, now);
    if (chosen === null || chosen.person_id !== person.id) return reply.goTo('/account/second-factor/new');
    const form = readForm(CodeForm, request.body);
    const step = form.ok ? stepOf(chosen.secret, form.data.code, 0, now) : null;
    if (step === null) {
      const wrong = withErrors(form, { code: 'accounts.error_second_code' });
      return showSetUp(reply, 422, wrong, chosen.secret, sealed);
    }
    const codes = await db.transaction().execute((trx) => insertSecondFactor(trx, person.id, chosen.secret, step));
    return codes === null ? reply.goTo('/account/second-factor') : showCodes(reply, codes);
  });

  /** With a passkey instead of an app. */
  app.post('/account/second-factor/passkey', guarded, async (request, reply) => {
    const { id } = signedIn(request);
    const codes = await db.transaction().execute((trx) => protectByPasskey(trx, id));
    return codes === null ? reply.goTo('/account/second-factor') : showCodes(reply, codes);
  });

  app.post('/account/second-factor/codes', guarded, async (request, reply) => {
    const person = signedIn(request);
    if ((await findSecondFactor(db, person.id)) === null) return reply.goTo('/account/second-factor');
    return showCodes(reply, await db.transaction().execute((trx) => renewCodes(trx, person.id)));
  });

  app.post('/account/second-factor/remove', guarded, async (request, reply) => {
    await db.transaction().execute((trx) => removeSecondFactor(trx, signedIn(request).id));
    return reply.goTo('/account/second-factor', 'accounts.second_removed');
  });

  async function showSetUp(
    reply: FastifyReply,
    status: number,
    form: Form<{ code: string }>,
    secret: string,
    sealed: string,
  ) {
    const { learner_code } = await getAccount(db, signedIn(reply.request));
    const address = totpAddress(secret, learner_code);
    reply.header('cache-control', 'no-store');
    const groups = secret.replace(/.{4}(?=.)/g, '$& ');
    const page = { form, secret: groups, sealed, address, qr: qrCode(address) };
    return reply.page('accounts/second-factor-set-up', page, { status });
  }
}

function showCodes(reply: FastifyReply, codes: string[]) {
  reply.header('cache-control', 'no-store');
  return reply.page('accounts/second-factor-codes', { codes: codes.map(showDigitCode) });
}
