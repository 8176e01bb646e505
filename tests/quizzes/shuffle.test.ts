import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { shuffled } from '../../server/quizzes/shuffle.ts';

const seeds = Array.from({ length: 6000 }, (_, index) => `attempt-${index}`);

t.test('every position stands in the order once', async () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.nat({ max: 200 }), (seed, salt, n) => {
      const positions = Array.from({ length: n }, (_, index) => index);
      assert.deepEqual(
        shuffled(seed, salt, n).toSorted((a, b) => a - b),
        positions,
      );
    }),
  );
});

t.test('the order is the same for ever: attempts under way rest on it', async (t) => {
  t.same(shuffled('0198c2a4-7d1e-7c3a-9f00-5b2d1e6a4c11', 'questions', 8), [4, 3, 6, 2, 7, 1, 0, 5]);
});

t.test('seed and salt each change the order, and do not run into each other', async (t) => {
  const orders = [
    ['a', 'b'],
    ['a', 'c'],
    ['b', 'b'],
    ['ab', ''],
    ['', 'ab'],
  ].map(([seed = '', salt = '']) => shuffled(seed, salt, 30).join());
  t.equal(new Set(orders).size, orders.length);
});

t.test('all orders of four are about equally frequent', async (t) => {
  const counts = new Map<string, number>();
  for (const seed of seeds) {
    const order = shuffled(seed, 'options', 4).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  t.equal(counts.size, 24);
  // Chi-square with 23 degrees of freedom is below 49.7 in 999 of 1,000 cases.
  t.ok(chiSquare([...counts.values()]) < 49.7);
});

t.test('no place favours a position', async (t) => {
  const n = 7;
  for (const place of [0, 3, 6]) {
    const counts = Array<number>(n).fill(0);
    for (const seed of seeds) {
      const position = shuffled(seed, 'questions', n)[place] ?? 0;
      counts[position] = (counts[position] ?? 0) + 1;
    }
    // With 6 degrees of freedom: below 22.5 in 999 of 1,000 cases.
    t.ok(chiSquare(counts) < 22.5, `place ${place}`);
  }
});

function chiSquare(counts: number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
