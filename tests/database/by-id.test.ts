import fc from 'fast-check';
import { sql } from 'kysely';
import t from 'tap';
import { v7 as newId } from 'uuid';
import { hasId } from '../../server/database/by-id.ts';
import { testDatabase } from '../support/database.ts';

t.test('The row of an address is found by its index', async (t) => {
  const { db } = await testDatabase(t);
  const [id, other] = [newId(), newId()];
  await db
    .insertInto('persons')
    .values([{ id }, { id: other }])
    .execute();
  const found = (typed: string) => db.selectFrom('persons').select('id').where(hasId('persons.id', typed)).execute();
  t.strictSame(await found(id), [{ id }]);
  t.strictSame(await found(id.toUpperCase()), [{ id }]);
  t.strictSame(await found(newId()), []);

  await db.connection().execute(async (one) => {
    // Of two rows it would read all, whatever the index.
    await sql`set enable_seqscan = off`.execute(one);
    const plan = await one.selectFrom('persons').select('id').where(hasId('persons.id', id)).explain();
    t.match(JSON.stringify(plan), /Index (Only )?Scan using persons_pkey/);
    t.match(JSON.stringify(plan), /Index Cond/);
    await sql`reset enable_seqscan`.execute(one);
  });
});

t.test('What is no id names no row, whatever it is', async (t) => {
  const { db } = await testDatabase(t);
  await db.insertInto('persons').values({ id: newId() }).execute();
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.uuid().map((id) => `{${id}}`),
      ),
      async (typed) => {
        t.strictSame(await db.selectFrom('persons').select('id').where(hasId('persons.id', typed)).execute(), []);
      },
    ),
  );
});
