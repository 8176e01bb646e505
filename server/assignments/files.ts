import { extname } from 'node:path';
import { cleanLine } from '../platform/text.ts';
import type { UploadedFile } from '../platform/uploads.ts';

/** In bytes, each. */
export const mostFileBytes = 10_000_000;
export const mostFiles = 5;
/** Above it, a picture is no photo of anybody's phone. */
const mostPixels = 60_000_000;
/** Wide enough to read a page that was photographed. */
const widest = 1600;
const longestName = 100;

/** A photo is drawn anew: smaller, and without the place that the phone wrote into it. Any other file stays as it was sent. */
export interface WorkFile {
  kind: 'picture' | 'file';
  name: string;
  content: Buffer;
  mediaType: string;
}

export type FileFault = 'too_large' | 'empty' | 'no_picture' | 'heic' | 'kind';

const pictureNames = new Set(['.jpg', '.jpeg', '.jfif', '.png', '.webp', '.gif', '.avif']);
/** What nobody can be harmed by that opens it, or that asks first. A list, since what is not on it is a program more often than work. */
export const fileNames = [
  ...['.pdf', '.doc', '.docx', '.odt', '.rtf', '.txt', '.md', '.csv', '.xls', '.xlsx', '.ods', '.ppt', '.pptx', '.odp'],
  ...['.mp3', '.m4a', '.aac', '.ogg', '.wav', '.amr', '.mp4', '.3gp', '.mov', '.webm', '.zip'],
];

export async function readWorkFile({ name: sent, bytes, isTooLarge }: UploadedFile): Promise<WorkFile | FileFault> {
  const name = shortName(sent);
  const ending = extname(name).toLowerCase();
  if (isTooLarge) return 'too_large';
  if (bytes.length === 0) return 'empty';
  // No phone but the one that took it shows it, and the place where it was taken stands in it.
  if (isHeic(bytes)) return 'heic';
  if (isPicture(bytes) || pictureNames.has(ending)) {
    const content = await drawWork(bytes);
    return content === null ? 'no_picture' : { kind: 'picture', name, content, mediaType: 'image/jpeg' };
  }
  return fileNames.includes(ending)
    ? { kind: 'file', name, content: bytes, mediaType: 'application/octet-stream' }
    : 'kind';
}

/** @returns null for what is no picture */
async function drawWork(bytes: Buffer): Promise<Buffer | null> {
  const sharp = (await import('sharp')).default;
  try {
    const { width, height, format } = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (format === 'svg' || width * height > mostPixels) return null;
    return await sharp(bytes, { limitInputPixels: mostPixels })
      .timeout({ seconds: 20 })
      .autoOrient()
      .resize({ width: widest, height: widest, fit: 'inside', withoutEnlargement: true })
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .jpeg({ quality: 80, mozjpeg: true })
      .toBuffer();
  } catch {
    return null;
  }
}

/** By the first bytes: a name promises nothing. */
function isPicture(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 12).toString('latin1');
  return /^(?:\x89PNG|\xff\xd8\xff|GIF8|RIFF.{4}WEBP)/s.test(head) || /^.{4}ftypavi[fs]/s.test(head);
}

export function isHeic(bytes: Buffer): boolean {
  return /^.{4}ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)/s.test(bytes.subarray(0, 12).toString('latin1'));
}

/** Without the folders that old browsers send along, and with its ending. */
export function shortName(sent: string): string {
  const name = cleanLine(sent.slice(-1000)).replace(/^.*[/\\]/, '') || 'file';
  const ending = extname(name).slice(0, 10);
  const letters = Array.from(name.slice(0, name.length - extname(name).length));
  return letters.slice(0, longestName).join('') + ending;
}
