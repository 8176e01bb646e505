import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { type LearnerPage, long, walk } from '../budgets/learner.ts';
import { launchOptions } from '../support/chromium.ts';
import { helperPages } from './helper-pages.ts';
import { learnerLoads } from './learner-loads.ts';
import { measureLoads } from './load.ts';
import { measureMatching } from './matching.ts';
import { startProgram } from './programs.ts';
import { loadsInWords, matchingInWords, number, type PageRow, pagesInWords, seconds } from './report.ts';
import { type Endings, endAll, openTwin, startServer, type Twin } from './started.ts';
import { throttle, visit } from './visits.ts';
import { weigh } from './wire.ts';

// npm run bench [-- --long] [--json FILE]: what the pages cost that are read most, of a server started for it. It leaves nothing behind.

const { values: options } = parseArgs({
  options: { long: { type: 'boolean', default: false }, json: { type: 'string' } },
});
/** Short: under two minutes. */
const effort = options.long
  ? { visits: 5, rounds: 7, seconds: 5, handIns: 40 }
  : { visits: 1, rounds: 3, seconds: 1, handIns: 12 };

const endings: Endings = [];
const interrupted = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => true);
try {
  if (await Promise.race([main(), interrupted])) process.exitCode = 1;
} finally {
  await endAll(endings);
}
// What was interrupted may still be waiting for something.
process.exit();

async function main(): Promise<void> {
  const begun = performance.now();
  const machine = { cores: availableParallelism(), load: loadavg()[0] ?? 0, node: process.version };
  const started = await startServer(endings);
  const { url, dataDir, pid } = started;
  const twin = await openTwin(endings, started);
  const pages = [...(await walk(twin)).pages, ...(await helperPages(twin))];

  const rows = await measurePages(pages, url, twin);
  console.log(pagesInWords(rows, effort));
  const loads = await learnerLoads(pages, twin, { handIns: effort.handIns });
  const loadRows = await measureLoads(loads, { origin: url, bareUrl: await startBare(dataDir), ...effort }, progress);
  console.log(loadsInWords(loadRows, effort));
  const resident = await residentBytes(pid);
  if (resident !== null) console.log(`\nThe server holds ${number(resident / 2 ** 20)} MB of memory after all that.`);

  progress('matching');
  const matching = await measureMatching(twin.db);
  progress('');
  console.log(matchingInWords(matching));

  const found = { machine, effort, throttle, pages: rows, loads: loadRows, resident, matching };
  if (options.json) await writeFile(options.json, `${JSON.stringify(found, null, 2)}\n`);
  const busy = `${machine.cores} cores, which others kept at a load of ${machine.load.toFixed(1)} when this began`;
  console.log(`\n${busy}; Node ${machine.node}; took ${seconds(performance.now() - begun)}.`);
}

async function startBare(dataDir: string): Promise<string> {
  const bare = startProgram('tests/bench/bare-server.ts', [dataDir]);
  endings.push(bare.stop);
  const [address] = await bare.untilSays(/^http:\S+/m);
  return `${address}/${long.slug}`;
}

async function measurePages(pages: LearnerPage[], url: string, { app, statements }: Twin): Promise<PageRow[]> {
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  const browser = await chromium.launch({ ...(await launchOptions()), ...signals });
  endings.push(() => browser.close());
  const rows: PageRow[] = [];
  for (const { name, path, headers } of pages) {
    progress(name);
    const before = statements.length;
    await app.inject({ url: path, headers });
    rows.push({
      name,
      path,
      statements: statements.length - before,
      brotli: await weigh(url + path, headers, 'br'),
      gzip: await weigh(url + path, headers, 'gzip'),
      visit: await visit(browser, url + path, headers.cookie, effort.visits),
    });
  }
  progress('');
  await browser.close();
  return rows;
}

/** As Linux counts it; null elsewhere. */
async function residentBytes(pid: number | undefined): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** One line on the terminal that the next takes the place of. */
function progress(words: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${words}`);
}
