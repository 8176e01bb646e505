import type { FastifyInstance } from 'fastify';
import { percentDone } from '../enrolments/completion.ts';
import { itemPath } from '../lessons/paths.ts';
import { orNotFound } from '../platform/errors.ts';
import { signedIn } from '../platform/scopes.ts';
import { findProgress, getLearning } from './queries.ts';

type Learning = Awaited<ReturnType<typeof getLearning>>;
type ProgressFacts = NonNullable<Awaited<ReturnType<typeof findProgress>>>;

declare module '../platform/views.ts' {
  interface Views {
    'learning/index': Learning & { percent: typeof percentDone; path: typeof itemPath };
    'learning/progress': { course: ProgressFacts; percent: number; path: typeof itemPath };
  }
}

export function learningRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/learning', async (request, reply) => {
    const learning = await getLearning(db, signedIn(request), request.language);
    return reply.page('learning/index', { ...learning, percent: percentDone, path: itemPath });
  });

  app.get<{ Params: { slug: string } }>('/courses/:slug/progress', async (request, reply) => {
    const course = orNotFound(await findProgress(db, signedIn(request), request.params.slug, request.language));
    return reply.page('learning/progress', { course, percent: percentDone(course.progress), path: itemPath });
  });
}
