import { once } from 'node:events';
import type { Request } from 'autocannon';
import { type Program, startProgram } from './programs.ts';

/** What one run sends: each lane is a connection that goes through its requests in order. */
export interface Job {
  origin: string;
  lanes: Request[][];
  /** null: each request once. */
  seconds: number | null;
}

export interface Measured {
  perSecond: number;
  /** milliseconds */
  p99: number;
  count: number;
  statuses: Record<number, number>;
  failures: number;
}

export interface Load {
  name: string;
  /** The only status that is no failure. */
  status: number;
  /** Made anew for every run, where a run uses up what it meets. */
  lanes: () => Promise<Request[][]>;
  /** Each request once, instead of as many as go into the time. */
  once?: boolean;
  /** What must be on record after a run, or it has measured something else. */
  check?: (measured: Measured) => Promise<void>;
}

export interface LoadRow {
  name: string;
  perSecond: number;
  p99: number;
  barePerSecond: number;
  /** The median of what each run was to the run of the bare route beside it. */
  ratio: number;
}

export const connections = 16;

interface Options {
  origin: string;
  bareUrl: string;
  rounds: number;
  seconds: number;
}

/**
 * Runs every load in turn, each straight after a run of the bare route: on a machine that others use as well, only neighbours can
 * be compared.
 */
export async function measureLoads(
  loads: Load[],
  { origin, bareUrl, rounds, seconds }: Options,
  tell: (words: string) => void,
): Promise<LoadRow[]> {
  const gunner = startProgram('tests/bench/load-child.ts');
  const { origin: bareOrigin, pathname } = new URL(bareUrl);
  const bare: Job = { origin: bareOrigin, lanes: sameForAll({ path: pathname }), seconds };
  const rows = loads.map((load) => ({ load, bares: [] as Measured[], runs: [] as Measured[] }));
  try {
    // The first round warms the code up and is not counted.
    for (let round = 0; round <= rounds; round += 1) {
      for (const { load, bares, runs } of rows) {
        tell(`${load.name}, ${round} of ${rounds}`);
        const job = { origin, lanes: await load.lanes(), seconds: load.once ? null : seconds };
        const neighbour = await run(gunner, bare);
        const measured = await run(gunner, job);
        await refuseFailures(load, measured);
        if (round === 0) continue;
        bares.push(neighbour);
        runs.push(measured);
      }
    }
  } finally {
    tell('');
    await gunner.stop();
  }
  return rows.map(({ load: { name }, bares, runs }) => ({
    name,
    perSecond: median(runs.map(({ perSecond }) => perSecond)),
    p99: median(runs.map(({ p99 }) => p99)),
    barePerSecond: median(bares.map(({ perSecond }) => perSecond)),
    ratio: median(runs.map(({ perSecond }, index) => perSecond / (bares[index]?.perSecond ?? Number.NaN))),
  }));
}

export function sameForAll(request: Request): Request[][] {
  return Array.from({ length: connections }, () => [request]);
}

export function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

async function run(gunner: Program, job: Job): Promise<Measured> {
  const answer = once(gunner.process, 'message');
  gunner.process.send(job);
  const [measured] = await gunner.unlessItEnds(answer);
  return measured;
}

async function refuseFailures(load: Load, measured: Measured): Promise<void> {
  const others = Object.keys(measured.statuses).filter((status) => Number(status) !== load.status);
  if (others.length > 0 || measured.failures > 0 || measured.count === 0)
    throw new Error(`${load.name} answered ${JSON.stringify(measured.statuses)}, with ${measured.failures} failures`);
  await load.check?.(measured);
}
