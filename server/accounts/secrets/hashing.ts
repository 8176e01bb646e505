import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { HttpError } from '../../platform/errors.ts';

/** Argon2id, as strong and as slow as the machine can bear. */
export interface Hasher {
  hash(secret: string): Promise<string>;
  /** @param hashed null: for nobody; '': for somebody who has none yet; takes as long and says no */
  verify(hashed: string | null, secret: string): Promise<boolean>;
}

interface Cost {
  /** KiB */
  memoryCost: number;
  timeCost: number;
  parallelism: number;
}

/** OWASP's Password Storage Cheat Sheet, 2025. */
const owasp: Cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Each costs 19 MiB and a thread of the four that also compress pages and read files. */
const atOnce = 2;
/** About ten seconds of work: who comes later is told to try again. */
const longestQueue = 400;

export function argon2Hasher(cost: Cost = owasp): Hasher {
  const inTurn = queue(atOnce, longestQueue);
  const nobody = inTurn(() => hash(randomBytes(16), cost));
  return {
    hash: (secret) => inTurn(() => hash(secret, cost)),
    async verify(hashed, secret) {
      const compared = hashed || (await nobody);
      const fits = await inTurn(() => verify(compared, secret));
      return fits && compared === hashed;
    },
  };
}

/** Runs so many at once; the others wait in the order they came. */
function queue(atOnce: number, longest: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running < atOnce) running += 1;
    else if (waiting.length < longest) await new Promise<void>((resolve) => waiting.push(resolve));
    else throw new HttpError(503, 'too many secrets to check');
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
