import { createHmac } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { SignInName } from '../contact.ts';
import { hearGuess } from '../guesses.ts';
import { oneTimePinHash } from '../one-time-pins/queries.ts';
import { getSiteSecret } from '../queries.ts';
import { browserHash } from '../sessions/entering.ts';
import type { Reached } from './arriving.ts';
import { whomItFits } from './fitting.ts';
import { type Candidate, listCandidates, mostSharing } from './queries.ts';

/**
 * Whom the secret fits among those who are called so. When tries on that name have gone wrong too often it is still tried
 * on those who signed in on this browser before: a stranger's guesses hold up strangers only.
 */
export async function trySecret(
  request: FastifyRequest,
  name: SignInName,
  secret: string,
): Promise<{ wait: number; fits: Reached[] }> {
  const { db, hasher } = request.server;
  const browser = browserHash(request);
  const candidates = await listCandidates(db, name, browser);
  const tries = name.kind === 'code' ? 1 : mostSharing;
  const siteSecret = await getSiteSecret(db);
  const compare = async (persons: Candidate[]) => {
    const own = await whomItFits(persons, tries, secret, hasher);
    const fits = persons.flatMap((person): Reached[] => {
      if (own.includes(person)) return [{ ...person, pin_hash: null }];
      return person.pin_hash === oneTimePinHash(siteSecret, person.person_id, secret) ? [person] : [];
    });
    return fits.length === 0 ? null : fits;
  };

  const mark = createHmac('sha256', siteSecret).update(secret).digest('base64url');
  const guess = { at: 'sign-in', name: name.value, address: request.ip, mark } as const;
  const heard = await hearGuess(db, guess, () => compare(candidates));
  if (heard.wait === 0) return { wait: 0, fits: heard.right ?? [] };

  const known = candidates.filter((candidate) => candidate.is_known);
  if (known.length === 0) return { wait: heard.wait, fits: [] };
  const ownGuess = { at: 'sign-in', name: `${name.value} on ${browser}` } as const;
  const again = await hearGuess(db, ownGuess, () => compare(known));
  return { wait: Math.min(heard.wait, again.wait), fits: again.right ?? [] };
}
