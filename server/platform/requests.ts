import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';
import { keepCookie, keptCookie } from './cookies.ts';
import { BadInput, HttpError, NotFound } from './errors.ts';
import { isLanguage, preferredLanguage } from './i18n.ts';
import { isSameOrigin } from './same-origin.ts';
import { readSession } from './sessions.ts';
import { chooseLanguage } from './views.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const year = 365 * 24 * 60 * 60;

declare module 'fastify' {
  interface FastifyRequest {
    /** What to read a page from that a proxy may hold for visitors: theirs may be a minute old, others see what they did just now. */
    readonly reading: Kysely<Database>;
  }
}

/** What happens to every request for a page before its handler: who asks, in which language, and whether it may be heard at all. */
export function addRequestHooks(app: FastifyInstance, publicUrl: URL): void {
  app.decorateRequest('reading', {
    getter() {
      return this.person === null ? this.server.reading : this.server.db;
    },
  });

  app.addHook('onRequest', async (request, reply) => {
    chooseLanguage(request, languageOf(request, reply));
    if (request.method !== 'GET' && request.method !== 'HEAD' && !isSameOrigin(request.headers, publicUrl)) {
      throw new HttpError(403, 'cross-origin');
    }
    if (request.routeOptions.config.scope === 'machines') return;
    await readSession(request, reply);
    if (request.person?.language) chooseLanguage(request, request.person.language);
    request.saving = savesData(request);
  });

  app.addHook('preValidation', async (request) => {
    const { id } = request.params as { id?: string };
    if (id !== undefined && !uuid.test(id)) throw new NotFound();
    // PostgreSQL has no text with NUL in it; and it says that nobody typed this.
    if (hasNul(request.params)) throw new NotFound();
    if (hasNul(request.query) || hasNul(request.body)) throw new BadInput('NUL');
  });
}

function languageOf(request: FastifyRequest, reply: FastifyReply) {
  const asked = (request.query as Record<string, unknown>).lang;
  if (isLanguage(asked)) {
    keepCookie(reply, 'language', asked, year);
    return asked;
  }
  const kept = keptCookie(request, 'language');
  return isLanguage(kept) ? kept : (preferredLanguage(request.headers['accept-language']) ?? 'vi');
}

function savesData(request: FastifyRequest): boolean {
  const chosen = keptCookie(request, 'saving');
  return chosen === undefined ? request.headers['save-data']?.toString().toLowerCase() === 'on' : chosen === 'on';
}

function hasNul(fields: unknown): boolean {
  if (typeof fields !== 'object' || fields === null) return false;
  return Object.entries(fields).some(([name, value]) =>
    [name, value].flat().some((text) => String(text).includes('\0')),
  );
}
