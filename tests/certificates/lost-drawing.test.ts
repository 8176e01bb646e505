import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { testApp } from '../support/app.ts';
import { finish, learner, publish } from '../support/learners.ts';

for (const kind of ['pdf', 'png'] as const) {
  t.test(`A ${kind} that the store has lost is drawn again, the same, and kept again`, async (t) => {
    const site = await testApp(t);
    await publish(t, site);
    const lan = await learner(site);
    const url = `/certificates/${await finish(lan)}.${kind}`;
    const read = () => site.app.inject({ url, cookies: Object.fromEntries(lan.cookies) });
    const first = await read();
    t.equal(first.statusCode, 200);

    const kept = () =>
      site.db.selectFrom('certificate_files').select('hash').where('kind', '=', kind).executeTakeFirstOrThrow();
    const lose = async () => {
      const { hash } = await kept();
      await rm(join(site.app.config.dataDir, 'files', hash.slice(0, 2), hash));
      return hash;
    };
    const hash = await lose();
    const second = await read();
    t.equal(second.statusCode, 200);
    t.ok(second.rawPayload.equals(first.rawPayload));
    t.ok((await readdir(join(site.app.config.dataDir, 'files', hash.slice(0, 2)))).includes(hash));

    // As after an upgrade that draws otherwise: what was kept had other bytes.
    await lose();
    const other = '0'.repeat(64);
    await site.db.insertInto('files').values({ hash: other, bytes: 1, media_type: 'image/png' }).execute();
    await site.db.updateTable('certificate_files').set({ hash: other }).where('kind', '=', kind).execute();
    t.ok((await read()).rawPayload.equals(first.rawPayload));
    t.match(await kept(), { hash });
  });
}
