import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Static, TSchema } from 'typebox';
import Schema from 'typebox/schema';

/** Something the server hands to a browser to bring back later, neither read nor changed on the way. */
export interface Seal<T extends TSchema> {
  /** Nothing sealed for one purpose opens for another. */
  purpose: string;
  minutes: number;
  content: T;
}

export function seal<T extends TSchema>(kind: Seal<T>, siteSecret: Uint8Array, content: Static<T>, now: Date): string {
  const nonce = randomBytes(12);
  const until = now.getTime() + kind.minutes * 60_000;
  const cipher = createCipheriv('aes-256-gcm', keyFor(kind.purpose, siteSecret), nonce);
  const text = cipher.update(JSON.stringify({ until, content }), 'utf8');
  return Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** Null for what is not ours, was changed, or has run out. */
export function unseal<T extends TSchema>(
  kind: Seal<T>,
  siteSecret: Uint8Array,
  sealed: string,
  now: Date,
): Static<T> | null {
  const { until, content } = opened(kind.purpose, siteSecret, Buffer.from(sealed, 'base64url'));
  return typeof until === 'number' && until > now.getTime() && Schema.Check(kind.content, content) ? content : null;
}

function opened(purpose: string, siteSecret: Uint8Array, bytes: Buffer): { until?: unknown; content?: unknown } {
  try {
    const cipher = createDecipheriv('aes-256-gcm', keyFor(purpose, siteSecret), bytes.subarray(0, 12), {
      authTagLength: 16,
    });
    cipher.setAuthTag(bytes.subarray(-16));
    return JSON.parse(cipher.update(bytes.subarray(12, -16), undefined, 'utf8') + cipher.final('utf8'));
  } catch {
    return {};
  }
}

function keyFor(purpose: string, siteSecret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', siteSecret, '', `seal ${purpose}`, 32));
}
