import { createHash } from 'node:crypto';
import { v7 } from 'uuid';

/** Chance that is the same for the same seed: xoshiro128** by Blackman and Vigna, of 2018. */
export interface Chance {
  /** From 0 up to 1, which it never is. */
  share(): number;
  /** A whole number; both ends may come. */
  whole(from: number, to: number): number;
  happens(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  bytes(count: number): Uint8Array;
  /** A key in order of time, as the program makes them. */
  id(moment: number): string;
}

/** @param words what is drawn for: other words, other chance */
export function chance(...words: (string | number)[]): Chance {
  const digest = createHash('sha256').update(words.join('/')).digest();
  const state = new Uint32Array([0, 4, 8, 12].map((place) => digest.readUInt32LE(place)));

  function next(): number {
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const drawn = Math.imul(turned(Math.imul(b, 5), 7), 9) >>> 0;
    state[0] = a ^ d ^ b;
    state[1] = b ^ c ^ a;
    state[2] = c ^ a ^ (b << 9);
    state[3] = turned(d ^ b, 11);
    return drawn;
  }
  const share = () => next() / 2 ** 32;
  const whole = (from: number, to: number) => from + Math.floor(share() * (to - from + 1));
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => next() >>> 24);
  return {
    share,
    whole,
    bytes,
    happens: (probability) => share() < probability,
    pick<T>(list: readonly T[]): T {
      const one = list[whole(0, list.length - 1)];
      if (one === undefined) throw new Error('nothing to pick from');
      return one;
    },
    id: (moment) => v7({ msecs: Math.floor(moment), random: bytes(16) }),
  };
}

function turned(bits: number, by: number): number {
  return (bits << by) | (bits >>> (32 - by));
}

/**
 * A long tail: the first is drawn most often, and there is no last that is never drawn.
 * @returns draws a position
 */
export function longTail(count: number, steepness: number): (random: Chance) => number {
  const sums = new Float64Array(count);
  let sum = 0;
  for (let place = 0; place < count; place += 1) {
    sum += 1 / (place + 2) ** steepness;
    sums[place] = sum;
  }
  return (random) => {
    const wanted = random.share() * sum;
    let [from, to] = [0, count - 1];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((sums[middle] ?? sum) > wanted) to = middle;
      else from = middle + 1;
    }
    return from;
  };
}

/** Numbers that never meet, without being in a row. @param step shares no divisor with `size` */
export function scattered(number: number, size: bigint, step: bigint): number {
  return Number((BigInt(number) * step + size / 3n) % size);
}
