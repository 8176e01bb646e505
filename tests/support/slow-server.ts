import fastify from 'fastify';
import { sql } from 'kysely';
import { main, whole } from '../../server/main.ts';

// The server's life around an app with a query that takes its time.
await main([], {
  ...whole,
  prepare: async () => {},
  listJobs: () => [],
  build: async ({ db }) => {
    const app = fastify();
    app.get('/quick', async () => (await sql`select 'done' as state`.execute(db)).rows);
    app.get('/slow', async () => {
      const query = sql`select 'done' as state, pg_sleep(0.7)`.execute(db);
      console.log('slow begun');
      return (await query).rows;
    });
    return app;
  },
});
