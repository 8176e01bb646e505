import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import t from 'tap';
import { bakePng, bakeSvg } from '../../server/credentials/baking.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { readCase, skipWithout } from './cases.ts';
import { faultByBazaar } from './verifiers.ts';

const credential = '{"name":"Nguyễn & <Lan> $& ]]> \\"x\\""}';

t.test('A baked PNG has the credential in a chunk of its own, uncompressed, and is the same picture', async (t) => {
  const png = await sharp({ create: { width: 8, height: 4, channels: 3, background: '#8ac' } })
    .png()
    .toBuffer();
  const baked = bakePng(png, credential);
  const [head, text, ...rest] = chunksOf(baked);
  t.equal(head?.type, 'IHDR');
  t.equal(text?.type, 'iTXt');
  t.equal(rest.at(-1)?.type, 'IEND');
  t.equal(text?.data.toString(), `openbadgecredential\0\0\0\0\0${credential}`);
  t.strictSame(await sharp(baked).raw().toBuffer(), await sharp(png).raw().toBuffer());
});

t.test('A baked SVG has it in an element of its own, which nothing in it can end', async (t) => {
  const baked = bakeSvg('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect/></svg>', credential);
  t.strictSame(JSON.parse(insideSvg(baked)), JSON.parse(credential));
  t.match(baked, 'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"');
  t.equal((await sharp(Buffer.from(baked)).metadata()).format, 'svg');
  t.throws(() => bakeSvg('<p>', credential));
});

t.test('It is where the picture of 1EdTech has it', skipWithout('badges-1edtech'), async (t) => {
  const theirs = readCase('badges-1edtech/ob30/simple-json.svg');
  t.match(JSON.parse(insideSvg(theirs)), { type: ['VerifiableCredential', 'OpenBadgeCredential'] });
  const namespace = /xmlns:openbadges="([^"]*)"/;
  t.equal(bakeSvg('<svg>', '{}').match(namespace)?.[1], theirs.match(namespace)?.[1]);
});

t.test('What a certificate’s pictures hold is its credential, which others accept', async (t) => {
  const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
  await publish(t, site);
  const code = await finish(await learner(site, { full_name: 'Trần "Bé" Lan' }));
  const visitor = client(site.app);
  const ask = async (kind: string) => (await visitor.get(`/certificates/${code}.${kind}`)).body;
  const json = await ask('json');
  t.equal(await faultByBazaar(site, JSON.parse(json)), '');
  t.strictSame(JSON.parse(insideSvg(await ask('svg'))), JSON.parse(json));

  const { rawPayload, headers } = await site.app.inject(`/certificates/${code}.png`);
  t.equal(headers['content-type'], 'image/png');
  t.equal(chunksOf(rawPayload)[1]?.data.subarray(24).toString(), json);
  t.equal((await sharp(rawPayload).metadata()).width, 1200);
});

interface Chunk {
  type: string;
  data: Buffer;
}

/** @throws for a chunk whose sum is wrong */
function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const named = png.subarray(at + 4, at + 8 + length);
    if (crc32(named) !== png.readUInt32BE(at + 8 + length)) throw new Error(`a wrong sum at ${at}`);
    chunks.push({ type: named.subarray(0, 4).toString('latin1'), data: named.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

function insideSvg(svg: string): string {
  return /<openbadges:credential>\s*<!\[CDATA\[(.*?)\]\]>\s*<\/openbadges:credential>/s.exec(svg)?.[1] ?? '';
}
