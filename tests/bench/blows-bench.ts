import { once } from 'node:events';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type Blow, blows, type Damage, endAll, storm } from '../blows/storm.ts';
import { number, seconds, table } from './report.ts';

// npm run bench -- blows [--learners 1000] [--seconds 60]: two servers over one PostgreSQL, and learners who take a quiz at once while processes are
// killed, PostgreSQL is started anew and connections are cut. Exits with 1 when anything that was acknowledged is lost. It leaves nothing behind.

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: {
    learners: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '60' },
  },
});
const learners = Number(values.learners);
const pause = 3_000;
// Most blows take about as long as the pause before them.
const rounds = Math.max(1, Math.round((Number(values.seconds) * 1000) / (2 * pause * blows.length)));

const endings: (() => unknown)[] = [];
const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => null);
try {
  const damage = await Promise.race([run(), interrupted]);
  if (damage === null || !isSound(damage)) process.exitCode = 1;
} finally {
  await endAll(endings);
}
process.exit();

async function run(): Promise<Damage> {
  const begun = performance.now();
  const load = loadavg()[0] ?? 0;
  const plan: Blow[] = Array.from({ length: rounds }, () => blows).flat();
  const damage = await storm({ learners, blows: plan, thinking: 4_000, pause, tell: console.log, endings });
  console.log(inWords(damage));
  const busy = `${availableParallelism()} cores, which others kept at a load of ${load.toFixed(1)} when this began`;
  console.log(`\n${busy}; took ${seconds(performance.now() - begun)}.`);
  return damage;
}

function isSound({ lost, faults, onRecord }: Damage): boolean {
  return (
    lost === 0 && faults.length === 0 && onRecord.every(({ rows, people }) => rows === learners && people === rows)
  );
}

function inWords({ acknowledged, refusals, breaks, recoveries, lost, onRecord, faults }: Damage): string {
  const late = recoveries.filter(({ took }) => took > 5_000);
  return [
    `\n${number(learners)} learners, ${recoveries.length} blows. From the end of a blow until every server has served again:`,
    table(
      ['blow', 'served again after'],
      recoveries.map(({ blow, took }) => [blow, seconds(took)]),
    ),
    late.length === 0 ? 'Each within 5 seconds.' : `${late.length} took more than 5 seconds.`,
    `${number(acknowledged)} answers acknowledged, ${number(lost)} of them lost; ${number(refusals)} pages that said "try again", ${number(breaks)} connections broken off.`,
    ...onRecord.map(({ table: name, rows, people }) => `${name}: ${number(rows)}, of ${number(people)} people`),
    ...faults.map((fault) => `FAULT: ${fault}`),
  ].join('\n');
}
