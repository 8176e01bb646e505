import t from 'tap';
import { holds } from '../support/child.ts';
import { client } from '../support/client.ts';
import { seed } from '../support/seed.ts';
import { targetsOf } from './hostile-targets.ts';
import { besiege } from './siege.ts';
import { world } from './world.ts';

// `npm run bench -- hostility` sends 100,000 against a process of its own, and looks at its memory.
t.test(`Whatever comes over a connection is answered or closed, and is no fault of ours (SEED=${seed})`, async (t) => {
  const site = await world(t);
  const { port } = new URL(await site.app.listen({ host: '127.0.0.1', port: 0 }));
  const targets = await targetsOf(site, ['stranger', 'learner', 'owner']);
  const requests = 1_000;
  const { statuses, faults } = await besiege({ port: Number(port), targets, requests, seed });
  t.strictSame(faults, []);
  t.equal(
    Object.values(statuses).reduce((sum, count) => sum + count, 0),
    requests,
    JSON.stringify(statuses),
  );
  t.ok((statuses[200] ?? 0) > 0 && (statuses[400] ?? 0) > 0 && (statuses[422] ?? 0) > 0, 'it got through to the pages');
  t.equal((await client(site.app).get('/courses')).status, 200, 'the site serves after it');
  const open = () => new Promise((resolve) => site.app.server.getConnections((_, count) => resolve(count)));
  t.ok(await holds(async () => (await open()) === 0, 10_000), 'no connection is left open');
});
