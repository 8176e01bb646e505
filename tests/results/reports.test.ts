import t, { type Test } from 'tap';
import { ensureProvinces } from '../../server/places/provinces.ts';
import { formats } from '../../server/platform/i18n.ts';
import { monthsUntil } from '../../server/results/reports/months.ts';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { meeting, recorded } from '../meetings/meetings.ts';
import { testApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { byRole } from '../support/html.ts';
import { finish, learner, publish, readLessons } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { csvRows, sheetRows, tableOf } from './tables.ts';

const path = '/admin/results?branch=hoi';

/** Six learners in the north, two in the south: one has finished, two have begun, one of them in both. */
async function site(t: Test) {
  const app = await testApp(t);
  await ensureProvinces(app.db);
  await publish(t, app);
  const hoi = await organisation(app, 'hoi', { name: 'Hội' });
  const bac = await organisation(app, 'bac', { below: hoi, name: 'Nhánh Bắc' });
  const xa = await organisation(app, 'xa', { below: bac, name: 'Xã' });
  const nam = await organisation(app, 'nam', { below: hoi, name: 'Nhánh Nam' });
  await app.db.updateTable('organisations').set({ place_code: '08' }).where('id', '=', bac.id).execute();
  const graduate = await learner(app, { roles: ['learner'], branch: xa });
  await finish(graduate);
  const begun = await learner(app, { roles: ['learner'], branch: bac });
  await readLessons(begun, 'small', ['first']);
  await app.db
    .insertInto('memberships')
    .values({ id: crypto.randomUUID(), person_id: begun.id, organisation_id: nam.id, role: 'learner' })
    .execute();
  for (let number = 0; number < 4; number++) await signedIn(app, { roles: ['learner'], branch: xa });
  await learner(app, { roles: ['learner'], branch: nam });
  const group = await cohort(app, { branch: bac });
  const hoa = await mentor(app, group);
  const member = await putIn(app, group, graduate, hoa);
  await recorded(app, await meeting(app, group, { inMinutes: -3000 }), member, 'present', hoa);
  await recorded(app, await meeting(app, group, { inMinutes: -6000 }), member, 'absent', hoa);
  const manager = await signedIn(app, { roles: ['manager'], branch: hoi });
  return { ...app, manager, bac };
}

t.test('By branch: each person once in a line and once in all, and a line opens the level below', async (t) => {
  const { manager, ...app } = await site(t);
  const page = await manager.get(path);
  t.strictSame(tableOf(page).slice(1), [
    ['Tất cả', '7', '3', '2', '1', '1', '1', '1', '2'],
    ['Hội (không kể nhánh)', '0', '0', '0', '0', '0', '0', '0', '0'],
    ['Nhánh Bắc', '6', '2', '2', '1', '1', '1', '1', '2'],
    ['Nhánh Nam', '2', '2', '1', '0', '0', '0', '0', '0'],
  ]);
  const below = await manager.get(
    byRole(page.html, 'link', 'Nhánh Bắc').getAttribute('href')?.replaceAll('&amp;', '&') ?? '',
  );
  t.strictSame(
    tableOf(below)
      .slice(1)
      .map((row) => row.slice(0, 3)),
    [
      ['Tất cả', '6', '2'],
      ['Nhánh Bắc (không kể nhánh)', '1', '1'],
      ['Xã', '5', '1'],
    ],
  );
  const place = tableOf(await manager.get(`${path}&by=place`));
  t.strictSame(
    place.slice(1, 4).map((row) => row.slice(0, 4)),
    [
      ['Tất cả', '7', '3', '2'],
      ['Tỉnh Tuyên Quang', '6', '2', '2'],
      ['Chưa ghi nơi', '2', '2', '1'],
    ],
  );
  t.equal(place.length, 37, 'and the provinces with nobody');
  t.match(
    await rowsAt(manager, '2020-01-01'),
    [['Tất cả', '0', '0', '0', '0', '0', '0', '0', '0']],
    'before anybody was there',
  );
  for (const query of ['', '&by=place', '&by=month', '&by=place&in=08'])
    t.ok((await statementsOf(app, () => manager.get(path + query))).length <= 4, query);
  t.equal((await manager.get('/admin/results')).status, 200);
  t.equal((await manager.get('/admin/results?branch=domdom')).status, 404);
  t.equal((await manager.get(`${path}&by=place&in=9999`)).status, 404);
});

async function rowsAt(manager: Client, day: string): Promise<string[][]> {
  return tableOf(await manager.get(`${path}&date=${day}`)).slice(1);
}

t.test(
  'By month, with a drawing; files have the same cells, and hide what is about few people where they leave the house',
  async (t) => {
    const { manager, ...app } = await site(t);
    const months = await manager.get(`${path}&by=month`);
    const rows = tableOf(months).slice(1);
    t.equal(rows.length, 12);
    t.strictSame(rows.at(-1)?.slice(1, 7), ['7', '3', '2', '1', '1', '1']);
    t.strictSame(rows[0]?.slice(1), Array(8).fill('0'));
    t.equal(months.html.querySelectorAll('svg.chart rect').length, 24);
    for (const by of ['branch', 'place', 'month']) {
      const whole = tableOf(await manager.get(`${path}&by=${by}`));
      const address = (ending: string) => `/admin/results.${ending}?branch=hoi&by=${by}`;
      t.strictSame(csvRows(await manager.get(address('csv'))), whole, by);
      const sheet = await sheetRows(app, manager, address('xlsx'));
      t.strictSame(
        sheet.map((row) => row.map((cell) => (typeof cell === 'number' ? formats.vi.number(cell) : cell))),
        whole,
      );
    }
    const shared = csvRows(await manager.get('/admin/results.csv?branch=hoi&for=share')).slice(1);
    t.strictSame(shared, [
      ['Tất cả', '7', ...Array(7).fill('ẩn')],
      ['Hội (không kể nhánh)', '0', '0', '0', '0', '0', '0', '0', '0'],
      ['Nhánh Bắc', 'ẩn', ...Array(7).fill('ẩn')],
      ['Nhánh Nam', 'ẩn', ...Array(7).fill('ẩn')],
    ]);
  },
);

t.test('Twelve months end with the one under way', async (t) => {
  const months = monthsUntil(new Date('2026-03-01T00:30:00+07:00'));
  t.strictSame([months[0]?.key, months.at(-1)?.key], ['2025-04', '2026-03']);
  t.strictSame(months.at(-1), {
    key: '2026-03',
    since: new Date('2026-03-01T00:00:00+07:00'),
    until: new Date('2026-03-01T00:30:00+07:00'),
  });
  t.equal(months.at(-2)?.until.toISOString(), '2026-02-28T16:59:59.999Z');
});
