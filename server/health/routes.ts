import type { FastifyInstance } from 'fastify';
import { ping } from './queries.ts';

/** For supervisors and proxies: `/healthz` says that the process lives, `/readyz` that it can serve. */
export function healthRoutes(app: FastifyInstance): void {
  app.get('/healthz', async (_request, reply) => reply.type('text/plain; charset=utf-8').send('ok\n'));

  app.get('/readyz', async (_request, reply) => {
    const ready = await ping(app.db).then(
      () => true,
      () => false,
    );
    return reply
      .status(ready ? 200 : 503)
      .type('text/plain; charset=utf-8')
      .send(ready ? 'ready\n' : 'database unreachable\n');
  });
}
