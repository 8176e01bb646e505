import type { FastifyInstance } from 'fastify';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { readDecision } from './forms.ts';
import { type Door, decide, getDoor, listWaiting } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'joining/requests': {
      door: Door;
      waiting: Awaited<ReturnType<typeof listWaiting>>;
      page_number: number;
    };
  }
}

type WithCode = { Params: { code: string } };

/** The list of those who wait, for mentors and managers of the branch. */
export function joinRequestRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithCode>('/admin/organisations/:code/requests', async (request, reply) => {
    const door = await getDoor(db, signedIn(request), request.params.code);
    const page_number = pageNumber(queryText(request.query, 'page'));
    const waiting = await listWaiting(db, door, page_number);
    return reply.page('joining/requests', { door, waiting, page_number });
  });

  app.post<WithCode>('/admin/organisations/:code/requests', async (request, reply) => {
    const decider = signedIn(request);
    const door = await getDoor(db, decider, request.params.code);
    const back = `/admin/organisations/${door.code}/requests`;
    const chosen = readDecision(request.body);
    if (chosen === null) return reply.goTo(back, 'joining.none_chosen', 'bad');
    const { ids, decision } = chosen;
    const count = await db.transaction().execute((trx) => decide(trx, door, ids, decision, decider));
    return reply.goTo(back, count === 0 ? 'joining.decided_before' : `joining.${decision}`);
  });
}
