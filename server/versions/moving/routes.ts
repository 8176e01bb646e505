import type { FastifyInstance } from 'fastify';
import { hiddenField } from '../../accounts/way-back.ts';
import { percentDone } from '../../enrolments/completion.ts';
import { orNotFound } from '../../platform/errors.ts';
import { signedIn } from '../../platform/scopes.ts';
import type { VersionItem } from '../reading.ts';
import { differences, type Obstacle } from './mapping.ts';
import { findMove, moveTo, recordChoice } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'versions/choice': {
      slug: string;
      title: string;
      language: string;
      from: number;
      to: { id: string; number: number };
      notes: { number: number; note: string }[];
      added: VersionItem[];
      removed: VersionItem[];
      changed: VersionItem[];
      obstacle: Obstacle | null;
      /** By the required parts of either version. */
      percent: { before: number; after: number };
    };
  }
}

interface WithSlug {
  Params: { slug: string };
}

/** Whoever learns an older version sees what has changed, and chooses. */
export function movingRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get<WithSlug>('/courses/:slug/version', async (request, reply) => {
    const move = orNotFound(await findMove(db, signedIn(request), request.params.slug, request.language));
    const { slug, from, to, notes, obstacle } = move;
    const done = from.items.filter(({ id }) => move.done.includes(id)).map(({ key }) => key);
    const percent = (items: readonly VersionItem[]) => {
      const required = items.filter((item) => item.required);
      return percentDone({ done: required.filter(({ key }) => done.includes(key)).length, total: required.length });
    };
    return reply.page('versions/choice', {
      ...{ slug, notes, obstacle, title: to.title, language: to.language, from: from.number },
      ...differences(from.items, to.items),
      to: { id: to.id, number: to.number },
      changed: to.items.filter(({ key }) => move.changed.includes(key)),
      percent: { before: percent(from.items), after: percent(to.items) },
    });
  });

  app.post<WithSlug>('/courses/:slug/version', async (request, reply) => {
    const person = signedIn(request);
    const { slug } = request.params;
    const course = `/courses/${encodeURIComponent(slug)}`;
    const move = await findMove(db, person, slug, request.language);
    // The second of two taps: what it asked for is done.
    if (move === undefined) return reply.goTo(course, 'versions.newest');
    if (hiddenField(request.body, 'choice') !== 'move') {
      await recordChoice(db, move, 'stayed');
      return reply.goTo(course, 'versions.stayed');
    }
    const shown = { id: move.id, to_id: hiddenField(request.body, 'to') };
    const moving = { person, slug, language: request.language };
    const obstacle = await db.transaction().execute((trx) => moveTo(trx, moving, shown, config));
    return obstacle === null
      ? reply.goTo(course, 'versions.moved')
      : reply.goTo(`${course}/version`, `versions.obstacle_${obstacle}`, 'bad');
  });
}
