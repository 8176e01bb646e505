import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import { testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { cohort, joiner, loads, mentor } from './cohorts.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

async function imported(manager: SignedIn, id: string, bytes: string): Promise<{ plan: Page; done: Page }> {
  const path = `/cohorts/${id}/people/import`;
  const plan = await manager.upload(path, { order: 'family_first' }, { name: 'lop.csv', bytes });
  const action = plan.html.querySelector('form[action$="/application"]')?.getAttribute('action') ?? '';
  await manager.post(action);
  let done = await manager.get(action);
  while (done.headers.refresh !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    done = await manager.get(action);
  }
  await manager.post(action);
  return { plan, done };
}

t.test(
  'A class list goes into a cohort: each with a mentor by the rule, the rest on the list, nobody twice',
  async (t) => {
    const site = await testApp(t);
    await publish(t, site);
    const group = await cohort(site, { isOpen: false });
    const hoa = await mentor(site, group, { capacity: 3 });
    const manager = await signedIn(site, { roles: ['manager'] });
    const list =
      'Họ và tên;Ngày sinh\r\nLê Một;01/2001\r\nLê Hai;02/2001\r\n;03/2001\r\nLê Ba;03/2001\r\nLê Bốn;04/2001';
    const { plan, done } = await imported(manager, group.id, list);
    t.match(mainOf(plan), /Không đọc được|dòng 4/i, 'a row without a name is told');
    t.match(mainOf(done), '3 người đã ở trong nhóm, 1 người đang chờ chỗ');
    t.strictSame(await loads(site, [hoa]), [3]);
    const waiting = await site.db.selectFrom('join_requests').select('id').where('outcome', 'is', null).execute();
    t.equal(waiting.length, 1);

    const again = await imported(manager, group.id, list);
    t.match(mainOf(again.done), '3 người đã ở trong nhóm, 1 người đang chờ chỗ');
    t.equal(
      (await site.db.selectFrom('cohort_members').select('id').execute()).length,
      3,
      'known people stay who they are',
    );
  },
);

t.test('Only a manager brings lists; a proposal is for one cohort alone', async (t) => {
  const site = await testApp(t);
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  const member = await joiner(site, group);
  const file = { name: 'lop.csv', bytes: 'Họ và tên\r\nLê Một' };
  const path = `/cohorts/${group.id}/people/import`;
  t.equal((await hoa.upload(path, {}, file)).status, 403);
  t.equal((await member.upload(path, {}, file)).status, 404);
  const manager = await signedIn(site, { roles: ['manager'] });
  const plan = await manager.upload(path, {}, file);
  const action = plan.html.querySelector('form[action$="/application"]')?.getAttribute('action') ?? '';
  const elsewhere = await cohort(site);
  t.equal((await manager.post(action.replace(group.id, elsewhere.id))).status, 404);
  await manager.post(`/cohorts/${group.id}/closing`);
  t.equal((await manager.post(action)).status, 403, 'nobody joins what has ended');
  t.match(mainOf(await manager.get(`/cohorts/${group.id}/mentors`)), /đã kết thúc lúc.*Lê Thị Hoa/);
  t.match(mainOf(await manager.get(`/cohorts/${group.id}/join-codes`)), /đã kết thúc lúc/);
});

const moodle = '../shared/data/packages/moodle-csv/lib_upload_users_cohorts.csv';

t.test(
  'Lists that Moodle takes are read as they are',
  { skip: !existsSync(moodle) && 'no packages here' },
  async (t) => {
    const site = await testApp(t);
    const group = await cohort(site);
    await mentor(site, group);
    const manager = await signedIn(site, { roles: ['manager'] });
    const { plan, done } = await imported(manager, group.id, readFileSync(moodle, 'utf8'));
    t.match(mainOf(plan), /username, password, cohort1/, 'columns that mean nothing here are named');
    t.match(mainOf(done), '4 người đã ở trong nhóm');
  },
);
