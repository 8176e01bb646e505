import type { FastifyInstance } from 'fastify';
import { NotFound } from '../platform/errors.ts';
import { listPaths, type Path } from './queries.ts';
import { type Standing, standingOn } from './standing.ts';

type PathCourse = Path['courses'][number];

declare module '../platform/views.ts' {
  interface Views {
    'paths/index': { paths: (Path & { standing: Standing<PathCourse> })[] };
    'paths/show': { path: Path; standing: Standing<PathCourse> };
  }
}

export function pathRoutes(app: FastifyInstance): void {
  app.get('/paths', async (request, reply) => {
    const paths = await listPaths(request.reading, request.person, request.language);
    return reply.page(
      'paths/index',
      { paths: paths.map((path) => ({ ...path, standing: standingOn(path) })) },
      { shared: 60 },
    );
  });

  app.get<{ Params: { slug: string } }>('/paths/:slug', async (request, reply) => {
    const paths = await listPaths(request.reading, request.person, request.language);
    const path = paths.find(({ slug }) => slug === request.params.slug);
    if (path === undefined) throw new NotFound();
    return reply.page('paths/show', { path, standing: standingOn(path) }, { shared: 60 });
  });
}
