import type { FastifyInstance, FastifyReply } from 'fastify';
import { NotFound, orNotFound } from '../platform/errors.ts';
import { Kept } from '../platform/kept.ts';
import { didDocument } from './did.ts';
import { credentialType, issueStatusList } from './issuing.ts';
import { findIdentity, findRevocations } from './queries.ts';

/** What software of others asks for to check a certificate: who its issuer is, and what they have revoked. */
export function credentialRoutes(app: FastifyInstance): void {
  const { db, config } = app;
  // Signed once for each state of a list.
  const lists = new Kept<{ text: string }>(20);

  app.get<{ Params: { code: string } }>('/organisations/:code/did.json', async (request, reply) => {
    const { code, keys } = orNotFound(await findIdentity(db, request.params.code));
    const document = didDocument(
      config.publicUrl,
      code,
      keys.map(({ public_key }) => public_key),
    );
    return forMachines(reply, 'application/did+json').send(JSON.stringify(document));
  });

  app.get<{ Params: { code: string; list: string } }>(
    '/organisations/:code/revocations/:list',
    async (request, reply) => {
      const list = listNumber(request.params.list);
      const issuer = orNotFound(await findRevocations(db, request.params.code, list));
      const { text } = await lists.getOrMake(`${issuer.id} ${list} ${issuer.revoked}`, async () => ({
        text: await issueStatusList(db, issuer, { list, revoked: issuer.revoked }, config),
      }));
      return forMachines(reply, credentialType).send(text);
    },
  );
}

/** Also for verifiers that run on pages of other sites. Never kept: a revocation shows at once. */
export function forMachines(reply: FastifyReply, mediaType: string): FastifyReply {
  return reply
    .headers({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'cache-control': 'no-cache',
    })
    .type(mediaType);
}

function listNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new NotFound();
  return Number(text);
}
