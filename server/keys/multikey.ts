import { createPublicKey, type KeyObject } from 'node:crypto';
import { multibase, multibaseBytes } from './base58.ts';

/** Ed25519, public (Controlled Identifiers 1.0, section 2.2.2). */
const head = Buffer.from([0xed, 0x01]);
const rawLength = 32;

/** A public key as issuers give it to the world: `z6Mk…`. */
export function multikey(publicKey: KeyObject): string {
  return multibase(Buffer.concat([head, Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')]));
}

/** Null: it is no such key. */
export function publicKeyOf(text: string): KeyObject | null {
  const bytes = multibaseBytes(text);
  if (bytes?.length !== head.length + rawLength || !bytes.subarray(0, head.length).equals(head)) return null;
  const x = bytes.subarray(head.length).toString('base64url');
  return createPublicKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x } });
}
