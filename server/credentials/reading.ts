import { credentialInPng, credentialInSvg, pngSignature } from './unbaking.ts';

/** Why a file cannot be looked at further; `photo`: it may show one, but has none inside. */
export type ReadingFault = 'no_certificate' | 'empty_picture' | 'photo' | 'pdf' | 'too_large';

export type JsonObject = { [name: string]: unknown };

/** A credential signed as a whole (JSON Web Signature, in compact form), rather than with a proof inside. */
export interface Token {
  header: JsonObject;
  signed: string;
  signature: Buffer;
}

export type Reading = { document: JsonObject; token: Token | null } | { fault: ReadingFault };

/** Takes whatever file somebody was given as a certificate: JSON, a token, or a picture with one of them inside. */
export function readCredential(bytes: Buffer): Reading {
  if (bytes.subarray(0, pngSignature.length).equals(pngSignature)) {
    const text = credentialInPng(bytes);
    return text === null ? { fault: 'photo' } : readText(text.trim());
  }
  const head = bytes.toString('latin1', 0, 12);
  if (head.startsWith('%PDF')) return { fault: 'pdf' };
  if (/^(?:\xff\xd8\xff|GIF8|RIFF....WEBP|....ftyp)/s.test(head)) return { fault: 'photo' };
  const text = textIn(bytes);
  if (!text.startsWith('<')) return readText(text);
  const inside = credentialInSvg(text);
  return inside === null ? { fault: 'empty_picture' } : readText(inside.trim());
}

function readText(text: string): Reading {
  // Some credentials have a picture within them.
  if (text.length > 400_000) return { fault: 'too_large' };
  const [, header, payload, signature] = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(text) ?? [];
  if (header === undefined || payload === undefined || signature === undefined) {
    const document = objectIn(text);
    return document === null ? { fault: 'no_certificate' } : bounded(document, null);
  }
  const [head, claims] = [header, payload].map((part) => objectIn(Buffer.from(part, 'base64url').toString()));
  if (!head || !claims) return { fault: 'no_certificate' };
  // The data model 1.1 has the credential as one of the claims; 2.0 has it as all of them.
  const document = isObject(claims.vc) ? { ...claims.vc, iss: claims.iss } : claims;
  const token = { header: head, signed: `${header}.${payload}`, signature: Buffer.from(signature, 'base64url') };
  return bounded(document, token);
}

function bounded(document: JsonObject, token: Token | null): Reading {
  return isModest(document) ? { document, token } : { fault: 'too_large' };
}

/** What follows takes time by the count of values and of vocabularies, and memory by their depth. */
function isModest(document: JsonObject): boolean {
  let [values, contexts] = [0, 0];
  for (let level: unknown[] = [document], depth = 0; level.length > 0; depth += 1) {
    if (depth > 25) return false;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value !== 'object' || value === null) continue;
      const members = Object.values(value);
      values += members.length;
      if (values > 1_500) return false;
      if ('@context' in value) contexts += [value['@context']].flat().length;
      next.push(...members);
    }
    if (contexts > 20) return false;
    level = next;
  }
  return true;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectIn(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** As UTF-8 without the mark that some editors put before it; of anything else nothing. */
function textIn(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim();
  } catch {
    return '';
  }
}
