import type { FastifyInstance } from 'fastify';
import { readDecision } from '../../joining/requests/forms.ts';
import { NotFound } from '../../platform/errors.ts';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Cohort, getGuidedCohort } from '../access.ts';
import { accept, decline, listWaiting, withdrawRequest } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'cohorts/requests': {
      cohort: Cohort;
      waiting: Awaited<ReturnType<typeof listWaiting>>;
      page_number: number;
    };
  }
}

type WithId = { Params: { id: string } };

/** The list of those who wait for a cohort, and what its mentors and managers decide. */
export function cohortRequestRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/cohorts/:id/requests', async (request, reply) => {
    const cohort = await getGuidedCohort(db, signedIn(request), request.params.id);
    const page_number = pageNumber(queryText(request.query, 'page'));
    const waiting = await listWaiting(db, cohort, page_number);
    return reply.page('cohorts/requests', { cohort, waiting, page_number });
  });

  app.post<WithId>('/cohorts/:id/requests', async (request, reply) => {
    const decider = signedIn(request);
    const cohort = await getGuidedCohort(db, decider, request.params.id);
    const back = `/cohorts/${cohort.id}/requests`;
    const chosen = readDecision(request.body);
    if (chosen === null) return reply.goTo(back, 'joining.none_chosen', 'bad');
    const { ids, decision } = chosen;
    if (decision === 'declined') {
      const count = await db.transaction().execute((trx) => decline(trx, cohort, ids, decider));
      return reply.goTo(back, count === 0 ? 'joining.decided_before' : 'joining.declined');
    }
    const { members, waiting } = await db.transaction().execute((trx) => accept(trx, cohort, ids, decider));
    if (waiting > 0) return reply.goTo(back, members > 0 ? 'cohorts.some_wait' : 'cohorts.no_room', 'bad');
    return reply.goTo(back, members === 0 ? 'joining.decided_before' : 'joining.accepted');
  });

  app.post<WithId>('/cohorts/:id/requests/own/remove', async (request, reply) => {
    const isOwn = await db
      .transaction()
      .execute((trx) => withdrawRequest(trx, { id: request.params.id }, signedIn(request)));
    if (!isOwn) throw new NotFound();
    return reply.goTo('/cohorts', 'joining.request_withdrawn');
  });
}
