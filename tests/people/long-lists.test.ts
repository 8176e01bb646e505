import t, { type Test } from 'tap';
import { testApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { manyLearners } from '../support/many-learners.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';

const path = '/admin/organisations/hoi/people';
const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

/** 498 learners below, one who sorts first by given name, and two managers; the others are elsewhere. */
async function site(t: Test) {
  const app = await testApp(t);
  const hoi = await organisation(app, 'hoi');
  const xa = await organisation(app, 'xa', { below: hoi });
  const other = await organisation(app, 'other');
  await manyLearners(app, xa, 498, 'Võ Bình');
  await manyLearners(app, other, 5, 'Lý');
  await signedIn(app, { full_name: 'Vũ Thị An', roles: ['learner'], branch: xa });
  const manager = await signedIn(app, { full_name: 'Lê Văn Quản', roles: ['manager'], branch: hoi });
  return { ...app, hoi, xa, other, manager };
}

async function pagesOf(manager: Client, query: string): Promise<string[]> {
  const pages = [1, 2, 3].map((page) => manager.get(`${path}?${query}page=${page}`));
  return (await Promise.all(pages)).flatMap((page) => page.html.querySelectorAll('#people > li').map(textOf));
}

t.test('Five hundred people are all told, page by page; of more the first, and the rest by searching', async (t) => {
  const { manager, ...app } = await site(t);
  const small = await manager.get(path);
  t.match(mainOf(small), /500 người\./);
  t.notMatch(mainOf(small), /Hơn/);
  const before = await pagesOf(manager, '');
  t.match(before[0], 'Võ Bình 0001', 'a given name is the last word');

  await manyLearners(app, app.xa, 1, 'Đỗ Zung');
  const large = await manager.get(path);
  t.match(mainOf(large), /Hơn 50 người\./);
  t.match(mainOf(large), /1\.000 người đầu/);
  const after = await pagesOf(manager, '');
  t.strictSame(new Set(after).size, 150);
  t.equal(after.filter((row) => before.includes(row)).length >= 147, true, 'in the same order');
  t.notMatch(after.join(), 'Lý', 'nobody of another organisation');
  const end = await manager.get(`${path}?page=11`);
  t.match(mainOf(end), /501 người\./, 'at its end the list is counted');
  await manyLearners(app, app.xa, 500, 'Hồ Bảo');
  const last = await manager.get(`${path}?page=20`);
  t.match(mainOf(last), /Hơn 1\.000 người\./);
  t.strictSame(
    (await manager.get(`${path}?page=999`)).html.querySelectorAll('#people > li').map(textOf),
    last.html.querySelectorAll('#people > li').map(textOf),
  );
  t.equal(allByRole(last.html, 'link', 'Trang sau').length, 0);

  const found = await manager.get(`${path}?q=${encodeURIComponent('do zung')}`);
  t.match(mainOf(found), /1 người\. /);
  t.match(mainOf(found), 'Đỗ Zung 0001');
  t.match(mainOf(await manager.get(`${path}?q=ly`)), 'Không có ai');
  t.match(mainOf(await manager.get(`${path}?state=new`)), 'Không có ai');
  for (const query of ['', '?q=vo', '?state=new'])
    t.ok((await statementsOf(app, () => manager.get(path + query))).length <= 4, query);
  t.equal((await manager.get('/admin/organisations/hoi/cards.pdf?q=zung')).status, 200);
  await assertValidHtml(t, new Map([['large', large.body]]));

  const stranger = await signedIn(app, { roles: ['manager'], branch: app.other });
  t.equal((await stranger.get(path)).status, 404);
  const mine = await stranger.get('/admin/organisations/other/people');
  t.match(mainOf(mine), /6 người\./, 'a small branch of a large site has all');
});
