import { sql } from 'kysely';
import t from 'tap';
import { testDatabase } from './database.ts';
import { statementsOf } from './statements.ts';

t.test('Each test has a migrated, empty database of its own', async (t) => {
  const [one, other] = await Promise.all([testDatabase(t), testDatabase(t)]);
  await one.db.insertInto('persons').values({ id: '00000000-0000-7000-8000-000000000001' }).execute();
  t.equal((await one.db.selectFrom('persons').selectAll().execute()).length, 1);
  t.equal((await other.db.selectFrom('persons').selectAll().execute()).length, 0);
});

t.test('Statements are counted, those of a transaction too', async (t) => {
  const database = await testDatabase(t);
  const sent = await statementsOf(database, async () => {
    await sql`select 1`.execute(database.db);
    await database.db.transaction().execute((transaction) => sql`select 2`.execute(transaction));
  });
  t.strictSame(sent, ['select 1', 'begin', 'select 2', 'commit']);
});
