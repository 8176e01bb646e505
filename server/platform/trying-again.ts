import type { FastifyRequest } from 'fastify';
import { type SentField, sentFields } from './forms.ts';
import { ownPath } from './same-origin.ts';

/** A request that could not be heard, as its error page offers it once more: repeating one is harmless. */
export interface Again {
  method: 'get' | 'post';
  action: string;
  fields: SentField[];
  /** The names of secrets that were typed: never written into a page, so they are typed anew. */
  secrets: string[];
  /** Files, and what is larger than any form of ours, stay in the page that they were sent from. */
  isWhole: boolean;
}

const mostBytes = 128 * 1024;
// The fields that forms read by `field.secret`, and whatever else is asked for as one; a test holds them together.
const secretName = /secret|^(?:recovery_)?code$/;

export async function againOf(request: FastifyRequest): Promise<Again> {
  // What begins with two slashes would lead elsewhere.
  const action = ownPath(request.url, request.server.config.publicUrl) ?? '/';
  if (request.method !== 'POST') return { method: 'get', action, fields: [], secrets: [], isWhole: true };
  const sent = sentFields(request.body === undefined ? await readForm(request) : request.body);
  const fields = sent === null || sent.flat().some((text) => text.includes('\0')) ? null : sent;
  const isSecret = ([name, value]: SentField) => secretName.test(name) && value !== '';
  return {
    method: 'post',
    action,
    fields: fields?.filter((one) => !isSecret(one)) ?? [],
    secrets: [...new Set(fields?.filter(isSecret).map(([name]) => name))],
    isWhole: fields !== null,
  };
}

/** Who asks is found out before a body is read: where the database fails at that, the body is still to come. */
async function readForm({ headers, raw }: FastifyRequest): Promise<URLSearchParams | null> {
  const length = Number(headers['content-length'] ?? Number.NaN);
  if (length === 0) return new URLSearchParams();
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '');
  if (!isForm || !(length <= mostBytes) || raw.readableDidRead) return null;
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of raw) chunks.push(chunk);
  } catch {
    // Whoever sent it has gone.
    return null;
  }
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
