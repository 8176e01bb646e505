import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { project, temporaryFolder } from './child.ts';

t.test(
  'A run counts what passed, failed and was skipped, tells why, and keeps the database of a failed test',
  async (t) => {
    const { status, output } = await runTests(t, {
      'good.test.ts': `import t from 'tap';\nt.pass('good');\nt.skip('later');`,
      'bad.test.ts': `import t from 'tap';
import { testDatabase } from '${project}tests/support/database.ts';
t.test('bad', async (t) => { await testDatabase(t); t.fail('bad'); });`,
      'broken.test.ts': `import './nowhere.ts';`,
    });
    t.equal(status, 1);
    t.match(output, /\n1 passed, 2 failed, 1 skipped\n$/);
    t.match(output, 'ERR_MODULE_NOT_FOUND');
    const [, folder = ''] = /node tests\/support\/test-postgres\.ts (\S+)/.exec(output) ?? [];
    t.ok(existsSync(join(folder, 'postgres')));
    await rm(folder, { recursive: true });
  },
);

t.test('A run fails for a test that comes too late to be run', async (t) => {
  const { status, output } = await runTests(t, {
    'late.test.ts': `import { setTimeout } from 'node:timers/promises';
import t from 'tap';
t.teardown(() => {});
t.test('early', async (t) => { t.pass(); });
await setTimeout(100);
t.test('late', async (t) => { t.pass(); });`,
  });
  t.equal(status, 1);
  t.match(output, /\n1 passed, 1 failed\n$/);
});

t.test('A run without a test fails', async (t) => {
  const { status, output } = await runTests(t, {});
  t.equal(status, 1);
  t.match(output, /\n0 passed, 1 failed\n$/);
});

async function runTests(t: Test, files: Record<string, string>): Promise<{ status: unknown; output: string }> {
  const folder = await temporaryFolder(t);
  cpSync(join(project, '.taprc'), join(folder, '.taprc'));
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
  mkdirSync(join(folder, 'tests'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'tests', name), text);
  // A run of its own, that has nothing from the one around it.
  const bare = ['-u', 'NODE_OPTIONS', '-u', 'TAP', '-u', 'TEST_DATABASE_URL'];
  const args = [...bare, process.execPath, join(project, 'tests/support/run.ts'), 'tests'];
  return new Promise((resolve) => {
    execFile('env', args, { cwd: folder }, (error, stdout, stderr) =>
      resolve({ status: error?.code ?? 0, output: stderr + stdout }),
    );
  });
}
