import type { FastifyInstance } from 'fastify';
import { type Branch, getBranch } from '../../organisations/managing/queries.ts';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { confirmMentoring } from './confirming.ts';
import { listCandidates } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'mentoring/certifying': {
      branch: Branch;
      candidates: Awaited<ReturnType<typeof listCandidates>>;
      page_number: number;
    };
  }
}

type WithCode = { Params: { code: string } };
type WithCohort = { Params: { id: string; cohort: string } };

/** Whose certificate of mentoring waits for a manager of the branch. */
export function mentoringCandidateRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithCode>('/admin/organisations/:code/mentoring-certificates', async (request, reply) => {
    const manager = signedIn(request);
    const branch = await getBranch(db, manager, request.params.code);
    const page_number = pageNumber(queryText(request.query, 'page'));
    const candidates = await listCandidates(db, branch, manager, page_number);
    return reply.page('mentoring/certifying', { branch, candidates, page_number });
  });
}

/** A manager confirms what a mentor has done, who then holds a certificate of it. */
export function mentoringCertificateRoutes(app: FastifyInstance): void {
  const { db, config, postman } = app;

  app.post<WithCohort>('/mentoring/:id/cohorts/:cohort/certificate', async (request, reply) => {
    const { id: mentorId, cohort: cohortId } = request.params;
    const { standing, code } = await db
      .transaction()
      .execute((trx) => confirmMentoring(trx, signedIn(request), { mentorId, cohortId }, config));
    if (standing === 'ready') postman.wake();
    if (code === null) return reply.goTo(`/mentoring/${mentorId}`, 'mentoring.not_earned', 'bad');
    return reply.goTo(
      `/certificates/${code}`,
      standing === 'ready' ? 'mentoring.certified' : 'mentoring.was_certified',
    );
  });
}
