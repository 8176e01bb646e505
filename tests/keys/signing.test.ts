import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { makeMasterKey, masterKeyFile, readMasterKey } from '../../server/keys/master-key.ts';
import { openPrivateKey, sealPrivateKey } from '../../server/keys/sealing.ts';
import { rotateKey, signingKeyOf } from '../../server/keys/signing.ts';
import { temporaryFolder } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';
import { organisation, rootOrganisation } from '../support/organisations.ts';

t.test('A sealed key opens under its master key, beside its own public half, and in no other case', async (t) => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const masterKey = randomBytes(32);
  const sealed = sealPrivateKey(privateKey, 'z6MkOwn', masterKey);
  const opened = openPrivateKey(sealed, 'z6MkOwn', masterKey);
  const message = Buffer.from('a certificate');
  t.ok(opened && verify(null, message, publicKey, sign(null, message, opened)));
  t.equal(openPrivateKey(sealed, 'z6MkOther', masterKey), null);
  t.equal(openPrivateKey(sealed, 'z6MkOwn', randomBytes(32)), null);
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    t.equal(openPrivateKey(changed, 'z6MkOwn', masterKey), null, `byte ${at}`);
  }
  t.equal(openPrivateKey(Buffer.alloc(3), 'z6MkOwn', masterKey), null);
});

t.test('KEY_FILE names the master key’s file; else it lies in DATA_DIR', async (t) => {
  const dataDir = await temporaryFolder(t);
  const keyFile = join(dataDir, 'apart', 'domdom.key');
  t.equal(masterKeyFile({ dataDir, keyFile }), keyFile);
  t.equal(masterKeyFile({ dataDir, keyFile: null }), join(dataDir, 'master.key'));
  await makeMasterKey({ dataDir, keyFile });
  t.equal((await stat(keyFile)).mode & 0o777, 0o600);
  const key = await readMasterKey({ dataDir, keyFile });
  t.equal(key?.length, 32);
  await makeMasterKey({ dataDir, keyFile });
  t.strictSame(await readMasterKey({ dataDir, keyFile }), key, 'one that is there stays');
});

t.test('Each organisation has one key of its own, however many need it first', async (t) => {
  const { db, settings, root } = await world(t);
  const partner = await organisation({ db }, 'partner');
  const keys = await Promise.all([1, 2, 3].map(() => signingKeyOf(db, root, settings)));
  t.equal(new Set(keys.map(({ publicKey }) => publicKey)).size, 1);
  t.match(keys[0]?.publicKey, /^z6Mk/);
  t.not((await signingKeyOf(db, partner, settings)).publicKey, keys[0]?.publicKey);
});

t.test('No private key lies open in the database', async (t) => {
  const { db, settings, root } = await world(t);
  const { privateKey } = await signingKeyOf(db, root, settings);
  const { d = '' } = privateKey.export({ format: 'jwk' });
  const rows = await db.selectFrom('signing_keys').selectAll().execute();
  t.equal(rows.length, 1);
  for (const { sealed_private_key } of rows) t.notOk(sealed_private_key.includes(Buffer.from(d, 'base64url')));
});

t.test('A master key that was lost, changed or spoilt is told of, and no other is made in its place', async (t) => {
  const { db, settings, root } = await world(t);
  const partner = await organisation({ db }, 'partner');
  const locked = { statusCode: 503, message: /master\.key .*Put your copy of that file back/ };
  await signingKeyOf(db, root, settings);
  const path = masterKeyFile(settings);
  const own = await readFile(path, 'utf8');
  for (const content of [`${randomBytes(32).toString('base64')}\n`, 'spoilt', '']) {
    await writeFile(path, content);
    await t.rejects(signingKeyOf(db, root, settings), locked, content);
    await t.rejects(signingKeyOf(db, partner, settings), locked, 'an organisation without a key waits too');
    t.equal(await readFile(path, 'utf8'), content);
  }
  await writeFile(path, own);
  await chmod(path, 0o600);
  t.ok(await signingKeyOf(db, root, settings));
});

t.test('Rotation retires the key before, and is on record', async (t) => {
  const { db, settings, root } = await world(t);
  const before = await signingKeyOf(db, root, settings);
  await rotateKey(db, root, settings, { masterIsLost: false });
  const after = await signingKeyOf(db, root, settings);
  t.not(after.publicKey, before.publicKey);
  const keys = await db.selectFrom('signing_keys').select(['public_key', 'retired_at']).orderBy('created_at').execute();
  t.strictSame(
    keys.map(({ public_key, retired_at }) => [public_key, retired_at !== null]),
    [
      [before.publicKey, true],
      [after.publicKey, false],
    ],
  );
  const events = await db.selectFrom('audit_events').select('verb').where('verb', 'like', 'key.%').execute();
  t.strictSame(events.map(({ verb }) => verb).sort(), ['key.created', 'key.rotated']);
});

async function world(t: Test) {
  const { db } = await testDatabase(t);
  return { db, settings: { dataDir: await temporaryFolder(t), keyFile: null }, root: await rootOrganisation({ db }) };
}
