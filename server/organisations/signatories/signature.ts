import type { Sharp } from 'sharp';

/** The most that a scan or a photo of a signature may have. */
export const mostSignatureBytes = 10_000_000;
const mostPixels = 64_000_000;
/** 300 dots to an inch of its place on the paper. */
const size = { width: 640, height: 160 };
/** While it is cleaned. */
const mostSide = 1200;

/**
 * A scanned or photographed signature drawn anew: on white, without the sheet around it and without what cameras and programs write into
 * files. White and not transparent, since some printers turn a whole page with transparency in it into a picture.
 * @returns PNG; null for what is no PNG, JPEG or WebP picture, has too many pixels, or shows no ink
 */
export async function drawSignature(bytes: Uint8Array): Promise<Buffer | null> {
  const sharp = (await import('sharp')).default;
  try {
    const head = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (!['png', 'jpeg', 'webp'].includes(head.format) || head.width * head.height > mostPixels) return null;
    const { data, info } = await sharp(bytes, { limitInputPixels: mostPixels })
      .timeout({ seconds: 10 })
      .autoOrient()
      .resize({ width: mostSide, height: mostSide, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const sheet = await sheetOf(data, info, (raw, shape) => sharp(raw, { raw: shape }));
    if (!whiten(data, sheet)) return null;
    const clean = await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
      .png()
      .toBuffer();
    return await sharp(clean)
      .trim({ background: '#fff', threshold: 40 })
      .resize({ ...size, fit: 'inside', withoutEnlargement: true })
      .png({ palette: true, colours: 16, dither: 0, compressionLevel: 9, effort: 10 })
      .toBuffer();
  } catch {
    return null;
  }
}

interface Shape {
  width: number;
  height: number;
}
type Open = (raw: Buffer, shape: Shape & { channels: 3 }) => Sharp;

/** How light the bare sheet is at each pixel: under a lamp or in a shadow it is another white in each corner. */
async function sheetOf(data: Buffer, { width, height }: Shape, open: Open): Promise<Buffer> {
  const side = Math.max(16, Math.ceil(Math.max(width, height) / 12));
  const [across, down] = [Math.ceil(width / side), Math.ceil(height / side)];
  const tiles = Buffer.alloc(across * down * 3);
  for (let tile = 0; tile < across * down; tile += 1) {
    const [left, top] = [(tile % across) * side, Math.floor(tile / across) * side];
    const [right, bottom] = [Math.min(width, left + side), Math.min(height, top + side)];
    for (let channel = 0; channel < 3; channel += 1) {
      const values: number[] = [];
      for (let y = top; y < bottom; y += 2) {
        for (let x = left; x < right; x += 2) values.push(data[(y * width + x) * 3 + channel] ?? 255);
      }
      // Ink covers less of any tile than this leaves out.
      tiles[tile * 3 + channel] = values.sort((a, b) => a - b)[Math.floor(values.length * 0.85)] ?? 255;
    }
  }
  return open(tiles, { width: across, height: down, channels: 3 })
    .resize({ width, height, fit: 'fill', kernel: 'cubic' })
    .removeAlpha()
    .raw()
    .toBuffer();
}

/** Makes the sheet white, and leaves the ink its colour. @returns whether there is any */
function whiten(data: Buffer, sheet: Buffer): boolean {
  let inked = 0;
  for (let at = 0; at < data.length; at += 3) {
    const parts = [0, 1, 2].map((channel) => (data[at + channel] ?? 0) / Math.max(1, sheet[at + channel] ?? 1));
    const isSheet = Math.min(...parts) > asLightAsSheet;
    if (!isSheet) inked += 1;
    for (const [channel, part] of parts.entries()) data[at + channel] = isSheet ? 255 : Math.min(255, part * 255);
  }
  return inked > (data.length / 3) * leastInk;
}

const asLightAsSheet = 0.82;
/** A part of all pixels: a few are specks. */
const leastInk = 0.0005;
