import type { FastifyInstance, FastifyReply } from 'fastify';
import { showCohort } from '../cohorts/codes/invitation.ts';
import { type Question, readAnswers } from '../cohorts/requests/questions.ts';
import { readTicked } from '../cohorts/wishes/forms.ts';
import { lookUp } from '../limits/lookups.ts';
import { endRole } from '../organisations/roles/queries.ts';
import { placeWords } from '../places/words.ts';
import { checkDigitCode } from '../platform/digit-code.ts';
import { Forbidden, NotFound, orNotFound } from '../platform/errors.ts';
import { queryText } from '../platform/forms.ts';
import { signedIn } from '../platform/scopes.ts';
import { joinCodeLength } from './codes/queries.ts';
import { findJoinTarget, findOwnMembership, join, listOwnMemberships } from './queries.ts';
import { listOwnRequests, withdrawRequest } from './requests/queries.ts';

type Target = NonNullable<Awaited<ReturnType<typeof findJoinTarget>>>;

declare module '../platform/views.ts' {
  interface Views {
    'joining/code': { typed: string; error: string | null; wait: number };
    'joining/show': { target: Target; place: string | null };
    'joining/own': {
      memberships: Awaited<ReturnType<typeof listOwnMemberships>>;
      requests: Awaited<ReturnType<typeof listOwnRequests>>;
    };
  }
}

type WithCode = { Params: { code: string } };

export function joiningRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/join', async (request, reply) => {
    const typed = queryText(request.query, 'code');
    if (typed === '') return showForm(reply, 200, { typed, error: null });
    const reading = checkDigitCode(typed, joinCodeLength);
    return 'code' in reading
      ? reply.goTo(`/join/${reading.code}`)
      : showForm(reply, 422, { typed, error: `joining.error_${reading.fault}` });
  });

  app.get<WithCode>('/join/:code', async (request, reply) => {
    const { code } = request.params;
    const reading = checkDigitCode(code, joinCodeLength);
    if ('fault' in reading) return showForm(reply, 404, { typed: code.slice(0, 40), error: 'joining.error_unknown' });
    const { wait, found: target } = await lookUp(request, 'join code', () =>
      findJoinTarget(db, reading.code, request.person),
    );
    if (target === undefined) return showUnknown(reply, reading.code, wait);
    if (target.cohort_id !== null) return showCohort(reply, target.code, target.cohort_id);
    const { place_name, place_kind } = target;
    const place = place_name && place_kind ? placeWords(request.t, { name: place_name, kind: place_kind }) : null;
    return reply.page('joining/show', { target, place });
  });
}

/** For people who are signed in: a visitor signs up or in first, and comes back. */
export function membershipRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.post<WithCode>('/join/:code/request', async (request, reply) => {
    const person = signedIn(request);
    const reading = checkDigitCode(request.params.code, joinCodeLength);
    if ('fault' in reading) throw new NotFound();
    const answer = (questions: Question[]) => readAnswers(questions, request.body);
    const said = { wishes: readTicked(request.body), answer };
    const { wait, found } = await lookUp(request, 'join code', async () => {
      const joined = await db.transaction().execute((trx) => join(trx, reading.code, person, said));
      return joined ?? undefined;
    });
    if (found === undefined) return showUnknown(reply, reading.code, wait);
    const { joined, cohort_id } = found;
    if (joined === 'unanswered' && cohort_id !== null) return showCohort(reply, reading.code, cohort_id, answer);
    const words = joined === 'member' ? 'joining.now_member' : 'joining.now_waiting';
    if (cohort_id === null) return reply.goTo('/account/organisations', words);
    return reply.goTo(joined === 'member' ? `/cohorts/${cohort_id}` : '/cohorts', words);
  });

  app.get('/account/organisations', async (request, reply) => {
    const person = signedIn(request);
    const memberships = await listOwnMemberships(db, person);
    const requests = await listOwnRequests(db, person);
    return reply.page('joining/own', { memberships, requests });
  });

  app.post<{ Params: { id: string } }>('/account/organisations/memberships/:id/remove', async (request, reply) => {
    const person = signedIn(request);
    const membership = orNotFound(await findOwnMembership(db, person, request.params.id));
    if (membership.role === 'owner') throw new Forbidden();
    await db.transaction().execute((trx) => endRole(trx, membership, membership.code, person));
    return reply.goTo('/account/organisations', 'joining.left');
  });

  app.post<{ Params: { id: string } }>('/account/organisations/requests/:id/remove', async (request, reply) => {
    const isOwn = await db.transaction().execute((trx) => withdrawRequest(trx, signedIn(request), request.params.id));
    if (!isOwn) throw new NotFound();
    return reply.goTo('/account/organisations', 'joining.request_withdrawn');
  });
}

/** Closed, never made, of a closed organisation: the same words for all, so that they tell nothing. */
function showUnknown(reply: FastifyReply, typed: string, wait: number) {
  if (wait > 0) return showForm(reply.header('retry-after', wait), 429, { typed, error: null, wait });
  return showForm(reply, 404, { typed, error: 'joining.error_unknown' });
}

function showForm(reply: FastifyReply, status: number, page: { typed: string; error: string | null; wait?: number }) {
  return reply.page('joining/code', { wait: 0, ...page }, { status });
}
