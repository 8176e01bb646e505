import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';
import { project } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';

t.test('schema.ts is what the migrations make: after a new one, npm run schema', async (t) => {
  const { url } = await testDatabase(t);
  await promisify(execFile)('kysely-codegen', ['--verify', '--url', url], { cwd: project });
});
