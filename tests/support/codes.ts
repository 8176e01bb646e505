import { newDigitCode } from '../../server/platform/digit-code.ts';

let last = 0;

/** A code that people type, as none before it: drawn by chance, two of some thousands would be the same every few runs. */
export function nextDigitCode(length: number): string {
  last += 1;
  const least = 10 ** (length - 2);
  // The factor, a prime, brings each number once, and neighbours far apart.
  const digits = String(least + ((last * 2_654_435_761) % (9 * least)));
  return newDigitCode(length, () => Uint8Array.from(digits, Number));
}
