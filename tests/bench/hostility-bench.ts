import { once } from 'node:events';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Memory } from '../routes/hostile-server.ts';
import type { Target } from '../routes/hostile-targets.ts';
import { besiege } from '../routes/siege.ts';
import { startProgram } from './programs.ts';
import { number, seconds } from './report.ts';

// npm run bench -- hostility [--requests 100000] [--seed 1]: hostile requests over real connections, against every route, by everybody. Exits with 1
// when one was answered by a fault of ours, hung, or when memory has grown. It leaves nothing behind.

const { values } = parseArgs({
  args: process.argv.slice(3),
  options: { requests: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
});
const requests = Number(values.requests);
/** After so many everybody comes anew: they may have signed out, been erased, or closed their cohort. */
const lifetime = 25_000;
/** Bytes that the process may hold more at the end than after the first tenth, when caches are full. */
const mayGrow = { heap: 48 * 2 ** 20, resident: 256 * 2 ** 20 };

const server = startProgram('tests/routes/hostile-server.ts', [], { TAP_TIMEOUT: '0', LOG_LEVEL: 'silent' });
const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => false);
try {
  if (!(await Promise.race([run(), interrupted]))) process.exitCode = 1;
} finally {
  // It ends its site and its PostgreSQL by itself then. Node does not always tell of the "close" of a child whose channel was closed from here.
  const exit = once(server.process, 'exit');
  if (server.process.connected) server.process.disconnect();
  await Promise.race([server.ended, exit]);
}
process.exit();

async function run(): Promise<boolean> {
  const begun = performance.now();
  const load = loadavg()[0] ?? 0;
  await told();
  const port = await asked<number>('port');
  const statuses: Record<number, number> = {};
  const faults: string[] = [];
  const memories: Memory[] = [];
  let sent = 0;
  while (sent < requests) {
    const targets = await asked<Target[]>('targets');
    for (let ofThese = 0; ofThese < lifetime && sent < requests; ) {
      // A tenth at a time, to look at the memory between.
      const count = Math.min(Math.ceil(requests / 10), lifetime, requests - sent);
      const siege = await besiege({ port, targets, requests: count, seed: Number(values.seed) + sent });
      for (const [status, times] of Object.entries(siege.statuses))
        statuses[Number(status)] = (statuses[Number(status)] ?? 0) + times;
      faults.push(...siege.faults);
      sent += count;
      ofThese += count;
      memories.push(await asked<Memory>('memory'));
      console.log(`${number(sent)} requests, ${faults.length} faults, ${megabytes(memories.at(-1))}`);
    }
  }
  const [first] = memories;
  const last = memories.at(-1);
  const isFlat =
    first !== undefined &&
    last !== undefined &&
    last.heap - first.heap < mayGrow.heap &&
    last.resident - first.resident < mayGrow.resident;
  const isServing = (await fetch(`http://127.0.0.1:${port}/courses`)).status === 200;
  const open = await asked<number>('connections');
  console.log(`\n${number(requests)} hostile requests against every route, by everybody. Answers (0: closed):`);
  for (const [status, times] of Object.entries(statuses)) console.log(`  ${status}  ${number(times)}`);
  for (const fault of faults.slice(0, 50)) console.log(`FAULT: ${fault}`);
  console.log(
    `Memory after the first tenth: ${megabytes(first)}; at the end: ${megabytes(last)}${isFlat ? '' : ': GROWN'}`,
  );
  console.log(
    `${isServing ? 'It serves after it' : 'FAULT: it does not serve after it'}; ${open} connections are open.`,
  );
  const busy = `${availableParallelism()} cores, which others kept at a load of ${load.toFixed(1)} when this began`;
  console.log(`${busy}; took ${seconds(performance.now() - begun)}.`);
  return faults.length === 0 && isFlat && isServing;
}

async function asked<T>(question: string): Promise<T> {
  const answer = told();
  server.process.send(question);
  return (await answer) as T;
}

async function told(): Promise<unknown> {
  for (;;) {
    const [message] = await server.unlessItEnds(once(server.process, 'message'));
    if (typeof message === 'object' && message !== null && 'told' in message) return message.told;
  }
}

function megabytes(memory: Memory | undefined): string {
  const inWords = (bytes = 0) => `${number(bytes / 2 ** 20)} MB`;
  return `${inWords(memory?.heap)} in use, ${inWords(memory?.resident)} resident`;
}
