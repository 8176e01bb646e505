import fc from 'fast-check';
import t from 'tap';
import { attemptsLeft, hasPassed, percentOf, type QuizSettings } from '../../server/quizzes/settings.ts';

const settings: QuizSettings = { pass: 70, attempts: null, shuffle: true, accents: 'ignore', case: 'ignore' };

/** As the database holds them: five decimals, never more than the maximum. */
const score = fc
  .tuple(fc.integer({ min: 1, max: 100_000_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([max, share]) => ({ points: Math.round(max * share) / 1e5, max: max / 1e5 }));

t.test('A percentage is whole, from 0 to 100, and 100 for full points alone', async () => {
  fc.assert(
    fc.property(score, ({ points, max }) => {
      const percent = percentOf(points, max);
      const isHonest = percent <= (points * 100) / max + 0.01;
      return Number.isInteger(percent) && percent >= 0 && percent <= 100 && isHonest;
    }),
  );
});

t.test('More points are never a smaller percentage', async () => {
  fc.assert(
    fc.property(score, fc.nat(1000), ({ points, max }, more) => {
      return percentOf(Math.min(max, points + more / 1e5), max) >= percentOf(points, max);
    }),
  );
});

t.test('Who reads the pass mark as their percentage has passed, and nobody else', async () => {
  fc.assert(
    fc.property(score, fc.integer({ min: 1, max: 100 }), ({ points, max }, pass) => {
      return hasPassed(points, max, { ...settings, pass }) === percentOf(points, max) >= pass;
    }),
  );
});

t.test('It is rounded down, except for what three kept thirds lack of a whole', async (t) => {
  t.equal(percentOf(69.99, 100), 69);
  t.equal(percentOf(2, 3), 66);
  t.equal(percentOf(3 * 0.33333, 1), 100);
  t.equal(percentOf(0, 12), 0);
  t.equal(percentOf(7 * 0.1, 1), 70, 'binary fractions take nothing away');
});

t.test('Attempts left are counted down to none, and without a limit there is nothing to count', async (t) => {
  t.equal(attemptsLeft(settings, 12), null);
  t.same(
    [0, 1, 2, 3, 4].map((used) => attemptsLeft({ ...settings, attempts: 3 }, used)),
    [3, 2, 1, 0, 0],
  );
});
