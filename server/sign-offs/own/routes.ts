import type { FastifyInstance } from 'fastify';
import { itemPath } from '../../lessons/paths.ts';
import { orNotFound } from '../../platform/errors.ts';
import { signedIn } from '../../platform/scopes.ts';
import { findOwnSignOff, type OwnSignOff } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'sign-offs/own': {
      own: OwnSignOff;
      state: 'learning' | 'waiting' | OwnSignOff['sign_offs'][number]['verdict'];
      /** For whoever may sign off, where no mentor finds it on their own page. */
      address: string;
      path: typeof itemPath;
    };
  }
}

/** What a learner finds of their sign-off: who gives it, and how it stands. */
export function ownSignOffRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get<{ Params: { slug: string } }>('/courses/:slug/sign-off', async (request, reply) => {
    const own = orNotFound(await findOwnSignOff(db, signedIn(request), request.params.slug, request.language));
    return reply.page('sign-offs/own', {
      own,
      state: own.sign_offs[0]?.verdict ?? (own.left.length > 0 ? 'learning' : 'waiting'),
      address: new URL(`/sign-offs/${own.id}`, config.publicUrl).href,
      path: itemPath,
    });
  });
}
