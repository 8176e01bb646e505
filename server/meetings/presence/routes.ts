import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { getGuidedCohort } from '../../cohorts/access.ts';
import { Forbidden } from '../../platform/errors.ts';
import { signedIn } from '../../platform/scopes.ts';
import { getMeeting } from '../queries.ts';
import { recordMentor } from './queries.ts';

type WithMeeting = { Params: { id: string; meeting: string } };

/** A mentor's own presence at a meeting, from which their hours are counted. */
export function presenceRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.post<WithMeeting>('/cohorts/:id/meetings/:meeting/presence', (request, reply) => record(request, reply, true));
  app.post<WithMeeting>('/cohorts/:id/meetings/:meeting/presence/remove', (request, reply) =>
    record(request, reply, false),
  );

  async function record(request: FastifyRequest<WithMeeting>, reply: FastifyReply, was_there: boolean) {
    const mentor = signedIn(request);
    const cohort = await getGuidedCohort(db, mentor, request.params.id);
    const meeting = await getMeeting(db, cohort, request.params.meeting);
    if (cohort.mentor_row_id === null) throw new Forbidden();
    const isDone = await db
      .transaction()
      .execute((trx) => recordMentor(trx, meeting, mentor, { was_there, by: 'word' }));
    if (!isDone) throw new Forbidden();
    const said = was_there ? 'meetings.own_recorded' : 'meetings.own_removed';
    return reply.goTo(`/cohorts/${cohort.id}/meetings/${meeting.id}`, said);
  }
}
