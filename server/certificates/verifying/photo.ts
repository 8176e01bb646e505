import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Sharp } from 'sharp';

export type PhotoFault = 'no_qr' | 'heic' | 'no_picture' | 'too_many_pixels' | 'busy';
export type PhotoReading = { text: string } | { fault: PhotoFault };

export interface GreyPicture {
  grey: Uint8Array;
  width: number;
  height: number;
}

/** Phones take JPEGs of 50 megapixels; those are shrunk while they are read. Nothing else is so large. */
const mostPixels = { jpeg: 64_000_000, other: 25_000_000 };
/** The longest side at each try, by what reads most photos first; a small code on a large sheet wants the last. */
const sides = [1300, 2000, 900, 2800];
const mostMilliseconds = 8_000;
/** One is read at a time, since it takes a core; so many wait. */
const mostWaiting = 4;

let waiting = 0;
let last: Promise<unknown> = Promise.resolve();

/** What the QR code on a photo or a screenshot says. Bounded in pixels, memory and time, and in how many are read at once. */
export async function readPhoto(bytes: Buffer): Promise<PhotoReading> {
  if (/^....ftyp(?:hei|hev|mif|msf)/s.test(bytes.toString('latin1', 0, 12))) return { fault: 'heic' };
  if (waiting > mostWaiting) return { fault: 'busy' };
  waiting += 1;
  const reading = last.then(() => readNow(bytes));
  last = reading;
  const read = await reading;
  waiting -= 1;
  return read;
}

async function readNow(bytes: Buffer): Promise<PhotoReading> {
  const { default: sharp } = await import('sharp');
  try {
    const { format, width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    const most = format === 'jpeg' ? mostPixels.jpeg : mostPixels.other;
    if (width * height > most) return { fault: 'too_many_pixels' };
    // Turned as the phone was held; a picture may be clear where paper is white.
    const upright = sharp(bytes, { limitInputPixels: most, failOn: 'error' }).autoOrient();
    const whole = await greyOf(upright.flatten({ background: '#fff' }), Math.max(...sides));
    const text = await textOn(whole);
    return text === null ? { fault: 'no_qr' } : { text };
  } catch {
    return { fault: 'no_picture' };
  }
}

async function textOn(whole: GreyPicture): Promise<string | null> {
  const { default: sharp } = await import('sharp');
  const worker = new Worker(new URL('qr-worker.ts', import.meta.url), {
    // None of what the process was started with: a worker begins anew for each picture.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 96 },
  });
  const tooLate = AbortSignal.timeout(mostMilliseconds);
  try {
    const { grey, width, height } = whole;
    // One that is smaller than a side is the same at it and at all above.
    for (const side of new Set(sides.map((side) => Math.min(side, Math.max(width, height))))) {
      const picture = await greyOf(sharp(grey, { raw: { width, height, channels: 1 } }), side);
      worker.postMessage(picture);
      const [text] = await once(worker, 'message', { signal: tooLate });
      if (typeof text === 'string' && text !== '') return text;
    }
    return null;
  } catch {
    // Out of time or of memory.
    return null;
  } finally {
    await worker.terminate();
  }
}

async function greyOf(picture: Sharp, side: number): Promise<GreyPicture> {
  const { data, info } = await picture
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('b-w')
    .timeout({ seconds: mostMilliseconds / 1_000 })
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { grey: data, width: info.width, height: info.height };
}
