import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { deeds, inventory } from '../../server/my-data/inventory.ts';
import { testApp } from '../support/app.ts';
import { byRole, textOf } from '../support/html.ts';
import { answer, finish, learner, publish, startAttempt } from '../support/learners.ts';
import { type SignedIn, signedIn } from '../support/people.ts';

const name = 'Huỳnh Thị Kim Phượng';

async function graduate(t: Test, birth_year = 2001) {
  const site = await testApp(t);
  await publish(t, site);
  const lan = await learner(site, { full_name: name, birth_year });
  const code = await finish(lan);
  await lan.get(`/certificates/${code}.pdf`);
  return { site, lan, code };
}

async function eraseMyself(person: SignedIn, certificates?: string) {
  const page = await person.get('/account/deletion');
  return person.submit(page, { fields: { sure: 'yes', ...(certificates ? { certificates } : {}) } });
}

t.test('Every table that points to a person is in the inventory', async (t) => {
  const { db } = await testApp(t);
  const { rows } = await sql<{ table: string; column: string }>`
    select conrelid::regclass::text as table, attname as column
    from pg_constraint join pg_attribute on attrelid = conrelid and attnum = any(conkey)
    where contype = 'f' and confrelid = 'persons'::regclass order by 1, 2`.execute(db);
  const listed = [
    ...inventory.flatMap(({ table, person, others = [] }) => [person, ...others].map((column) => ({ table, column }))),
    ...deeds.flatMap(({ table, others }) => others.map((column) => ({ table, column }))),
  ];
  const key = ({ table, column }: { table: string; column: string }) => `${table}.${column}`;
  const byForeignKey = rows.map(key);
  t.strictSame(
    byForeignKey.filter((one) => !listed.map(key).includes(one)),
    [],
  );
  // Tables of facts point to a person together with the enrolment or the attempt.
  const columns = await sql<{ table: string; column: string }>`
    select table_name as table, column_name as column from information_schema.columns where table_schema = 'public'`.execute(
    db,
  );
  const existing = new Set(columns.rows.map(key));
  t.strictSame(
    listed.map(key).filter((one) => !existing.has(one)),
    [],
    'and none is there that is gone',
  );
  const named = columns.rows.filter(({ column }) => column === 'person_id').map(key);
  const within = ['second_factor_codes.person_id'];
  t.strictSame(
    named.filter((one) => !listed.map(key).includes(one) && !within.includes(one)),
    [],
  );
});

/** Every row of every table as text, to search. */
async function wholeDatabase({ db }: Awaited<ReturnType<typeof testApp>>): Promise<string> {
  const { rows } = await sql<{ name: string }>`
    select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'`.execute(db);
  const texts = await Promise.all(
    rows.map(async ({ name }) => {
      const held = await sql<{ row: string }>`select to_jsonb(held)::text as row from ${sql.raw(name)} as held`.execute(
        db,
      );
      return held.rows.map(({ row }) => `${name} ${row}`).join('\n');
    }),
  );
  return texts.join('\n');
}

t.test('Not one row or file is left with the person, and the figures stay true', async (t) => {
  const { site, lan, code } = await graduate(t);
  const { db, app } = site;
  await db.updateTable('person_details').set({ phone: '+84912345678', email: 'phuong@example.com' }).execute();
  await lan.post('/account/name', { full_name: name });
  const attempt = await startAttempt(lan);
  await answer(lan, attempt, { 'Thủ đô của Việt Nam': name });
  const secret = /Kim Phượng|\+84912345678|phuong@example/;
  t.match(await wholeDatabase(site), /^answers .*Kim Phượng/m, 'typed into a quiz');
  const drawings = await db.selectFrom('certificate_files').select('hash').execute();
  t.ok(drawings.length > 0);
  const counts = () =>
    db
      .selectNoFrom(({ selectFrom }) =>
        (['enrolments', 'completions', 'attempts', 'answers', 'markings', 'certificates'] as const).map((table) =>
          selectFrom(table)
            .select(({ fn }) => fn.countAll<number>().as('n'))
            .$asScalar()
            .as(table),
        ),
      )
      .executeTakeFirstOrThrow();
  const before = await counts();

  const done = await eraseMyself(lan, 'withdraw');
  t.match(done, { status: 303, headers: { location: '/' } });
  t.notMatch(await wholeDatabase(site), secret);
  t.strictSame(await counts(), before);
  for (const { hash } of drawings) t.equal(await app.files.find(hash), null, 'no drawing of the paper is left');
  t.equal((await lan.get('/account')).status, 303, 'signed out');
  const page = await lan.get(`/certificates/${code}`);
  t.equal(page.status, 200);
  t.notMatch(page.html.text, name);
  t.equal((await lan.get(`/certificates/${code}.pdf`)).status, 404);
});

