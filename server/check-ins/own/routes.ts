import type { FastifyInstance } from 'fastify';
import { hiddenField } from '../../accounts/way-back.ts';
import { NotFound } from '../../platform/errors.ts';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { ownPath } from '../../platform/same-origin.ts';
import { signedIn } from '../../platform/scopes.ts';
import { completeStep, listOwnCheckIns } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'check-ins/own': Awaited<ReturnType<typeof listOwnCheckIns>> & { page_number: number };
  }
}

/** What a learner's mentors have shared with them, and what was agreed. */
export function ownCheckInRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get('/check-ins', async (request, reply) => {
    const page_number = pageNumber(queryText(request.query, 'page'));
    const shared = await listOwnCheckIns(db, signedIn(request), page_number);
    return reply.page('check-ins/own', { ...shared, page_number });
  });

  app.post<{ Params: { entry: string } }>('/check-ins/:entry/completion', async (request, reply) => {
    const revision = hiddenField(request.body, 'revision');
    if (!/^\d{1,6}$/.test(revision)) throw new NotFound();
    await completeStep(db, signedIn(request), request.params.entry, Number(revision));
    return reply.goTo(ownPath(request.headers.referer, config.publicUrl) ?? '/check-ins', 'check_ins.step_done');
  });
}
