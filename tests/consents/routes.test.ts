import t, { type Test } from 'tap';
import { type TestApp, testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { type SignedIn, signedIn } from '../support/people.ts';

const thisYear = new Date().getFullYear();
const mother = {
  full_name: 'Trần Thị Hoà',
  relationship: 'mother',
  phone: '0912 345 678',
  contact: 'yes',
  full_name_on_certificates: 'no',
  is_representative: 'yes',
};

async function withChild(t: Test) {
  const site = await testApp(t);
  const an = await signedIn(site, { full_name: 'Nguyễn Thị Bé An', birth_year: thisYear - 14 });
  return { site, an };
}

/** The page that the representative opens from the child's link. */
async function askedPage(site: TestApp, child: SignedIn): Promise<Page> {
  const { html } = await child.get('/account/consents');
  const link = html.querySelector('#link')?.text.trim() ?? '';
  t.match(link, /^http:\/\/localhost\/consent\//);
  return client(site.app).get(new URL(link).pathname);
}

const ownWord = (child: SignedIn, purpose: string, word: string) => child.post('/account/consents', { purpose, word });

async function mayHaveContact(child: SignedIn): Promise<boolean> {
  return (await child.get('/account/contact')).html.querySelector('form[action="/account/contact"]') !== null;
}

t.test('A representative answers on their own phone, without an account, and sees only the short name', async (t) => {
  const { site, an } = await withChild(t);
  const page = await askedPage(site, an);
  t.match(page.html.text, 'An N. T. B.');
  t.notMatch(page.html.text, 'Bé An');
  t.strictSame(page.html.querySelectorAll('input[checked]'), [], 'nothing is chosen beforehand');
  const empty = await client(site.app).submit(page);
  t.equal(empty.status, 422);
  t.match(textOf(byRole(empty.html, 'alert')), /đồng ý hoặc không đồng ý/);

  const saved = await client(site.app).submit(page, { fields: mother });
  t.equal(saved.status, 200);
  t.match(saved.html.text, 'Đã ghi lại');
  const { html } = await an.get('/account/consents');
  t.match(html.text, 'Trần Thị Hoà');
  t.match(html.text, 'Người đại diện: đồng ý');
  t.match(html.text, 'Người đại diện: không đồng ý');
});

t.test('Phone and e-mail are kept when both agree, and forgotten when one of them does no longer', async (t) => {
  const { site, an } = await withChild(t);
  const page = await askedPage(site, an);
  await client(site.app).submit(page, { fields: mother });
  t.notOk(await mayHaveContact(an), 'the child has not agreed');
  await ownWord(an, 'contact', 'yes');
  t.ok(await mayHaveContact(an));
  await an.submit(await an.get('/account/contact'), { fields: { phone: '0987654321' } });
  t.match((await an.get('/account')).html.text, '0987 654 321');

  await client(site.app).submit(page, { fields: { ...mother, contact: 'no' } });
  t.notOk(await mayHaveContact(an));
  t.match(await site.db.selectFrom('person_details').select(['phone', 'email']).execute(), [
    { phone: null, email: null },
  ]);
  await client(site.app).submit(page, { fields: mother });
  t.ok(await mayHaveContact(an), 'given again as easily');
  await ownWord(an, 'contact', 'no');
  t.notOk(await mayHaveContact(an), 'the child may take it back too');
});

t.test('Every word is on record, with who gave it and how; the same word again is none', async (t) => {
  const { site, an } = await withChild(t);
  const page = await askedPage(site, an);
  for (let tap = 0; tap < 2; tap += 1) await client(site.app).submit(page, { fields: mother });
  await Promise.all([ownWord(an, 'contact', 'yes'), ownWord(an, 'contact', 'yes')]);
  const rows = await site.db
    .selectFrom('consents')
    .select(['purpose', 'given_by', 'granted', 'channel'])
    .orderBy('given_at')
    .execute();
  t.strictSame(rows, [
    { purpose: 'contact', given_by: 'representative', granted: true, channel: 'web' },
    { purpose: 'full_name_on_certificates', given_by: 'representative', granted: false, channel: 'web' },
    { purpose: 'contact', given_by: 'self', granted: true, channel: 'web' },
  ]);
  t.equal((await ownWord(an, 'nonsense', 'yes')).status, 303);
  t.equal((await site.db.selectFrom('consents').selectAll().execute()).length, 3);
});

t.test('A link that ran out, was changed, or is about somebody of 16 opens nothing', async (t) => {
  const { site, an } = await withChild(t);
  const page = await askedPage(site, an);
  const visitor = client(site.app);
  t.equal((await visitor.get(`${page.url.slice(0, -4)}AAAA`)).status, 404);
  t.equal((await visitor.get('/consent/x')).status, 404);
  await site.db
    .updateTable('person_details')
    .set({ birth_year: thisYear - 17 })
    .execute();
  t.equal((await visitor.get(page.url)).status, 404);
  t.equal((await visitor.post(page.url, mother)).status, 404);
  t.match((await an.get('/account/consents')).html.text, 'Bạn đủ 16 tuổi');
});

t.test('A paper is put on record by a manager of the child’s branch, and by nobody else', async (t) => {
  const { site, an } = await withChild(t);
  const school = await organisation(site, 'school');
  const other = await organisation(site, 'other');
  await site.db
    .insertInto('memberships')
    .values({ id: an.id, person_id: an.id, organisation_id: school.id, role: 'learner' })
    .execute();
  const manager = await signedIn(site, { roles: ['manager'], branch: school });
  const path = `/admin/people/${an.id}/consents`;
  t.equal((await (await signedIn(site, { roles: ['manager'], branch: other })).get(path)).status, 404);
  t.equal((await (await signedIn(site, { roles: ['mentor'], branch: school })).get(path)).status, 404);
  t.equal((await an.get(path)).status, 404);

  const page = await manager.get(path);
  t.match(page.html.text, 'Nguyễn Thị Bé An');
  t.equal((await manager.submit(page, { fields: { ...mother, is_representative: null } })).status, 422);
  t.equal((await manager.submit(page, { fields: mother })).status, 200);
  await ownWord(an, 'contact', 'yes');
  t.ok(await mayHaveContact(an));
  t.match(await site.db.selectFrom('consents').selectAll().where('given_by', '=', 'witnessed').execute(), [
    { channel: 'paper', given_by_person_id: manager.id },
    {},
  ]);
  const grownUp = await signedIn(site, { roles: ['learner'], branch: school });
  t.equal((await manager.get(`/admin/people/${grownUp.id}/consents`)).status, 404);
});

t.test('The paper to print has the child, both questions, lines to sign, and the way by phone', async (t) => {
  const { an } = await withChild(t);
  const { html } = await an.get('/account/consents/paper');
  const paper = textOf(byRole(html, 'main'));
  for (const words of ['Nguyễn Thị Bé An', 'Ghi số điện thoại', 'Hiện đầy đủ họ tên', 'chữ ký người đại diện']) {
    t.match(paper, words);
  }
  t.ok(html.querySelector('svg.qr'));
});
