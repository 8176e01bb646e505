import type { FastifyInstance, FastifyReply } from 'fastify';
import { orNotFound } from '../../platform/errors.ts';
import { writeAtom } from './atom.ts';
import { type FoundFeed, findCourseFeed, findOrganisationFeed } from './queries.ts';

/** Public announcements for who follows them from elsewhere. */
export function announcementFeedRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get<{ Params: { code: string } }>('/organisations/:code/announcements.atom', async (request, reply) => {
    const { code } = request.params;
    return send(reply, orNotFound(await findOrganisationFeed(db, code)), `/organisations/${code}`);
  });

  app.get<{ Params: { slug: string } }>('/courses/:slug/announcements.atom', async (request, reply) => {
    const { slug } = request.params;
    return send(reply, orNotFound(await findCourseFeed(db, slug)), `/courses/${slug}`);
  });

  function send(reply: FastifyReply, { id, name, author, language, created_at, entries }: FoundFeed, path: string) {
    const address = (to: string) => new URL(to, config.publicUrl).href;
    const changes = entries.map(({ changed_at }) => new Date(changed_at));
    const text = writeAtom({
      id,
      title: name,
      language,
      author,
      page: address(path),
      self: address(`${path}/announcements.atom`),
      updated: new Date(Math.max(created_at.getTime(), ...changes.map((date) => date.getTime()))),
      entries: entries.map((entry) => ({
        id: entry.id,
        title: entry.title,
        words: entry.words,
        page: address(`/announcements/${entry.code}`),
        published: new Date(entry.published_at),
        updated: new Date(entry.changed_at),
      })),
    });
    return reply
      .type('application/atom+xml; charset=utf-8')
      .header('cache-control', 'public, max-age=0, s-maxage=300')
      .send(text);
  }
}
