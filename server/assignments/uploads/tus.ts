import { HttpError } from '../../platform/errors.ts';
import { shortName } from '../files.ts';

/**
 * What the headers of the resumable upload protocol say: tus 1.0.0, with the extensions `creation` and `expiration`
 * (https://tus.io/protocols/resumable-upload).
 */
export const tusVersion = '1.0.0';
export const tusExtensions = 'creation,expiration';
export const partType = 'application/offset+octet-stream';
const longestMetadata = 2000;

type Headers = Record<string, string | string[] | undefined>;

/** A client of another version is told which is spoken here, and nothing is done. */
export function requireTus(headers: Headers): void {
  if (headers['tus-resumable'] !== tusVersion) throw new HttpError(412, 'another version of tus');
}

/** @returns null where there is none, or no whole number */
export function wholeNumber(header: Headers[string]): number | null {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : null;
}

/** @returns null for what is not written as the protocol says; a file without a name has one all the same */
export function fileNameIn(metadata: string): string | null {
  if (metadata.length > longestMetadata) return null;
  const pairs =
    metadata === '' ? [] : metadata.split(',').map((pair) => /^([^\s,]+)(?: ([A-Za-z\d+/]*={0,2}))?$/.exec(pair));
  if (pairs.includes(null)) return null;
  const name = pairs.find((pair) => pair?.[1] === 'filename')?.[2] ?? '';
  const sent = Buffer.from(name, 'base64').toString();
  return sent.includes('\0') ? null : shortName(sent);
}

/** Whether it says, beside the name, when the file was changed last: what is alike in both and in size is one file. */
export function knowsFile(metadata: string): boolean {
  return /(?:^|,)modified [A-Za-z\d+/]/.test(metadata);
}

/** Whether a request means to send a part: where PATCH does not get through, a POST says so. */
export function sendsPart(method: string, headers: Headers): boolean {
  return method === 'PATCH' || headers['x-http-method-override'] === 'PATCH';
}
