import fc from 'fast-check';
import t from 'tap';
import { addSums, inOrder, itemRest, meanShare, type Sums, verdictsOf } from '../../server/statistics/judging.ts';
import '../support/seed.ts';

/** What is kept of people, each with their share of the points of a question and of the rest. */
function sumsOf(people: [score: number, rest: number][]): Sums {
  const sum = (of: (one: [number, number]) => number) => people.reduce((all, one) => all + of(one), 0);
  return {
    people: people.length,
    answered: people.length,
    score: sum(([score]) => score),
    score_squared: sum(([score]) => score * score),
    rest: sum(([, rest]) => rest),
    rest_squared: sum(([, rest]) => rest * rest),
    score_rest: sum(([score, rest]) => score * rest),
  };
}

/**
 * Section 6 of the Law School Admission Test: who answered which of five items rightly, of 1,000 people (R. D. Bock and M. Lieberman,
 * Psychometrika 35, 1970, 179–197). `01011` 16: sixteen people had the second, fourth and fifth.
 */
const lsat6 = `00000 3 00001 6 00010 2 00011 11 00100 1 00101 1 00110 3 00111 4 01000 1 01001 8 01011 16 01101 3 01110 2 01111 15
10000 10 10001 29 10010 14 10011 81 10100 3 10101 28 10110 15 10111 80 11000 16 11001 56 11010 21 11011 173 11100 11 11101 61 11110 28
11111 298`;

t.test('Shares and item-rest correlations are those published for section 6 of the LSAT', async (t) => {
  const cells = lsat6.split(/\s+/);
  const people = cells.flatMap((pattern, index) =>
    index % 2 === 0 ? Array.from({ length: Number(cells[index + 1]) }, () => [...pattern].map(Number)) : [],
  );
  t.equal(people.length, 1000);
  const items = [0, 1, 2, 3, 4].map((item) =>
    sumsOf(
      people.map((right) => [
        10_000 * (right[item] ?? 0),
        (10_000 * (right.reduce((sum, one) => sum + one, 0) - (right[item] ?? 0))) / 4,
      ]),
    ),
  );
  t.strictSame(items.map(meanShare), [0.924, 0.709, 0.553, 0.763, 0.87]);
  // As `descript(LSAT)` of the R package ltm tells them: point biserial correlation with the total score, the item excluded.
  const published = [0.1128, 0.1532, 0.1728, 0.1444, 0.1216];
  t.strictSame(
    items.map((sums) => Math.round(10_000 * (itemRest(sums) ?? 0)) / 10_000),
    published,
  );
});

t.test('By hand: of scores 0, 0, 1, 1 and rests 0, ½, ½, 1 the correlation is the root of one half', async (t) => {
  const sums = sumsOf([
    [0, 0],
    [0, 5_000],
    [10_000, 5_000],
    [10_000, 10_000],
  ]);
  t.equal(meanShare(sums), 0.5);
  t.ok(Math.abs((itemRest(sums) ?? 0) - Math.SQRT1_2) < 1e-12);
});

/** Both means first, then every difference from them. */
function naively(people: [number, number][]): number | null {
  const mean = (of: 0 | 1) => people.reduce((sum, one) => sum + one[of], 0) / people.length;
  const [score, rest] = [mean(0), mean(1)];
  const product = (of: (one: [number, number]) => number) => people.reduce((sum, one) => sum + of(one), 0);
  const scores = product(([one]) => (one - score) ** 2);
  const rests = product(([, one]) => (one - rest) ** 2);
  if (new Set(people.map(([one]) => one)).size === 1 || new Set(people.map(([, one]) => one)).size === 1) return null;
  return product(([x, y]) => (x - score) * (y - rest)) / Math.sqrt(scores * rests);
}

const share = fc.oneof(fc.constantFrom(0, 10_000, 5_000, 3_333), fc.integer({ min: 0, max: 10_000 }));
const crowd = fc.array(fc.tuple(share, share), { minLength: 1, maxLength: 60 });

