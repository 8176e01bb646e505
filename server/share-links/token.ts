import { createHash, hkdfSync } from 'node:crypto';
import { codeAlphabet } from '../certificates/code.ts';

/** 26 characters out of 31: more than 2^128, so nobody guesses one, and they can be typed from paper. */
const tokenLength = 26;

/** Made from the token of the form and the site's secret: the same form sent twice makes one link, though only its hash is kept. */
export function newShareToken(siteSecret: Uint8Array, formToken: string): string {
  const bytes = new Uint8Array(hkdfSync('sha256', siteSecret, formToken, 'share link', 256));
  // As in certificates' codes: bytes from 248 on would favour eight characters.
  const characters = [...bytes].filter((byte) => byte < 248).map((byte) => codeAlphabet.charAt(byte % 31));
  return characters.slice(0, tokenLength).join('');
}

/** What of a token is kept; null for what cannot be one. */
export function shareHash(typed: string): string | null {
  const token = typed.toUpperCase();
  if (token.length !== tokenLength || [...token].some((character) => !codeAlphabet.includes(character))) return null;
  return createHash('sha256').update(token).digest('base64url');
}
