import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Kept } from './kept.ts';

const brotli = promisify(brotliCompress);
const deflate = promisify(gzip);
const worthwhile = 860;
const compressible = /^(?:text\/|application\/(?:json|ld\+json|javascript)|image\/svg)/;

/**
 * Compresses what is text, and answers 304 to who has it already. Brotli at 4 costs 0.1 ms a page and saves most of what 11 would; what never
 * changes is kept compressed at 11 by its owner.
 */
export function addCompression(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string' || payload.length < worthwhile || reply.hasHeader('content-encoding'))
      return payload;
    if (!compressible.test(String(reply.getHeader('content-type')))) return payload;
    addVary(reply, 'accept-encoding');
    const encoding = acceptedEncoding(request.headers['accept-encoding']);
    const key = fingerprint(payload) + (encoding ?? '');
    if (reply.statusCode === 200 && isReading(request) && reply.getHeader('cache-control') !== 'no-store') {
      reply.header('etag', `"${key}"`);
      if (has(request.headers['if-none-match'], key)) {
        reply.status(304).removeHeader('content-length');
        return null;
      }
    }
    if (encoding === null) return payload;
    reply.header('content-encoding', encoding).removeHeader('content-length');
    return kept.getOrMake(key, () => compressed(payload, encoding));
  });
}

// Compressing is what a page costs most, and many pages are sent again as they were.
const kept = new Kept<Buffer>(500);

/** Of the text as UTF-16, which is how it lies in memory: to make UTF-8 of it takes longer than the hash. */
function fingerprint(text: string): string {
  return createHash('sha1').update(text, 'utf16le').digest('base64url');
}

function isReading({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A proxy that compresses anew calls our tag a weak one. */
function has(header: string | undefined, key: string): boolean {
  return header?.split(',').some((tag) => tag.trim().replace(/^W\//, '') === `"${key}"`) ?? false;
}

function compressed(text: string, encoding: 'br' | 'gzip'): Promise<Buffer> {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
  return encoding === 'br' ? brotli(text, { params }) : deflate(text, { level: 6 });
}

export function acceptedEncoding(header: string | string[] | undefined): 'br' | 'gzip' | null {
  const accepted = String(header ?? '');
  if (/\bbr\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accepted)) return 'br';
  if (/\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accepted)) return 'gzip';
  return null;
}

export function addVary(
  reply: { getHeader(name: string): unknown; header(name: string, value: string): unknown },
  ...names: string[]
): void {
  const present = String(reply.getHeader('vary') ?? '')
    .split(/,\s*/)
    .filter(Boolean);
  reply.header('vary', [...new Set([...present, ...names])].join(', '));
}
