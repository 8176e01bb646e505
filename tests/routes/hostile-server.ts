import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import t from 'tap';
import { targetsOf } from './hostile-targets.ts';
import { world } from './world.ts';

/** What the process holds after everything that nobody needs is gone: bytes. */
export interface Memory {
  heap: number;
  resident: number;
}

// The world of the routes as a process of its own, for requests over real connections. It ends with whoever has started it.
t.test('A site for hostile requests', { timeout: 0 }, async (t) => {
  const site = await world(t);
  const address = await site.app.listen({ host: '127.0.0.1', port: 0 });
  const port = Number(new URL(address).port);
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');

  const answers = {
    port: async () => port,
    targets: () => targetsOf(site),
    async memory(): Promise<Memory> {
      // What the tests have asked for by it, not the site.
      site.statements.length = 0;
      collect();
      collect();
      const { heapUsed, external, rss } = process.memoryUsage();
      return { heap: heapUsed + external, resident: rss };
    },
    connections: () => new Promise((resolve) => site.app.server.getConnections((_, count) => resolve(count))),
  };
  // tap sends messages of its own.
  const tell = (told: unknown) => process.send?.({ told });
  process.on('message', async (asked: keyof typeof answers) => tell(await answers[asked]()));
  tell('ready');
  await once(process, 'disconnect');
});
