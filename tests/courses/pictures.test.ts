import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { pictureFile, pictureHtml, withSavedData } from '../../server/courses/picture-markup.ts';
import { type Picture, type PictureCopy, readPicture } from '../../server/courses/pictures.ts';
import { sanitise } from '../../server/courses/sanitise.ts';
import { useOwnFonts } from '../../server/platform/fonts.ts';
import { parse } from '../support/html.ts';

const fonts = await mkdtemp(join(tmpdir(), 'domdom-fonts-'));
t.teardown(() => rm(fonts, { recursive: true, force: true }));
useOwnFonts(fonts);
const { default: sharp } = await import('sharp');

async function read(content: Buffer | string): Promise<Picture> {
  const reading = await readPicture(Buffer.from(content));
  if ('fault' in reading) throw new Error(reading.fault.code);
  return reading.picture;
}

async function faultOf(content: Buffer | string): Promise<string | null> {
  const reading = await readPicture(Buffer.from(content));
  return 'fault' in reading ? `${reading.fault.line ?? '-'} ${reading.fault.code}` : null;
}

const svg = (inside: string, attributes = 'viewBox="0 0 640 360"') =>
  `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${inside}</svg>`;
const drawing =
  svg(`<rect width="640" height="360" rx="24" fill="#fbfaf5"/><circle cx="320" cy="200" r="90" fill="#dcf164" stroke="#5c7010" stroke-width="6"/>
  <text x="320" y="60" font-family="Be Vietnam Pro" font-size="28" text-anchor="middle" fill="#17213b">Đừng đưa mã cho ai</text>`);
const shapes = ({ copies }: Picture) => copies.map(({ format, width, height }) => `${format} ${width}x${height}`);

