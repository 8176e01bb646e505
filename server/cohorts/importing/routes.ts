import type { FastifyInstance } from 'fastify';
import { getBranch } from '../../organisations/managing/queries.ts';
import { addImportPages } from '../../people/importing/pages.ts';
import { Forbidden } from '../../platform/errors.ts';
import { signedIn } from '../../platform/scopes.ts';
import { getManagedCohort } from '../access.ts';

/** A class list straight into a cohort, for its managers: who is on it comes to a mentor, or waits. */
export function cohortImportRoutes(app: FastifyInstance): void {
  addImportPages(app, {
    pattern: '/cohorts/:id/people',
    async load(request) {
      const manager = signedIn(request);
      const cohort = await getManagedCohort(app.db, manager, request.params.id ?? '');
      const branch = await getBranch(app.db, manager, cohort.organisation_code);
      if (cohort.closed_at !== null || branch.closed_at !== null) throw new Forbidden();
      return { branch, cohort, path: `/cohorts/${cohort.id}/people` };
    },
  });
}
