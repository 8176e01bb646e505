import { createHash, randomBytes } from 'node:crypto';
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { buildApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { type BucketAddress, bucketStore } from '../../server/files/bucket.ts';
import { openFileStore } from '../../server/files/opening.ts';
import { keepFile, removeUnnamedFiles } from '../../server/files/queries.ts';
import type { FileStore } from '../../server/files/store.ts';
import { temporaryFolder } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';
import { organisation } from '../support/organisations.ts';
import { bucketServer } from './bucket-server.ts';

const bytes = Buffer.from('Đom đóm\0\xff', 'latin1');
const hash = sha256(bytes);

t.test('Bytes come back by the hash of what they are', async (t) => {
  const { files } = await bucketServer(t);
  t.equal(await files.put(bytes), hash);
  t.ok((await files.get(hash)).equals(bytes));
  t.ok((await files.find(hash))?.equals(bytes));
  t.equal(await files.sizeOf(hash), bytes.length);
  const empty = await files.put(new Uint8Array(0));
  t.equal(empty, sha256(Buffer.alloc(0)), 'nothing is something too');
  t.equal((await files.get(empty)).length, 0);
  t.equal(await files.sizeOf(empty), 0);
  const large = randomBytes(10_000_000);
  t.ok((await files.get(await files.put(large))).equals(large), 'the largest that anybody may hand in');
});

t.test('What was never put, or was removed, is lost', async (t) => {
  const { files } = await bucketServer(t);
  await files.put(bytes);
  await files.remove(hash);
  await files.remove(hash);
  t.equal(await files.find(hash), null);
  t.equal(await files.sizeOf(hash), null);
  await t.rejects(files.get(hash), { code: 'ENOENT' });
});

t.test('Putting the same again keeps one', async (t) => {
  const { files } = await bucketServer(t);
  for (let times = 0; times < 3; times += 1) t.equal(await files.put(bytes), hash);
  t.strictSame(await older(files, tomorrow()), [hash]);
});

// The server that the other tests ask cannot give a second page: it makes its token with a cipher that OpenSSL has dropped.
t.test('All are listed however many pages there are, and none that is young', async (t) => {
  const pages = [listing(['old-1', 'old-2', 'young-1'], 'the rest/+='), listing(['old-3', 'young-2'])];
  const tokens: (string | null)[] = [];
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    tokens.push(searchParams.get('continuation-token'));
    t.equal(searchParams.get('prefix'), 'files/');
    response.writeHead(200, { 'content-type': 'application/xml' }).end(pages.shift());
  });
  const endpoint = `http://127.0.0.1:${await listening(t, server)}/domdom`;
  const files = bucketStore({ endpoint, region: 'auto', accessKeyId: 'key', secretAccessKey: 'secret' });
  t.strictSame(await older(files, new Date('2026-01-02T00:00:00Z')), ['old-1', 'old-2', 'old-3']);
  t.strictSame(tokens, [null, 'the rest/+=']);
});

t.test('What nothing names any more goes: first its row, at the next time its bytes', async (t) => {
  const { db } = await testDatabase(t);
  const { files } = await bucketServer(t);
  const unnamed = await keepFile(db, files, bytes, 'image/png');
  t.equal(await removeUnnamedFiles(db, files, tomorrow()), 0);
  t.ok(await files.find(unnamed), 'a backup that has begun before still reads it');
  t.equal(await removeUnnamedFiles(db, files, tomorrow()), 1);
  t.equal(await files.find(unnamed), null);
});

t.test('A store that is busy is asked again', async (t) => {
  const { address } = await bucketServer(t);
  const { through, seen } = await troubled(t, address, ['503', '500', null, 'cut', null]);
  const files = bucketStore({ ...through });
  t.equal(await files.put(bytes), hash, 'after two refusals');
  t.ok((await files.get(hash)).equals(bytes), 'after a cut connection');
  t.equal(seen(), 5);
});

