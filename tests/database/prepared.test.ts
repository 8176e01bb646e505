import fc from 'fast-check';
import { type Kysely, sql } from 'kysely';
import t from 'tap';
import type { Database } from '../../server/database/connection.ts';
import { gathered, type Placeholders, prepared } from '../../server/database/prepared.ts';
import { testDatabase } from '../support/database.ts';
import { statementsOf } from '../support/statements.ts';

const site = await testDatabase(t);
const { db } = site;

const codes = ['mot', 'hai', 'ba', 'bon'];
await db
  .insertInto('organisations')
  .values(
    codes.map((code, index) => ({
      id: idOf(code),
      code,
      path: index === 0 ? code : `mot.${code}`,
      parent_id: index === 0 ? null : idOf('mot'),
      kind: 'network',
      name: `Tên ${code}`,
    })),
  )
  .execute();

t.test('A statement is built once, and each time sent with the values of that time', async (t) => {
  let built = 0;
  const named = prepared((db, { code, other }: Placeholders<{ code: string; other: string | null }>) => {
    built += 1;
    return db
      .selectFrom('organisations')
      .where((eb) => eb.or([eb('code', '=', code), eb('code', '=', other), eb('name', '=', code)]))
      .where('kind', '=', 'network')
      .select('code')
      .orderBy('code');
  });
  t.same(await named(db, { code: 'mot', other: 'ba' }), [{ code: 'ba' }, { code: 'mot' }]);
  t.same(await named(db, { other: null, code: 'Tên hai' }), [{ code: 'hai' }]);
  t.equal(built, 1);
});

t.test('It may be raw, and run in a transaction', async (t) => {
  const renamed = prepared(
    (_, { code, name }: Placeholders<{ code: string; name: string }>) =>
      sql<{ id: string }>`update organisations set name = ${name} where code = ${code} returning id`,
  );
  await db
    .transaction()
    .execute(async (trx) => {
      t.same(await renamed(trx, { code: 'mot', name: 'Khác' }), [{ id: idOf('mot') }]);
      throw new Error('back');
    })
    .catch(() => {});
  t.same(await nameOf(db, { code: 'mot', kind: 'network' }), { name: 'Tên mot' });
});

const nameOf = gathered({ code: 'text', kind: 'text' }, (db, { code, kind }) =>
  db.selectFrom('organisations').where('code', '=', code).where('kind', '=', kind).select('name'),
);

t.test('Whoever asks at the same moment gets their own answer out of one statement', async (t) => {
  const asked = fc.record({
    code: fc.constantFrom(...codes, 'nobody', "'; --", '', null),
    kind: fc.constantFrom('network', 'network', 'school'),
  });
  const law = fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 20 }), async (askings) => {
    const answers = Promise.all(askings.map((asking) => nameOf(db, asking)));
    t.equal((await statementsOf(site, () => answers)).length, 1);
    t.same(
      await answers,
      askings.map(({ code, kind }) =>
        codes.includes(code ?? '') && kind === 'network' ? { name: `Tên ${code}` } : undefined,
      ),
    );
  });
  await fc.assert(law, { numRuns: 50 });
});

t.test('In a transaction each asks for itself, and sees what the transaction sees', async (t) => {
  await db
    .transaction()
    .execute(async (trx) => {
      await trx.updateTable('organisations').set({ name: 'Mới' }).where('code', '=', 'ba').execute();
      const asking = { code: 'ba', kind: 'network' };
      const [inside, outside] = await Promise.all([nameOf(trx, asking), nameOf(db, asking)]);
      t.same([inside, outside], [{ name: 'Mới' }, { name: 'Tên ba' }]);
      throw new Error('back');
    })
    .catch(({ message }) => t.equal(message, 'back'));
});

t.test('Databases are not taken for one another', async (t) => {
  const other = await testDatabase(t);
  const asking = { code: 'mot', kind: 'network' };
  t.same(await Promise.all([nameOf(db, asking), nameOf(other.db, asking)]), [{ name: 'Tên mot' }, undefined]);
});

t.test('When the statement fails, all who asked are told, and the next ask anew', async (t) => {
  const byId = gathered({ id: 'uuid' }, (db, { id }) =>
    db.selectFrom('organisations').where('id', '=', id).select('code'),
  );
  const [good, bad] = await Promise.allSettled([byId(db, { id: idOf('hai') }), byId(db, { id: 'no id' })]);
  t.match([good, bad], [{ status: 'rejected' }, { status: 'rejected', reason: { code: '22P02' } }]);
  t.same(await byId(db, { id: idOf('hai') }), { code: 'hai' });
});

t.test('It reads by index, one row for each who asks, and is planned once', async (t) => {
  const byCode = gathered({ code: 'text' }, (db, { code }) =>
    db
      .selectFrom('organisations')
      .innerJoin('courses', 'owner_organisation_id', 'organisations.id')
      .where('code', '=', code)
      .select('slug'),
  );
  await db.connection().execute(async (one) => {
    for (let time = 0; time < 12; time += 1) await byCode(one, { code: 'mot' });
    const { rows } = await plansOf(one);
    t.match(rows, [{ generic_plans: 7, custom_plans: 5 }]);
  });
});

function plansOf(one: Kysely<Database>) {
  return sql`select generic_plans::int, custom_plans::int from pg_prepared_statements where statement like '%owner_organisation_id%'`.execute(
    one,
  );
}

function idOf(code: string): string {
  return `0192f0c0-0000-7000-8000-${String(codes.indexOf(code)).padStart(12, '0')}`;
}
