import { createHash, randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { keepCookie, keptCookie } from '../../platform/cookies.ts';
import { startSession } from '../../platform/sessions.ts';
import { chooseLanguage } from '../../platform/views.ts';
import { deviceOf } from './device.ts';
import { insertKnownBrowser, removeSession } from './queries.ts';

/** Signs a person in on this browser, whoever was signed in on it before. */
export async function enter(
  request: FastifyRequest,
  reply: FastifyReply,
  personId: string,
  sharedPhone: boolean,
): Promise<void> {
  const { db } = request.server;
  if (request.person) await removeSession(db, request.person, request.person.session_id);
  await insertKnownBrowser(db, personId, hashed(rememberBrowser(request, reply)));
  await startSession(reply, personId, { sharedPhone, device: deviceOf(request.headers['user-agent']) });
  if (request.person?.language) chooseLanguage(request, request.person.language);
}

/** The hash of the token that tells this browser from others, or null when nobody signed in on it yet. */
export function browserHash(request: FastifyRequest): string | null {
  const token = keptCookie(request, 'browser');
  return token === undefined ? null : hashed(token);
}

function rememberBrowser(request: FastifyRequest, reply: FastifyReply): string {
  const kept = keptCookie(request, 'browser');
  const token = kept && /^[\w-]{43}$/.test(kept) ? kept : randomBytes(32).toString('base64url');
  // Browsers keep no cookie longer than 400 days.
  keepCookie(reply, 'browser', token, 400 * 24 * 60 * 60);
  return token;
}

function hashed(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