t.test('A store that is gone is told as such, and pages say to try again', async (t) => {
  const { address } = await bucketServer(t);
  const { through } = await troubled(t, address, Array(12).fill('cut'));
  const files = bucketStore({ ...through });
  await t.rejects(files.find(hash), { message: /does not answer/ });
  await t.rejects(files.put(bytes), { message: /does not answer/ });

  const { db } = await testDatabase(t);
  const config = readConfig({ LOG_LEVEL: 'silent', PUBLIC_URL: 'http://localhost' }, await temporaryFolder(t));
  const app = await buildApp({ config, db, files });
  t.teardown(() => app.close());
  const branch = await organisation({ db }, 'school');
  await db.insertInto('files').values({ hash, bytes: bytes.length, media_type: 'image/png' }).execute();
  await db.updateTable('organisations').set({ logo_hash: hash }).where('id', '=', branch.id).execute();
  const answer = await app.inject(`/organisations/school/logo/${hash.slice(0, 32)}`);
  t.equal(answer.statusCode, 503);
  t.ok(Number(answer.headers['retry-after']) > 0);
});

t.test('Wrong keys are told, at once and without the secret', async (t) => {
  const { address } = await bucketServer(t);
  const { through, seen } = await troubled(t, address, Array(5).fill(null));
  // The one it is tried on checks who asks, but no signature of version 4.
  const files = bucketStore({ ...through, accessKeyId: 'a-stranger', secretAccessKey: 'not-the-secret' });
  const error = await files.put(bytes).catch((caught) => caught);
  t.match(error, { statusCode: 503 });
  t.match(String(error.cause), '403');
  t.notMatch(JSON.stringify([String(error), String(error.cause)]), 'not-the-secret');
  t.equal(seen(), 1);
});

t.test('FILES_URL says where the bucket is; without it files lie in the data folder', async (t) => {
  const { address } = await bucketServer(t);
  const url = new URL(address.endpoint);
  const folder = await temporaryFolder(t);
  const config = readConfig(
    { FILES_URL: `http://S3RVER:S3RVER@${url.host}/domdom?region=us-east-1`, DATA_DIR: folder },
    folder,
  );
  t.strictSame(config.bucket, address);
  t.equal(await openFileStore(config).put(bytes), hash);
  t.ok(await bucketStore(address).find(hash));
  t.equal(await openFileStore(readConfig({ DATA_DIR: folder }, folder)).find(hash), null);
  const { bucket } = readConfig({ FILES_URL: 'https://key:a%2Fb%2B@s3.example.org/domdom' }, folder);
  t.match(bucket, { region: 'auto', secretAccessKey: 'a/b+' });
});

/** Lets requests through to the store, or meets each with the trouble whose turn it is. */
async function troubled(t: Test, address: BucketAddress, troubles: ('500' | '503' | 'cut' | null)[]) {
  const target = new URL(address.endpoint);
  let seen = 0;
  const proxy = createServer((request, response) => {
    const trouble = troubles[seen];
    seen += 1;
    if (trouble === 'cut') return request.socket.destroy();
    if (trouble) {
      request.resume();
      return response.writeHead(Number(trouble)).end();
    }
    const { method, url: path, headers } = request;
    const onward = forward({ host: target.hostname, port: target.port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    return request.pipe(onward);
  });
  const port = await listening(t, proxy);
  return { through: { ...address, endpoint: `http://127.0.0.1:${port}/domdom` }, seen: () => seen };
}

/** As the reference of S3 has it, under ListObjectsV2. */
function listing(names: string[], next?: string): string {
  const contents = names.map((name) => {
    const modified = name.startsWith('old') ? '2026-01-01T00:00:00.000Z' : '2026-01-03T00:00:00.000Z';
    return `<Contents><Key>files/${name}</Key><LastModified>${modified}</LastModified><ETag>&quot;x&quot;</ETag><Size>1</Size></Contents>`;
  });
  const more = next ? `<NextContinuationToken>${next}</NextContinuationToken>` : '';
  return `<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>domdom</Name><Prefix>files/</Prefix><KeyCount>${names.length}</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>${next !== undefined}</IsTruncated>${contents.join('')}${more}</ListBucketResult>`;
}

async function listening(t: Test, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.closeAllConnections());
  t.teardown(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function older(files: FileStore, than: Date): Promise<string[]> {
  const names: string[] = [];
  for await (const name of files.listOlder(than)) names.push(name);
  return names;
}

function tomorrow(): Date {
  return new Date(Date.now() + 86_400_000);
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
