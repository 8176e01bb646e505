import { createHash } from 'node:crypto';
import { type Picture, pictureFault, readPicture } from '../../courses/pictures.ts';
import { Kept } from '../../platform/kept.ts';
import { weightOf } from '../checks.ts';

const drawn = new Kept<Awaited<ReturnType<typeof readPicture>>>(40);

/** Drawing is most of reading a course, and the same bytes always give the same copies. */
export function drawOnce(content: Buffer): ReturnType<typeof readPicture> {
  return drawn.getOrMake(hashOf(content), () => readPicture(content));
}

const weighed = new Kept<{ bytes: number | null }>(20_000);

/** What its widest copy weighs: a number is kept where the copies are not, so a visit draws only what is new. @returns null for what cannot be drawn */
export async function weighOnce(content: Buffer): Promise<number | null> {
  const { bytes } = await weighed.getOrMake(hashOf(content), async () => {
    const reading = await drawOnce(content);
    return { bytes: 'fault' in reading ? null : weightOf(reading.picture) };
  });
  return bytes;
}

/**
 * Looks at the head alone, for what is checked at each page. Its copies stand for those that are drawn when somebody looks at them: they have
 * the hash of the source.
 */
export async function glance(content: Buffer): ReturnType<typeof readPicture> {
  const fault = await pictureFault(content);
  if (fault) return { fault };
  const { width = 800, height = 600 } = await sizeOf(content);
  const hash = hashOf(content);
  const copy = { hash, width, height, content: Buffer.alloc(0) };
  const picture: Picture = {
    copies: [
      { ...copy, format: 'webp' },
      { ...copy, format: 'png' },
    ],
  };
  return { picture };
}

async function sizeOf(content: Buffer): Promise<{ width?: number; height?: number }> {
  const sharp = (await import('sharp')).default;
  const { autoOrient } = await sharp(content, { limitInputPixels: false }).metadata();
  return autoOrient;
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
