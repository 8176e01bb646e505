import type { FastifyInstance } from 'fastify';
import { addCodePages, type ShownCode } from '../../joining/codes/pages.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Cohort, getGuidedCohort } from '../access.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'cohorts/codes': {
      cohort: Cohort;
      codes: ShownCode[];
      /** Of the code to be made. */
      id: string;
    };
  }
}

/** The codes of a cohort, for its mentors and managers. Whether who comes by one has to wait is the cohort's own setting. */
export function cohortCodeRoutes(app: FastifyInstance): void {
  addCodePages(app, {
    pattern: '/cohorts/:id/join-codes',
    async load(request) {
      const cohort = await getGuidedCohort(app.db, signedIn(request), request.params.id ?? '');
      return {
        cohort,
        target: { column: 'cohort_id', id: cohort.id, facts: { cohort: cohort.id } },
        path: `/cohorts/${cohort.id}/join-codes`,
        isClosed: cohort.closed_at !== null,
        poster: async () => cohort,
        fileName: 'cohort',
      };
    },
    show: (reply, { cohort }, codes, id) => {
      const shown = cohort.closed_at === null ? codes.filter(({ closed_at }) => closed_at === null) : codes;
      return reply.page('cohorts/codes', { cohort, codes: shown, id });
    },
  });
}
