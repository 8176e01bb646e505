import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { getSiteSecret } from '../../accounts/queries.ts';
import { unseal } from '../../accounts/sealing.ts';
import { NotFound, orNotFound } from '../../platform/errors.ts';
import { field, readForm } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { getWishes, setWishes } from './queries.ts';
import { wayOutSeal } from './seals.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'announcements/wishes': { email: string | null; is_confirmed: boolean; by_mail: boolean };
    'announcements/way-out': { token: string; is_out: boolean };
  }
}

const WishesForm = Type.Object({ by_mail: field.ticked() });

type WithToken = { Params: { token: string } };

/** Whether one gets announcements by mail as well. */
export function announcementWishRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/account/announcements', async (request, reply) => {
    const wishes = orNotFound(await getWishes(db, signedIn(request)));
    const { email, email_confirmed_at, announcements_by_mail: by_mail } = wishes;
    return reply.page('announcements/wishes', { email, is_confirmed: email_confirmed_at !== null, by_mail });
  });

  app.post('/account/announcements', async (request, reply) => {
    const { data } = readForm(WishesForm, request.body);
    await setWishes(db, signedIn(request), data?.by_mail === true);
    return reply.goTo('/account/announcements', 'announcements.wishes_saved');
  });
}

/** The way out that stands in each letter: without signing in, since a letter is often read where one is not. */
export function announcementWayOutRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithToken>('/announcement-letters/:token', async ({ params: { token } }, reply) => {
    const { announcements_by_mail } = orNotFound(await getWishes(db, await personIn(token)));
    return reply.page('announcements/way-out', { token, is_out: !announcements_by_mail });
  });

  app.post<WithToken>('/announcement-letters/:token', async ({ params: { token } }, reply) => {
    await setWishes(db, await personIn(token), false);
    return reply.goTo(`/announcement-letters/${token}`);
  });

  async function personIn(token: string): Promise<{ id: string }> {
    const content = unseal(wayOutSeal, await getSiteSecret(db), token, new Date());
    if (content === null) throw new NotFound();
    return { id: content.person_id };
  }
}
