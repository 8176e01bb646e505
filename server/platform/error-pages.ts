import { readFileSync } from 'node:fs';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpError, NotFound } from './errors.ts';
import { translators } from './i18n.ts';
import { type Again, againOf } from './trying-again.ts';

/** Needs neither database nor template: for when those are what failed. */
const fallback = readFileSync(new URL('../../views/errors/fallback.html', import.meta.url), 'utf8');

const pages = ['400', '403', '404', '413', '429', '500'] as const;

type ErrorPages = { [page in `errors/${(typeof pages)[number]}`]: { request_id: string } };
declare module './views.ts' {
  interface Views extends ErrorPages {
    'errors/cross-origin': { request_id: string };
    'errors/503': { again: Again };
  }
}

export function addErrorPages(app: FastifyInstance): void {
  app.setNotFoundHandler(async (_request, _reply) => {
    throw new NotFound();
  });
  app.setErrorHandler<FastifyError | HttpError>(async (error, request, reply) => {
    const status = statusOf(error);
    if (status >= 500) request.log.error({ err: error }, 'request failed');
    if (status === 503) reply.header('retry-after', '10');
    return sendErrorPage(request, reply, status, error.message === 'cross-origin');
  });
}

async function sendErrorPage(request: FastifyRequest, reply: FastifyReply, status: number, isCrossOrigin: boolean) {
  const known = pages.find((page) => page === String(status)) ?? (status < 500 ? '400' : '500');
  try {
    // An error before the language was chosen: in Vietnamese, which the page lets one change.
    request.t ??= translators.vi;
    if (status === 503) {
      // What somebody has typed is in it.
      reply.header('cache-control', 'no-store');
      return await reply.page('errors/503', { again: await againOf(request) }, { status });
    }
    return await reply.page(
      isCrossOrigin ? 'errors/cross-origin' : `errors/${known}`,
      { request_id: request.id },
      { status },
    );
  } catch (error) {
    request.log.error({ err: error }, 'error page failed');
    return reply.status(status).type('text/html; charset=utf-8').send(fallback);
  }
}

/**
 * Try again later. SQLSTATEs: no connection (08), out of disk, memory or connections (53), shutting down (57P0), too slow (57014), read-only (25006),
 * given up for somebody else's sake (40001, 40P01, 55P03), its disk fails (58). Of the system: no way there, our own disk full, too many files open.
 */
const unavailable =
  /^(?:08|53|58|57P0|57014|25006|40001|40P01|55P03)|^(?:EAI_AGAIN|ECONNREFUSED|ECONNRESET|EDQUOT|EHOSTUNREACH|EMFILE|ENETUNREACH|ENFILE|ENOENT|ENOSPC|EPIPE|ETIMEDOUT)$/;
/** What the driver says without a code. */
const cutOff =
  /timeout exceeded when trying to connect|timeout expired|Query read timeout|Connection terminated|not queryable|pool after calling end/;

function statusOf(error: FastifyError | HttpError): number {
  if (error instanceof HttpError) return error.statusCode;
  if ('code' in error && unavailable.test(error.code)) return 503;
  if (cutOff.test(error.message)) return 503;
  const status = error.statusCode ?? 500;
  // A body of another type than a form: to the person it is a bad request like any other.
  return status === 415 ? 400 : status;
}

/**
 * The address as it came; in place of one with broken escapes, which Fastify would refuse before any page could be drawn, one that
 * is not found.
 */
export function readableUrl({ url = '/' }: { url?: string | undefined }): string {
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '');
    return url;
  } catch {
    return '/unreadable';
  }
}