/** No two dots alike, as in a photo. */
function noise(width: number, height: number) {
  const data = Buffer.alloc(width * height * 3);
  let seed = 1;
  for (let index = 0; index < data.length; index += 1) {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    data[index] = ((index / 40) % 200) + ((seed >> 16) % 40);
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

t.test('a drawing is drawn at phone widths, as WebP and as PNG for old phones', async (t) => {
  const picture = await read(drawing);
  t.strictSame(shapes(picture), ['webp 400x225', 'png 400x225', 'webp 800x450', 'png 800x450']);
  for (const { content } of picture.copies) t.ok(content.length < 15_000, `${content.length} bytes`);
  for (const { format, content, width } of picture.copies) {
    const found = await sharp(content).metadata();
    t.match(found, { format, width });
  }
});

t.test('the same source gives the same copies, and another source others', async (t) => {
  const hashes = ({ copies }: Picture) => copies.map(({ hash }) => hash);
  t.strictSame(hashes(await read(drawing)), hashes(await read(drawing)));
  t.not(hashes(await read(drawing))[0], hashes(await read(drawing.replace('ai', 'bạn')))[0]);
});

t.test('words in a drawing are drawn, in a font brought along', async (t) => {
  const words = svg('<text x="20" y="200" font-family="Be Vietnam Pro" font-size="80">Ổ khoá đỏ</text>');
  const { copies } = await read(words);
  const { channels } = await sharp(copies[3]?.content).stats();
  t.ok((channels[0]?.mean ?? 255) < 250, 'there is ink');
});

t.test('a drawing without a ground stands on white, to be seen on a dark page', async (t) => {
  const { copies } = await read(svg('<circle cx="320" cy="180" r="50"/>'));
  for (const { content } of copies) {
    const { data, info } = await sharp(content).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    t.strictSame([...data.subarray(0, 3)], [255, 255, 255]);
    t.equal((await sharp(content).metadata()).hasAlpha, false);
    t.equal(info.channels, 3);
  }
});

t.test('a photo becomes WebP and JPEG, upright, without what the camera wrote', async (t) => {
  const taken = await noise(1000, 600)
    .jpeg()
    .withExif({ IFD0: { Artist: 'Nguyễn Văn A' } })
    .withMetadata({ orientation: 6 })
    .toBuffer();
  t.ok((await sharp(taken).metadata()).exif, 'the photo has such notes');
  const picture = await read(taken);
  t.strictSame(shapes(picture), ['webp 400x667', 'jpg 400x667', 'webp 600x1000', 'jpg 600x1000']);
  for (const { content } of picture.copies) {
    const { exif, icc, orientation } = await sharp(content).metadata();
    t.strictSame([exif, icc, orientation], [undefined, undefined, undefined]);
  }
});

t.test('a small picture is not blown up', async (t) => {
  const dot = sharp({ create: { width: 300, height: 150, channels: 4, background: '#dcf16480' } });
  t.strictSame(shapes(await read(await dot.png().toBuffer())), ['webp 300x150', 'png 300x150']);
  t.strictSame(shapes(await read(await noise(600, 300).webp().toBuffer())), [
    'webp 400x200',
    'jpg 400x200',
    'webp 600x300',
    'jpg 600x300',
  ]);
});

t.test('of a moving picture the first frame is shown', async (t) => {
  const frames = [0, 255].map((shade) => Buffer.alloc(100 * 50 * 3, shade));
  const gif = await sharp(Buffer.concat(frames), { raw: { width: 100, height: 100, channels: 3, pageHeight: 50 } })
    .gif()
    .toBuffer();
  const picture = await read(gif);
  t.strictSame(shapes(picture), ['webp 100x50', 'png 100x50']);
  const { data } = await sharp(picture.copies[1]?.content).raw().toBuffer({ resolveWithObject: true });
  t.equal(data[0], 0);
});

t.test('a picture that would fill the memory is refused by what its head says', async (t) => {
  const head = Buffer.concat([Buffer.from('IHDR'), Buffer.from([0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30, 8, 2, 0, 0, 0])]);
  const checked = Buffer.alloc(4);
  checked.writeUInt32BE(crc32(head));
  const bomb = Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\x0d', 'latin1'),
    head,
    checked,
    Buffer.from('\0\0\0\0IDAT\0\0\0\0', 'latin1'),
  ]);
  t.equal(await faultOf(bomb), '- image_too_many_pixels');
  t.equal(await faultOf(svg('<rect/>', 'width="30000" height="30000"')), '- image_too_many_pixels');
  t.equal(await faultOf(svg('<rect/>', 'viewBox="0 0 10 51"')), '- image_too_tall');
});

t.test('what is no picture, or a broken one, is refused', async (t) => {
  const photo = await noise(200, 200).jpeg().toBuffer();
  t.equal(await faultOf(''), '- image_unreadable');
  t.equal(await faultOf('<p>chữ</p>'), '- image_unreadable');
  t.equal(await faultOf('<svg'), '- image_unreadable');
  t.equal(await faultOf(photo.subarray(0, 3000)), '- image_unreadable');
  t.equal(await faultOf('%PDF-1.4 <svg></svg>'), '- image_unreadable');
});

t.test('a drawing that runs, fetches or expands anything is refused at its line', async (t) => {
  const unsafe = [
    '<script>alert(1)</script>',
    '<s:script xmlns:s="http://www.w3.org/2000/svg"/>',
    '<foreignObject><p>chữ</p></foreignObject>',
    '<image href="https://a.vn/a.png"/>',
    "<image xlink:href = '//a.vn/a.png'/>",
    '<image href="file:///etc/passwd"/>',
    '<image href="a.png"/>',
    '<use href="b.svg#c"/>',
    '<image href="&#104;ttp://a.vn"/>',
    '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
    '<style>@import "a.css";</style>',
    '<style>rect { fill: url(https://a.vn/b) }</style>',
    '<rect fill="url( \'b.svg#c\' )"/>',
    '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>',
  ];
  for (const part of unsafe) t.equal(await faultOf(svg(`\n${part}`)), '2 svg_unsafe', part);
  t.equal(await faultOf(`<!DOCTYPE svg [<!ENTITY a "b">]>${svg('&a;')}`), '1 svg_unsafe');
  t.equal(await faultOf(`<?xml-stylesheet href="a.css"?>${svg('')}`), '1 svg_unsafe');
  const utf16 = Buffer.from(`\ufeff${svg('<script/>')}`, 'utf16le');
  t.equal(await faultOf(utf16), '- image_unreadable');
  t.equal(await faultOf(`<?xml version="1.0" encoding="UTF-7"?>${svg('')}`), '- image_unreadable');
});

