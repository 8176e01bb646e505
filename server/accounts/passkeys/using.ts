import type { FastifyReply, FastifyRequest } from 'fastify';
import { countFailure, secondsToWait } from '../../limits/queries.ts';
import { NotFound } from '../../platform/errors.ts';
import { networkOf } from '../guesses.ts';
import { hiddenField } from '../way-back.ts';
import { checkUsed, optionsToUse, type PasskeySite, passkeySite } from './ceremony.ts';
import { challengeOf, readCredential, Used } from './credential.ts';
import { type Asked, findPasskey, insertChallenge, listPasskeys, recordUse, takeChallenge } from './queries.ts';

/** Whether the form was sent by the button for passkeys. */
export function hasPasskey(request: FastifyRequest): boolean {
  return hiddenField(request.body, 'credential') !== '';
}

/** @throws NotFound where the site can have none */
export function requirePasskeySite({ server }: FastifyRequest): PasskeySite {
  const site = passkeySite(server.config.publicUrl);
  if (site === null) throw new NotFound();
  return site;
}

/** Answers the script with what the browser needs to use a passkey. */
export async function sendChallenge(request: FastifyRequest, reply: FastifyReply, asked: Asked) {
  const { db } = request.server;
  const passkeys = asked.personId === null ? [] : await listPasskeys(db, asked.personId);
  const options = await optionsToUse(requirePasskeySite(request), passkeys);
  await insertChallenge(db, options.challenge, asked);
  return reply.header('cache-control', 'no-store').send(options);
}

/** A challenge is a row: whoever asks for hundreds without a name has to wait. A school of many learners may come from one network. */
export async function secondsToChallenge({ ip, server: { db } }: FastifyRequest): Promise<number> {
  const limits = [{ key: `passkey challenge address ${networkOf(ip)}`, free: 300, longestWaitSeconds: 60 }];
  const wait = await secondsToWait(db, limits);
  if (wait === 0) await countFailure(db, limits);
  return wait;
}

/** Whose passkey has answered the challenge; null for nobody's, another's, and an answer that was heard before. */
export async function usePasskey(request: FastifyRequest, asked: Asked): Promise<string | null> {
  const { db } = request.server;
  const site = requirePasskeySite(request);
  const used = readCredential(Used, hiddenField(request.body, 'credential'));
  const challenge = used && challengeOf(used);
  if (used === null || challenge === null || !(await takeChallenge(db, challenge, asked))) return null;
  const passkey = await findPasskey(db, used.id);
  if (passkey === null || (asked.personId !== null && asked.personId !== passkey.person_id)) return null;
  const counter = await checkUsed(site, passkey, used, challenge);
  return counter !== null && (await recordUse(db, passkey, counter)) ? passkey.person_id : null;
}
