import { generateKeyPairSync } from 'node:crypto';
import { signed } from '../../server/credentials/proof.ts';
import { multikey } from '../../server/keys/multikey.ts';

/** A sound credential of an issuer that nobody knows. */
export async function strangersBadge(changes: object = {}) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const did = `did:key:${multikey(publicKey)}`;
  const document = {
    '@context': ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'],
    id: 'urn:x:1',
    type: ['VerifiableCredential', 'OpenBadgeCredential'],
    issuer: { id: did, type: ['Profile'], name: 'Trường <b>Nghề</b>' },
    validFrom: '2026-01-01T00:00:00Z',
    credentialSubject: {
      type: ['AchievementSubject'],
      name: 'Lê Lan',
      achievement: { type: ['Achievement'], id: 'urn:x:2', name: 'Hàn' },
    },
    ...changes,
  };
  return signed(document, { privateKey, verificationMethod: did }, new Date());
}
