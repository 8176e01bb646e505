import t from 'tap';
import { countSubmissions } from '../../server/statistics/counting/queries.ts';
import { inParts } from '../attempts/parts.ts';
import { testApp } from '../support/app.ts';
import { textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { type Given, handsIn, quizOf, somebody } from './answering.ts';

t.test('How often each number and each blank was given is counted by line and by blank', async (t) => {
  const site = await testApp(t);
  await publish(t, site, inParts);
  const quiz = await quizOf(site);
  const take = async (count: number, places: (number | null)[], blanks: (number | string | null)[]) => {
    const given: Given[] = [
      { share: 0.5, response: { places } },
      { share: 0.5, response: { blanks } },
    ];
    for (let one = 0; one < count; one += 1) await handsIn(site, quiz, await somebody(site), given);
  };
  await take(5, [0, 1, 2, 3], ['Hồng', 0, '1149']);
  await take(6, [1, 0, 2, null], ['Đà', 1, null]);
  await take(1, [0, 0, 0, 0], ['một tên riêng', null, '7']);
  await countSubmissions(site.db);
  const author = await signedIn(site, { roles: ['author'] });
  const path = (key: string) => `/courses/small/statistics/final/${key}`;
  const order = await author.get(path('order'));
  const said = textOf(order.html).replaceAll('\u00a0', ' ');
  t.match(said, /Vo gạo.*A\. 1 ✓ Đúng 6 50 %.*B\. 2 6 50 %/);
  t.match(said, /Xới cơm.*D\. 4 ✓ Đúng 5 42 %.*Bỏ trống 6 50 %/i);
  const gaps = await author.get(path('gaps'));
  const blanks = textOf(gaps.html).replaceAll('\u00a0', ' ');
  t.match(blanks, /Sông \(1\) …… chảy qua/);
  t.match(blanks, /Chỗ trống 1.*A\. Đà 6 50 %.*B\. Hồng ✓ Đúng 5 42 %/);
  t.match(blanks, /Chỗ trống 2.*A\. Hà Nội ✓ Đúng 5 42 %.*B\. Huế 6 50 %/);
  t.match(blanks, /Chỗ trống 3.*A\. 1149 ✓ Đúng 5 42 %/);
  t.notMatch(blanks, 'một tên riêng', 'what few typed is told to nobody');
  t.ok((await statementsOf(site, () => author.get(path('gaps')))).length <= 4);
  await assertValidHtml(t, new Map([order, gaps].map(({ url, body }) => [url, body])));
});
