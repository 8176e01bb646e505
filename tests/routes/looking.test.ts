import t from 'tap';
import { getSiteSecret } from '../../server/accounts/queries.ts';
import { drawMissingBooks } from '../../server/moving-out/books.ts';
import { statementsOf } from '../support/statements.ts';
import { actors, world } from './world.ts';

const writes = /\b(?:insert into|delete from|truncate)\b|\bupdate\s+[\w".]+\s+(?:as \S+\s+)?set\b/i;

t.test('Whoever looks at whatever page, nothing is written', async (t) => {
  const site = await world(t);
  const { all, ids } = await site.people();
  // Made when it is first needed, once in the life of a site.
  await getSiteSecret(site.db);
  // Drawn by the clock, or for whoever asks first; kept, and drawn again when they are lost.
  await drawMissingBooks({ db: site.db, files: site.app.files }, site.app.config.publicUrl);
  const written = new Set<string>();
  for (const route of site.routes.filter(({ method }) => method === 'GET')) {
    for (const actor of actors) {
      const statements = await statementsOf(site, () => all[actor].get(site.address(route, ids)));
      for (const one of statements) if (writes.test(one)) written.add(`${route.name}: ${one.slice(0, 60)}`);
    }
  }
  t.strictSame([...written], []);
});
