import { readFileSync } from 'node:fs';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HttpError, NotFound } from './errors.ts';
import { translators } from './i18n.ts';

/** Needs neither database nor template: for when those are what failed. */
const fallback = readFileSync(new URL('../../views/errors/fallback.html', import.meta.url), 'utf8');

const pages = ['400', '403', '404', '413', '429', '500', '503'] as const;

type ErrorPages = { [page in `errors/${(typeof pages)[number]}`]: { request_id: string } };
declare module './views.ts' {
  interface Views extends ErrorPages {
    'errors/cross-origin': { request_id: string };
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

/** PostgreSQL gone, shutting down, full or too slow; or no connection free: try again later. */
const unavailable = /^(?:08|53|57P0|57014|25006)|^(?:ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT)$/;

function statusOf(error: FastifyError | HttpError): number {
  if (error instanceof HttpError) return error.statusCode;
  if ('code' in error && unavailable.test(error.code)) return 503;
  if (/timeout exceeded when trying to connect|Connection terminated/.test(error.message)) return 503;
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
