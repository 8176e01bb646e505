import { execFileSync } from 'node:child_process';
import jsqr from 'jsqr';
import { create } from 'qrcode';
import sharp from 'sharp';
import t from 'tap';
import { drawPicture, pictureSize } from '../../server/certificates/picture.ts';
import type { PrintedCourseCertificate } from '../../server/certificates/printed.ts';
import { translators } from '../../server/platform/i18n.ts';
import { qrCode } from '../../server/platform/qr.ts';
import { expired, longest, revoked, sample, valid } from './samples.ts';

const draw = (changes: Partial<PrintedCourseCertificate> = {}, standing = valid) =>
  drawPicture({ ...sample, ...changes }, translators, standing);

async function textOfQr(picture: Uint8Array): Promise<string | undefined> {
  const { data, info } = await sharp(picture).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return jsqr.default(new Uint8ClampedArray(data), info.width, info.height)?.data;
}

/** Counts the pixels that differ clearly within a band of the picture. */
async function difference(one: Uint8Array, other: Uint8Array, top: number, height: number): Promise<number> {
  const [a, b] = await Promise.all(
    [one, other].map((picture) =>
      sharp(picture).extract({ left: 0, top, width: pictureSize.width, height }).greyscale().raw().toBuffer(),
    ),
  );
  return a?.filter((value, index) => Math.abs(value - Number(b?.[index])) > 60).length ?? 0;
}

/** The pixels of a colour, or nearly. */
async function countOf(picture: Uint8Array, colour: number[] = []): Promise<number> {
  const pixels = await sharp(picture).removeAlpha().raw().toBuffer();
  let count = 0;
  for (let at = 0; at < pixels.length; at += 3) {
    if (colour.every((value, channel) => Math.abs(value - Number(pixels[at + channel])) < 6)) count += 1;
  }
  return count;
}

t.test('The picture is a PNG of 1200 by 630', async (t) => {
  const { format, width, height } = await sharp(await draw()).metadata();
  t.same({ format, width, height }, { format: 'png', width: 1200, height: 630 });
});

t.test('Its QR code gives the exact address, also on marked and on full pictures', async (t) => {
  t.equal(await textOfQr(await draw()), sample.verifyUrl);
  t.equal(await textOfQr(await draw({ trial: true })), sample.verifyUrl);
  t.equal(await textOfQr(await draw({}, revoked)), sample.verifyUrl);
  t.equal(await textOfQr(await drawPicture(longest, translators, valid)), longest.verifyUrl);
});

t.test('It survives being made small and being pressed by a chat', async (t) => {
  const pressed = await sharp(await draw())
    .resize({ width: 900 })
    .jpeg({ quality: 60 })
    .toBuffer();
  t.equal(await textOfQr(pressed), sample.verifyUrl);
});

t.test('It stays under 60 kB, however much it states', async (t) => {
  t.ok((await draw()).length < 60_000);
  t.ok((await drawPicture(longest, translators, valid)).length < 60_000);
});

t.test('The same facts give the same bytes', async (t) => {
  t.ok(Buffer.from(await draw()).equals(await draw()));
});

t.test('The name is drawn, accents and all, and markup in it is only letters', async (t) => {
  const plain = await draw();
  t.ok((await difference(plain, await draw({ holder: 'Nguyen Thi Be An' }), 225, 120)) > 50);
  const markup = await draw({ holder: '</path><rect width="1200" height="630"/>' });
  t.equal(await textOfQr(markup), sample.verifyUrl);
  t.ok((await difference(plain, markup, 225, 120)) > 1000);
  t.equal(await difference(plain, markup, 440, 190), 0, 'nothing below the place of the name changes');
});

t.test('Right-to-left tricks in a name change nothing', async (t) => {
  t.ok(Buffer.from(await draw()).equals(await draw({ holder: '\u202eNguyễn Thị\u200b Bé An' })));
});

t.test('A trial copy, an expired and a revoked certificate have a word across them', async (t) => {
  const [sand, rose] = [
    [0xef, 0xe6, 0xcf],
    [0xf6, 0xd5, 0xd1],
  ];
  const plain = await draw();
  t.equal(await countOf(plain, sand), 0);
  t.equal(await countOf(plain, rose), 0);
  t.ok((await countOf(await draw({ trial: true }), sand)) > 10_000);
  t.ok((await countOf(await draw({ validUntil: '2026-11-30' }, expired), sand)) > 10_000);
  t.ok((await countOf(await draw({}, revoked), rose)) > 10_000);
});

t.test('It needs no font of the machine', async (t) => {
  const program = `
    import { drawPicture } from './server/certificates/picture.ts';
    import { translators } from './server/platform/i18n.ts';
    import { sample, valid } from './tests/certificates/samples.ts';
    process.stdout.write(Buffer.from(await drawPicture(sample, translators, valid)).toString('base64'));
  `;
  const env = { PATH: process.env.PATH, FONTCONFIG_FILE: '/nonexistent/fonts.conf' };
  const cwd = new URL('../..', import.meta.url);
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], { cwd, env });
  t.equal(output.toString(), Buffer.from(await draw()).toString('base64'));
});

t.test('A QR code is drawn module by module as it was made', async (t) => {
  const { modules, path } = qrCode(sample.verifyUrl);
  const drawn = Array.from({ length: modules }, () => ' '.repeat(modules));
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    const row = drawn[Number(y)] ?? '';
    drawn[Number(y)] = row.slice(0, Number(x)) + '#'.repeat(Number(run)) + row.slice(Number(x) + Number(run));
  }
  const made = create(sample.verifyUrl, { errorCorrectionLevel: 'M' }).modules;
  const rows = Array.from({ length: made.size }, (_, row) =>
    Array.from({ length: made.size }, (_, column) => (made.get(row, column) ? '#' : ' ')).join(''),
  );
  t.same(drawn, rows);
});
