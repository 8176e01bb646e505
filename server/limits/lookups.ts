import type { FastifyRequest } from 'fastify';
import { networkOf } from '../accounts/guesses.ts';
import { countFailure, type Limit, secondsToWait } from './queries.ts';

/**
 * Looks something up by a code that might be guessed. Misses count for the network they come from and for the account that asks;
 * past the free ones there is a wait, never a lock.
 * @param at what is looked for
 * @param find undefined: no such thing
 */
export async function lookUp<T>(
  request: FastifyRequest,
  at: 'invitation' | 'join code' | 'learner code' | 'meeting code' | 'passkey',
  find: () => Promise<T | undefined>,
): Promise<{ wait: number; found: T | undefined }> {
  const { db } = request.server;
  const limits = limitsOf(request, at);
  const wait = await secondsToWait(db, limits);
  if (wait > 0) return { wait, found: undefined };
  const found = await find();
  if (found === undefined) await countFailure(db, limits);
  return { wait: 0, found };
}

/** A class of forty that types from one blackboard shares an address, and each may err. */
function limitsOf({ ip, person }: FastifyRequest, at: string): Limit[] {
  const network: Limit = { key: `${at} address ${networkOf(ip)}`, free: 100, longestWaitSeconds: 60 };
  return person === null
    ? [network]
    : [network, { key: `${at} person ${person.id}`, free: 20, longestWaitSeconds: 5 * 60 }];
}
