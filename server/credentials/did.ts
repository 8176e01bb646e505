/** An organisation's name as an issuer, by the method `did:web`: whoever holds the site's address speaks for it. */
export function didOf(publicUrl: URL, code: string): string {
  return `did:web:${encodeURIComponent(publicUrl.host)}:organisations:${code}`;
}

/** The way back: which of our organisations is meant, null for strangers. */
export function issuerCodeOf(publicUrl: URL, did: string): string | null {
  const ours = didOf(publicUrl, '');
  return did.startsWith(ours) ? did.slice(ours.length) : null;
}

/** Where the public half of a key is found. */
export function methodOf(did: string, publicKey: string): string {
  return `${did}#${publicKey}`;
}

/** Retired keys stay in it: what they signed goes on being valid. */
export function didDocument(publicUrl: URL, code: string, publicKeys: string[]) {
  const did = didOf(publicUrl, code);
  const methods = publicKeys.map((publicKeyMultibase) => ({
    id: methodOf(did, publicKeyMultibase),
    type: 'Multikey',
    controller: did,
    publicKeyMultibase,
  }));
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did,
    alsoKnownAs: [new URL(`/organisations/${code}`, publicUrl).href],
    verificationMethod: methods,
    assertionMethod: methods.map(({ id }) => id),
  };
}
