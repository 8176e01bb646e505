import { gunzipSync } from 'node:zlib';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as bazaar from '@digitalbazaar/vc';
import { verifyCredential } from '@digitalcredentials/verifier-core';
import type { Test } from 'tap';
import { shippedContexts } from '../../server/credentials/canonical.ts';
import type { TestApp } from '../support/app.ts';
import { client } from '../support/client.ts';

/** A credential as strangers' software gets it. */
// biome-ignore lint/suspicious/noExplicitAny: whatever JSON it is
export type Credential = any;

type Site = Pick<TestApp, 'app'>;

/** What the verifier of Digital Bazaar finds: an empty text, or what is wrong. The site is all the network that there is. */
export async function faultByBazaar(site: Site, credential: Credential): Promise<string> {
  const known = await shippedContexts();
  const suite = new DataIntegrityProof({ cryptosuite });
  const documentLoader = async (url: string) => {
    const document = known.get(url) ?? (await didPart(site, url));
    return { documentUrl: url, document };
  };
  const checkStatus = async () => ({ verified: !(await isListed(site, credential)) });
  const { verified, error } = await bazaar.verifyCredential({ credential, suite, documentLoader, checkStatus });
  if (verified) return '';
  return [error, ...(error?.errors ?? [])].map((one) => one?.message).join(' · ') || 'not verified';
}

/** What the verifier of the Digital Credentials Consortium says of each step; `errors` where it could not go through them. */
export async function stepsByConsortium(t: Test, site: Site, credential: Credential): Promise<Record<string, unknown>> {
  const asked: string[] = [];
  t.intercept(globalThis, 'fetch', {
    configurable: true,
    value: async (input: string | URL | Request) => {
      const { href, pathname } = new URL(input instanceof Request ? input.url : input);
      asked.push(href);
      const { publicUrl } = site.app.config;
      // A schema of 1EdTech that demands nothing: theirs is not at hand.
      if (!href.startsWith(publicUrl.origin)) return new Response('{}', { status: 404 });
      const { status, body, headers } = await client(site.app).get(pathname);
      return new Response(body, { status, headers: { 'content-type': String(headers['content-type']) } });
    },
  });
  const { log, errors } = await verifyCredential({ credential, knownDIDRegistries: [] });
  if (errors) return { errors: errors.map(({ name, message }) => `${name}: ${message}`), asked };
  return Object.fromEntries((log ?? []).map(({ id, valid }) => [id, valid]));
}

/** Whether the bit of a credential stands in the list that its issuer signs; the list's own signature is checked too. */
export async function isListed(site: Site, { credentialStatus }: Credential): Promise<boolean> {
  const list = JSON.parse((await client(site.app).get(pathOf(credentialStatus.statusListCredential))).body);
  const fault = await faultByBazaar(site, list);
  if (fault !== '') throw new Error(fault);
  const bits = gunzipSync(Buffer.from(list.credentialSubject.encodedList.slice(1), 'base64url'));
  const position = Number(credentialStatus.statusListIndex);
  return (((bits[Math.floor(position / 8)] ?? 0) >> (7 - (position % 8))) & 1) === 1;
}

async function didPart(site: Site, url: string): Promise<unknown> {
  const [did = '', fragment] = url.split('#');
  const [, , host = '', ...path] = did.split(':');
  if (decodeURIComponent(host) !== site.app.config.publicUrl.host) throw new Error(`no network to ask for ${url}`);
  const document: Credential = JSON.parse((await client(site.app).get(`/${path.join('/')}/did.json`)).body);
  if (fragment === undefined) return document;
  const method = document.verificationMethod.find(({ id }: { id: string }) => id === url);
  if (method === undefined) throw new Error(`no ${url}`);
  return { '@context': 'https://w3id.org/security/multikey/v1', ...method };
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}
