import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { walk } from '../budgets/learner.ts';
import { besiege } from '../routes/siege.ts';
import { dayLoad, hostileTargets } from './day-load.ts';
import { helperPages } from './helper-pages.ts';
import { number, seconds, table } from './report.ts';
import { type Endings, endAll, openTwin, startServer } from './started.ts';

// npm run bench -- hour [--minutes 60] [--per-second 30] [--json FILE]: a working day's requests, some of them hostile, and each minute what the server
// holds of memory. Exits with 1 when a request met a fault of ours, or when memory grows. It leaves nothing behind.

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    minutes: { type: 'string', default: '60' },
    'per-second': { type: 'string', default: '30' },
    json: { type: 'string' },
  },
});
const minutes = Number(values.minutes);
const hostileAMinute = 60;
/** Megabytes that the heap after the last third may lie above that of the third before. */
const mayGrow = 12;

interface Sample {
  minute: number;
  /** megabytes */
  resident: number;
  heap: number;
  external: number;
  /** seconds of a processor since the start */
  cpu: number;
}

const endings: Endings = [];
const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => false);
try {
  if (!(await Promise.race([run(), interrupted]))) process.exitCode = 1;
} finally {
  await endAll(endings);
}
process.exit();

async function run(): Promise<boolean> {
  const begun = performance.now();
  const load = loadavg()[0] ?? 0;
  const token = 'thisBenchReadsThat';
  const started = await startServer(endings, { METRICS_TOKEN: token });
  const twin = await openTwin(endings, started);
  const pages = [...(await walk(twin)).pages, ...(await helperPages(twin))];
  const targets = hostileTargets(pages);
  const port = Number(new URL(started.url).port);

  let isOver = false;
  const day = dayLoad(pages, twin, started.url, Number(values['per-second']));
  const asking = day.run(() => isOver);
  const samples: Sample[] = [await sample(started.url, token, 0)];
  const faults: string[] = [];
  for (let minute = 1; minute <= minutes; minute += 1) {
    const clock = delay(60_000);
    const siege = await besiege({ port, targets, requests: hostileAMinute, seed: minute, lanes: 1 });
    faults.push(...siege.faults);
    // What the twin has asked is of no use here.
    twin.statements.length = 0;
    await clock;
    samples.push(await sample(started.url, token, minute));
    console.log(line(samples.at(-1)));
  }
  isOver = true;
  await asking;

  const { statuses, putOff, handedIn } = day.tally;
  const broken = Object.entries(statuses).filter(([status]) => status === '0' || Number(status) >= 500);
  const isFlat = growth(samples) < mayGrow;
  console.log(
    `\n${number(Object.values(statuses).reduce((sum, count) => sum + count, 0))} requests of learners and others:`,
  );
  for (const [status, count] of Object.entries(statuses)) console.log(`  ${status}  ${number(count)}`);
  console.log(
    `${number(handedIn)} quizzes handed in; ${number(minutes * hostileAMinute)} hostile requests; ${number(putOff)} put off.`,
  );
  for (const fault of faults) console.log(`FAULT: ${fault}`);
  for (const [status, count] of broken) console.log(`FAULT: ${number(count)} times ${status}`);
  console.log(`\n${inWords(samples)}`);
  console.log(
    `\nThe heap of the last third lies ${growth(samples).toFixed(1)} MB above the third before${isFlat ? '' : ': GROWN'}.`,
  );
  const busy = `${availableParallelism()} cores, which others kept at a load of ${load.toFixed(1)} when this began`;
  console.log(`${busy}; Node ${process.version}; took ${seconds(performance.now() - begun)}.`);
  if (values.json) await writeFile(values.json, `${JSON.stringify({ samples, statuses, faults }, null, 2)}\n`);
  return faults.length === 0 && broken.length === 0 && isFlat;
}

async function sample(url: string, token: string, minute: number): Promise<Sample> {
  const answer = await fetch(new URL('/metrics', url), { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  const read = (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  const megabytes = (name: string) => read(name) / 2 ** 20;
  return {
    minute,
    resident: megabytes('process_resident_memory_bytes'),
    heap: megabytes('nodejs_heap_size_used_bytes'),
    external: megabytes('nodejs_external_memory_bytes'),
    cpu: read('process_cpu_seconds_total'),
  };
}

/** Of the least that each third held, since what nobody needs any more goes when there is need; 0 where it took too short to tell. */
function growth(samples: Sample[]): number {
  const third = Math.floor(samples.length / 3);
  const least = (some: Sample[]) => Math.min(...some.map(({ heap }) => heap));
  return third < 3 ? 0 : least(samples.slice(-third)) - least(samples.slice(-2 * third, -third));
}

/** At most some twenty lines, however long it took. */
function inWords(samples: Sample[]): string {
  const step = Math.ceil(samples.length / 20);
  const shown = samples.filter(({ minute }) => minute % step === 0 || minute === samples.length - 1);
  return table(
    ['minute', 'resident', 'heap', 'external', 'CPU'],
    shown.map(({ minute, resident, heap, external, cpu }) => [
      String(minute),
      ...[resident, heap, external].map((megabytes) => `${number(megabytes)} MB`),
      seconds(cpu * 1000),
    ]),
  );
}

function line(sample: Sample | undefined): string {
  if (sample === undefined) return '';
  const { minute, resident, heap, external } = sample;
  return `minute ${minute}: ${number(resident)} MB resident, heap ${number(heap)}, external ${number(external)}`;
}
