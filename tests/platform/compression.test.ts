import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import t from 'tap';
import { acceptedEncoding, addVary } from '../../server/platform/compression.ts';
import { testApp } from '../support/app.ts';

t.test('The best of what a browser unpacks is chosen', async (t) => {
  const choices = {
    'gzip, deflate, br, zstd': 'br',
    'gzip, deflate': 'gzip',
    br: 'br',
    'BR, GZIP': 'br',
    'br;q=0.1, gzip;q=1.0': 'br',
    'br;q=0.001': 'br',
    'br;q=0, gzip': 'gzip',
    'br ; q=0.000 , gzip ; q=0.5': 'gzip',
    'br;q=0 ,gzip;q=0 ': null,
    'gzip;q=0': null,
    identity: null,
    deflate: null,
    '': null,
  };
  for (const [header, encoding] of Object.entries(choices)) t.equal(acceptedEncoding(header), encoding, header);
  t.equal(acceptedEncoding(undefined), null);
});

t.test('A page travels as the browser can unpack it, and says so to caches', async (t) => {
  const { app } = await testApp(t);
  const get = (encoding: string) => app.inject({ url: '/sign-in', headers: { 'accept-encoding': encoding } });
  const [plain, br, gzip] = [await get(''), await get('gzip, br'), await get('gzip')];
  t.strictSame(
    [plain, br, gzip].map(({ headers }) => headers['content-encoding']),
    [undefined, 'br', 'gzip'],
  );
  t.equal(brotliDecompressSync(br.rawPayload).toString(), plain.body);
  t.equal(gunzipSync(gzip.rawPayload).toString(), plain.body);
  for (const { headers, rawPayload } of [plain, br, gzip]) {
    t.match(headers.vary, /accept-encoding/);
    t.equal(Number(headers['content-length']), rawPayload.length);
  }
});

t.test('What would hardly shrink travels as it is', async (t) => {
  const { app } = await testApp(t);
  const { headers, body } = await app.inject({ url: '/healthz', headers: { 'accept-encoding': 'br' } });
  t.strictSame([headers['content-encoding'], body], [undefined, 'ok\n']);
});

t.test('A header that an answer depends on is named once', async (t) => {
  const headers = new Map<string, string>();
  const reply = {
    getHeader: (name: string) => headers.get(name),
    header: (name: string, value: string) => headers.set(name, value),
  };
  for (const name of ['cookie', 'accept-encoding', 'cookie']) addVary(reply, name);
  t.equal(headers.get('vary'), 'cookie, accept-encoding');
});

t.test('Whoever has the page already gets no more than word of that', async (t) => {
  const { app } = await testApp(t);
  const get = (tag: string, encoding = 'br') =>
    app.inject({ url: '/verify', headers: { 'if-none-match': tag, 'accept-encoding': encoding } });
  const first = await get('');
  const tag = String(first.headers.etag);
  t.equal(first.statusCode, 200);
  for (const known of [tag, `W/${tag}`, `"other", ${tag}`]) {
    const again = await get(known);
    t.equal(again.statusCode, 304, known);
    t.equal(again.rawPayload.length, 0);
    t.notOk(again.headers['content-encoding']);
    for (const name of ['etag', 'vary', 'cache-control']) t.equal(again.headers[name], first.headers[name], name);
  }
  for (const unknown of ['"other"', tag.slice(1, -1), '*']) t.equal((await get(unknown)).statusCode, 200, unknown);
  t.equal((await get(tag, 'gzip')).statusCode, 200, 'other bytes, another tag');
});

t.test('Only a page that was asked for and is there has a tag', async (t) => {
  const { app } = await testApp(t);
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
  t.notOk((await app.inject('/nowhere')).headers.etag);
  t.notOk((await app.inject({ method: 'POST', url: '/sign-in', headers: form })).headers.etag);
  t.ok((await app.inject('/sign-in')).headers.etag);
});
