import t, { type Test } from 'tap';
import { announcement, courseId } from '../announcements/announcements.ts';
import { testApp } from '../support/app.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { organisation, rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { manyBranches, manyCourses, sources } from './many.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');
const titles = ({ html }: Page) => html.querySelectorAll('main .cards h3 a').map(textOf);
const branches = ({ html }: Page) => html.querySelectorAll('main .rows a[href^="/organisations/"]').map(textOf);
const optionsOf = ({ html }: Page) => html.querySelectorAll('select[name=course] option').map(textOf);
const upTo = (count: number) => [...Array(count).keys()];

/** Goes on until there is no next page. */
async function allPages(visitor: Client, path: string): Promise<Page[]> {
  const pages = [await visitor.get(path)];
  for (;;) {
    const next = pages.at(-1)?.html.querySelector('a[rel=next]')?.getAttribute('href');
    if (!next) return pages;
    pages.push(await visitor.get(next));
  }
}

async function site(t: Test) {
  const app = await testApp(t);
  const hoi = await organisation(app, 'hoi', { name: 'Hội' });
  return { ...app, hoi, manager: await signedIn(app, { roles: ['manager'], branch: hoi }) };
}

t.test('What a partner gives and its branches come page by page, in the order of their names', async (t) => {
  const app = await site(t);
  const { hoi, db } = app;
  await manyBranches(app, hoi, 30);
  const given = await manyCourses(app, hoi, upTo(50));
  const visitor = client(app.app);
  const pages = await allPages(visitor, '/organisations/hoi');
  t.strictSame(
    pages.map((page) => [titles(page).length, branches(page).length]),
    [
      [24, 24],
      [24, 6],
      [2, 0],
    ],
  );
  t.strictSame(pages.flatMap(titles), given, 'each once');
  t.equal(branches(pages[1] as Page)[0], 'Trường 025');
  t.notMatch(mainOf(pages[0] as Page), /\d+ khoá học/, 'how many there are is not counted');
  t.match(await visitor.get('/organisations/hoi?page=4'), { status: 303, headers: { location: '/organisations/hoi' } });
  for (const wrong of ['0', '-1', 'x', '1.5', '99999999999999999999'])
    t.ok((await visitor.get(`/organisations/hoi?page=${wrong}`)).status < 400, wrong);
  await db.updateTable('courses').set({ audience: 'branch' }).execute();
  t.match(mainOf(await client(app.app).get('/organisations/hoi')), 'Khoá học Các nhánh', 'for everyone there is none');
  const statements = await statementsOf(app, () => visitor.get('/organisations/hoi?page=2'));
  t.ok(statements.length <= 2, `${statements.length} statements`);
  await assertValidHtml(t, sources(pages));
});

t.test('A course that is not in the reader’s language stands among the others, in its own', async (t) => {
  const app = await site(t);
  await publish(t, app);
  const given = await manyCourses(app, await rootOrganisation(app), [1, 2, 3]);
  const told = async (language: string) => {
    const { html } = await client(app.app).get(`/organisations/domdom?lang=${language}`);
    return html.querySelectorAll('main .cards h3').map((one) => `${one.getAttribute('lang')}: ${textOf(one)}`);
  };
  const sorted = (all: string[]) => all.toSorted((a, b) => new Intl.Collator('vi').compare(a.slice(4), b.slice(4)));
  const vietnamese = given.map((title) => `vi: ${title}`);
  t.strictSame(await told('en'), sorted(['en: Small course', ...vietnamese]));
  t.strictSame(await told('vi'), sorted(['vi: Khoá nhỏ', ...vietnamese]));
});

t.test('What was merged into another gives its courses there', async (t) => {
  const app = await site(t);
  const cu = await organisation(app, 'cu', { below: app.hoi, name: 'Hội cũ' });
  const [course] = await manyCourses(app, cu, [1]);
  await manyCourses(app, app.hoi, [2]);
  await app.manager.post('/admin/organisations/cu/merger', { to: 'hoi', understood: 'yes' });
  const page = await client(app.app).get('/organisations/hoi');
  t.ok(titles(page).includes(course ?? ''));
  t.match(mainOf(page), '2 khoá học');
  const preview = await app.manager.get('/admin/organisations/hoi/certificate-preview');
  t.notOk(optionsOf(preview).includes(course ?? ''), 'its certificates carry the name they were published under');
});

