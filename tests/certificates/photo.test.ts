import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import QRCode from 'qrcode';
import sharp from 'sharp';
import t from 'tap';
import { readPhoto } from '../../server/certificates/verifying/photo.ts';
import { testApp } from '../support/app.ts';
import { temporaryFolder } from '../support/child.ts';
import { client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
await publish(t, site);
const visitor = client(site.app);
const code = await finish(await learner(site));
// As chats send it: without the credential inside.
const picture = await sharp(await fileOf(code, 'png'))
  .png()
  .toBuffer();
const read = await readPhoto(picture);
const qrText = 'text' in read ? read.text : '';

t.test('A photo or a screenshot of ours leads to its page, which says that the issuer signed it', async (t) => {
  t.match(qrText, new RegExp(`^https://hoc.example.org/v/${code}#[0-9A-Z]+$`));
  const page = await visitor.follow(await send(picture));
  t.match(textOf(byRole(page.html, 'main')), 'Mã QR này do nơi cấp ký và chưa bị sửa.');
  byRole(page.html, 'heading', /^Có hiệu lực/);

  const owner = await signedIn(site, { roles: ['owner'] });
  const revoked = await finish(await learner(site));
  const photo = await sharp(await fileOf(revoked, 'png'))
    .png()
    .toBuffer();
  await owner.post(`/admin/certificates/${revoked}/revocation`, { reason: 'Cấp nhầm người.' });
  const ended = await visitor.follow(await send(photo));
  byRole(ended.html, 'heading', /^Không còn hiệu lực/);
  byRole(ended.html, 'alert', /^Mã QR này do nơi cấp ký/);
});

t.test('It is read turned, blurred, noisy, small, large, dark and badly compressed', async (t) => {
  const code = await QRCode.toBuffer(qrText, { errorCorrectionLevel: 'M', margin: 4, scale: 8 });
  const grain = { type: 'gaussian', mean: 128, sigma: 25 } as const;
  const noise = await sharp({ create: { width: 900, height: 1200, channels: 3, background: '#888', noise: grain } })
    .png({ compressionLevel: 1 })
    .toBuffer();
  const sheet = await sharp(code)
    .resize(400)
    .extend({ top: 150, bottom: 30, left: 200, right: 30, background: '#fff' })
    .rotate(14, { background: '#8a7a66' })
    .toBuffer();
  const table = sharp({ create: { width: 900, height: 1200, channels: 3, background: '#8a7a66' } });
  const photo = await table
    .composite([
      { input: sheet, gravity: 'centre' },
      { input: noise, blend: 'soft-light' },
    ])
    .jpeg({ quality: 40 })
    .toBuffer();
  const pictures = {
    'a photo by a phone': photo,
    'one that the phone held upside down': await sharp(photo).withMetadata({ orientation: 3 }).jpeg().toBuffer(),
    'a dim and blurred one': await sharp(picture).linear(0.5, 10).blur(0.8).jpeg({ quality: 40 }).toBuffer(),
    'a turned one': await sharp(picture).rotate(90).webp().toBuffer(),
    'a small one': await sharp(picture).resize(840).png().toBuffer(),
    'a screenshot': await sharp({ create: { width: 1080, height: 1600, channels: 3, background: '#111' } })
      .composite([{ input: await sharp(picture).resize(1080).toBuffer(), gravity: 'centre' }])
      .png()
      .toBuffer(),
  };
  for (const [what, bytes] of Object.entries(pictures)) t.same(await readPhoto(bytes), { text: qrText }, what);
});

const skip = spawnSync('pdftoppm', ['-v']).error !== undefined && 'pdftoppm not installed';
t.test('It is read from the printed page', { skip }, async (t) => {
  const path = join(await temporaryFolder(t), 'paper');
  await writeFile(`${path}.pdf`, await fileOf(code, 'pdf'));
  execFileSync('pdftoppm', ['-r', '130', '-jpeg', '-singlefile', `${path}.pdf`, path]);
  t.same(await readPhoto(await sharp(`${path}.jpg`).rotate(2).jpeg({ quality: 50 }).toBuffer()), { text: qrText });
});

t.test('What another code says is told plainly, and nothing is fetched', async (t) => {
  for (const [text, status, words] of [
    ['https://example.org/menu', 422, 'Mã QR trong ảnh không phải của giấy chứng nhận ở đây'],
    [`https://example.org/v/${code}`, 422, 'Mã QR trong ảnh không phải của giấy chứng nhận ở đây'],
    ['WIFI:S:x;;', 422, 'Mã QR trong ảnh không phải của giấy chứng nhận ở đây'],
    [`${qrText.slice(0, -1)}${qrText.endsWith('A') ? 'B' : 'A'}`, 200, 'Không có giá trị: mã QR giả hoặc đã bị sửa'],
  ] as const) {
    const page = await send(await QRCode.toBuffer(text));
    t.equal(page.status, status, text);
    byRole(page.html, 'heading', words);
  }
  const alone = await send(await QRCode.toBuffer(`https://hoc.example.org/v/${code}`));
  t.match(textOf(byRole((await visitor.follow(alone)).html, 'main')), 'Mã QR này chỉ có địa chỉ của giấy sau.');
});

t.test('Pictures that are none, that hide much in little, or that nobody can open get a sentence', async (t) => {
  const head = Buffer.from('\xff\xd8\xff\xe0', 'latin1');
  for (const [bytes, fault] of [
    [Buffer.concat([head, randomBytes(50_000)]), 'no_picture'],
    [Buffer.concat([picture.subarray(0, 200), randomBytes(5_000)]), 'no_picture'],
    [claiming(picture, 60_000, 60_000), 'too_many_pixels'],
    [claiming(picture, 0, 0), 'no_picture'],
    [claiming(picture, 5_100, 5_000), 'too_many_pixels'],
    [Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), 'heic'],
    [
      await sharp({ create: { width: 300, height: 300, channels: 3, background: '#fff' } })
        .jpeg()
        .toBuffer(),
      'no_qr',
    ],
  ] as const) {
    t.same(await readPhoto(bytes), { fault });
  }
  byRole((await send(Buffer.concat([head, randomBytes(9)]))).html, 'heading', 'Ảnh này bị hỏng, không mở được');
});

