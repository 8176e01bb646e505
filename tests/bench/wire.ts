import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { LearnerPage } from '../budgets/learner.ts';
import { parse } from '../support/html.ts';

/** What a visit to a page moves over the network, in bytes as the client's socket sees them, headers included. */
export interface Wire {
  /** The page and what it needs, without pictures, with an empty cache. */
  cold: number;
  /** The page alone: all else is kept by the browser for a year. */
  warm: number;
  script: number;
  /** of a cold visit */
  requests: number;
}

export type Encoding = 'br' | 'gzip';

export async function weigh(url: string, headers: LearnerPage['headers'], encoding: Encoding): Promise<Wire> {
  const fetchAs = (address: string) => fetchRaw(address, { ...headers, 'accept-encoding': encoding });
  const page = await fetchAs(url);
  if (page.status !== 200) throw new Error(`${url} answered ${page.status}`);
  const root = parse(page.body);
  const weighAll = async (addresses: (string | undefined)[]) => {
    const fetched = await Promise.all(addresses.map((address) => fetchAs(new URL(address ?? '', url).href)));
    return fetched.reduce((sum, { bytes }) => sum + bytes, 0);
  };
  const links = root.querySelectorAll('link[rel=stylesheet], link[rel=icon]').map((link) => link.getAttribute('href'));
  const fetchedLinks = links.filter((href) => !href?.startsWith('data:'));
  const scripts = root.querySelectorAll('script[src]').map((element) => element.getAttribute('src'));
  const script = await weighAll(scripts);
  return {
    cold: page.bytes + script + (await weighAll(fetchedLinks)),
    warm: page.bytes,
    script,
    requests: 1 + fetchedLinks.length + scripts.length,
  };
}

/** One request on a connection of its own, so that everything the socket received is the answer. */
async function fetchRaw(url: string, headers: Record<string, string>) {
  const sent = request(url, { headers, agent: false }).end();
  const [answer] = await once(sent, 'response');
  const chunks = await answer.toArray();
  const body = decoded(Buffer.concat(chunks), answer.headers);
  return { status: answer.statusCode, bytes: answer.socket.bytesRead, body };
}

function decoded(body: Buffer, { 'content-encoding': encoding }: IncomingHttpHeaders): string {
  if (encoding === 'br') return brotliDecompressSync(body).toString();
  return (encoding === 'gzip' ? gunzipSync(body) : body).toString();
}