t.test('Of many courses a manager finds the one whose certificate they want to see', async (t) => {
  const app = await site(t);
  const home = '/admin/organisations/hoi/certificate-preview';
  const given = await manyCourses(app, app.hoi, upTo(40));
  const page = await app.manager.get(home);
  t.strictSame(optionsOf(page), given.slice(0, 30));
  const last = given.at(-1) ?? '';
  const found = await app.manager.submit(page, { form: '#search', fields: { q: last } });
  t.strictSame(optionsOf(found), [given[0], last], 'the one that was looked at stays');
  t.match(found.html.querySelector('option[selected]')?.text, given[0]);
  const slug = found.html.querySelectorAll('option').at(-1)?.getAttribute('value') ?? '';
  const shown = await app.manager.get(`${home}?course=${slug}`);
  byRole(shown.html, 'heading', last);
  t.match(mainOf(await app.manager.get(`${home}?q=zzz`)), 'Không có khoá học nào tên như vậy');
  t.equal((await app.manager.get(`${home}?course=none`)).status, 404);
  const statements = await statementsOf(app, () => app.manager.get(home));
  t.ok(statements.length <= 4, `${statements.length} statements`);
  await assertValidHtml(t, sources([page, found]));
});

t.test('Whoever tells learners of a course something finds it among many, and what they wrote stays', async (t) => {
  const app = await site(t);
  const home = '/admin/organisations/hoi/announcements';
  const given = await manyCourses(app, app.hoi, upTo(60));
  const blank = await app.manager.get(`${home}/new`);
  t.equal(optionsOf(blank).length, 51, 'the whole branch, and the newest fifty');
  const fields = { title: 'Đổi lịch', words: 'Tuần sau học.', q: given[0] ?? '' };
  const found = await app.manager.submit(blank, { fields, button: 'Tìm khoá học' });
  t.equal(found.status, 200);
  t.strictSame(optionsOf(found).slice(1), [given[0]]);
  t.match(found.html.querySelector('textarea')?.text, 'Tuần sau học.');
  const course = found.html.querySelectorAll('option').at(1)?.getAttribute('value') ?? '';
  const again = await app.manager.submit(found, { fields: { course, q: 'zzz' }, button: 'Tìm khoá học' });
  t.equal(again.html.querySelector('option[selected]')?.text, given[0]);
  t.match(await app.manager.submit(again, { fields: { title: '' } }), { status: 422 });
  const told = await app.manager.submit(again);
  await app.manager.submit(again);
  t.equal(told.status, 303);
  t.match(await app.db.selectFrom('announcements').select(['course_id', 'desk_id']).execute(), [
    { course_id: course, desk_id: app.hoi.id },
  ]);
  const elsewhere = await organisation(app, 'khac');
  await manyCourses(app, elsewhere, [99]);
  const theirs = await app.db
    .selectFrom('courses')
    .select('id')
    .where('owner_organisation_id', '=', elsewhere.id)
    .executeTakeFirstOrThrow();
  const refused = await app.manager.post(home, { title: 'x', words: 'x', readers: 'members', course: theirs.id });
  t.equal(refused.status, 422, 'a course of others is none to choose');
  const statements = await statementsOf(app, () => app.manager.get(`${home}/new`));
  t.ok(statements.length <= 4, `${statements.length} statements`);
  await assertValidHtml(t, sources([blank, found]));
});

t.test('A branch lists what was told to it and its courses, the newest first, wherever the courses go', async (t) => {
  const app = await site(t);
  const { hoi, manager, db } = app;
  const cu = await organisation(app, 'cu', { below: hoi });
  await manyCourses(app, cu, [1]);
  const course_id = await courseId(app, (await db.selectFrom('courses').select('slug').executeTakeFirstOrThrow()).slug);
  for (const daysAgo of upTo(21))
    await announcement(app, { organisation_id: hoi.id }, manager, { title: `Tin ${daysAgo}`, daysAgo });
  const gone = await announcement(app, { course_id }, manager, { title: 'Tin của khoá', daysAgo: 30 });
  await manager.post(`/announcements/${gone}/withdrawal`);
  const told = async (code: string) =>
    (await allPages(manager, `/admin/organisations/${code}/announcements`)).map(({ html }) =>
      html.querySelectorAll('main .rows a').map(textOf),
    );
  t.strictSame(await told('cu'), [['Tin của khoá']]);
  t.strictSame(
    (await told('hoi')).map((page) => page.length),
    [20, 1],
  );
  await manager.post('/admin/organisations/cu/merger', { to: 'hoi', understood: 'yes' });
  t.strictSame((await told('hoi'))[1], ['Tin 20', 'Tin của khoá'], 'what is withdrawn goes along, too');
  await t.rejects(db.updateTable('announcements').set({ withdrawn_at: null }).where('code', '=', gone).execute(), {
    code: '23001',
  });
});
