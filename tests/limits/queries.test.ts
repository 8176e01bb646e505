import { sql } from 'kysely';
import t from 'tap';
import { countFailure, type Limit, secondsToWait, takeBackFailure } from '../../server/limits/queries.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

const limit: Limit = { key: 'sign-in address 192.0.2.7', free: 3, longestWaitSeconds: 60 };
const other: Limit = { ...limit, key: 'sign-in address 192.0.2.8' };

async function fail(db: TestDatabase['db'], times: number, limits = [limit]): Promise<void> {
  for (let count = 0; count < times; count += 1) await countFailure(db, limits);
}

async function letPass({ db }: TestDatabase, minutes: number): Promise<void> {
  const earlier = (column: 'since' | 'last_at') => sql<Date>`${sql.ref(column)} - ${minutes} * interval '1 minute'`;
  await db
    .updateTable('limit_counters')
    .set({ since: earlier('since'), last_at: earlier('last_at') })
    .execute();
}

t.test('So many failures are free; each further one doubles the wait, up to the longest', async (t) => {
  const { db } = await testDatabase(t);
  const waits: number[] = [];
  for (let count = 0; count < 12; count += 1) {
    waits.push(await secondsToWait(db, [limit]));
    await countFailure(db, [limit]);
  }
  t.strictSame(waits, [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

t.test('A wait passes, and an hour after the first failure all is forgotten', async (t) => {
  const database = await testDatabase(t);
  const { db } = database;
  await fail(db, 9);
  await letPass(database, 2);
  t.equal(await secondsToWait(db, [limit]), 0);
  await letPass(database, 60);
  await fail(db, 1);
  t.equal(await secondsToWait(db, [limit]), 0, 'the count begins again at one');
  await fail(db, 3);
  t.equal(await secondsToWait(db, [limit]), 2);
});

t.test('Each key counts for itself; of several the longest wait holds', async (t) => {
  const { db } = await testDatabase(t);
  await fail(db, 5);
  await fail(db, 4, [other]);
  t.equal(await secondsToWait(db, [other]), 2);
  t.equal(await secondsToWait(db, [limit, other]), 4);
  t.equal(await secondsToWait(db, [{ ...limit, key: 'another' }]), 0);
});

t.test('Nothing to count costs nothing', async (t) => {
  const { db, statements } = await testDatabase(t);
  const before = statements.length;
  await countFailure(db, []);
  t.equal(await secondsToWait(db, []), 0);
  t.equal(statements.length, before);
});

t.test('Many at once are all counted, in whatever order they name the keys', async (t) => {
  const { db } = await testDatabase(t);
  const orders = Array.from({ length: 40 }, (_, index) => (index % 2 ? [limit, other] : [other, limit]));
  await Promise.all(orders.map((limits) => countFailure(db, limits)));
  const rows = await db.selectFrom('limit_counters').select('count').execute();
  t.strictSame(rows, [{ count: 40 }, { count: 40 }]);
});

t.test('A try that was right is taken back, and never below nothing', async (t) => {
  const { db } = await testDatabase(t);
  await fail(db, 4);
  await takeBackFailure(db, limit);
  t.equal(await secondsToWait(db, [limit]), 1);
  for (let count = 0; count < 9; count += 1) await takeBackFailure(db, limit);
  await takeBackFailure(db, other);
  t.match(await db.selectFrom('limit_counters').select('count').execute(), [{ count: 0 }]);
});

t.test('What people typed does not stand in the table', async (t) => {
  const { db } = await testDatabase(t);
  await countFailure(db, [{ ...limit, key: 'secret 402957' }]);
  const { key } = await db.selectFrom('limit_counters').select('key').executeTakeFirstOrThrow();
  t.match(key, /^[\w-]{43}$/);
  t.notMatch(key, '402957');
});

t.test('A failure count grows without end and the wait stays bounded', async (t) => {
  const { db } = await testDatabase(t);
  await fail(db, 1);
  await db.updateTable('limit_counters').set({ count: 2_000_000_000 }).execute();
  t.equal(await secondsToWait(db, [limit]), 60);
});
