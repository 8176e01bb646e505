import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { erasePerson } from '../../server/my-data/erasure/queries.ts';
import { dayOf } from '../../server/platform/day.ts';
import { formats } from '../../server/platform/i18n.ts';
import { askForLarge, countNext, countWaiting, findKept } from '../../server/results/reports/keeping/queries.ts';
import { countReport, type Way, ways } from '../../server/results/reports/queries.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { manyLearners } from '../support/many-learners.ts';
import { type Branch, organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { csvRows, sheetRows, tableOf } from './tables.ts';

const path = '/admin/results?branch=hoi';
const day = () => dayOf(new Date());

/** A thousand learners in the north, and one who has finished; few in the south. */
async function site(t: Test) {
  const app = await testApp(t);
  await publish(t, app);
  const hoi = await organisation(app, 'hoi', { name: 'Hội' });
  const bac = await organisation(app, 'bac', { below: hoi, name: 'Nhánh Bắc' });
  const nam = await organisation(app, 'nam', { below: hoi, name: 'Nhánh Nam' });
  await manyLearners(app, bac, 1_000);
  const graduate = await learner(app, { roles: ['learner'], branch: bac });
  await finish(graduate);
  await signedIn(app, { roles: ['learner'], branch: nam });
  const manager = await signedIn(app, { roles: ['manager'], branch: hoi });
  return { ...app, manager, hoi, bac, nam, graduate };
}

const inAnHour = () => new Date(Date.now() + 60 * 60_000);

/** As a report kept now says it, and as the facts do. */
async function bothSay({ db }: Pick<TestApp, 'db'>, branch: Branch, way: Way) {
  const { report } = await findKept(db, branch, { way, place: null, day: null });
  const facts = await countReport(db, branch, { way, moment: new Date(), withinCode: null });
  return { report, facts };
}

async function countAnew({ db }: Pick<TestApp, 'db'>): Promise<void> {
  await askForLarge(db, new Date());
  await countWaiting(db, inAnHour());
}

t.test('Of a large branch the page waits until it is counted, and says of when its figures are', async (t) => {
  const { manager, ...app } = await site(t);
  const empty = await manager.get(path);
  t.equal(empty.status, 200);
  t.match(textOf(byRole(empty.html, 'main')), /hơn 1\.000 học viên/);
  t.strictSame(tableOf(empty), []);
  for (const file of ['csv', 'xlsx']) {
    const refused = await manager.get(`/admin/results.${file}?branch=hoi`);
    t.equal(refused.status, 303, 'what is not counted has no file');
    t.match(refused.headers.location, '/admin/results?');
  }
  const asked = await manager.submit(empty, { form: '#count' });
  t.equal(asked.status, 303);
  const counted = await manager.get(String(asked.headers.location));
  t.strictSame(
    tableOf(counted)
      .slice(1)
      .map((row) => row.slice(0, 5)),
    [
      ['Tất cả', '1.002', '1', '1', '1'],
      ['Hội (không kể nhánh)', '0', '0', '0', '0'],
      ['Nhánh Bắc', '1.001', '1', '1', '1'],
      ['Nhánh Nam', '1', '0', '0', '0'],
    ],
  );
  const { counted_at } = await app.db.selectFrom('kept_reports').select('counted_at').executeTakeFirstOrThrow();
  t.match(textOf(byRole(counted.html, 'main')), `tính lúc ${formats.vi.dateTime(counted_at ?? '')}`);
  t.strictSame(tableOf(await manager.get(path)), tableOf(counted), 'without a day: what was counted last');
  t.strictSame(
    csvRows(await manager.get('/admin/results.csv?branch=hoi')),
    tableOf(counted).map((row) => row.map((cell) => cell.replace('.', ''))),
  );
  t.equal((await sheetRows(app, manager, '/admin/results.xlsx?branch=hoi')).length, 5);
  const shared = csvRows(await manager.get('/admin/results.csv?branch=hoi&for=share'));
  t.strictSame(shared[4]?.slice(1, 3), ['ẩn', 'ẩn'], 'a line about one person');
  await manager.submit(counted, { form: '#count' });
  t.equal((await app.db.selectFrom('kept_reports').select('day').execute()).length, 1, 'the same one');
  const south = await manager.get('/admin/results?branch=nam');
  t.match(tableOf(south)[1], ['Tất cả', '1'], 'a small branch is counted while one waits');
  t.notMatch(textOf(byRole(south.html, 'main')), 'tính lúc');
  await assertValidHtml(
    t,
    new Map([
      ['not counted', empty.body],
      ['counted', counted.body],
    ]),
  );
});

t.test('Every night each large branch is counted, as its facts say', async (t) => {
  const app = await site(t);
  t.equal(await askForLarge(app.db, new Date()), 9, 'the root, the one and what lies in it, in three ways');
  t.equal(await countWaiting(app.db, new Date()), 0, 'no other is begun when time is over');
  t.equal(await countWaiting(app.db, inAnHour()), 9);
  t.equal(await countNext(app.db), false);
  for (const branch of [app.hoi, app.bac]) {
    for (const way of ways) {
      const { report, facts } = await bothSay(app, branch, way);
      t.strictSame(report, facts, `${branch.code} ${way}`);
    }
  }
  for (const query of ['', '&by=place', '&by=month', `&date=${day()}`]) {
    const page = await app.manager.get(path + query);
    t.not(tableOf(page).length, 0, query);
    t.ok((await statementsOf(app, () => app.manager.get(path + query))).length <= 4, query);
  }
  t.ok((await statementsOf(app, () => app.manager.get('/admin/results'))).length <= 4);
  await sql`update kept_reports set asked_at = now() - interval '8 days'`.execute(app.db);
  await manyLearners(app, app.nam, 2);
  await askForLarge(app.db, new Date());
  t.equal((await app.db.selectFrom('kept_reports').select('day').execute()).length, 9, 'old ones are gone');
});

t.test('What is counted again says what has become of the tree and of people', async (t) => {
  const app = await site(t);
  await countAnew(app);
  const before = await bothSay(app, app.hoi, 'branch');
  await app.db
    .updateTable('organisations')
    .set({ parent_id: app.bac.id, path: `${app.bac.path}.nam` })
    .where('id', '=', app.nam.id)
    .execute();
  await app.db.updateTable('certificates').set({ revoked_at: new Date(), revocation_reason: 'mistake' }).execute();
  await app.db.transaction().execute((trx) => erasePerson(trx, app.graduate.id, 'keep'));
  t.strictSame((await bothSay(app, app.hoi, 'branch')).report, before.report, 'it stays as it was counted');
  await countAnew(app);
  const { report, facts } = await bothSay(app, app.hoi, 'branch');
  t.strictSame(report, facts);
  t.not(JSON.stringify(report), JSON.stringify(before.report));
  t.equal(report?.lines.length, 2, 'the south lies in the north');
});

t.test('It is asked for by who manages there, for a day that there is, and not for ever', async (t) => {
  const { manager, ...app } = await site(t);
  const asks = (changes: Record<string, string>) =>
    manager.post('/admin/results', { branch: 'hoi', by: 'branch', ...changes });
  t.equal((await asks({ branch: 'domdom' })).status, 404);
  t.equal((await (await signedIn(app)).post('/admin/results', { branch: 'hoi' })).status, 404);
  t.equal((await (await signedIn(app, { roles: ['mentor'] })).post('/admin/results', {})).status, 404);
  const wrong = await manager.follow(await asks({ date: '2999-01-01' }));
  t.match(textOf(wrong.html), 'Ngày này không có, hoặc chưa tới.');
  t.equal((await asks({ branch: 'nam' })).status, 303);
  t.equal((await asks({ by: 'place', in: '9999' })).status, 404);
  const { rows } = await sql`select from kept_reports`.execute(app.db);
  t.equal(rows.length, 0, 'nothing of this waits');
  await asks({ date: '2020-01-01' });
  t.strictSame(
    tableOf(await manager.get(`${path}&date=2020-01-01`))[1],
    ['Tất cả', ...Array(8).fill('0')],
    'before anybody was there',
  );
  await sql`
    insert into kept_reports (organisation_id, way, day) select ${app.hoi.id}, 'branch', '2021-01-01'::date + number from generate_series(1, 20) as number
  `.execute(app.db);
  const refused = await manager.follow(await asks({ date: '2020-02-02' }));
  t.match(textOf(refused.html), 'nhiều bảng chờ tính');
  const waiting = await manager.get(`${path}&date=2021-01-05`);
  t.match(textOf(byRole(waiting.html, 'main')), 'Đang tính số liệu');
  t.equal(waiting.headers.refresh, '30');
  t.equal(allByRole(waiting.html, 'button', 'Tính số liệu cho ngày này').length, 0);
});
