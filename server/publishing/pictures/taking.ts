import type { Sharp } from 'sharp';
import { isHeic } from '../../assignments/files.ts';
import { longestOf } from '../../courses/package-files.ts';
import type { Picture } from '../../courses/pictures.ts';
import { endingOf } from '../../moving-in/pictures.ts';
import type { UploadedFile } from '../../platform/uploads.ts';
import { drawOnce } from './drawing.ts';

/** In bytes, as a camera makes it. */
export const mostPictureBytes = 20_000_000;
/** A source above it is drawn smaller: readers get 800 pixels, and a package must stay one that can be sent. */
const heaviestSource = 2_000_000;
const widestSource = 2400;
/** Above it, a picture is no photo of anybody's phone. */
const mostPixels = 64_000_000;

export interface TakenPicture {
  content: Buffer;
  ending: string;
  picture: Picture;
}

/** Why it is not taken: the key of a sentence. */
export interface PictureRefusal {
  message: string;
  values: Record<string, string | number>;
}

/** A picture as a draft keeps it, without what its camera wrote into it, and as readers will get it. */
export async function takePicture(file: UploadedFile | null): Promise<TakenPicture | PictureRefusal> {
  if (file === null) return refusal('draft_pictures.error_missing');
  const { bytes } = file;
  if (file.isTooLarge) return refusal('draft_pictures.error_too_large', { megabytes: mostPictureBytes / 1e6 });
  if (bytes.length === 0) return refusal('draft_pictures.error_empty');
  if (isHeic(bytes)) return refusal('draft_pictures.error_heic');
  const ending = endingOf(bytes);
  if (ending === null) return refusal('draft_pictures.error_kind');
  const content = isPhoto(ending) ? await asSource(bytes) : bytes;
  const longest = longestOf(`images/picture.${ending}`);
  if (content.length > longest) return refusal('package.file_too_large', { kilobytes: longest / 1000 });
  const reading = await drawOnce(content);
  if ('fault' in reading) return refusal(`package.${reading.fault.code}`, reading.fault.values);
  return { content, ending, picture: reading.picture };
}

function refusal(message: string, values: PictureRefusal['values'] = {}): PictureRefusal {
  return { message, values };
}

function isPhoto(ending: string): boolean {
  return ending === 'jpg' || ending === 'png' || ending === 'webp';
}

/** A photo says where it was taken, and a package goes from hand to hand. What is small and says nothing stays as it is. */
async function asSource(bytes: Buffer): Promise<Buffer> {
  const sharp = (await import('sharp')).default;
  try {
    const { exif, xmp, iptc, pages = 1 } = await sharp(bytes, { limitInputPixels: false }).metadata();
    const saysMore = exif !== undefined || xmp !== undefined || iptc !== undefined;
    if (pages > 1 || (!saysMore && bytes.length <= heaviestSource)) return bytes;
    return await redrawn(sharp(bytes, { limitInputPixels: mostPixels }));
  } catch {
    // What is wrong with it is told when it is drawn for readers.
    return bytes;
  }
}

/** In the format that it has. */
function redrawn(source: Sharp): Promise<Buffer> {
  return source
    .timeout({ seconds: 30 })
    .autoOrient()
    .resize({ width: widestSource, height: widestSource, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .toBuffer();
}
