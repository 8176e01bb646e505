import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { stripVTControlCharacters } from 'node:util';
import { launchOptions } from './chromium.ts';
import { leftDatabases, startTestPostgres, type TestPostgres } from './test-postgres.ts';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * What `npm test` does: unpacks the browser, starts PostgreSQL, runs tap.
 * @param args files, folders and options of tap; none: all tests
 */
export async function runTests(args: string[]): Promise<Counts> {
  buildTap();
  // Unpacked now, not by several tests at once.
  await launchOptions();
  const postgres = await startTestPostgres();
  const counts = countsIn(await runTap(args.flatMap(filesIn), postgres));

  const keep = counts.failed > 0 && (await leftDatabases(postgres.url)).length > 0;
  await postgres.stop({ keep });
  if (keep)
    console.log(`To see what the failed tests have left: node tests/support/test-postgres.ts ${postgres.folder}`);
  return counts;
}

export function inWords({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** It comes built with a plugin that .taprc leaves out, and its tests fail until it is built anew: once after `npm ci`, in 5 s. */
function buildTap(): void {
  const built = createRequire(import.meta.resolve('tap')).resolve('@tapjs/test/built');
  if (readFileSync(built, 'utf8').includes('@tapjs/typescript')) spawnSync('tap', ['build'], { stdio: 'inherit' });
}

async function runTap(
  args: string[],
  { url, folder }: TestPostgres,
): Promise<{ status: number | null; output: string }> {
  // The embedded PostgreSQL takes 50 connections.
  const options = [`--jobs=${Math.min(availableParallelism(), 8)}`, '--reporter=base'];
  options.push(`--node-arg=--import=${import.meta.resolve('./seed.ts')}`);
  if (process.stdout.isTTY) options.push('--color');
  const tap = spawn('tap', ['run', ...options, ...args], {
    stdio: ['inherit', 'pipe', 'pipe'],
    // In continuous integration the reporter writes line after line; else it draws over what it has written.
    env: { ...process.env, TEST_DATABASE_URL: url, TEST_FOLDER: folder, CI: 'true' },
  });
  let output = '';
  for (const [from, to] of [
    [tap.stdout, process.stdout],
    [tap.stderr, process.stderr],
  ] as const)
    from.on('data', (chunk) => {
      output += chunk;
      to.write(chunk);
    });
  // Ctrl-C reaches tap as well; PostgreSQL goes after it.
  const wait = () => {};
  process.on('SIGINT', wait);
  const [status] = await once(tap, 'close');
  process.off('SIGINT', wait);
  return { status, output };
}

/** tap knows files, people also say folders. A folder without tests goes on as it is, for tap to complain of. */
function filesIn(argument: string): string[] {
  const isFolder = statSync(argument, { throwIfNoEntry: false })?.isDirectory();
  const files = isFolder ? globSync(`${argument}/**/*.test.ts`) : [];
  return files.length > 0 ? files : [argument];
}

/**
 * From the line `Asserts: 7 pass 1 fail 2 skip …`. The status of tap is not 0 for faults that are no test's, too; it is 0 for a test that is
 * told only after its file had seemed to be over, which tap does not run.
 */
function countsIn({ status, output }: { status: number | null; output: string }): Counts {
  const asserts = stripVTControlCharacters(output).split('Asserts:').at(-1) ?? '';
  const count = (name: string) => Number(new RegExp(`^[^\\n]*?(\\d+) ${name}\\b`).exec(asserts)?.[1] ?? 0);
  const [passed, failed] = [count('pass'), count('fail')];
  const isFault = status !== 0 || passed === 0 || output.includes('cannot create subtest after parent test ends');
  return { passed, failed: isFault ? Math.max(failed, 1) : failed, skipped: count('skip') + count('todo') };
}

if (import.meta.main) {
  const counts = await runTests(process.argv.slice(2));
  console.log(inWords(counts));
  if (counts.failed > 0) process.exitCode = 1;
}
