import type { FastifyReply, FastifyRequest } from 'fastify';
import { blankForm } from '../platform/forms.ts';
import { ownPath } from '../platform/same-origin.ts';
import { findExpiredPerson } from '../platform/sessions.ts';
import { getSiteSecret } from './queries.ts';
import { sealRequest } from './sign-in/carrying.ts';
import { SignInForm } from './sign-in/forms.ts';
import { showSignIn } from './sign-in/routes.ts';
import { withNext } from './way-back.ts';

/**
 * Signed out, a page leads to sign-in and back. What was sent goes along too, when it was sent in a session that has
 * ended since: it is offered to the same person afterwards, and never runs by itself.
 */
export async function requirePerson(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (request.person !== null) return undefined;
  if (request.method === 'GET' || request.method === 'HEAD') return reply.goTo(withNext('/sign-in', request.url));

  // htmx would put the page into the part that it asked for.
  if (request.headers['hx-request'] === 'true') {
    reply.headers({ 'hx-retarget': '#main', 'hx-reselect': '#main', 'hx-reswap': 'outerHTML' });
  }
  const { db } = request.server;
  const personId = await findExpiredPerson(request, db);
  const carried = personId && sealRequest(request, personId, await getSiteSecret(db), new Date());
  const along = { next: pageOf(request), carried: carried ?? '' };
  const notice = personId === null ? 'needed' : carried === null ? 'lost' : 'kept';
  return reply.send(await showSignIn(reply, 401, { form: blankForm(SignInForm), along, notice }));
}

/** The page that the form stood on. */
export function pageOf({ headers, server }: FastifyRequest): string | null {
  const { publicUrl } = server.config;
  const { referer = '' } = headers;
  return referer.startsWith(`${publicUrl.origin}/`) ? ownPath(referer.slice(publicUrl.origin.length), publicUrl) : null;
}
