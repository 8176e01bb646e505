import type { FastifyInstance } from 'fastify';
import type { KeepDays } from '../config.ts';
import { getOperator } from './queries.ts';

declare module '../platform/views.ts' {
  interface Views {
    'privacy/show': { operator: Awaited<ReturnType<typeof getOperator>>; keepDays: KeepDays };
  }
}

export function privacyRoutes(app: FastifyInstance): void {
  const { db, config } = app;
  app.get('/privacy', async (_request, reply) =>
    reply.page('privacy/show', { operator: await getOperator(db), keepDays: config.keepDays }),
  );
}