t.test('A damaged picture is read, or told to be none', async (t) => {
  const png = await QRCode.toBuffer('https://hoc.example.org/v/x');
  const whole = [png, await sharp(png).jpeg().toBuffer(), await sharp(png).webp().toBuffer()];
  const damage = fc.record({
    of: fc.constantFrom(...whole),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    byte: fc.nat(255),
    cut: fc.boolean(),
  });
  const faults = ['no_qr', 'heic', 'no_picture', 'too_many_pixels'];
  const law = fc.asyncProperty(damage, async ({ of, at, byte, cut }) => {
    const place = Math.floor(at * (of.length - 1));
    const damaged = Buffer.from(cut ? of.subarray(0, place) : of);
    if (!cut) damaged[place] = byte;
    const reading = await readPhoto(damaged);
    return 'text' in reading || faults.includes(reading.fault);
  });
  await t.resolves(fc.assert(law, { numRuns: 25 }));
});

t.test('A photo of fifty megapixels is read', async (t) => {
  const code = await QRCode.toBuffer(qrText, { errorCorrectionLevel: 'M', margin: 4, scale: 3 });
  const small = await sharp({ create: { width: 816, height: 612, channels: 3, background: '#ccc' } })
    .composite([{ input: code, gravity: 'centre' }])
    .png()
    .toBuffer();
  const photo = await sharp(small).resize(8160, 6120, { kernel: 'nearest' }).jpeg({ quality: 60 }).toBuffer();
  t.same(await readPhoto(photo), { text: qrText });
});

t.test('Who sends many at once waits in a short line or is asked to come again; the line goes on', async (t) => {
  const blank = await sharp({ create: { width: 200, height: 200, channels: 3, background: '#fff' } })
    .png()
    .toBuffer();
  const readings = await Promise.all(Array.from({ length: 8 }, () => readPhoto(blank)));
  const faults = readings.map((reading) => ('fault' in reading ? reading.fault : ''));
  t.same(faults.toSorted(), [...Array(3).fill('busy'), ...Array(5).fill('no_qr')]);
  t.same(await readPhoto(picture), { text: qrText });
});

t.test('A photo costs at most 4 statements', async (t) => {
  for (const bytes of [picture, await QRCode.toBuffer('https://example.org')]) {
    const statements = await statementsOf(site, () => send(bytes));
    t.ok(statements.length <= 4, statements.join('\n'));
  }
});

async function fileOf(code: string, kind: 'png' | 'pdf'): Promise<Buffer> {
  return (await site.app.inject(`/certificates/${code}.${kind}`)).rawPayload;
}

function send(bytes: Buffer): Promise<Page> {
  return visitor.upload('/verify', {}, { name: 'photo.jpg', bytes });
}

/** The same file with another size written into its head. */
function claiming(png: Buffer, width: number, height: number): Buffer {
  const copy = Buffer.from(png);
  copy.writeUInt32BE(width, 16);
  copy.writeUInt32BE(height, 20);
  copy.writeUInt32BE(crc32(copy.subarray(12, 29)), 29);
  return copy;
}
