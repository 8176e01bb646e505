import type { FastifyInstance, FastifyRequest } from 'fastify';
import { itemPath } from '../../lessons/paths.ts';
import { orNotFound } from '../../platform/errors.ts';
import { signedIn } from '../../platform/scopes.ts';
import { askAgain, findOwnSignOff, type OwnSignOff } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'sign-offs/own': {
      own: OwnSignOff;
      state: 'learning' | 'waiting' | OwnSignOff['sign_offs'][number]['verdict'];
      /** They may say that what was missing is done. */
      may_ask: boolean;
      /** For whoever may sign off, where no mentor finds it on their own page. */
      address: string;
      path: typeof itemPath;
    };
  }
}

type WithSlug = { Params: { slug: string } };

/** What a learner finds of their sign-off: who gives it, and how it stands; and asking for another look. */
export function ownSignOffRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get<WithSlug>('/courses/:slug/sign-off', async (request, reply) => {
    const own = await find(request, request.params);
    return reply.page('sign-offs/own', {
      own,
      state: own.sign_offs[0]?.verdict ?? (own.left.length > 0 ? 'learning' : 'waiting'),
      may_ask: mayAsk(own) && own.sign_offs[0]?.asked_at === null,
      address: new URL(`/sign-offs/${own.id}`, config.publicUrl).href,
      path: itemPath,
    });
  });

  app.post<WithSlug>('/courses/:slug/sign-off/requests', async (request, reply) => {
    const own = await find(request, request.params);
    const isAsked = mayAsk(own) && (await db.transaction().execute((trx) => askAgain(trx, own)));
    const path = `/courses/${own.slug}/sign-off`;
    return isAsked ? reply.goTo(path, 'sign_offs.asked') : reply.goTo(path, 'sign_offs.not_asked', 'bad');
  });

  async function find(request: FastifyRequest, { slug }: WithSlug['Params']): Promise<OwnSignOff> {
    return orNotFound(await findOwnSignOff(db, signedIn(request), slug, request.language));
  }
}

/** Something was missing, and no part is left to be done. */
function mayAsk({ sign_offs: [last], left }: OwnSignOff): boolean {
  return last?.verdict === 'missing' && left.length === 0;
}
