import type { FastifyReply, FastifyRequest } from 'fastify';
import { addVary } from './compression.ts';
import { dropCookie, keepCookie, keptCookie } from './cookies.ts';
import { hasPlainMessage } from './i18n.ts';

/** One sentence shown on the next page. */
export interface Flash {
  kind: 'good' | 'bad';
  message: string;
}

declare module 'fastify' {
  interface FastifyReply {
    /** After a change: on to a page, with the key of a sentence to show there. Also speaks htmx. */
    goTo(path: string, flash?: string, kind?: Flash['kind']): FastifyReply;
  }
}

const cookie = 'flash';

export function goTo(this: FastifyReply, path: string, flash?: string, kind: Flash['kind'] = 'good'): FastifyReply {
  if (flash !== undefined) keepCookie(this, cookie, `${kind} ${flash}`, 60);
  // A 303 to htmx is followed by fetch and would land inside the target.
  addVary(this, 'hx-request');
  return this.request.headers['hx-request'] === 'true'
    ? this.status(204).header('hx-redirect', path).send()
    : this.redirect(path, 303);
}

export function takeFlash(request: FastifyRequest, reply: FastifyReply): Flash | null {
  const value = keptCookie(request, cookie);
  if (value === undefined) return null;
  dropCookie(reply, cookie);
  const [kind, key = ''] = value.split(' ');
  if ((kind !== 'good' && kind !== 'bad') || !hasPlainMessage(request.language, key)) return null;
  return { kind, message: request.t(key) };
}
