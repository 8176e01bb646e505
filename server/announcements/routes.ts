import type { FastifyInstance } from 'fastify';
import { requirePerson } from '../accounts/guard.ts';
import { NotFound } from '../platform/errors.ts';
import { pageNumber, queryText } from '../platform/forms.ts';
import { linkedParts, type TextPart } from '../platform/linked-text.ts';
import { signedIn } from '../platform/scopes.ts';
import { type Announcement, getAnnouncement } from './access.ts';
import { getReaders, insertReading, listAnnouncements } from './queries.ts';

declare module '../platform/views.ts' {
  interface Views {
    'announcements/index': Awaited<ReturnType<typeof listAnnouncements>> & { page_number: number };
    'announcements/show': {
      announcement: Announcement;
      parts: TextPart[];
      /** For who may write it. */
      readers: Awaited<ReturnType<typeof getReaders>> | null;
    };
  }
}

type WithCode = { Params: { code: string } };

/** One announcement: a public one for everybody, others for those it was meant for. */
export function announcementRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithCode>('/announcements/:code', async (request, reply) => {
    const { person } = request;
    try {
      const announcement = await getAnnouncement(db, person, request.params.code);
      const readers = announcement.may_write ? await getReaders(db, announcement) : null;
      return reply.page('announcements/show', { announcement, parts: linkedParts(announcement.words), readers });
    } catch (error) {
      // Links come by chat: whoever is signed out is led in, whether there is such an announcement or not.
      if (error instanceof NotFound && person === null) return requirePerson(request, reply);
      throw error;
    }
  });
}

/** What somebody is told, and that they have read it. */
export function announcementReadingRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/announcements', async (request, reply) => {
    const page_number = pageNumber(queryText(request.query, 'page'));
    const list = await listAnnouncements(db, signedIn(request), page_number);
    if (list.rows.length === 0 && page_number > 1) return reply.goTo('/announcements');
    return reply.page('announcements/index', { ...list, page_number });
  });

  app.post<WithCode>('/announcements/:code/reading', async (request, reply) => {
    const reader = signedIn(request);
    const announcement = await getAnnouncement(db, reader, request.params.code);
    await insertReading(db, announcement, reader);
    return reply.goTo('/announcements', 'announcements.was_read');
  });
}
