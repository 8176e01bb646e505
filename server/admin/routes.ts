import type { FastifyInstance } from 'fastify';
import { isPublicAddress } from '../certificates/public-address.ts';
import type { Fault } from '../courses/fault.ts';
import { listImports } from '../imports/queries.ts';
import { listOwnBranches } from '../organisations/branches/queries.ts';
import { signedIn } from '../platform/scopes.ts';
import { countReports, countSite, mostCounted, type SiteCount } from './queries.ts';

declare module '../platform/views.ts' {
  interface Views {
    'admin/show': {
      branches: Awaited<ReturnType<typeof listOwnBranches>>;
      /** Messages that were reported, and that nobody has looked into. */
      reports: number;
      /** For the owner alone. */
      site: {
        counts: SiteCount[];
        /** Above it, numbers are kept. */
        mostCounted: number;
        imports: { folder: string; imported_at: Date; faults: Fault[] }[];
        isTrial: boolean;
      } | null;
    };
  }
}

/** Where managers begin: their organisations. For the owner also: does the site run well, and did every course come in? */
export function adminRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get('/admin', async (request, reply) => {
    const person = signedIn(request);
    const branches = await listOwnBranches(db, person);
    if (!person.roles.includes('owner')) {
      return reply.page('admin/show', { branches, reports: await countReports(db, person), site: null });
    }
    const { reports, counts } = await countSite(db, person);
    const imports = await listImports(db);
    const isTrial = !isPublicAddress(config.publicUrl);
    return reply.page('admin/show', { branches, reports, site: { counts, mostCounted, imports, isTrial } });
  });
}
