import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { orNotFound } from '../../platform/errors.ts';
import { blankForm, type Form, readForm } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import type { Views } from '../../platform/views.ts';
import { requireConfirmed } from '../confirming/guard.ts';
import { getAccount } from '../queries.ts';
import { deviceOf } from '../sessions/device.ts';
import { hiddenField } from '../way-back.ts';
import { checkMade, optionsToMake } from './ceremony.ts';
import { challengeOf, Made, readCredential } from './credential.ts';
import { PasskeyNameForm } from './forms.ts';
import {
  insertChallenge,
  insertPasskey,
  listPasskeys,
  mostPasskeys,
  type Passkey,
  removePasskey,
  renamePasskey,
  takeChallenge,
} from './queries.ts';
import { requirePasskeySite } from './using.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'accounts/passkeys': {
      passkeys: Passkey[];
      isFull: boolean;
      /** Of the passkey that is being named. */
      form: Form<{ name: string }>;
      naming: string | null;
      /** Key of a sentence: why none was added. */
      fault: string | null;
    };
  }
}

type Shown = Pick<Views['accounts/passkeys'], 'form' | 'naming' | 'fault'>;

interface WithId {
  Params: { id: string };
}

/** Keys that live in somebody's phone: made, named and removed here; used where a secret is asked for. */
export function passkeyRoutes(app: FastifyInstance): void {
  const { db } = app;
  const guarded = { preHandler: requireConfirmed };

  app.get('/account/passkeys', async (request, reply) => showPasskeys(request, reply, 200));

  app.post('/account/passkeys/challenge', guarded, async (request, reply) => {
    const person = signedIn(request);
    const { learner_code, full_name } = await getAccount(db, person);
    const passkeys = await listPasskeys(db, person.id);
    const options = await optionsToMake(
      requirePasskeySite(request),
      { id: person.id, full_name, learner_code },
      passkeys,
    );
    await insertChallenge(db, options.challenge, { purpose: 'add', personId: person.id });
    return reply.header('cache-control', 'no-store').send(options);
  });

  app.post('/account/passkeys', guarded, async (request, reply) => {
    const made = await makePasskey(request);
    const name = deviceOf(request.headers['user-agent']) || request.t('passkeys.unnamed');
    const isAdded =
      made !== null &&
      (await db.transaction().execute((trx) => insertPasskey(trx, { ...made, name, person_id: signedIn(request).id })));
    if (!isAdded) return showPasskeys(request, reply, 422, { fault: 'passkeys.not_added' });
    app.postman.wake();
    return reply.goTo('/account/passkeys', 'passkeys.added');
  });

  app.post<WithId>('/account/passkeys/:id/name', async (request, reply) => {
    const passkey = await getOwn(request);
    const form = readForm(PasskeyNameForm, request.body);
    if (!form.ok) return showPasskeys(request, reply, 422, { form, naming: passkey.id });
    await renamePasskey(db, passkey, form.data.name);
    return reply.goTo('/account/passkeys', 'passkeys.named');
  });

  app.post<WithId>('/account/passkeys/:id/remove', guarded, async (request, reply) => {
    const passkey = await getOwn(request);
    const { id } = signedIn(request);
    const isRemoved = await db.transaction().execute((trx) => removePasskey(trx, id, passkey));
    return isRemoved
      ? reply.goTo('/account/passkeys', 'passkeys.removed')
      : reply.goTo('/account/passkeys', 'passkeys.needed', 'bad');
  });

  /** What the browser says it has made, once it holds; null when it does not. */
  async function makePasskey(request: FastifyRequest) {
    const site = requirePasskeySite(request);
    const made = readCredential(Made, hiddenField(request.body, 'credential'));
    const challenge = made && challengeOf(made);
    if (made === null || challenge === null) return null;
    const isOurs = await takeChallenge(db, challenge, { purpose: 'add', personId: signedIn(request).id });
    return isOurs ? checkMade(site, made, challenge) : null;
  }

  async function getOwn(request: FastifyRequest<WithId>): Promise<Passkey> {
    const passkeys = await listPasskeys(db, signedIn(request).id);
    return orNotFound(passkeys.find(({ id }) => id === request.params.id));
  }

  async function showPasskeys(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    shown: Partial<Shown> = {},
  ) {
    const passkeys = await listPasskeys(db, signedIn(request).id);
    const isFull = passkeys.length >= mostPasskeys;
    const page = { form: blankForm(PasskeyNameForm), naming: null, fault: null, ...shown };
    return reply.page('accounts/passkeys', { passkeys, isFull, ...page }, { status });
  }
}
