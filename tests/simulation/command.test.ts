import t from 'tap';
import { startChild, temporaryFolder } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';

t.test('The command says how much and how long, and who can sign in', async (t) => {
  const { url } = await testDatabase(t);
  const dataDir = await temporaryFolder(t);
  const simulate = async (...args: string[]) => {
    const command = [process.execPath, 'server/start.js', 'cli', 'simulate', ...args];
    const child = startChild(t, command, { env: { DATA_DIR: dataDir, DATABASE_URL: url } });
    return { code: await child.ended, said: child.said() };
  };
  for (const args of [
    [],
    ['--learners', 'many'],
    ['--learners', '0'],
    ['--learners', '9', '--courses', 'no'],
    ['--people', '3'],
  ]) {
    const { code, said } = await simulate(...args);
    t.equal(code, 1);
    t.equal(said, 'Say how many, from 1 to 10 million: npm run domdom -- simulate --learners 1000000\n');
  }
  const { code, said } = await simulate('--learners', '60', '--courses', '31', '--centres', '4', '--seed', 'x');
  t.equal(code, 0, said);
  t.match(said, /^Made \d+ persons, 31 courses, .* completions, .* answers, \d+ certificates\.$/m);
  t.match(said, /^[\d,]+ rows in \d+ s; the database has \d+ MB\.$/m);
  t.match(said, /^\d{10} {2}owner\n\d{10} {2}manager\n\d{10} {2}mentor\n\d{10} {2}learner$/m);
  t.match(await simulate('--learners', '60'), { code: 1, said: /^The database has people in it\./ });
});
