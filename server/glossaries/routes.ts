import type { FastifyInstance } from 'fastify';
import { orNotFound } from '../platform/errors.ts';
import { findGlossary } from './queries.ts';

type Glossary = NonNullable<Awaited<ReturnType<typeof findGlossary>>>;

declare module '../platform/views.ts' {
  interface Views {
    'glossaries/show': { glossary: Glossary };
  }
}

export function glossaryRoutes(app: FastifyInstance): void {
  app.get<{ Params: { slug: string } }>('/courses/:slug/glossary', async (request, reply) => {
    const glossary = orNotFound(
      await findGlossary(request.reading, request.person, request.params.slug, request.language),
    );
    return reply.page('glossaries/show', { glossary });
  });
}
