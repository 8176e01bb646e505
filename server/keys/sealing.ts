import { createCipheriv, createDecipheriv, createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';

/** @param publicKey its other half: a sealed key put beside another one does not open */
export function sealPrivateKey(privateKey: KeyObject, publicKey: string, masterKey: Uint8Array): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', masterKey, nonce).setAAD(Buffer.from(publicKey));
  const text = cipher.update(privateKey.export({ format: 'der', type: 'pkcs8' }));
  return Buffer.concat([nonce, text, cipher.final(), cipher.getAuthTag()]);
}

/** Null: it was sealed under another master key, or changed since. */
export function openPrivateKey(sealed: Buffer, publicKey: string, masterKey: Uint8Array): KeyObject | null {
  try {
    const cipher = createDecipheriv('aes-256-gcm', masterKey, sealed.subarray(0, 12), { authTagLength: 16 });
    cipher.setAAD(Buffer.from(publicKey)).setAuthTag(sealed.subarray(-16));
    const key = Buffer.concat([cipher.update(sealed.subarray(12, -16)), cipher.final()]);
    return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  } catch {
    return null;
  }
}
