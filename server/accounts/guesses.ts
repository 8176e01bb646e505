import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';
import { countFailure, type Limit, secondsToWait, takeBackFailure } from '../limits/queries.ts';

export interface Guess {
  /** What is guessed at. */
  at: 'sign-in' | 'recovery' | 'secret' | 'second';
  /** Of the account, as typed: whether there is such an account must make no difference. */
  name: string;
  /** Left out where the guess is bound to a browser that is known. */
  address?: string;
  /** Keyed hash of the secret that is tried, so that one PIN cannot be tried on everybody. */
  mark?: string;
}

export type Heard<T> = { wait: number; right: null } | { wait: 0; right: T | null };

/**
 * Lets a secret be tried, unless too many wrong ones came before: then, without any work, the seconds to wait.
 * @param check null: wrong
 */
export async function hearGuess<T>(
  db: Kysely<Database>,
  guess: Guess,
  check: () => Promise<T | null>,
): Promise<Heard<T>> {
  const account = accountLimit(guess);
  const others = otherLimits(guess);
  const wait = await secondsToWait(db, [account, ...others]);
  if (wait > 0) return { wait, right: null };
  // Counted before the slow work: a hundred tries sent at once are a hundred.
  await countFailure(db, [account]);
  let isWrong = false;
  try {
    const right = await check();
    isWrong = right === null;
    return { wait: 0, right };
  } finally {
    // Also when the server could not judge it.
    if (isWrong) await countFailure(db, others);
    else await takeBackFailure(db, account);
  }
}

/** A growing delay, never a lock: nobody can shut a learner out for longer than this. */
function accountLimit({ at, name }: Guess): Limit {
  return { key: `${at} name ${name}`, free: 5, longestWaitSeconds: 15 * 60 };
}

function otherLimits({ at, address, mark }: Guess): Limit[] {
  const limits: Limit[] = [];
  // A school of many learners shares one address.
  if (address) limits.push({ key: `${at} address ${networkOf(address)}`, free: 200, longestWaitSeconds: 60 });
  if (mark) limits.push({ key: `${at} mark ${mark}`, free: 20, longestWaitSeconds: 5 * 60 });
  return limits;
}

/** Whoever has one IPv6 address has the 2^64 beside it too. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address;
  const [before = [], after = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
}
