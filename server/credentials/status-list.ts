import { gzipSync } from 'node:zlib';
import { didOf } from './did.ts';
import { inSeconds, type Unsigned } from './proof.ts';

/** The least that the W3C allows, so that nobody learns from a look into the list whom it was about. */
export const listLength = 131_072;

export interface Place {
  list: number;
  position: number;
}

/** What a credential says about where its revocation would stand. */
export function statusEntry(publicUrl: URL, code: string, { list, position }: Place) {
  const statusListCredential = listAddress(publicUrl, code, list);
  return {
    id: `${statusListCredential}#${position}`,
    type: 'BitstringStatusListEntry',
    statusPurpose: 'revocation',
    statusListIndex: String(position),
    statusListCredential,
  };
}

/** Bitstring Status List 1.0: of all certificates of an organisation in that list, those that are revoked. */
export function statusList(publicUrl: URL, code: string, list: number, revoked: number[], now: Date): Unsigned {
  const id = listAddress(publicUrl, code, list);
  return {
    '@context': ['https://www.w3.org/ns/credentials/v2'],
    id,
    type: ['VerifiableCredential', 'BitstringStatusListCredential'],
    issuer: didOf(publicUrl, code),
    validFrom: inSeconds(now),
    credentialSubject: {
      id: `${id}#list`,
      type: 'BitstringStatusList',
      statusPurpose: 'revocation',
      encodedList: encodeList(revoked),
    },
  };
}

/** One bit a certificate, the first is the highest of the first byte; compressed, in multibase `u`. */
function encodeList(revoked: number[]): string {
  const bits = Buffer.alloc(listLength / 8);
  for (const position of revoked) {
    const byte = position >> 3;
    bits[byte] = (bits[byte] ?? 0) | (0x80 >> (position & 7));
  }
  return `u${gzipSync(bits).toString('base64url')}`;
}

function listAddress(publicUrl: URL, code: string, list: number): string {
  return new URL(`/organisations/${code}/revocations/${list}`, publicUrl).href;
}
