// The packages bring no types; these are the parts in use.
declare module '@digitalbazaar/vc' {
  interface Outcome {
    verified: boolean;
    error?: Error & { errors?: Error[] };
  }
  type Loader = (url: string) => Promise<{ documentUrl: string; document: unknown }>;
  export function verifyCredential(asked: {
    credential: object;
    suite: unknown;
    documentLoader: Loader;
    checkStatus: () => Promise<{ verified: boolean }>;
  }): Promise<Outcome>;
}

declare module '@digitalbazaar/data-integrity' {
  export class DataIntegrityProof {
    constructor(options: { cryptosuite: unknown });
  }
}

declare module '@digitalbazaar/eddsa-rdfc-2022-cryptosuite' {
  export const cryptosuite: unknown;
}