t.test('A certificate that is kept says the name and holds', async (t) => {
  const { site, lan, code } = await graduate(t);
  await eraseMyself(lan, 'keep');
  const page = await lan.get(`/certificates/${code}`);
  t.match(page.html.text, name);
  t.equal((await lan.get(`/certificates/${code}.pdf`)).status, 200);
  t.strictSame(await site.db.selectFrom('person_details').selectAll().execute(), []);
});

t.test('Of a child only the short name is kept, as it was public before', async (t) => {
  const { site, lan, code } = await graduate(t, new Date().getFullYear() - 13);
  t.match((await lan.get(`/certificates/${code}`)).html.text, name, 'the child sees it in full');
  await eraseMyself(lan, 'keep');
  const page = await lan.get(`/certificates/${code}`);
  t.notMatch(page.html.text, name);
  t.match(page.html.text, 'Phượng H. T. K.');
  t.notMatch(await wholeDatabase(site), name);
  const pdf = await lan.get(`/certificates/${code}.pdf`);
  t.equal(pdf.status, 200);
});

t.test('It is asked whether one is sure, and what becomes of the certificates', async (t) => {
  const { lan } = await graduate(t);
  const page = await lan.get('/account/deletion');
  const again = await lan.submit(page);
  t.equal(again.status, 422);
  t.match(textOf(byRole(again.html, 'alert')), /đánh dấu vào ô này.*chọn một cách|chọn một cách.*đánh dấu vào ô này/s);
  t.equal((await lan.get('/account')).status, 200);
});

t.test('Who has no certificate has nothing to choose, and twice is once', async (t) => {
  const site = await testApp(t);
  await signedIn(site, { roles: ['owner'] });
  const lan = await signedIn(site, { full_name: name });
  const page = await lan.get('/account/deletion');
  t.notOk(page.html.querySelector('input[name=certificates]'));
  const answers = await Promise.all([
    lan.post('/account/deletion', { sure: 'yes' }),
    lan.post('/account/deletion', { sure: 'yes' }),
  ]);
  t.ok(answers.every(({ status }) => [303, 401].includes(status)));
  const events = await site.db.selectFrom('audit_events').select('verb').where('verb', '=', 'person.erased').execute();
  t.equal(events.length, 1);
});

t.test('The only owner of the site cannot go without handing it over', async (t) => {
  const site = await testApp(t);
  const owner = await signedIn(site, { roles: ['owner'] });
  const page = await owner.get('/account/deletion');
  t.match(page.html.text, 'Hãy trao quyền cho người khác trước');
  t.equal((await owner.post('/account/deletion', { sure: 'yes' })).status, 422);
  await signedIn(site, { roles: ['owner'] });
  t.equal((await eraseMyself(owner)).status, 303);
});

t.test('What somebody answered cannot change, but for its words when they are erased', async (t) => {
  const { site, lan } = await graduate(t);
  const blank = () =>
    site.db
      .updateTable('answers')
      .set({ response: JSON.stringify({ erased: true }) })
      .execute();
  await t.rejects(blank(), /append-only/);
  await eraseMyself(lan, 'keep');
  await blank();
  await t.rejects(
    site.db
      .updateTable('answers')
      .set({ response: JSON.stringify({ choice: 0 }) })
      .execute(),
    /append-only/,
  );
  await t.rejects(site.db.updateTable('answers').set({ revision: 9 }).execute(), /append-only/);
  await t.rejects(site.db.deleteFrom('answers').execute(), /append-only/);
});
