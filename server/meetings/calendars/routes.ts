import type { FastifyInstance } from 'fastify';
import { v7 as newId } from 'uuid';
import { getSiteSecret } from '../../accounts/queries.ts';
import { hiddenField } from '../../accounts/way-back.ts';
import { NotFound } from '../../platform/errors.ts';
import { isLanguage, translators } from '../../platform/i18n.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { isTokenOf, personIn, tokenOf } from './addresses.ts';
import { writeCalendar } from './icalendar.ts';
import { findCalendar, findFeed, removeCalendar, renewCalendar } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'meetings/calendar': {
      /** Null: there is none yet. */
      address: string | null;
      /** Of the address to be made: sent twice, it is one. */
      id: string;
    };
  }
}

/** The address of one's own calendar. */
export function calendarRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get('/account/calendar', async (request, reply) => {
    const [calendar, id] = [await findCalendar(db, signedIn(request)), newId()];
    if (calendar === undefined) return reply.page('meetings/calendar', { address: null, id });
    const token = tokenOf(await getSiteSecret(db), calendar);
    return reply.page('meetings/calendar', { address: new URL(`/calendars/${token}.ics`, config.publicUrl).href, id });
  });

  app.post('/account/calendar', async (request, reply) => {
    await renewCalendar(db, signedIn(request), rowId(hiddenField(request.body, 'id')));
    return reply.goTo('/account/calendar', 'meetings.calendar_made');
  });

  app.post('/account/calendar/remove', async (request, reply) => {
    await removeCalendar(db, signedIn(request));
    return reply.goTo('/account/calendar', 'meetings.calendar_removed');
  });
}

/** What a calendar on a phone reads: whoever has the address may. */
export function calendarFeedRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get<{ Params: { file: string } }>('/calendars/:file', async (request, reply) => {
    const [, token = ''] = /^([\w-]+)\.ics$/.exec(request.params.file) ?? [];
    const personId = personIn(token);
    const feed = personId === null ? undefined : await findFeed(db, personId);
    if (feed === undefined || !isTokenOf(await getSiteSecret(db), feed, token)) throw new NotFound();
    const t = translators[isLanguage(feed.language) ? feed.language : 'vi'];
    const events = feed.meetings.map(({ starts_at, changed_at, cancelled_at, ...meeting }) => ({
      ...meeting,
      starts_at: new Date(starts_at),
      changed_at: new Date(changed_at),
      cancelled_at: cancelled_at === null ? null : new Date(cancelled_at),
    }));
    return reply
      .type('text/calendar; charset=utf-8')
      .header('content-disposition', 'attachment; filename="dom-dom.ics"')
      .header('cache-control', 'private, no-cache')
      .send(writeCalendar(t('meetings.calendar_name'), events, config.publicUrl.hostname));
  });
}
