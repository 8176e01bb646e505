import { fewest } from '../results/reports/sharing.ts';

/** Sums of those who took both tests of a version, the first time that they took the second: their shares of the points in ten-thousandths. */
export interface GainSums {
  version: number;
  people: number;
  before: number;
  after: number;
}

/** Means in per cent of the points. */
export interface Gain {
  /** null: of all together */
  version: number | null;
  people: number;
  before: number;
  after: number;
  /** in points of per cent */
  gain: number;
  /** null where nothing was left to be learnt */
  normalised: number | null;
}

/**
 * All together first, then each version, the newest first. Versions with too few people are left out of all together as well, so that nobody gets
 * at them by subtraction.
 */
export function gainsOf(sums: GainSums[]): Gain[] {
  const told = sums.filter(({ people }) => people >= fewest).toSorted((one, other) => other.version - one.version);
  if (told.length === 0) return [];
  const add = (name: 'people' | 'before' | 'after') => told.reduce((sum, line) => sum + line[name], 0);
  const all = { people: add('people'), before: add('before'), after: add('after') };
  return [gainOf({ ...all, version: null }), ...told.map(gainOf)];
}

function gainOf({ version, people, before, after }: Omit<GainSums, 'version'> & { version: number | null }): Gain {
  const means = { before: before / people / 100, after: after / people / 100 };
  return { version, people, ...means, gain: means.after - means.before, normalised: normalisedGain(means) };
}

/**
 * The average normalised gain <g> = (<post> − <pre>) / (100 − <pre>), of the means of the class: R. R. Hake, "Interactive-engagement versus
 * traditional methods", American Journal of Physics 66, 64–74 (1998).
 */
export function normalisedGain({ before, after }: { before: number; after: number }): number | null {
  return before >= 100 ? null : (after - before) / (100 - before);
}
