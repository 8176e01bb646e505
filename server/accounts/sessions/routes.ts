import type { FastifyInstance } from 'fastify';
import { signedIn } from '../../platform/scopes.ts';
import { endSession } from '../../platform/sessions.ts';
import { listSessions, removeSession } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'accounts/sessions': { sessions: Awaited<ReturnType<typeof listSessions>>; current: string };
  }
}

export function signOutRoutes(app: FastifyInstance): void {
  app.post('/sign-out', async (request, reply) => {
    // Whoever uses a shared phone next must not find these pages by going back.
    if (request.person?.shared_phone) reply.header('clear-site-data', '"cache"');
    await endSession(request, reply);
    return reply.goTo('/', 'accounts.signed_out');
  });
}

export function sessionRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/account/sessions', async (request, reply) => {
    const person = signedIn(request);
    return reply.page('accounts/sessions', { sessions: await listSessions(db, person), current: person.session_id });
  });

  app.post<{ Params: { session: string } }>('/account/sessions/:session/remove', async (request, reply) => {
    await removeSession(db, signedIn(request), request.params.session);
    return reply.goTo('/account/sessions', 'accounts.session_ended');
  });
}
