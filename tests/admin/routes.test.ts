import t, { type Test } from 'tap';
import { keepSiteCounts } from '../../server/admin/queries.ts';
import { formats } from '../../server/platform/i18n.ts';
import { courseFolder } from '../courses/folder.ts';
import { waitAt } from '../joining/joining.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { finish, importCourse, learner, publish } from '../support/learners.ts';
import { manyLearners } from '../support/many-learners.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml, smallCourse } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

async function siteWithOwner(t: Test, settings = {}): Promise<TestApp & { owner: Client }> {
  const site = await testApp(t, settings);
  await publish(t, site);
  return { ...site, owner: await signedIn(site, { roles: ['owner'] }) };
}

t.test('The owner sees how many there are of what matters', async (t) => {
  const site = await siteWithOwner(t);
  await finish(await learner(site));
  await learner(site, { full_name: 'Lê Minh' });
  await signedIn(site, { full_name: 'Trần Bình' });
  t.match(mainOf(await site.owner.get('/admin')), /Người ?4 Khoá học ?1 Lượt học ?2 Giấy chứng nhận ?1/);
});

t.test('What is many is counted every hour, and the page says when', async (t) => {
  const { owner, ...site } = await siteWithOwner(t);
  await keepSiteCounts(site.db);
  const few = mainOf(await owner.get('/admin'));
  t.match(few, /Người ?1 Khoá học ?1 Lượt học ?0/);
  t.notMatch(few, 'được tính mỗi giờ', 'what is few is as it is now');
  const branch = await organisation(site, 'hoi');
  await manyLearners(site, branch, 999);
  t.match(mainOf(await owner.get('/admin')), /Người ?1\.000 /);
  await manyLearners(site, branch, 1);
  t.match(mainOf(await owner.get('/admin')), /Người ?hơn 1\.000 /, 'nobody has counted them yet');
  await manyLearners(site, branch, 5);
  await keepSiteCounts(site.db);
  await manyLearners(site, branch, 2);
  const { counted_at } = await site.db
    .selectFrom('site_counts')
    .where('name', '=', 'persons')
    .select('counted_at')
    .executeTakeFirstOrThrow();
  const many = await owner.get('/admin');
  t.match(mainOf(many), /Người ?1\.006 Khoá học ?1 /);
  t.match(mainOf(many), `lần gần nhất lúc ${formats.vi.dateTime(counted_at)}`);
  t.equal((await statementsOf(site, () => owner.get('/admin'))).length, 4);
  await assertValidHtml(t, new Map([['admin', many.body]]));
});

t.test('The owner sees every course that came in, and every fault of one that did not, by file and line', async (t) => {
  const site = await siteWithOwner(t);
  const faulty = {
    'course.yaml': courseYaml().replace('id: small', 'id: broken'),
    'vi/second.md': 'Không có đầu đề.\n',
  };
  await importCourse(site, await courseFolder(t, { ...smallCourse, ...faulty, 'en/first.md': null }, 'broken'));
  const page = await site.owner.get('/admin');
  t.equal(byRole(page.html, 'link', 'small').getAttribute('href'), '/courses/small');
  t.equal(allByRole(page.html, 'link', 'broken').length, 0, 'what did not come in is no link');
  const item = textOf(page.html.querySelector('#import-broken') ?? page.html);
  t.match(item, /^2 lỗi broken/);
  t.match(item, /vi\/second\.md:1 \p{L}/u);
  t.match(item, /en\/first\.md \p{L}/u);
});

t.test('Until the address is public and safe, the owner is told that certificates are trial copies', async (t) => {
  const trial = await siteWithOwner(t);
  t.match(mainOf(await trial.owner.get('/admin')), 'PUBLIC_URL');
  const { owner } = await siteWithOwner(t, { PUBLIC_URL: 'https://learn.example.org' });
  t.notMatch(mainOf(await owner.get('/admin')), 'PUBLIC_URL');
});

t.test('For who manages nothing the page does not exist, and nothing leads to it', async (t) => {
  const site = await siteWithOwner(t);
  const others = [await signedIn(site), await learner(site)];
  others.push(await signedIn(site, { roles: ['author', 'reviewer', 'mentor'] }));
  for (const visitor of others) {
    const page = await visitor.get('/admin');
    t.equal(page.status, 404);
    t.equal(textOf(byRole(page.html, 'heading', /./)), 'Không tìm thấy trang này');
    t.equal(allByRole((await visitor.get('/')).html, 'link', 'Quản trị').length, 0);
  }
  t.equal(allByRole((await site.owner.get('/')).html, 'link', 'Quản trị').length, 1);
  t.equal(allByRole((await client(site.app).get('/')).html, 'link', 'Quản trị').length, 0);
});

t.test('A manager finds their organisations and who waits there, and nothing of the site', async (t) => {
  const site = await siteWithOwner(t);
  const branch = await organisation(site, 'hoi', { name: 'Hội Nông dân' });
  const below = await organisation(site, 'chi_hoi', { below: branch });
  await organisation(site, 'khac', { name: 'Hội khác' });
  await waitAt(site, await signedIn(site), below);
  const manager = await signedIn(site, { roles: ['manager'], branch });
  const page = await manager.get('/admin');
  t.match(mainOf(page), /Hội Nông dân Tổ chức đối tác 1 người đang chờ/);
  t.notMatch(mainOf(page), /Toàn trang|Lượt học|Hội khác|Chi hội/);
  t.equal(allByRole((await manager.get('/')).html, 'link', 'Quản trị').length, 1);
});

t.test('Who was the owner once is so no longer', async (t) => {
  const site = await siteWithOwner(t);
  await site.db
    .updateTable('memberships')
    .set({ valid_until: new Date(Date.now() + 1000) })
    .execute();
  t.equal((await site.owner.get('/admin')).status, 404);
});

t.test('The page costs four statements', async (t) => {
  const site = await siteWithOwner(t);
  t.equal((await statementsOf(site, () => site.owner.get('/admin'))).length, 4);
});
