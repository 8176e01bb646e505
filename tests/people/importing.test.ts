import t, { type Test } from 'tap';
import { getBranch } from '../../server/organisations/managing/queries.ts';
import { applyPart, removeOldImports } from '../../server/people/importing/queries.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { byRole } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { type SignedIn, signedIn } from '../support/people.ts';

async function school(t: Test) {
  const site = await testApp(t);
  const branch = await organisation(site, 'school');
  return { site, manager: await signedIn(site, { roles: ['manager'], branch }) };
}

/** A list that is shown, and not yet asked for. @returns where to ask for it */
async function planned(manager: SignedIn, rows: number): Promise<string> {
  const names = Array.from({ length: rows }, (_, index) => `Học Viên ${index};0${(index % 9) + 1}/2001`);
  const bytes = `Họ và tên;Ngày sinh\r\n${names.join('\r\n')}`;
  const page = await manager.upload('/admin/organisations/school/people/import', {}, { name: 'lop.csv', bytes });
  return page.html.querySelector('form[action$="/application"]')?.getAttribute('action') ?? '';
}

async function count({ db }: TestApp): Promise<number> {
  return (await db.selectFrom('registrations').select('person_id').execute()).length;
}

/** As a browser would that comes again as often as the page asks for it. */
async function waitForEnd(manager: SignedIn, path: string): Promise<{ last: Page; seen: number[] }> {
  const seen: number[] = [];
  for (;;) {
    const page = await manager.get(path);
    if (page.headers.refresh === undefined) return { last: page, seen };
    seen.push(Number(byRole(page.html, 'progressbar').getAttribute('value')));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

t.test('Five thousand rows: the page says how far it is until all are there', async (t) => {
  const { site, manager } = await school(t);
  const path = await planned(manager, 5000);
  const started = Date.now();
  const answer = await manager.post(path);
  t.match(answer, { status: 303, headers: { location: path } });
  t.ok(Date.now() - started < 10_000, 'the answer does not wait for the end');
  const { last, seen } = await waitForEnd(manager, path);
  t.match(last.html.text, '5.000 người mới');
  t.equal(await count(site), 5000);
  t.ok(seen.every((value, index) => value < 5000 && value >= (seen[index - 1] ?? 0)));
  t.comment(`${Date.now() - started} ms`);
});

t.test('What a crash cut short says so and goes on from there, each row once', async (t) => {
  const { site, manager } = await school(t);
  const path = await planned(manager, 450);
  const id = path.split('/').at(-2) ?? '';
  const branch = await getBranch(site.db, manager, 'school');
  t.notOk(await site.db.transaction().execute((trx) => applyPart(trx, manager, { branch, cohort: null }, id)));
  t.equal(await count(site), 250);
  t.equal((await manager.get(path)).headers.refresh, '2', 'just now it was at work');

  await site.db
    .updateTable('people_imports')
    .set({ touched_at: new Date(Date.now() - 30_000) })
    .execute();
  const stalled = await manager.get(path);
  t.equal(stalled.headers.refresh, undefined);
  t.match(stalled.html.text, /Đã xong 250 trên 450 dòng/);
  await Promise.all([manager.submit(stalled), manager.submit(stalled)]);
  const { last } = await waitForEnd(manager, path);
  t.match(last.html.text, '450 người mới');
  t.equal(await count(site), 450);
  const deeds = await site.db
    .selectFrom('audit_events')
    .select('facts')
    .where('verb', '=', 'people.imported')
    .execute();
  t.strictSame(deeds, [{ facts: { organisation: 'school', added: 450, joined: 0 } }]);
});

t.test('Nobody else sees it, and what was never asked for is over after a day', async (t) => {
  const { site, manager } = await school(t);
  const path = await planned(manager, 3);
  const colleague = await signedIn(site, { roles: ['owner'] });
  t.equal((await colleague.get(path)).status, 404);
  t.equal((await colleague.post(path)).status, 404);
  t.match(await manager.get(path), { status: 303, headers: { location: /import$/ } }, 'nothing is under way');
  await site.db
    .updateTable('people_imports')
    .set({ created_at: new Date(Date.now() - 25 * 60 * 60_000) })
    .execute();
  await removeOldImports(site.db);
  const late = await manager.follow(await manager.post(path));
  t.match(late.html.text, 'Bản xem trước đã quá cũ');
  t.equal(await count(site), 0);
});
