import type { FastifyInstance } from 'fastify';
import { NotFound } from '../../platform/errors.ts';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { isHelper, signedIn } from '../../platform/scopes.ts';
import { type Title, titleIn } from '../../versions/titles.ts';
import { listUnguided } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'sign-offs/index': {
      waiting: (Omit<Awaited<ReturnType<typeof listUnguided>>['rows'][number], 'titles'> & { title: Title })[];
      total: number;
      /** More wait than are listed. */
      has_more: boolean;
      pages: number;
      page_number: number;
    };
  }
}

/** Who waits for a sign-off and has no mentor, for the people of the provider. */
export function unguidedRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/sign-offs', async (request, reply) => {
    const reader = signedIn(request);
    if (!isHelper(reader)) throw new NotFound();
    const page = pageNumber(queryText(request.query, 'page'));
    const { rows, ...counts } = await listUnguided(db, reader, page);
    const waiting = rows.map(({ titles, ...row }) => ({ ...row, title: titleIn(titles, request.language) }));
    return reply.page('sign-offs/index', { waiting, ...counts });
  });
}
