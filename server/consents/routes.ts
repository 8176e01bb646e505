import type { FastifyInstance, FastifyReply } from 'fastify';
import Type from 'typebox';
import { isChild } from '../accounts/birth.ts';
import { showPhone } from '../accounts/contact.ts';
import { getAccount, getSiteSecret } from '../accounts/queries.ts';
import { type Seal, seal, unseal } from '../accounts/sealing.ts';
import { shortName } from '../certificates/names.ts';
import { manageablePersons } from '../organisations/access.ts';
import { showDigitCode } from '../platform/digit-code.ts';
import { orNotFound } from '../platform/errors.ts';
import { blankForm, type Form, readForm } from '../platform/forms.ts';
import { type QrCode, qrCode } from '../platform/qr.ts';
import { signedIn } from '../platform/scopes.ts';
import { OwnWordForm, RepresentativeForm, type RepresentativeWords, wordsOf } from './forms.ts';
import {
  type Consents,
  findChild,
  findRepresentative,
  getConsents,
  recordConsents,
  setRepresentative,
} from './queries.ts';

interface AskPage {
  form: Form<RepresentativeWords>;
  /** As much of the name as the representative needs. */
  child: string;
  action: string;
  isWitnessed: boolean;
  isSaved: boolean;
}

declare module '../platform/views.ts' {
  interface Views {
    'consents/show': {
      consents: Consents;
      isChild: boolean;
      representative: { full_name: string } | undefined;
      url: string;
      qr: QrCode;
      since: Date;
    };
    'consents/paper': { full_name: string; learner_code: string; qr: QrCode };
    'consents/ask': AskPage;
    'consents/over': Record<string, never>;
  }
}

const Asked = Type.Object({ person_id: Type.String() });
const days = 30;
const askedSeal: Seal<typeof Asked> = { purpose: 'representative', minutes: days * 24 * 60, content: Asked };

/** What a person agreed to, and how a child's representative is asked. */
export function consentRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/account/consents', async (request, reply) => {
    const person = signedIn(request);
    const account = await getAccount(db, person);
    const url = await askingUrl(person.id);
    return reply.page('consents/show', {
      consents: await getConsents(db, person.id),
      isChild: isChild(account, new Date()),
      representative: await findRepresentative(db, person.id),
      url,
      qr: qrCode(url),
      since: account.created_at,
    });
  });

  app.get('/account/consents/paper', async (request, reply) => {
    const person = signedIn(request);
    const { full_name, learner_code } = await getAccount(db, person);
    const url = await askingUrl(person.id);
    reply.header('cache-control', 'no-store');
    return reply.page('consents/paper', { full_name, learner_code: showDigitCode(learner_code), qr: qrCode(url) });
  });

  app.post('/account/consents', async (request, reply) => {
    const { id } = signedIn(request);
    const form = readForm(OwnWordForm, request.body);
    if (!form.ok) return reply.goTo('/account/consents', 'consents.error_word', 'bad');
    const word = { purpose: form.data.purpose, granted: form.data.word === 'yes' };
    await db
      .transaction()
      .execute((trx) => recordConsents(trx, id, [word], { given_by: 'self', channel: 'web', actor_id: id }));
    return reply.goTo('/account/consents', 'consents.saved');
  });

  async function askingUrl(personId: string): Promise<string> {
    const token = seal(askedSeal, await getSiteSecret(db), { person_id: personId }, new Date());
    return new URL(`/consent/${token}`, app.config.publicUrl).href;
  }
}

/** For the representative, on a phone of their own and without an account. */
export function representativeRoutes(app: FastifyInstance): void {
  const { db } = app;
  interface Token {
    Params: { token: string };
  }

  app.get<Token>('/consent/:token', async ({ params: { token } }, reply) => {
    const child = await opened(token);
    if (child === undefined) return over(reply);
    const form = await filled(child.person_id);
    return show(reply, 200, { form, child, action: `/consent/${token}`, isWitnessed: false });
  });

  app.post<Token>('/consent/:token', async (request, reply) => {
    const { token } = request.params;
    const child = await opened(token);
    if (child === undefined) return over(reply);
    const form = readForm(RepresentativeForm, request.body);
    const page = { form, child, action: `/consent/${token}`, isWitnessed: false };
    if (!form.ok) return show(reply, 422, page);
    await record(app, child.person_id, form.data, { given_by: 'representative', channel: 'web', actor_id: null });
    return show(reply, 200, { ...page, isSaved: true });
  });

  async function opened(token: string) {
    const asked = unseal(askedSeal, await getSiteSecret(db), token, new Date());
    const child = asked === null ? undefined : await findChild(db, asked.person_id);
    return child !== undefined && isChild(child, new Date()) ? child : undefined;
  }

  /** What was said before, for whoever comes back to change it. */
  async function filled(personId: string): Promise<Form<RepresentativeWords>> {
    const said = (await getConsents(db, personId)).flatMap(({ purpose, representative }) =>
      representative === null ? [] : [[purpose, representative.granted ? 'yes' : 'no'] as const],
    );
    return blankForm(RepresentativeForm, Object.fromEntries(said));
  }
}

/** A representative's word on paper, put on record by a manager who has seen it. */
export function witnessedConsentRoutes(app: FastifyInstance): void {
  const { db } = app;
  interface Person {
    Params: { id: string };
  }

  app.get<Person>('/admin/people/:id/consents', async (request, reply) => {
    const child = await seen(request.params.id, signedIn(request));
    const known = await findRepresentative(db, child.person_id);
    const form = blankForm(RepresentativeForm, {
      ...known,
      phone: known?.phone ? showPhone(known.phone) : '',
    });
    return show(reply, 200, { form, child, action: `/admin/people/${child.person_id}/consents`, isWitnessed: true });
  });

  app.post<Person>('/admin/people/:id/consents', async (request, reply) => {
    const manager = signedIn(request);
    const child = await seen(request.params.id, manager);
    const form = readForm(RepresentativeForm, request.body);
    const page = { form, child, action: `/admin/people/${child.person_id}/consents`, isWitnessed: true };
    if (!form.ok) return show(reply, 422, page);
    await record(app, child.person_id, form.data, { given_by: 'witnessed', channel: 'paper', actor_id: manager.id });
    return show(reply, 200, { ...page, isSaved: true });
  });

  /** A child in the manager's branch. */
  async function seen(id: string, manager: { id: string }) {
    const child = await manageablePersons(db, manager)
      .select(['person_details.person_id', 'full_name', 'birth_year', 'birth_month'])
      .where(({ cast, eb }) => eb(cast('persons.id', 'text'), '=', id))
      .executeTakeFirst();
    return orNotFound(child !== undefined && isChild(child, new Date()) ? child : undefined);
  }
}

async function record(
  { db }: FastifyInstance,
  childId: string,
  data: RepresentativeWords,
  by: Parameters<typeof recordConsents>[3],
): Promise<void> {
  const { full_name, relationship, phone = null } = data;
  await db.transaction().execute(async (trx) => {
    await setRepresentative(trx, childId, { full_name, relationship, phone });
    await recordConsents(trx, childId, wordsOf(data), by);
  });
}

function show(
  reply: FastifyReply,
  status: number,
  { child, ...page }: Omit<AskPage, 'child' | 'isSaved'> & { child: { full_name: string }; isSaved?: boolean },
) {
  reply.header('cache-control', 'no-store');
  const name = page.isWitnessed ? child.full_name : shortName(child.full_name);
  return reply.page('consents/ask', { isSaved: false, ...page, child: name }, { status });
}

function over(reply: FastifyReply) {
  return reply.page('consents/over', {}, { status: 404 });
}
