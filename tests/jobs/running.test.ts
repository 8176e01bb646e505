import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { connect } from '../../server/database/connection.ts';
import { listJobStates } from '../../server/jobs/queries.ts';
import { type Job, startJobs } from '../../server/platform/jobs.ts';
import { holds } from '../support/child.ts';
import { testDatabase } from '../support/database.ts';

t.test('A job that is ordered runs, and says how it went', async (t) => {
  const { jobs, states } = await running(t, [job('sweep', async () => 'removed 3')]);
  t.match(await states(), [{ name: 'sweep', schedule: '0 2 * * *', state: null, succeeded_at: null }]);
  await jobs.order('sweep');
  t.ok(await holds(async () => (await states())[0]?.state === 'completed', 15_000));
  t.match(await states(), [{ words: 'removed 3', at: Date, succeeded_at: Date }]);
});

t.test('One that fails is tried again later, and says why', async (t) => {
  const fail = async () => {
    throw new Error('The disk is full');
  };
  const { jobs, states } = await running(t, [job('sweep', fail)]);
  await jobs.order('sweep');
  t.ok(await holds(async () => (await states())[0]?.state === 'retry', 15_000));
  t.match(await states(), [{ words: 'The disk is full', succeeded_at: null }]);
});

t.test('However many processes there are and however often it is ordered, a job runs once at a time', async (t) => {
  const { url } = await testDatabase(t);
  let running = 0;
  let most = 0;
  let runs = 0;
  const run = async () => {
    running += 1;
    runs += 1;
    most = Math.max(most, running);
    await delay(300);
    running -= 1;
    return 'done';
  };
  const processes = await Promise.all([1, 2, 3].map(() => start(t, url, [job('sweep', run)])));
  for (const { jobs } of processes) for (let i = 0; i < 3; i++) await jobs.order('sweep');
  t.ok(await holds(() => runs > 0 && running === 0, 15_000));
  t.equal(most, 1);
  t.ok(runs < 9, `${runs} runs`);
});

t.test('Stopping waits for what is under way', async (t) => {
  let isDone = false;
  let hasBegun = false;
  const run = async () => {
    hasBegun = true;
    await delay(700);
    isDone = true;
    return 'done';
  };
  const { jobs, states } = await running(t, [job('sweep', run)]);
  await jobs.order('sweep');
  t.ok(await holds(() => hasBegun, 15_000));
  await jobs.stop();
  t.ok(isDone);
  t.match(await states(), [{ state: 'completed' }]);
});

t.test('An idle server asks little: a few statements a minute', async (t) => {
  const { url } = await testDatabase(t);
  const { db, pool } = connect({ connectionString: url });
  t.teardown(() => db.destroy());
  const jobs = await startJobs(
    pool,
    ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => job(name)),
    {
      report: (error) => t.fail(String(error)),
    },
  );
  t.teardown(() => jobs.stop());
  // Their first looks at the queues and the clock.
  await delay(1_500);
  let statements = 0;
  const query = pool.query.bind(pool);
  Object.assign(pool, {
    query: (...args: Parameters<typeof query>) => {
      statements += 1;
      return query(...args);
    },
  });
  await delay(10_000);
  t.ok(statements <= 3, `${statements} in ten seconds`);
});

t.test('Before any server has run there is nothing to list', async (t) => {
  t.same(await listJobStates((await testDatabase(t)).db), []);
});

function job(name: string, run: Job['run'] = async () => 'done'): Job {
  return { name, schedule: '0 2 * * *', run };
}

async function running(t: Test, jobs: Job[]) {
  return start(t, (await testDatabase(t)).url, jobs);
}

async function start(t: Test, url: string, list: Job[]) {
  const { db, pool } = connect({ connectionString: url, max: 3 });
  const jobs = await startJobs(pool, list, { pollSeconds: 0.5, report: (error) => t.fail(String(error)) });
  t.teardown(() => jobs.stop().then(() => db.destroy()));
  return { jobs, states: () => listJobStates(db) };
}
