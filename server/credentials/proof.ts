import { createHash, type KeyObject, sign, verify } from 'node:crypto';
import { multibase, multibaseBytes } from '../keys/base58.ts';
import { type Contexts, canonise } from './canonical.ts';

/** A JSON-LD document that can be signed. */
export interface Unsigned {
  '@context': string[];
  [property: string]: unknown;
}

export interface Signer {
  privateKey: KeyObject;
  /** The address of its public half in the issuer's DID document. */
  verificationMethod: string;
}

export interface Proof {
  type: 'DataIntegrityProof';
  cryptosuite: 'eddsa-rdfc-2022';
  created: string;
  verificationMethod: string;
  proofPurpose: 'assertionMethod';
  proofValue: string;
}

/** Signs by Data Integrity EdDSA Cryptosuites 1.0, section 3.2: an Ed25519 signature over what the document says. */
export async function proofOf(document: Unsigned, signer: Signer, now: Date, contexts?: Contexts): Promise<Proof> {
  const { privateKey, verificationMethod } = signer;
  const options = {
    type: 'DataIntegrityProof',
    cryptosuite: 'eddsa-rdfc-2022',
    created: inSeconds(now),
    verificationMethod,
    proofPurpose: 'assertionMethod',
  } as const;
  const hashes = await hashesOf(document, options, contexts);
  return { ...options, proofValue: multibase(sign(null, hashes, privateKey)) };
}

/**
 * Whether the private half of a key has signed that document.
 * @param document without its proof
 * @throws as `canonise`
 */
export async function isProven(
  document: Unsigned,
  { proofValue, ...options }: { proofValue: string; [option: string]: unknown },
  publicKey: KeyObject,
): Promise<boolean> {
  const signature = multibaseBytes(proofValue);
  return signature !== null && verify(null, await hashesOf(document, options), publicKey, signature);
}

/** With its proof in an array: the schema of Open Badges 3.0 demands one, the W3C allows it. */
export async function signed<T extends Unsigned>(
  document: T,
  signer: Signer,
  now: Date,
): Promise<T & { proof: Proof[] }> {
  return { ...document, proof: [await proofOf(document, signer, now)] };
}

/** As XML Schema writes a moment. */
export function inSeconds(moment: Date): string {
  return moment.toISOString().replace(/\.\d+/, '');
}

/** What is signed: the hash of the proof's settings, then the hash of the document without its proof. */
async function hashesOf(document: Unsigned, options: Record<string, unknown>, contexts?: Contexts): Promise<Buffer> {
  const settings = { '@context': document['@context'], ...options };
  return Buffer.concat([sha256(await canonise(settings, contexts)), sha256(await canonise(document, contexts))]);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