t.test('a drawing may refer to its own parts and carry pictures in itself', async (t) => {
  const dot = (
    await sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
  ).toString('base64');
  const own = `<defs><linearGradient id="g"/></defs><rect fill="url(#g)"/><use xlink:href="#g"/><image href="data:image/png;base64,${dot}"/>`;
  t.equal(
    await faultOf(
      `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">${svg(own)}`,
    ),
    null,
  );
});

t.test('whatever bytes come, the reader answers', async () => {
  const heads = fc.constantFrom(
    '\x89PNG\r\n\x1a\n',
    '\xff\xd8\xff\xe0',
    'GIF89a',
    'RIFF\0\0\0\0WEBP',
    '<svg xmlns="http://www.w3.org/2000/svg">',
    '',
  );
  await fc.assert(
    fc.asyncProperty(heads, fc.uint8Array({ maxLength: 300 }), async (head, rest) => {
      const reading = await readPicture(Buffer.concat([Buffer.from(head, 'latin1'), rest]));
      return 'fault' in reading || reading.picture.copies.length > 0;
    }),
    { numRuns: 200 },
  );
});

const copy = (format: PictureCopy['format'], width: number, hash: string): PictureCopy => ({
  format,
  width,
  height: width / 2,
  hash: hash.repeat(64),
  content: Buffer.alloc(width * 20),
});
const picture = {
  copies: [copy('webp', 400, 'a'), copy('png', 400, 'b'), copy('webp', 800, 'c'), copy('png', 800, 'd')],
};
const html = pictureHtml(picture, 'Hộp "thư" <1> & 2', '/courses/small/pictures/');

t.test('a picture on a page has its size, both formats, and passes the last gate as it is', (t) => {
  t.equal(sanitise(html), html);
  const page = parse(html);
  const [source, image] = [page.querySelector('source'), page.querySelector('img')];
  const file = (letter: string, ending: string) => `/courses/small/pictures/${letter.repeat(32)}.${ending}`;
  t.equal(source?.getAttribute('srcset'), `${file('a', 'webp')} 400w, ${file('c', 'webp')} 800w`);
  t.equal(image?.getAttribute('srcset'), `${file('b', 'png')} 400w, ${file('d', 'png')} 800w`);
  t.match(image?.attributes, {
    src: file('b', 'png'),
    width: '800',
    height: '400',
    alt: 'Hộp "thư" <1> & 2',
    loading: 'lazy',
  });
  t.equal(pictureFile(copy('jpg', 400, 'e')), `${'e'.repeat(32)}.jpg`);
  t.end();
});

t.test('with data saving on each picture is a link that says what it shows and weighs', (t) => {
  const page = parse(
    withSavedData(
      `<p>Một ${html}</p><p>${html} hai <a href="/c">ba</a></p>`,
      (alt, bytes) => `Xem hình: ${alt} (${bytes / 1000} kB)`,
    ),
  );
  t.equal(page.querySelectorAll('picture, source, img').length, 0);
  const links = page.querySelectorAll('a').map((link) => [link.text, link.getAttribute('href')]);
  const link = ['Xem hình: Hộp "thư" <1> & 2 (16 kB)', `/courses/small/pictures/${'d'.repeat(32)}.png`];
  t.strictSame(links, [link, link, ['ba', '/c']]);
  t.end();
});
