import type { FastifyReply, FastifyRequest } from 'fastify';
import Type from 'typebox';
import { blankForm, type Form } from '../../platform/forms.ts';
import { type FirstSteps, FirstStepsForm } from '../one-time-pins/forms.ts';
import { getSiteSecret } from '../queries.ts';
import { type Seal, seal, unseal } from '../sealing.ts';
import { CodeForm } from '../second-factor/forms.ts';
import { getSecondSteps, type SecondSteps } from '../second-factor/queries.ts';
import { readFormToken } from '../secrets/recovery-code.ts';
import { enter } from '../sessions/entering.ts';
import { hiddenField, nextOf, withNext } from '../way-back.ts';
import { type Carried, openCarried } from './carrying.ts';
import { PasswordForm } from './forms.ts';
import type { listPersons } from './queries.ts';

/** What goes along through every step of signing in. */
export interface Along {
  next: string | null;
  /** Sealed, or '' */
  carried: string;
}

interface PasswordPage {
  form: Form<{ secret: string }>;
  passed: string;
  along: Along;
}
interface SecondStepPage extends Omit<PasswordPage, 'form'> {
  form: Form<{ code: string }>;
  steps: SecondSteps;
  wait: number;
}
interface FirstStepsPage extends Omit<PasswordPage, 'form'> {
  form: Form<FirstSteps>;
  form_token: string;
  /** Their first time: they say who they are and what they agree to. */
  isNew: boolean;
  needsPassword: boolean;
}

declare module '../../platform/views.ts' {
  interface Views {
    'accounts/who': { names: string[]; passed: string; along: Along };
    'accounts/password': PasswordPage;
    'accounts/second-step': SecondStepPage;
    'accounts/first-steps': FirstStepsPage;
    'accounts/continuation': { carried: Carried; next: string | null };
  }
}

export type Reached = Awaited<ReturnType<typeof listPersons>>[number] & {
  /** The hash of the one-time PIN that let them in, or null: their own secret did. */
  pin_hash: string | null;
};

/** Those whose secret was right, between two steps. */
const Passed = Type.Object({
  ids: Type.Array(Type.String()),
  pin_hashes: Type.Array(Type.Union([Type.String(), Type.Null()])),
  shared_phone: Type.Boolean(),
});
const passedFor = (purpose: string): Seal<typeof Passed> => ({ purpose, minutes: 10, content: Passed });
const seals = {
  who: passedFor('who'),
  password: passedFor('password'),
  second: passedFor('second step'),
  first: { ...passedFor('first steps'), minutes: 60 },
};

/** What an earlier step has found out; null when that lies too far back, or is none of ours. */
export async function openPassed(request: FastifyRequest, step: keyof typeof seals) {
  const siteSecret = await getSiteSecret(request.server.db);
  return unseal(seals[step], siteSecret, hiddenField(request.body, 'passed'), new Date());
}

export function alongOf({ body, server }: FastifyRequest): Along {
  return { next: nextOf(body, server.config.publicUrl), carried: hiddenField(body, 'carried') };
}

/** The next step for those whom the secret fits. */
export async function goOn(
  request: FastifyRequest,
  reply: FastifyReply,
  fits: Reached[],
  shared: boolean,
  along: Along,
): Promise<unknown> {
  const [person] = fits;
  if (person === undefined) return startAgain(reply, along);
  if (fits.length > 1) {
    reply.header('cache-control', 'no-store');
    const passed = await sealed(request, 'who', fits, shared);
    return reply.page('accounts/who', { names: fits.map(({ full_name }) => full_name), passed, along });
  }
  if (person.pin_hash !== null) {
    const passed = await sealed(request, 'first', fits, shared);
    return showFirstSteps(reply, 200, person, { form: firstStepsOf(person), passed, along });
  }
  if (person.has_role && person.secret_kind === 'pin') {
    const passed = await sealed(request, 'password', fits, shared);
    return showPassword(reply, 200, { form: blankForm(PasswordForm), passed, along });
  }
  return takeSecondStep(request, reply, person, shared, along);
}

export async function takeSecondStep(
  request: FastifyRequest,
  reply: FastifyReply,
  person: Reached,
  shared: boolean,
  along: Along,
): Promise<unknown> {
  if (!person.has_second_factor) return arrive(request, reply, person, shared, along);
  const passed = await sealed(request, 'second', [person], shared);
  return showSecondStep(reply, 200, person, { form: blankForm(CodeForm), passed, along });
}

export async function arrive(
  request: FastifyRequest,
  reply: FastifyReply,
  person: { person_id: string },
  shared: boolean,
  { next, carried: sealedFields }: Along,
): Promise<unknown> {
  const { db, config } = request.server;
  await enter(request, reply, person.person_id, shared);
  if (sealedFields === '') return reply.goTo(next ?? '/');
  const carried = openCarried(sealedFields, person.person_id, await getSiteSecret(db), config.publicUrl, new Date());
  if (carried === null) return reply.goTo(next ?? '/', 'accounts.not_carried', 'bad');
  reply.header('cache-control', 'no-store');
  return reply.page('accounts/continuation', { carried, next });
}

export function showPassword(reply: FastifyReply, status: number, page: PasswordPage) {
  reply.header('cache-control', 'no-store');
  return reply.page('accounts/password', page, { status });
}

export async function showSecondStep(
  reply: FastifyReply,
  status: number,
  { person_id }: Pick<Reached, 'person_id'>,
  page: Omit<SecondStepPage, 'wait' | 'steps'> & { wait?: number },
) {
  if (page.wait) reply.header('retry-after', page.wait);
  reply.header('cache-control', 'no-store');
  const steps = await getSecondSteps(reply.server.db, person_id);
  return reply.page('accounts/second-step', { wait: 0, steps, ...page }, { status });
}

export function showFirstSteps(
  reply: FastifyReply,
  status: number,
  person: Reached,
  page: Omit<FirstStepsPage, 'isNew' | 'needsPassword' | 'form_token'>,
) {
  reply.header('cache-control', 'no-store');
  const { has_role: needsPassword } = person;
  const form_token = readFormToken(reply.request.body);
  return reply.page('accounts/first-steps', { ...page, form_token, isNew: isNew(person), needsPassword }, { status });
}

/** Nobody has chosen a secret for them, and they have not either. */
export function isNew({ secret_hash }: Pick<Reached, 'secret_hash'>): boolean {
  return secret_hash === '';
}

export function startAgain(reply: FastifyReply, { next }: Along) {
  return reply.goTo(withNext('/sign-in', next), 'accounts.start_again', 'bad');
}

function firstStepsOf({ full_name, birth_month, birth_year }: Reached): Form<FirstSteps> {
  return blankForm(FirstStepsForm, {
    full_name,
    birth_month: birth_month === null ? '' : String(birth_month),
    birth_year: birth_year === null ? '' : String(birth_year),
  });
}

async function sealed(
  request: FastifyRequest,
  step: keyof typeof seals,
  fits: Reached[],
  shared_phone: boolean,
): Promise<string> {
  const ids = fits.map(({ person_id }) => person_id);
  const pin_hashes = fits.map(({ pin_hash }) => pin_hash);
  const siteSecret = await getSiteSecret(request.server.db);
  return seal(seals[step], siteSecret, { ids, pin_hashes, shared_phone }, new Date());
}
