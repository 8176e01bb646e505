import { Agent, request } from 'node:http';
import { type Fields, type HTMLElement, parse } from '../support/html.ts';

export interface Answer {
  status: number;
  location: string;
  retryAfter: string;
  body: string;
}

/** Longer than anything may take, as nginx waits: what has not answered by then hangs. */
const patience = 60_000;

class Hang extends Error {}

/** One for all learners of a site: each keeps its connection as browsers do. */
export function browsers(): Agent {
  return new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });
}

/** Throws when the connection is refused or breaks off before the whole answer is there. */
export function ask(
  origin: string,
  { agent, cookie, path, fields }: { agent: Agent; cookie: string; path: string; fields?: Fields | undefined },
): Promise<Answer> {
  const body = fields === undefined ? undefined : new URLSearchParams(fields).toString();
  const form = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body ?? '') };
  return new Promise((resolve, reject) => {
    const sent = request(new URL(path, origin), {
      agent,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        cookie,
        'sec-fetch-site': 'same-origin',
        'accept-language': 'vi',
        ...(body === undefined ? {} : form),
      },
      timeout: patience,
    });
    sent.once('timeout', () => sent.destroy(new Hang(`${path} did not answer`)));
    sent.once('error', reject);
    sent.once('response', (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () => {
        if (!answer.complete) return reject(new Error('broken off'));
        const { location = '', 'retry-after': retryAfter = '' } = answer.headers;
        const text = Buffer.concat(chunks).toString();
        return resolve({ status: answer.statusCode ?? 0, location, retryAfter, body: text });
      });
    });
    sent.end(body);
  });
}

/** The form of the page that says "try again". */
export function keptForm({ body }: Answer): HTMLElement | null {
  return parse(body).querySelector('main form');
}
