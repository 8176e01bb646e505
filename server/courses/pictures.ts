import { createHash } from 'node:crypto';
import type { Sharp } from 'sharp';
import type { TextFault } from './fault.ts';
import { svgFault } from './svg.ts';

/** What readers get of a picture: copies drawn anew, without what cameras write into files; the narrowest first. */
export interface Picture {
  copies: PictureCopy[];
}

export interface PictureCopy {
  /** SHA-256 of the content, in hex */
  hash: string;
  format: 'webp' | 'png' | 'jpg';
  width: number;
  height: number;
  content: Buffer;
}

/** Phones are 320 to 430 wide, and most have two dots or more for each of those. */
const widths = [400, 800];
const mostPixels = 40_000_000;
/** Times its width. */
const tallest = 5;

/**
 * Draws the copies of one source picture; the same bytes always give the same copies. `useOwnFonts` must have been called,
 * or words in drawings may come out blank.
 */
export async function readPicture(content: Buffer): Promise<{ picture: Picture } | { fault: TextFault }> {
  const type = typeOf(content);
  const fault = await pictureFault(content, type);
  if (fault) return { fault };
  let sizes: Sharp[];
  try {
    sizes = await resized(content, type);
  } catch {
    return { fault: because('image_unreadable') };
  }
  return { picture: { copies: (await encoded(sizes, type)).flat() } };
}

/** Why it may not be drawn, as far as its head tells. */
export async function pictureFault(content: Buffer, type = typeOf(content)): Promise<TextFault | null> {
  return (type === 'svg' ? svgFault(content) : null) ?? (await sizeFault(content, type));
}

/** sharp reads its font settings when it is first imported, so nothing imports it earlier than a picture needs it. */
async function loadSharp() {
  return (await import('sharp')).default;
}

type SourceType = 'png' | 'jpeg' | 'gif' | 'webp' | 'svg';

/** By the first bytes: a name promises nothing, and what is none of the others must pass as svg. */
function typeOf(content: Buffer): SourceType {
  const head = content.subarray(0, 12).toString('latin1');
  if (head.startsWith('\x89PNG')) return 'png';
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg';
  if (head.startsWith('GIF8')) return 'gif';
  return /^RIFF.{4}WEBP/s.test(head) ? 'webp' : 'svg';
}

function because(code: string, values: TextFault['values'] = {}): TextFault {
  return { line: null, code, values };
}

/** Reads only the head: a bomb says there how large it would be. */
async function sizeFault(content: Buffer, type: SourceType): Promise<TextFault | null> {
  const sharp = await loadSharp();
  const found = await sharp(content, { limitInputPixels: false })
    .metadata()
    .catch(() => null);
  if (found?.format !== type) return because('image_unreadable');
  const { width, height } = found.autoOrient;
  if (width * height > mostPixels) return because('image_too_many_pixels', { millions: mostPixels / 1e6 });
  return height > width * tallest ? because('image_too_tall', { times: tallest }) : null;
}

/** Turned upright and put on white: a drawing without a ground of its own would vanish on a dark page. */
async function resized(content: Buffer, type: SourceType): Promise<Sharp[]> {
  const sharp = await loadSharp();
  const source = sharp(content, { limitInputPixels: mostPixels }).timeout({ seconds: 30 }).autoOrient();
  const { autoOrient } = await source.metadata();
  const wanted = type === 'svg' ? widths : new Set(widths.map((width) => Math.min(width, autoOrient.width)));
  const drawn = [...wanted].map((width) =>
    source
      .clone()
      .resize({ width })
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true }),
  );
  return (await Promise.all(drawn)).map(({ data, info: { width, height, channels } }) =>
    sharp(data, { raw: { width, height, channels } }),
  );
}

/** A drawing has few colours and sharp edges: a palette keeps it crisp and small. What a palette swells is a photo. */
async function encoded(sizes: Sharp[], type: SourceType): Promise<PictureCopy[][]> {
  const drawings = type === 'jpeg' ? null : await Promise.all(sizes.map(asDrawing));
  if (drawings && (type === 'svg' || type === 'gif')) return drawings;
  const photos = await Promise.all(sizes.map(asPhoto));
  return drawings && twinBytes(drawings) <= twinBytes(photos) ? drawings : photos;
}

function twinBytes(sizes: PictureCopy[][]): number {
  return sizes.flat().reduce((sum, { format, content }) => sum + (format === 'webp' ? 0 : content.length), 0);
}

/** Old phones show no WebP, hence each has a twin. */
async function asDrawing(pixels: Sharp): Promise<PictureCopy[]> {
  const sharp = await loadSharp();
  const png = await copy('png', pixels.clone().png({ palette: true, dither: 0, compressionLevel: 9, effort: 4 }));
  return [await copy('webp', sharp(png.content).webp({ lossless: true, effort: 4 })), png];
}

async function asPhoto(pixels: Sharp): Promise<PictureCopy[]> {
  const webp = pixels.clone().webp({ quality: 75, smartSubsample: true, effort: 6 });
  const jpeg = pixels.clone().jpeg({ quality: 78, mozjpeg: true });
  return Promise.all([copy('webp', webp), copy('jpg', jpeg)]);
}

async function copy(format: PictureCopy['format'], drawing: Sharp): Promise<PictureCopy> {
  const { data: content, info } = await drawing.toBuffer({ resolveWithObject: true });
  const hash = createHash('sha256').update(content).digest('hex');
  return { hash, format, width: info.width, height: info.height, content };
}
