import { hash } from 'node:crypto';

/**
 * The positions 0 to n - 1 in an order that depends on seed and salt alone: the same on every machine and after every
 * restart. Fisher–Yates as done with pencil and paper, over SHA-256 in counter mode.
 */
export function shuffled(seed: string, salt: string, n: number): number[] {
  const left = Array.from({ length: n }, (_, index) => index);
  const words = randomWords(seed, salt);
  const order: number[] = [];
  while (left.length > 0) order.push(...left.splice(below(left.length, words), 1));
  return order;
}

const wordRange = 2 ** 32;

/** Words at the end of the range would favour the small numbers: they are passed over. */
function below(limit: number, words: Generator<number, never>): number {
  const fair = wordRange - (wordRange % limit);
  let word = words.next().value;
  while (word >= fair) word = words.next().value;
  return word % limit;
}

function* randomWords(seed: string, salt: string): Generator<number, never> {
  for (let counter = 0; ; counter += 1) {
    const block = hash('sha256', JSON.stringify([seed, salt, counter]), 'buffer');
    for (let at = 0; at < block.length; at += 4) yield block.readUInt32BE(at);
  }
}
