import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { connect } from '../../server/database/connection.ts';
import { copyMasterKey, examineMasterKey, makeMasterKey, readMasterKey } from '../../server/keys/master-key.ts';
import { listLocked, rotateKey, signingKeyOf } from '../../server/keys/signing.ts';
import { backUpFrom, emptyInstance, restoreInto } from '../backups/instances.ts';
import { temporaryFolder } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';
import { organisation, rootOrganisation } from '../support/organisations.ts';

t.test('Of many who make it at once one succeeds, and nobody reads half a key', async (t) => {
  const place = await somewhere(t);
  await Promise.all(Array.from({ length: 8 }, () => makeMasterKey(place)));
  const key = await readMasterKey(place);
  t.equal(key?.length, 32);
  await makeMasterKey(place);
  t.strictSame(await readMasterKey(place), key);
});

t.test('A copy is private, is remembered, and counts for this key only', async (t) => {
  const [place, apart] = [await somewhere(t), join(await temporaryFolder(t), 'copy.key')];
  t.match(await examineMasterKey(place), { isThere: false, copy: null });
  await t.rejects(copyMasterKey(place, apart), { message: /^There is no key in / });
  await makeMasterKey(place);
  t.match(await examineMasterKey(place), { isThere: true, isPrivate: true, copy: null });
  await copyMasterKey(place, apart);
  t.match((await examineMasterKey(place)).copy, { path: apart, at: /^20\d\d-/ });
  t.equal((await stat(apart)).mode & 0o777, 0o600);

  const path = join(place.dataDir, 'master.key');
  t.equal(await readFile(apart, 'utf8'), await readFile(path, 'utf8'));
  await chmod(path, 0o644);
  t.equal((await examineMasterKey(place)).isPrivate, false);
  await rm(path);
  await makeMasterKey(place);
  t.equal((await examineMasterKey(place)).copy, null, 'another key has no copy');
});

t.test('A copy goes nowhere where it would be lost too, and over nothing', async (t) => {
  const place = await somewhere(t);
  await makeMasterKey(place);
  await t.rejects(copyMasterKey(place, join(place.dataDir, 'copy.key')), { message: /is in the data folder/ });
  const taken = join(await temporaryFolder(t), 'taken');
  await writeFile(taken, 'mine');
  await t.rejects(copyMasterKey(place, taken), { message: /is there already/ });
  t.equal(await readFile(taken, 'utf8'), 'mine');
  await t.rejects(copyMasterKey(place, join(taken, 'below')), { message: /cannot be written/ });
  t.equal((await examineMasterKey(place)).copy, null);
});

t.test('Backups have the keys of issuers sealed; they open where the copy of the master key is put back', async (t) => {
  const { url, db } = await testDatabase(t);
  const here = await somewhere(t);
  const root = await rootOrganisation({ db });
  const { privateKey, publicKey } = await signingKeyOf(db, root, here);
  const apart = join(await temporaryFolder(t), 'copy.key');
  await copyMasterKey(here, apart);

  const there = await emptyInstance(t, url);
  const archive = join(await temporaryFolder(t), 'domdom.tar');
  await backUpFrom({ url, files: there.files }, archive);
  const { d = '' } = privateKey.export({ format: 'jwk' });
  const content = await readFile(archive);
  const masterKey = (await readFile(apart, 'utf8')).trim();
  for (const secret of [Buffer.from(d, 'base64url'), d, masterKey, Buffer.from(masterKey, 'base64')]) {
    t.notOk(content.includes(secret));
  }
  await restoreInto(there, archive);
  const restored = connect({ connectionString: there.url });
  t.teardown(() => restored.pool.end());
  const settings = { dataDir: there.dataDir, keyFile: null };
  t.strictSame(await listLocked(restored.db, settings), { signing: 1, locked: ['domdom'] });
  await t.rejects(signingKeyOf(restored.db, root, settings), { message: /Put your copy of that file back/ });
  await writeFile(join(there.dataDir, 'master.key'), await readFile(apart));
  t.strictSame(await listLocked(restored.db, settings), { signing: 1, locked: [] });
  t.equal((await signingKeyOf(restored.db, root, settings)).publicKey, publicKey);
});

t.test(
  'Where it is lost for ever each issuer goes on with a key of its own choice, the others stay locked',
  async (t) => {
    const { db } = await testDatabase(t);
    const [place, root] = [await somewhere(t), await rootOrganisation({ db })];
    const partner = await organisation({ db }, 'partner');
    await signingKeyOf(db, root, place);
    await signingKeyOf(db, partner, place);
    const path = join(place.dataDir, 'master.key');
    await writeFile(path, 'spoilt');
    await t.rejects(rotateKey(db, root, place, { masterIsLost: true }), { message: /holds no key\. Move it away/ });
    await rm(path);
    await rotateKey(db, root, place, { masterIsLost: true });
    t.strictSame(await listLocked(db, place), { signing: 2, locked: ['partner'] });
    await t.rejects(rotateKey(db, partner, place, { masterIsLost: false }), { message: /The signing key of partner/ });
  },
);

async function somewhere(t: Test) {
  return { dataDir: await temporaryFolder(t), keyFile: null };
}
