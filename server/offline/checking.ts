import { hashes, verify } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { readCode } from '../certificates/code.ts';
import { isExpired } from '../certificates/validity.ts';
import { bytesOfDigits } from './digits.ts';
import { type Facts, factsOfBytes } from './facts.ts';
import { bytesOfBase64, isPacked } from './short-codes.ts';

// Not WebCrypto: a page opened from a file may have none, and old phones know no Ed25519.
hashes.sha512 = sha512;

/** What somebody takes along to check certificates with. */
export interface List {
  /** YYYY-MM-DD: what was revoked after it is not known. */
  date: string;
  /** Where an issuer's own list is to be had. */
  site: string;
  issuers: ListedIssuer[];
}

export interface ListedIssuer {
  code: string;
  name: string;
  /** In base64url, those retired too. */
  keys: string[];
  /** The codes that hold no longer, by `packCodes`; null: they are too many for this list. */
  revoked: string | null;
  /** So many bits of each are left out: what is not among them holds, what is may not. */
  rough?: number;
}

export type Verdict =
  /** `code_only`: the code or the short address alone, which proves nothing without the network. */
  | { outcome: 'unreadable' | 'code_only' | 'altered' }
  | { outcome: 'unknown_issuer'; facts: Facts }
  /** As it was signed; `unlisted`: but nobody can tell here whether it was revoked; `doubtful`: and it may well have been. */
  | { outcome: 'valid' | 'revoked' | 'trial' | 'expired' | 'unlisted' | 'doubtful'; facts: Facts; issuer: string };

export const signatureLength = 64;

/**
 * What a QR code of ours holds after the short address. Pure, and the same on the server and in the file that people take along.
 * @param today YYYY-MM-DD; a clock that is behind the list is not believed
 */
export function check(text: string, list: List, today: string): Verdict {
  const typed = text.replace(/\s/g, '');
  const [address = '', payload] = typed.includes('#') ? typed.split('#') : ['', typed];
  if (payload === undefined || codeIn(payload) !== null) return { outcome: 'code_only' };
  const bytes = bytesOfDigits(payload);
  if (bytes === null || bytes.length <= signatureLength) return { outcome: 'unreadable' };
  const signed = bytes.subarray(0, -signatureLength);
  const facts = factsOfBytes(signed);
  if (facts === null) return { outcome: codeIn(address) === null ? 'unreadable' : 'altered' };
  if (address !== '' && codeIn(address) !== facts.code) return { outcome: 'altered' };

  const known = list.issuers.flatMap((issuer) => issuer.keys.map((key) => ({ ...issuer, key: bytesOfBase64(key) })));
  const named = known.filter(({ key }) => facts.keyId.every((byte, at) => byte === key[at]));
  if (named.length === 0) return { outcome: 'unknown_issuer', facts };
  const signature = bytes.subarray(-signatureLength);
  const issuer = named.find(
    ({ code, key }) => code === facts.issuer && verify(signature, withPurpose(signed), key, { zip215: false }),
  );
  if (issuer === undefined) return { outcome: 'altered' };
  return { outcome: standingOf(facts, issuer, today < list.date ? list.date : today), facts, issuer: issuer.name };
}

function standingOf(facts: Facts, { revoked, rough = 0 }: ListedIssuer, today: string) {
  const isListed = revoked !== null && isPacked(facts.code, revoked, rough);
  if (isListed && rough === 0) return 'revoked';
  if (facts.isTrial) return 'trial';
  if (isExpired({ validUntil: facts.validUntil ?? undefined }, today)) return 'expired';
  if (isListed) return 'doubtful';
  return revoked === null ? 'unlisted' : 'valid';
}

/** What is signed: no signature under something else can be taken for one of these. */
export function withPurpose(facts: Uint8Array): Uint8Array {
  return Uint8Array.of(...new TextEncoder().encode('domdom certificate '), ...facts);
}

function codeIn(text: string): string | null {
  const reading = readCode(text.split(/[?#]/)[0]?.split('/').pop() ?? '');
  return 'code' in reading ? reading.code : null;
}
