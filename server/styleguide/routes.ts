import type { FastifyInstance } from 'fastify';

declare module '../platform/views.ts' {
  interface Views {
    'styleguide/show': Record<string, never>;
  }
}

/** Every component in every state; in development only. */
export function styleguideRoutes(app: FastifyInstance): void {
  if (!app.config.development) return;
  app.get('/styleguide', async (_request, reply) => reply.page('styleguide/show', {}));
}
