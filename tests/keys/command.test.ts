import { join } from 'node:path';
import t, { type Test } from 'tap';
import { examineMasterKey } from '../../server/keys/master-key.ts';
import { signingKeyOf } from '../../server/keys/signing.ts';
import { startChild, temporaryFolder } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';
import { rootOrganisation } from '../support/organisations.ts';

t.test('An operator rotates a key and copies the master key by one command each', async (t) => {
  const { url, db } = await testDatabase(t);
  const settings = { dataDir: await temporaryFolder(t), keyFile: null };
  const root = await rootOrganisation({ db });
  const { publicKey } = await signingKeyOf(db, root, settings);
  const env = { DATA_DIR: settings.dataDir, DATABASE_URL: url };

  const rotated = await domdom(t, ['key', 'rotate', 'domdom'], env);
  t.equal(rotated.code, 0, rotated.said);
  t.match(rotated.said, /^domdom signs with a new key from now on\. .*\n.*key copy FILE copies it\.$/m);
  t.not((await signingKeyOf(db, root, settings)).publicKey, publicKey);

  const path = join(await temporaryFolder(t), 'copy.key');
  t.match(await domdom(t, ['key', 'copy', path], env), { code: 0, said: /^Copied into .*copy\.key\. Keep it apart/ });
  t.match((await examineMasterKey(settings)).copy, { path });
});

t.test('What it cannot do it says in a sentence', async (t) => {
  const env = { DATA_DIR: await temporaryFolder(t) };
  t.match(await domdom(t, ['key', 'copy'], env), { code: 1, said: /^Say where to: .*key copy FILE$/m });
  t.match(await domdom(t, ['key', 'copy', '/nowhere/copy'], env), { code: 1, said: /^There is no key in / });
});

async function domdom(t: Test, args: string[], env: Record<string, string>) {
  const child = startChild(t, [process.execPath, 'server/start.js', 'cli', ...args], { env });
  return { code: await child.ended, said: child.said() };
}
