import t from 'tap';
import { putIn } from '../cohorts/cohorts.ts';
import { decide, readyLearner, signOffOf, withSignOff } from '../sign-offs/signing.ts';
import { learner } from '../support/learners.ts';
import { csvRows, sheetRows, siteWithCohort, tableOf } from './tables.ts';

t.test(
  'Where a course asks for a sign-off a column says how it stands, on the page, on paper and in the files',
  async (t) => {
    const site = await siteWithCohort(t, withSignOff);
    const { group, hoa, home } = site;
    const signed = await readyLearner(site, { full_name: 'Trần An' });
    const missing = await readyLearner(site, { full_name: 'Trần Bình' });
    const waiting = await readyLearner(site, { full_name: 'Trần Chi' });
    const learning = await learner(site, { full_name: 'Trần Dũng' });
    for (const person of [signed, missing, waiting, learning]) await putIn(site, group, person, hoa);
    await decide(hoa, await signOffOf(site, signed));
    await decide(hoa, await signOffOf(site, missing), { verdict: 'missing', words: 'Một bài.' });

    const [header, ...rows] = tableOf(await hoa.get(`${home}?course=small`));
    const index = header?.indexOf('Người hướng dẫn xác nhận') ?? -1;
    t.strictSame(
      rows.map((row) => [row[0], row[index]]),
      [
        ['Trần An', 'đã xác nhận'],
        ['Trần Bình', 'còn thiếu'],
        ['Trần Chi', 'đang chờ xác nhận'],
        ['Trần Dũng', ''],
      ],
    );
    t.strictSame(tableOf(await hoa.get(`${home}?course=small&all=yes`)), [header, ...rows]);
    t.strictSame(csvRows(await hoa.get(`${home}.csv?course=small`)), [header, ...rows]);
    const sheet = await sheetRows(site, hoa, `${home}.xlsx?course=small`);
    t.strictSame(
      sheet.map((row) => row[index] ?? ''),
      [header, ...rows].map((row) => row?.[index]),
    );

    const [all, ...counts] = tableOf(await hoa.get(home));
    const given = all?.indexOf('Đã xác nhận') ?? -1;
    t.equal(all?.[given + 1], 'Cần xác nhận');
    t.strictSame(
      counts.map((row) => row.slice(given, given + 2)),
      [
        ['1', '1'],
        ['0', '1'],
        ['0', '1'],
        ['0', '1'],
      ],
    );
  },
);

t.test('Where none asks for it there is no such column', async (t) => {
  const { home, hoa } = await siteWithCohort(t);
  const [header] = tableOf(await hoa.get(home));
  t.notOk(header?.includes('Đã xác nhận'));
});
