import type { FastifyReply, FastifyRequest } from 'fastify';
import { signedIn } from '../../platform/scopes.ts';
import { pageOf, requirePerson } from '../guard.ts';
import { getSiteSecret } from '../queries.ts';
import { sealRequest } from '../sign-in/carrying.ts';
import { isConfirmed } from './queries.ts';
import { showConfirmation } from './routes.ts';

/**
 * For what is dear: rights, second factors, keys, erasure. Whoever finds a phone lying open cannot do it. What was sent goes along
 * and is offered again afterwards.
 */
export async function requireConfirmed(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const person = signedIn(request);
  const { db } = request.server;
  const isSure = await isConfirmed(db, person);
  if (isSure) return undefined;
  if (isSure === null) {
    request.person = null;
    return requirePerson(request, reply);
  }
  const isForm = request.method === 'POST';
  const next = isForm ? pageOf(request) : request.url;
  const carried = isForm ? sealRequest(request, person.id, await getSiteSecret(db), new Date()) : null;
  if (request.headers['hx-request'] === 'true') {
    reply.headers({ 'hx-retarget': '#main', 'hx-reselect': '#main', 'hx-reswap': 'outerHTML' });
  }
  return reply.send(await showConfirmation(reply, isForm ? 403 : 200, { along: { next, carried: carried ?? '' } }));
}
