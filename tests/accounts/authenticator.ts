import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Page } from '../support/client.ts';

interface Deviations {
  origin?: string;
  site?: string;
  challenge?: string;
  type?: string;
  counter?: number;
  /** Without a finger on it. */
  isUnverified?: boolean;
  id?: string;
  userHandle?: string | null;
}

/** A phone with one passkey, in software: what a browser would send, and what it never would. */
export function authenticator(origin = 'http://localhost') {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const id = randomBytes(16);
  let counter = 0;
  let owner = '';

  const clientData = (type: string, options: { challenge: string }, { ...other }: Deviations) =>
    Buffer.from(
      JSON.stringify({
        type: other.type ?? type,
        challenge: other.challenge ?? options.challenge,
        origin: other.origin ?? origin,
        crossOrigin: false,
      }),
    );

  const head = (deviations: Deviations, hasKey: boolean) => {
    const flags = 0x01 | (deviations.isUnverified ? 0 : 0x04) | (hasKey ? 0x40 : 0);
    const count = Buffer.alloc(4);
    count.writeUInt32BE(deviations.counter ?? counter);
    const site = createHash('sha256').update(deviations.site ?? new URL(origin).hostname);
    return Buffer.concat([site.digest(), Buffer.from([flags]), count]);
  };

  return {
    /** Answers the options of a page that makes a passkey. */
    make(page: Page, deviations: Deviations = {}): string {
      const options: { challenge: string; user: { id: string } } = JSON.parse(page.body);
      owner = options.user.id;
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
      const key = map([
        [number(1), number(2)],
        [number(3), number(-7)],
        [number(-1), number(1)],
        [number(-2), bytes(Buffer.from(x, 'base64url'))],
        [number(-3), bytes(Buffer.from(y, 'base64url'))],
      ]);
      const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key]);
      const attestationObject = map([
        [text('fmt'), text('none')],
        [text('attStmt'), map([])],
        [text('authData'), bytes(Buffer.concat([head(deviations, true), credential]))],
      ]);
      return inWords(deviations.id ?? id.toString('base64url'), {
        clientDataJSON: clientData('webauthn.create', options, deviations).toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal'],
      });
    },

    /** Answers the options of a page that uses one. */
    use(page: Page, deviations: Deviations = {}): string {
      const options: { challenge: string } = JSON.parse(page.body);
      counter += 1;
      const data = head(deviations, false);
      const client = clientData('webauthn.get', options, deviations);
      const hash = createHash('sha256').update(client).digest();
      const signature = createSign('sha256')
        .update(Buffer.concat([data, hash]))
        .sign(privateKey);
      const { userHandle = owner } = deviations;
      return inWords(deviations.id ?? id.toString('base64url'), {
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
        ...(userHandle === null ? {} : { userHandle }),
      });
    },
  };
}

function inWords(id: string, response: object): string {
  return JSON.stringify({ id, rawId: id, type: 'public-key', response, clientExtensionResults: {} });
}

// As much of CBOR (RFC 8949) as a passkey needs.
function map(entries: [Buffer, Buffer][]): Buffer {
  return Buffer.concat([Buffer.from([0xa0 | entries.length]), ...entries.flat()]);
}
function number(value: number): Buffer {
  return Buffer.from([value < 0 ? 0x20 | (-1 - value) : value]);
}
function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 | value.length]), Buffer.from(value)]);
}
function bytes(value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x58, value.length]), value]);
}
