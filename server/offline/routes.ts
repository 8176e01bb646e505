import type { FastifyInstance } from 'fastify';
import { NotFound } from '../platform/errors.ts';
import { translators } from '../platform/i18n.ts';
import { offlineParts } from './file.ts';
import { listInRoom } from './listing.ts';
import { getStandings } from './queries.ts';

export function offlineRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  /** One file that checks certificates wherever it lies: to be kept on a phone for where there is no network. Of one issuer, if so wished. */
  app.get<{ Querystring: { issuer?: string | string[] } }>('/verify.html', async (request, reply) => {
    const issuer = [request.query.issuer ?? []].flat()[0] ?? null;
    const standings = await getStandings(db);
    if (issuer !== null && !standings.issuers.some(({ code }) => code === issuer)) throw new NotFound();
    const { policy, style, start, packed, size } = await offlineParts();
    const parts = { policy, size, styleHtml: style, startHtml: start, packedHtml: packed };
    const written = async (listHtml: string) =>
      (await reply.renderAsync('/offline/verify', { ...parts, words: translators, listHtml })).trimStart();
    const around = Buffer.byteLength(await written(''));
    const html = await written(listInRoom(standings, { around, issuer, site: config.publicUrl.origin }));
    return reply
      .headers({
        'cache-control': 'public, no-cache',
        'content-security-policy': `${policy}; frame-ancestors 'none'`,
      })
      .type('text/html; charset=utf-8')
      .send(html);
  });
}
