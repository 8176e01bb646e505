import t, { type Test } from 'tap';
import { nouns, verbs } from '../../server/audit/verbs.ts';
import { hasPlainMessage } from '../../server/platform/i18n.ts';
import { testApp } from '../support/app.ts';
import { byRole } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

async function twoSchools(t: Test) {
  const site = await testApp(t);
  const school = await organisation(site, 'school');
  const other = await organisation(site, 'other');
  const owner = await signedIn(site, { roles: ['owner'], full_name: 'Chủ Trang' });
  const manager = await signedIn(site, { roles: ['manager'], branch: school, full_name: 'Lê Quản' });
  const lan = await signedIn(site, { roles: ['learner'], branch: school, full_name: 'Nguyễn Lan' });
  const minh = await signedIn(site, { roles: ['learner'], branch: other, full_name: 'Trần Minh' });
  await manager.post(`/admin/people/${lan.id}/one-time-pin`);
  await owner.post(`/admin/people/${minh.id}/one-time-pin`);
  await lan.post('/account/name', { full_name: 'Nguyễn Thị Lan' });
  return { site, owner, manager, lan, minh };
}

t.test('Every deed has its words in both languages', async (t) => {
  for (const language of ['vi', 'en'] as const) {
    for (const verb of verbs)
      t.ok(hasPlainMessage(language, `audit.verb_${verb.replace('.', '_')}`), `${verb} ${language}`);
    for (const noun of nouns) t.ok(hasPlainMessage(language, `audit.noun_${noun}`), `${noun} ${language}`);
  }
});

t.test('The owner reads everything, a manager what was done to the people of the branch', async (t) => {
  const { site, owner, manager } = await twoSchools(t);
  const all = await owner.get('/admin/audit');
  t.equal(all.html.querySelectorAll('#events tbody tr').length, 3);
  t.match(all.html.text, 'Trần Minh');
  const statements = await statementsOf(site, async () => {
    const own = await manager.get('/admin/audit');
    t.equal(own.html.querySelectorAll('#events tbody tr').length, 2);
    t.notMatch(own.html.text, 'Trần Minh');
    t.match(own.html.text, /Lê Quản\s+cấp PIN một lần\s+Nguyễn Thị Lan/);
  });
  t.ok(statements.length <= 2);
});

t.test('It is filtered by person, kind and day, and what is no filter is ignored', async (t) => {
  const { site, owner, lan } = await twoSchools(t);
  const { learner_code } = await site.db
    .selectFrom('person_details')
    .select('learner_code')
    .where('person_id', '=', lan.id)
    .executeTakeFirstOrThrow();
  const count = async (query: string) =>
    (await owner.get(`/admin/audit?${query}`)).html.querySelectorAll('#events tbody tr').length;
  t.equal(await count(`learner_code=${learner_code}`), 2);
  t.equal(await count('noun=person'), 1);
  t.equal(await count('noun=one_time_pin&until=2020-01-01'), 0);
  t.equal(await count('from=2020-01-01'), 3);
  for (const query of ['noun=nonsense', 'from=2020-13-45', 'before=x', 'learner_code=', 'from[]=1']) {
    t.equal(await count(query), 3, query);
  }
  t.match((await owner.get('/admin/audit?until=2020-01-01')).html.text, 'Không có việc nào');
});

t.test('The second page begins where the first ended, and nothing is lost between them', async (t) => {
  const { site, owner, lan } = await twoSchools(t);
  for (let count = 0; count < 60; count += 1) await lan.post('/account/name', { full_name: `Nguyễn Lan ${count}` });
  const first = await owner.get('/admin/audit');
  const next = byRole(first.html, 'link', 'Cũ hơn').getAttribute('href') ?? '';
  const second = await owner.get(next.replaceAll('&amp;', '&'));
  t.equal(first.html.querySelectorAll('#events tbody tr').length, 50);
  t.equal(second.html.querySelectorAll('#events tbody tr').length, 13);
  t.equal((await site.db.selectFrom('audit_events').select('id').execute()).length, 63);
});

t.test('It can be taken along as a table, in which no formula runs', async (t) => {
  const { owner, lan } = await twoSchools(t);
  await lan.post('/account/name', { full_name: '=SUM Lan' });
  const csv = await owner.get('/admin/audit.csv');
  t.match(csv.headers, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': /audit\.csv/ });
  t.equal(csv.body.trim().split('\r\n').length, 5);
  t.match(csv.body, /;'=SUM Lan;/);
});

t.test('No one changes or deletes what was done', async (t) => {
  const { site } = await twoSchools(t);
  await t.rejects(site.db.updateTable('audit_events').set({ verb: 'x.y' }).execute());
  await t.rejects(site.db.deleteFrom('audit_events').execute());
});
