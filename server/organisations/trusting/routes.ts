import type { FastifyInstance } from 'fastify';
import { signedIn } from '../../platform/scopes.ts';
import { getBranch } from '../managing/queries.ts';
import { setTrusted } from './queries.ts';

/** The owner lets an organisation review its own courses, or no longer. */
export function trustRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.post<{ Params: { code: string }; Body: Record<string, string> }>(
    '/admin/organisations/:code/trust',
    async (request, reply) => {
      const owner = signedIn(request);
      const branch = await getBranch(db, owner, request.params.code);
      const trusted = request.body?.trusted === 'yes';
      await db.transaction().execute((trx) => setTrusted(trx, branch, trusted, owner));
      const said = trusted ? 'organisations.trusted' : 'organisations.untrusted';
      return reply.goTo(`/admin/organisations/${branch.code}/settings#trust`, said);
    },
  );
}
