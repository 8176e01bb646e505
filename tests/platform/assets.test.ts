import { createHash } from 'node:crypto';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import t from 'tap';
import { readAssets } from '../../server/platform/assets.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';

async function addressesOn(app: FastifyInstance) {
  const { html } = await client(app).get('/sign-in');
  return [
    html.querySelector('link[rel=stylesheet]')?.getAttribute('href') ?? '',
    html.querySelector('script[src]')?.getAttribute('src') ?? '',
  ];
}

t.test('A page fetches one stylesheet and one script, named by what is in them', async (t) => {
  const { app } = await testApp(t);
  for (const address of await addressesOn(app)) {
    const { statusCode, headers, rawPayload } = await app.inject(address);
    t.equal(statusCode, 200);
    t.match(address, new RegExp(`-${createHash('sha256').update(rawPayload).digest('hex').slice(0, 12)}\\.`));
    t.equal(headers['cache-control'], 'public, max-age=31536000, immutable');
    t.match(headers['content-type'], address.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
    t.notOk(headers['set-cookie']);
  }
});

t.test('Compressed or not, the same is inside', async (t) => {
  const { app } = await testApp(t);
  for (const address of await addressesOn(app)) {
    const get = (encoding: string) => app.inject({ url: address, headers: { 'accept-encoding': encoding } });
    const [plain, br, gzip] = [await get(''), await get('br'), await get('gzip')];
    t.strictSame([br.headers['content-encoding'], gzip.headers['content-encoding']], ['br', 'gzip']);
    t.ok(brotliDecompressSync(br.rawPayload).equals(plain.rawPayload));
    t.ok(gunzipSync(gzip.rawPayload).equals(plain.rawPayload));
    for (const { headers } of [plain, br, gzip]) t.match(headers.vary, 'accept-encoding');
  }
});

t.test('An asset that does not exist is a page that is not found', async (t) => {
  const visitor = client((await testApp(t)).app);
  for (const name of ['rest-000000000000.css', '..%2f..%2fpackage.json', '__proto__', 'constructor', '%00']) {
    t.equal((await visitor.get(`/assets/${name}`)).status, 404, name);
  }
});

t.test('Reading the assets twice names them the same: every process of a site agrees', async (t) => {
  t.same(readAssets(), readAssets());
});

t.test('The style that stands in each page is the one that the policy allows', async (t) => {
  const { html, headers } = await client((await testApp(t)).app).get('/sign-in');
  const styles = html.querySelectorAll('style');
  t.equal(styles.length, 1);
  const hash = createHash('sha256')
    .update(styles[0]?.innerHTML ?? '')
    .digest('base64');
  t.match(headers['content-security-policy'], `style-src 'self' 'sha256-${hash}'`);
});
