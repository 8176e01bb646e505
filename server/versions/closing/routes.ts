import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Forbidden, orNotFound } from '../../platform/errors.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Closable, closeVersion, findClosable, reopenVersion } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'versions/closing': { course: Closable };
  }
}

interface WithSlug {
  Params: { slug: string };
}

/** A version takes nobody in any more, for a while or for good; who is in it goes on. */
export function versionClosingRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithSlug>('/courses/:slug/closing', async (request, reply) =>
    reply.page('versions/closing', { course: await load(request, request.params) }),
  );

  app.post<WithSlug>('/courses/:slug/closing', async (request, reply) => {
    const course = await load(request, request.params);
    await db.transaction().execute((trx) => closeVersion(trx, signedIn(request), course));
    return reply.goTo(`/courses/${course.slug}/closing`, 'versions.closed_now');
  });

  app.post<WithSlug>('/courses/:slug/closing/remove', async (request, reply) => {
    const course = await load(request, request.params);
    await db.transaction().execute((trx) => reopenVersion(trx, signedIn(request), course));
    return reply.goTo(`/courses/${course.slug}/closing`, 'versions.reopened');
  });

  async function load(request: FastifyRequest, { slug }: WithSlug['Params']): Promise<Closable> {
    const course = orNotFound(await findClosable(db, signedIn(request), slug, request.language));
    if (!course.may_close) throw new Forbidden();
    return course;
  }
}
