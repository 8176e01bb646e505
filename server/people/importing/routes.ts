import type { FastifyInstance } from 'fastify';
import { getBranch } from '../../organisations/managing/queries.ts';
import { Forbidden } from '../../platform/errors.ts';
import { signedIn } from '../../platform/scopes.ts';
import { addImportPages } from './pages.ts';

/** Class lists of an organisation. */
export function peopleImportRoutes(app: FastifyInstance): void {
  addImportPages(app, {
    pattern: '/admin/organisations/:code/people',
    async load(request) {
      const branch = await getBranch(app.db, signedIn(request), request.params.code ?? '');
      if (branch.closed_at !== null) throw new Forbidden();
      return { branch, cohort: null, path: `/admin/organisations/${branch.code}/people` };
    },
  });
}
