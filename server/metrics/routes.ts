import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { NotFound } from '../platform/errors.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** null: nothing is measured. */
    metrics: Registry | null;
  }
}

/** For Prometheus, behind a token; without METRICS_TOKEN there is no such page. */
export function metricsRoutes(app: FastifyInstance): void {
  app.get('/metrics', async (request, reply) => {
    const { metrics, config } = app;
    if (metrics === null) throw new NotFound();
    if (!isSame(request.headers.authorization, `Bearer ${config.metricsToken}`)) {
      return reply.status(401).header('www-authenticate', 'Bearer').type('text/plain').send('a token is needed\n');
    }
    return reply.type(metrics.contentType).send(await metrics.metrics());
  });
}

/** Compares digests, so that the time it takes tells nothing, not even a length. */
function isSame(given = '', wanted: string): boolean {
  return timingSafeEqual(digest(given), digest(wanted));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