t.test('Sums say what all the scores say, however people are split among versions', async () => {
  fc.assert(
    fc.property(crowd, fc.nat(60), (people, cut) => {
      const sums = addSums([sumsOf(people.slice(0, cut)), sumsOf(people.slice(cut))]);
      const [kept, naive] = [itemRest(sums), naively(people)];
      if (kept === null || naive === null) return kept === naive;
      return Math.abs(kept - naive) < 1e-9 && kept >= -1 && kept <= 1;
    }),
  );
});

t.test('A million people who did alike but for one are no accident of rounding', async (t) => {
  const alike = sumsOf([[3_333, 6_667]]);
  const many: Sums = {
    people: 1e6,
    answered: 1e6,
    score: alike.score * 1e6,
    score_squared: alike.score_squared * 1e6,
    rest: alike.rest * 1e6,
    rest_squared: alike.rest_squared * 1e6,
    score_rest: alike.score_rest * 1e6,
  };
  t.equal(itemRest(many), null);
  t.ok(Math.abs((itemRest(addSums([many, sumsOf([[3_334, 6_668]])])) ?? 0) - 1) < 1e-9);
});

t.test('Of fewer than five people nothing is said, of five it is', async (t) => {
  const all = (count: number) => sumsOf(Array.from({ length: count }, () => [0, 10_000]));
  t.strictSame(verdictsOf(all(0)), ['few']);
  t.strictSame(verdictsOf(all(4)), ['few']);
  t.strictSame(verdictsOf(all(5)), ['missed']);
});

const group = (count: number, score: number, rest: number) =>
  Array.from({ length: count }, (): [number, number] => [score, rest]);

t.test('Numbers are put into words', async (t) => {
  const good = sumsOf([...group(10, 10_000, 9_000), ...group(10, 0, 2_000)]);
  t.strictSame(verdictsOf(good), ['fine']);
  const reversed = sumsOf([...group(10, 0, 9_000), ...group(10, 10_000, 2_000)]);
  t.strictSame(verdictsOf(reversed), ['reversed']);
  const both = sumsOf([...group(9, 0, 9_000), ...group(1, 10_000, 0)]);
  t.strictSame(verdictsOf(both), ['reversed', 'missed']);
  const known = sumsOf([...group(30, 10_000, 9_000), ...group(1, 0, 9_000)]);
  t.strictSame(verdictsOf(known), ['easy']);
  const without = sumsOf([
    ...group(5, 10_000, 9_000),
    ...group(5, 0, 9_000),
    ...group(5, 10_000, 0),
    ...group(5, 0, 0),
  ]);
  t.strictSame(verdictsOf(without), ['weak']);
  const byChance = sumsOf([...group(3, 0, 9_000), ...group(3, 10_000, 9_000), [10_000, 8_000]]);
  t.notMatch(verdictsOf(byChance), ['reversed'], 'a little below nothing, of seven people, is chance');
});

t.test('The worst come first, and those of whom nothing is told last', async (t) => {
  const lines = [
    { key: 'none', sums: addSums([]) },
    { key: 'easy', sums: sumsOf([...group(9, 10_000, 9_000), ...group(1, 0, 0)]) },
    { key: 'hard', sums: sumsOf([...group(2, 10_000, 1_000), ...group(8, 0, 9_000)]) },
    { key: 'few', sums: sumsOf(group(4, 0, 0)) },
    { key: 'alike', sums: sumsOf(group(6, 5_000, 5_000)) },
  ];
  const keys = (order: 'worst' | 'discrimination' | 'author') => inOrder(lines, order).map(({ key }) => key);
  t.strictSame(keys('worst'), ['hard', 'alike', 'easy', 'none', 'few']);
  t.strictSame(keys('discrimination'), ['hard', 'easy', 'alike', 'none', 'few']);
  t.strictSame(keys('author'), ['none', 'easy', 'hard', 'few', 'alike']);
});
