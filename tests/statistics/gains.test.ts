import fc from 'fast-check';
import t from 'tap';
import { type GainSums, gainsOf, normalisedGain } from '../../server/statistics/gains.ts';
import { tested } from '../quizzes/pre-tests.ts';
import { testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import '../support/seed.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { count, handsIn, marks, quizOf, rowsOf, somebody } from './answering.ts';

const home = '/courses/small/statistics';
const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');

const sums = fc
  .record({ version: fc.nat(50), people: fc.integer({ min: 1, max: 500 }), one: fc.nat(10_000), other: fc.nat(10_000) })
  .map(
    ({ version, people, one, other }): GainSums => ({ version, people, before: one * people, after: other * people }),
  );

t.test('Means stay between 0 and 100, and the normalised gain is at most 1 and has the sign of the gain', async (t) => {
  fc.assert(
    fc.property(fc.uniqueArray(sums, { selector: ({ version }) => version }), (lines) => {
      const [all, ...each] = gainsOf(lines);
      const told = lines.filter(({ people }) => people >= 5);
      if (all === undefined) return told.length === 0;
      const people = each.reduce((sum, one) => sum + one.people, 0);
      return (
        all.people === people &&
        each.length === told.length &&
        [all, ...each].every(({ before, after, gain, normalised }) => {
          const isWithin = [before, after].every((mean) => mean >= 0 && mean <= 100);
          if (normalised === null) return isWithin && before === 100;
          return isWithin && normalised <= 1 && Math.sign(normalised) === Math.sign(gain);
        })
      );
    }),
  );
  t.equal(normalisedGain({ before: 40, after: 80 }), 2 / 3);
  t.equal(normalisedGain({ before: 100, after: 100 }), null);
});

t.test('What a course has taught is told once five have taken both tests, and never more than that', async (t) => {
  const site = await testApp(t);
  await publish(t, site, tested());
  const [before, after] = [await quizOf(site, { key: 'before' }), await quizOf(site, { key: 'after' })];
  const given = (rights: number) => [0, 1].map((at) => ({ share: at < rights ? 1 : 0, response: null }));
  const author = await signedIn(site, { roles: ['author'] });
  const people = [];
  for (let one = 0; one < 4; one += 1) {
    const person = await somebody(site);
    people.push(person);
    await handsIn(site, before, person, given(0));
    await handsIn(site, after, person, given(1));
  }
  // Who took one of them alone, or the first one later, is not compared.
  await handsIn(site, before, await somebody(site), given(2));
  await handsIn(site, after, await somebody(site), given(2));
  const late = await somebody(site);
  await handsIn(site, after, late, given(2));
  await handsIn(site, before, late, given(2));
  await count(site);
  const few = await author.get(home);
  t.match(mainOf(few), /Có dưới 5 người đã làm cả bài trước khi học/);
  t.equal(few.html.querySelector('#gain'), null);
  t.notMatch((await author.get(`${home}.csv?table=gain`)).body, /\d/);

  const last = await somebody(site);
  const first = await handsIn(site, before, last, given(1));
  await handsIn(site, after, last, given(2));
  // A second try has seen the answers.
  await handsIn(site, after, people[0] ?? '', given(2));
  await count(site);
  const page = await author.get(home);
  t.match(mainOf(page), /5 người đã làm cả hai bài: trung bình 10 % trước khi học, 60 % sau khi học/);
  const rows = page.html.querySelectorAll('#gain-table tr').map((row) => row.querySelectorAll('th, td').map(textOf));
  t.strictSame(rows.slice(1), [
    ['Tất cả', '5', '10', '60', '50', '0,56'],
    ['Phiên bản 1', '5', '10', '60', '50', '0,56'],
  ]);
  t.strictSame(
    page.html.querySelectorAll('#gain g').map((bar) => bar.querySelectorAll('text').map(textOf)),
    [
      ['Trước khi học', '10 %'],
      ['Sau khi học', '60 %'],
    ],
  );
  const file = await author.get(`${home}.csv?table=gain`);
  t.match(file.body, /Phiên bản 1,5,10,60,50,0[.]56/);
  t.equal((await author.get(`${home}.xlsx?table=gain&version=1`)).status, 200);
  await assertValidHtml(t, new Map([[page.url, page.body]]));
  const statements = await statementsOf(site, () => author.get(home));
  t.ok(statements.length <= 4);
  t.notOk(
    statements.some((text) => /from "?(?:attempts|markings|answers)/.test(text)),
    'sums are read, not answers',
  );

  await marks(site, before, first, 2, given(0));
  await count(site);
  t.match(mainOf(await author.get(home)), /trung bình 0 % trước khi học, 60 %/, 'a corrected key counts');
  t.ok(rowsOf(page.html).length > 0);
  const others = [await signedIn(site, { roles: ['mentor'] }), await learner(site), await signedIn(site)];
  for (const other of others) t.equal((await other.get(`${home}.csv?table=gain`)).status, 404);
});

t.test('A course without such tests says nothing of a gain', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const author = await signedIn(site, { roles: ['author'] });
  t.notMatch(mainOf(await author.get(home)), 'Trước và sau khi học');
});
