import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { v7 as newId } from 'uuid';
import { ensureRootOrganisation, rootCode } from '../../server/organisations/queries.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { statementsOf } from '../support/statements.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

async function siteWithCourse(t: Test): Promise<TestApp> {
  const site = await testApp(t);
  await publish(t, site);
  return site;
}

async function insertPartner({ db }: TestApp, code: string, name: string): Promise<string> {
  const root = await db.selectFrom('organisations').select('id').where('code', '=', rootCode).executeTakeFirstOrThrow();
  const id = newId();
  const path = `${rootCode}.${code}`;
  await db
    .insertInto('organisations')
    .values({ id, code, path, parent_id: root.id, kind: 'partner_ngo', name })
    .execute();
  return id;
}

t.test('A partner’s page says who they are and what they give, to anybody', async (t) => {
  const site = await siteWithCourse(t);
  const page = await client(site.app).get('/organisations/domdom');
  t.equal(textOf(byRole(page.html, 'heading', 'Đom Đóm')), 'Đom Đóm');
  t.match(mainOf(page), /Mạng lưới.*Mã tổ chức: domdom.*1 khoá học.*Khoá nhỏ ?Một khoá rất nhỏ/);
  t.equal(byRole(page.html, 'link', 'Khoá nhỏ').getAttribute('href'), '/courses/small');
  const english = await client(site.app).get('/organisations/domdom?lang=en');
  t.equal(byRole(english.html, 'heading', 'Small course').getAttribute('lang'), 'en');
});

t.test('Each gives its own courses; a name is text', async (t) => {
  const site = await siteWithCourse(t);
  await insertPartner(site, 'partner', '<b>Bạn & tôi</b>');
  const page = await client(site.app).get('/organisations/partner');
  t.match(mainOf(page), /Tổ chức đối tác <b>Bạn & tôi<\/b>.*Chưa có khoá học nào/);
  t.equal(page.html.querySelectorAll('main b').length, 0);
});

t.test('A course that is not for everyone is not shown', async (t) => {
  const site = await siteWithCourse(t);
  await site.db.updateTable('courses').set({ audience: 'branch' }).execute();
  t.match(mainOf(await client(site.app).get('/organisations/domdom')), 'Chưa có khoá học nào');
});

t.test('A new version takes the place of the old one', async (t) => {
  const site = await siteWithCourse(t);
  const text = '---\ntitle: Khoá mới\nsummary: Tóm tắt.\noutcomes: [Một việc.]\n---\n\nChào.\n';
  await publish(t, site, { 'vi/course.md': text });
  const page = await client(site.app).get('/organisations/domdom');
  t.strictSame(allByRole(page.html, 'link', 'Khoá').slice(-1).map(textOf), ['Khoá mới']);
  t.notMatch(mainOf(page), 'Khoá nhỏ');
});

t.test('One that has been merged leads on for good, since its code is printed on paper', async (t) => {
  const site = await siteWithCourse(t);
  const id = await insertPartner(site, 'partner', 'Bạn');
  await insertPartner(site, 'partners', 'Các bạn');
  await site.db
    .updateTable('organisations')
    .set({ merged_into_id: sql`(select id from organisations where code = 'partners')` })
    .where('id', '=', id)
    .execute();
  const visitor = client(site.app);
  const page = await visitor.get('/organisations/partner');
  t.match(page, { status: 301, headers: { location: '/organisations/partners' } });
  t.match(mainOf(await visitor.follow(page)), 'Các bạn');
});

t.test('A code that nobody has is not found', async (t) => {
  const site = await siteWithCourse(t);
  for (const code of ['none', 'DOMDOM', 'domdom%20', "domdom'", 'domdom.partner', '%25', '*', 'x'.repeat(5000)]) {
    t.equal((await client(site.app).get(`/organisations/${code}`)).status, 404, code.slice(0, 20));
  }
});

t.test('The page costs one statement, however many courses it shows', async (t) => {
  const site = await siteWithCourse(t);
  await publish(t, site, {}, 'other');
  t.equal((await statementsOf(site, () => client(site.app).get('/organisations/domdom'))).length, 1);
});

t.test('Starting twice, also at the same moment, makes one root', async (t) => {
  const site = await testApp(t);
  const ids = await Promise.all([1, 2, 3].map(() => ensureRootOrganisation(site.db)));
  t.equal(new Set([...ids, await ensureRootOrganisation(site.db)]).size, 1);
});
