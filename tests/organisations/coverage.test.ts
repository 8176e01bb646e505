import t, { type Test } from 'tap';
import { drawChart, gapOf } from '../../server/organisations/coverage/chart.ts';
import { coverageByBranch } from '../../server/organisations/coverage/queries.ts';
import { getBranch } from '../../server/organisations/managing/queries.ts';
import { ensureProvinces } from '../../server/places/provinces.ts';
import { dayOf, endOfDay } from '../../server/platform/day.ts';
import { testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const rowsOf = ({ html }: Page) => allByRole(html, 'row', /./).slice(1).map(textOf);
const path = '/admin/organisations/hoi/coverage';

async function site(t: Test) {
  const app = await testApp(t);
  await ensureProvinces(app.db);
  const hoi = await organisation(app, 'hoi', { name: 'Hội' });
  const bac = await organisation(app, 'bac', { below: hoi, name: 'Nhánh Bắc' });
  const xa = await organisation(app, 'xa', { below: bac, name: 'Xã' });
  const nam = await organisation(app, 'nam', { below: hoi, name: 'Nhánh Nam' });
  await organisation(app, 'trong', { below: hoi, name: 'Nhánh trống' });
  const place = (code: string, id: string) =>
    app.db.updateTable('organisations').set({ place_code: code }).where('id', '=', id).execute();
  await place('08', bac.id);
  await place('46', nam.id);
  await signedIn(app, { roles: ['learner', 'mentor'], branch: xa });
  const both = await signedIn(app, { roles: ['learner'], branch: bac });
  await signedIn(app, { roles: ['learner'], branch: nam });
  await app.db
    .insertInto('memberships')
    .columns(['id', 'person_id', 'organisation_id', 'role'])
    .expression((eb) =>
      eb
        .selectFrom('organisations')
        .select((inner) => [
          inner.fn<string>('gen_random_uuid').as('id'),
          inner.val(both.id).as('person_id'),
          'organisations.id as organisation_id',
          inner.val('learner').as('role'),
        ])
        .where('code', '=', 'nam'),
    )
    .execute();
  const manager = await signedIn(app, { roles: ['manager'], branch: hoi });
  return { ...app, hoi, bac, xa, nam, manager };
}

t.test('By branch: who is there with all that lies below, each person once, and where nobody is', async (t) => {
  const { manager } = await site(t);
  const page = await manager.get(path);
  t.match(rowsOf(page), [
    /^Hội \(không kể nhánh\) ?1 ?0 ?0 ?Chưa có ai$/,
    /^Nhánh Bắc ?2 ?2 ?1 ?–$/,
    /^Nhánh Nam ?1 ?2 ?0 ?Chưa có người hướng dẫn$/,
    /^Nhánh trống ?1 ?0 ?0 ?Chưa có ai$/,
  ]);
  t.match(mainOf(page), /Tổ chức ?5 Học viên ?3 Người hướng dẫn ?1/, 'who is in two branches counts once in the total');
  t.equal(
    byRole(page.html, 'link', 'Nhánh Bắc').getAttribute('href')?.split('?')[0],
    '/admin/organisations/bac/coverage',
  );
  t.equal(page.html.querySelectorAll('svg.chart rect').length, 8, 'the same as bars');
});

t.test('By place: of the organisation, else of the nearest above it; places with nobody too', async (t) => {
  const { manager } = await site(t);
  const rows = rowsOf(await manager.get(`${path}?by=place`));
  t.match(rows.slice(0, 3), [/^Thành phố Huế ?1 ?2 ?0/, /^Tỉnh Tuyên Quang ?2 ?2 ?1/, /^Chưa ghi nơi ?2 ?0 ?0/]);
  t.equal(rows.length, 35, '34 provinces, and what has none');
  t.match(rows.at(-1), /Chưa có ai$/);
});

t.test('A report for a past day shows the tree and the people of that day', async (t) => {
  const { db, manager, hoi, xa, nam } = await site(t);
  const day = (number: number) => new Date(Date.UTC(2026, 0, number));
  await db
    .updateTable('memberships')
    .set({ valid_from: day(10) })
    .execute();
  await db
    .updateTable('organisation_periods')
    .set({ valid_from: day(1) })
    .where('valid_until', 'is', null)
    .execute();
  await db
    .updateTable('organisations')
    .set({ parent_id: nam.id, path: 'domdom.hoi.nam.xa' })
    .where('id', '=', xa.id)
    .execute();
  await db.updateTable('organisations').set({ name: 'Tên mới' }).where('id', '=', nam.id).execute();
  await db
    .updateTable('memberships')
    .set({ valid_until: day(20) })
    .where('organisation_id', '=', nam.id)
    .execute();

  const then = rowsOf(await manager.get(`${path}?date=2026-01-15`));
  t.match(then, [/^Hội/, /^Nhánh Bắc ?2 ?2 ?1/, /^Nhánh Nam ?1 ?2 ?0/, /^Nhánh trống/]);
  const now = rowsOf(await manager.get(path));
  t.match(now, [/^Hội/, /^Nhánh Bắc ?1 ?1 ?0/, /^Nhánh trống/, /^Tên mới ?2 ?1 ?1/]);
  t.match(
    rowsOf(await manager.get(`${path}?date=2026-01-05`)),
    [/^Hội/, /Bắc ?2 ?0 ?0/, /Nam/, /trống/],
    'before anybody came',
  );
  t.match(mainOf(await manager.get(`${path}?date=2025-12-01`)), 'Ngày ấy chưa có gì ở đây');
  t.match(mainOf(await manager.get(`${path}?date=2999-01-01`)), 'Bạn chọn một ngày đã qua');
  const branch = await getBranch(db, manager, hoi.code);
  const [total, ...lines] = await coverageByBranch(db, branch, day(15));
  t.equal(
    total?.organisations,
    lines.reduce((sum, line) => sum + line.organisations, 0),
  );
});

t.test('The table comes as CSV that spreadsheets read, with commas or semicolons', async (t) => {
  const { manager } = await site(t);
  const commas = await manager.get('/admin/organisations/hoi/coverage.csv');
  t.match(commas.headers, { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': /hoi-branch-.*\.csv/ });
  t.match(commas.body, /^\ufeffMã,Tên,Tổ chức,Học viên,Người hướng dẫn,Cần để ý\r\n,Tất cả,5,3,1,\r\nhoi,/);
  const semicolons = await manager.get('/admin/organisations/hoi/coverage.csv?by=place&separator=semicolon');
  t.match(semicolons.body, /\r\n46;Thành phố Huế;1;2;0;Chưa có người hướng dẫn\r\n/);
});

t.test('A day is that of Vietnam, and a report never looks ahead', async (t) => {
  const now = new Date('2026-11-22T01:30:00Z');
  t.equal(dayOf(now), '2026-11-22');
  t.equal(dayOf(new Date('2026-11-21T17:00:00Z')), '2026-11-22');
  t.strictSame(endOfDay('2026-11-22', now), now, 'today ends now');
  t.strictSame(endOfDay('2026-11-21', now), new Date('2026-11-21T16:59:59.999Z'));
  for (const wrong of ['2026-11-23', '2026-02-30', '22/11/2026', '', '2026-1-1', '0000-00-00']) {
    t.equal(endOfDay(wrong, now), null, wrong);
  }
});

t.test('Someone is never drawn as nothing, and the longest bar fills the drawing', async (t) => {
  const line = { code: 'a', name: 'A', kind: 'school', organisations: 1 };
  const { bars, width, height } = drawChart(
    [
      { ...line, learners: 9999, mentors: 1 },
      { ...line, learners: 0, mentors: 0 },
    ],
    ({ name }) => name ?? '',
  );
  t.match(bars, [
    { learnerWidth: width, mentorWidth: 2, y: 0 },
    { learnerWidth: 0, mentorWidth: 0 },
  ]);
  t.equal(height, 68);
  t.strictSame(
    [gapOf({ learners: 0, mentors: 0 }), gapOf({ learners: 3, mentors: 0 }), gapOf({ learners: 0, mentors: 1 })],
    ['nobody', 'no_mentor', null],
  );
});
