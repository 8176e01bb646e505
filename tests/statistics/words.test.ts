import fc from 'fast-check';
import t from 'tap';
import { drawBars } from '../../server/results/reports/chart.ts';
import { type GivenAnswer, strongestWrong } from '../../server/statistics/answers.ts';
import { letterOf } from '../../server/statistics/drawing.ts';
import { excerpt } from '../../server/statistics/excerpt.ts';
import { byMonth, stopsByItem } from '../../server/statistics/funnel.ts';
import '../support/seed.ts';

t.test('An excerpt is plain words, as long as a line may be, with no letter cut in half', async (t) => {
  t.equal(excerpt('<p>Chọn <b>một</b>:</p>\n<p>2 &lt; 3 &amp;amp; 3</p>'), 'Chọn một : 2 < 3 &amp; 3');
  t.equal(excerpt(`<p>${'ế'.normalize('NFD').repeat(20)}</p>`, 10), `${'ế'.normalize('NFD').repeat(10)}…`);
  t.equal(excerpt('<img src="x">'), '');
});

t.test('Answers go from A to Z, then on with AA', async (t) => {
  t.strictSame([0, 1, 25, 26, 27, 52, 702].map(letterOf), ['A', 'B', 'Z', 'AA', 'AB', 'BA', 'AAA']);
});

t.test('A wrong answer is told where more people gave it than any right one', async (t) => {
  const answer = (isRight: boolean, people: number): GivenAnswer => ({
    html: null,
    words: `${people}`,
    truth: null,
    isRight,
    people,
  });
  const strongest = (...answers: GivenAnswer[]) => strongestWrong({ prompt: null, answers })?.people ?? null;
  t.equal(strongest(answer(true, 3), answer(false, 4), answer(false, 6)), 6);
  t.equal(strongest(answer(true, 6), answer(false, 6)), null);
  t.equal(strongest(answer(true, 1), answer(true, 9), answer(false, 6)), null);
  t.equal(strongest(answer(false, 6)), null, 'of typed answers only wrong ones are there');
});

t.test('Bars stay within the drawing, and none is drawn as nothing that is something', async () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
      fc.integer({ min: 0, max: 120 }),
      (shares, labels) => {
        const lines = shares.map((share) => ({ label: '', title: '', number: '', share, isMarked: false }));
        const { bars, width, height, x, barHeight } = drawBars(lines, labels);
        return bars.every(
          ({ length, y }, index) =>
            x + length <= width && y + barHeight <= height && length > 0 === (shares[index] ?? 0) > 0,
        );
      },
    ),
  );
});

t.test('Stops are in the order of the newest version, under permanent keys', async (t) => {
  const item = (id: string, key: string) => ({ id, key, title: key.toUpperCase() });
  const versions = [
    { number: 2, items: [item('b2', 'b'), item('a2', 'a')] },
    { number: 1, items: [item('a1', 'a'), item('old', 'gone')] },
  ];
  const stops = [
    { version: 1, item_id: 'old', people: 1 },
    { version: 1, item_id: 'a1', people: 2 },
    { version: 2, item_id: 'a2', people: 3 },
    { version: 2, item_id: null, people: 4 },
  ];
  t.strictSame(stopsByItem(stops, versions), [
    { title: null, people: 4 },
    { title: 'A', people: 5 },
    { title: 'GONE', people: 1 },
  ]);
});

t.test('A month counts once whatever the version, and twelve are drawn', async (t) => {
  const line = (version: number, month: string) => ({
    version,
    month,
    enrolled: 2,
    started: 1,
    half: 1,
    finished: 1,
    certified: 0,
  });
  t.strictSame(byMonth([line(1, '2026-02'), line(2, '2026-02'), line(1, '2026-01')]), [
    { month: '2026-01', enrolled: 2, finished: 1 },
    { month: '2026-02', enrolled: 4, finished: 2 },
  ]);
  const many = Array.from({ length: 14 }, (_, index) =>
    line(1, `${2024 + Math.floor(index / 12)}-${String(1 + (index % 12)).padStart(2, '0')}`),
  );
  t.strictSame([byMonth(many).length, byMonth(many)[0]?.month], [12, '2024-03']);
});
