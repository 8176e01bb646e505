import { sign } from 'node:crypto';
import type { Kysely } from 'kysely';
import { kindOf, type PrintedCertificate, titlesOf } from '../certificates/printed.ts';
import type { Config } from '../config.ts';
import type { Database } from '../database/connection.ts';
import { publicKeyOf } from '../keys/multikey.ts';
import { findIssuer } from '../keys/queries.ts';
import { signingKeyOf } from '../keys/signing.ts';
import { orNotFound } from '../platform/errors.ts';
import { signatureLength, withPurpose } from './checking.ts';
import { bytesInDigits, digitsOf } from './digits.ts';
import { bytesOfFacts, keyIdLength } from './facts.ts';

/** Scanners read more, but a code with smaller squares wants a better camera. */
const mostCharacters = 299;

/**
 * What the QR code of a certificate holds: the short address, which any scanner opens, and after `#` the signed facts, which no browser
 * sends anywhere.
 * @param shown with the name as it is public
 * @returns the address alone where it is so long that nothing fits beside it
 * @throws KeyLocked
 */
export async function signedAddress(
  db: Kysely<Database>,
  shown: PrintedCertificate,
  settings: Pick<Config, 'keyFile' | 'dataDir'>,
): Promise<string> {
  const issuer = orNotFound(await findIssuer(db, shown.provider.code));
  const { privateKey, publicKey } = await signingKeyOf(db, issuer, settings);
  const { code, holder, issuedOn, validUntil = null, score, trial, verifyUrl } = shown;
  const titles = titlesOf(shown);
  const facts = bytesOfFacts(
    {
      ...{ code, holder, issuedOn, validUntil, score },
      title: titles[shown.languages[0] ?? 'vi'] ?? Object.values(titles)[0] ?? '',
      kind: kindOf(shown),
      isTrial: trial,
      issuer: issuer.code,
      keyId: rawKey(publicKey).subarray(0, keyIdLength),
    },
    bytesInDigits(mostCharacters - verifyUrl.length - 1) - signatureLength,
  );
  if (facts === null) return verifyUrl;
  const signature = sign(null, withPurpose(facts), privateKey);
  return `${verifyUrl}#${digitsOf(Uint8Array.of(...facts, ...signature))}`;
}

/** The 32 bytes of a Multikey. */
export function rawKey(publicKey: string): Buffer {
  return Buffer.from(publicKeyOf(publicKey)?.export({ format: 'jwk' }).x ?? '', 'base64url');
}
