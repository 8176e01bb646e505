import { parseArgs } from 'node:util';
import { PlainError } from '../platform/plain-error.ts';
import { password, pin, type Simulated, type Wanted } from './simulating.ts';

/** What a simulation has made, how long it took, and who can sign in. */
export function simulatedInWords({ counts, bytes, people, seconds }: Simulated & { seconds: number }): string {
  const told = (
    ['persons', 'courses', 'enrolments', 'completions', 'attempts', 'answers', 'certificates'] as const
  ).map((name) => `${counts[name].toLocaleString('en')} ${name}`);
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return [
    `Made ${told.join(', ')}.`,
    `${Math.round(rows).toLocaleString('en')} rows in ${Math.round(seconds).toLocaleString('en')} s; the database has ${Math.round(bytes / 1e6).toLocaleString('en')} MB.`,
    `Sign in by learner code. PIN of learners: ${pin}. Password of the others: ${password}`,
    ...Object.entries(people).map(([who, code]) => `${code}  ${who}`),
  ].join('\n');
}

const mostOf = { learners: 10_000_000, courses: 100_000, centres: 100_000 };

/** @throws PlainError where it says nothing that can be meant */
export function readWanted(args: string[]): Pick<Wanted, 'learners' | 'seed' | 'spread'> {
  try {
    const text = { type: 'string' } as const;
    const options = { learners: text, courses: text, centres: text, seed: text };
    const { seed = 'domdom', ...numbers } = parseArgs({ args, options }).values;
    const { learners, ...spread } = Object.fromEntries(
      Object.entries(numbers).map(([name, digits]) => [name, amount(digits, mostOf[name as keyof typeof mostOf])]),
    );
    if (learners !== undefined) return { learners, seed, spread };
  } catch {
    // What is no option is told like what is no number.
  }
  throw new PlainError('Say how many, from 1 to 10 million: npm run domdom -- simulate --learners 1000000');
}

function amount(digits: string, most: number): number {
  const number = Number(digits);
  if (!Number.isInteger(number) || number < 1 || number > most) throw new RangeError(digits);
  return number;
}
