import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Forbidden, orNotFound } from '../../platform/errors.ts';
import { createPartWorker } from '../../platform/part-by-part.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Cohort, getManagedCohort } from '../access.ts';
import { reasonWords } from '../matching/words.ts';
import { applyPart, beginPlacement, findPlacement, insertPlacement, listPairs, type Placement } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'cohorts/placement': {
      cohort: Cohort;
      placement: Placement;
      pairs: { full_name: string | null; mentor_name: string | null; reasons: string[] }[];
    };
    'cohorts/placing': { cohort: Cohort; placement: Placement };
  }
}

type WithId = { Params: { id: string } };
type WithPlacement = { Params: { id: string; placement: string } };

/** Mentors for a whole waiting list: proposed with the reasons, and done after a second tap. For managers. */
export function placementRoutes(app: FastifyInstance): void {
  const { db } = app;
  const apply = createPartWorker(app);

  app.post<WithId>('/cohorts/:id/placements', async (request, reply) => {
    const manager = signedIn(request);
    const cohort = await openCohort(request);
    const id = await insertPlacement(db, cohort, manager);
    return reply.goTo(`/cohorts/${cohort.id}/placements/${id}`);
  });

  app.get<WithPlacement>('/cohorts/:id/placements/:placement', async (request, reply) => {
    const cohort = await openCohort(request);
    const placement = orNotFound(await findPlacement(db, cohort, request.params.placement));
    reply.header('cache-control', 'no-store');
    if (placement.applied_at === null && placement.is_over) return tooLate(reply, cohort);
    if (placement.touched_at !== null) {
      if (placement.applied_at === null && !placement.is_stalled) reply.header('refresh', '2');
      return reply.page('cohorts/placing', { cohort, placement });
    }
    const pairs = (await listPairs(db, placement)).map(({ reasons, ...pair }) => ({
      ...pair,
      reasons: reasons.map((reason) => reasonWords(request.t, reason)),
    }));
    return reply.page('cohorts/placement', { cohort, placement, pairs });
  });

  app.post<WithPlacement>('/cohorts/:id/placements/:placement/application', async (request, reply) => {
    const manager = signedIn(request);
    const cohort = await openCohort(request);
    const placement = orNotFound(await findPlacement(db, cohort, request.params.placement));
    if (placement.applied_at === null && placement.is_over) return tooLate(reply, cohort);
    await beginPlacement(db, placement);
    await apply(() => db.transaction().execute((trx) => applyPart(trx, cohort, placement.id, manager)));
    return reply.goTo(`/cohorts/${cohort.id}/placements/${placement.id}`);
  });

  async function openCohort(request: FastifyRequest<WithId>): Promise<Cohort> {
    const cohort = await getManagedCohort(db, signedIn(request), request.params.id);
    if (cohort.closed_at !== null) throw new Forbidden();
    return cohort;
  }
}

function tooLate(reply: FastifyReply, cohort: Cohort) {
  return reply.goTo(`/cohorts/${cohort.id}/requests`, 'matching.proposal_over', 'bad');
}
