import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse as bytesOf, validate } from 'uuid';

/** Whose calendar, and which of the addresses it has had. */
export interface Calendar {
  person_id: string;
  key: string;
}

/** What stands in the secret address: it says whose calendar it is, and proves that we have made it. Nothing secret is stored. */
export function tokenOf(siteSecret: Uint8Array, calendar: Calendar): string {
  return Buffer.concat([bytesOf(calendar.person_id), proof(siteSecret, calendar)]).toString('base64url');
}

/** Null: it is no such token. */
export function personIn(token: string): string | null {
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== 48 || bytes.toString('base64url') !== token) return null;
  const id = bytes.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return validate(id) ? id : null;
}

export function isTokenOf(siteSecret: Uint8Array, calendar: Calendar, token: string): boolean {
  const [given, right] = [Buffer.from(token, 'base64url'), Buffer.from(tokenOf(siteSecret, calendar), 'base64url')];
  return given.length === right.length && timingSafeEqual(given, right);
}

function proof(siteSecret: Uint8Array, { person_id, key }: Calendar): Buffer {
  return createHmac('sha256', siteSecret).update(`calendar ${person_id} ${key}`).digest();
}
