import type { Sharp } from 'sharp';

/** A logo drawn anew: small, and without what cameras and programs write into files. */
export interface Logo {
  content: Buffer;
  mediaType: 'image/png' | 'image/jpeg';
}

export const mostLogoBytes = 5_000_000;
const mostPixels = 25_000_000;
/** Twice as wide as it is shown, for phones with two dots to a point. */
const side = 240;

/** @returns null for what is no PNG, JPEG or WebP picture, or has more pixels than any logo needs */
export async function drawLogo(bytes: Uint8Array): Promise<Logo | null> {
  const sharp = (await import('sharp')).default;
  try {
    const head = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (!['png', 'jpeg', 'webp'].includes(head.format) || head.width * head.height > mostPixels) return null;
    const drawn = sharp(bytes, { limitInputPixels: mostPixels })
      .timeout({ seconds: 10 })
      .autoOrient()
      .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
      // On white, as it lies on paper: a dark logo without a ground would vanish on a dark page.
      .flatten({ background: '#fff' })
      .toColourspace('srgb');
    return await smaller(drawn);
  } catch {
    return null;
  }
}

/** Few colours are smaller with a palette, a photo is smaller without. Every phone and printer shows both. */
async function smaller(drawn: Sharp): Promise<Logo> {
  const png = await drawn.clone().png({ palette: true, compressionLevel: 9, effort: 7 }).toBuffer();
  const jpeg = await drawn.clone().jpeg({ quality: 80, mozjpeg: true }).toBuffer();
  return png.length <= jpeg.length
    ? { content: png, mediaType: 'image/png' }
    : { content: jpeg, mediaType: 'image/jpeg' };
}
