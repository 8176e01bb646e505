import fc from 'fast-check';
import t from 'tap';
import { type Count, fewest, shownOutside } from '../../server/results/reports/sharing.ts';

const people = (count: number): Count => ({ value: count, people: count });
const nobodySmall = () => false;

function outside(total: number | null, lines: number[]) {
  return shownOutside(total === null ? null : people(total), lines.map(people), nobodySmall);
}

/** What a reader sees. */
function seen(lines: number[]): string {
  const total = lines.reduce((sum, one) => sum + one, 0);
  const shown = outside(total, lines);
  return [shown.total ? total : 'hidden', ...lines.map((one, index) => (shown.lines[index] ? one : 'hidden'))].join(
    ' ',
  );
}

t.test('What is about fewer than five people is hidden, and another line with it', async (t) => {
  t.strictSame(outside(30, [3, 7, 20]), { total: true, lines: [false, false, true] });
  t.strictSame(outside(20, [0, 20]), { total: true, lines: [true, true] }, 'nobody is nobody');
  t.strictSame(outside(4, [1, 3]), { total: false, lines: [false, false] });
  t.strictSame(outside(3, [3]), { total: false, lines: [false] });
  t.strictSame(outside(23, [3, 20]), { total: true, lines: [false, false] });
  t.strictSame(outside(33, [1, 2, 10, 20]).lines, [false, false, false, true], 'nor is the sum of few told');
  t.strictSame(outside(28, [4, 4, 20]).lines, [false, false, false], 'two that make eight can only be four each');
  t.strictSame(
    outside(null, [3, 7, 20]),
    { total: false, lines: [false, true, true] },
    'without a total nothing adds up',
  );
  const attempts = shownOutside(
    { value: 90, people: 30 },
    [
      { value: 40, people: 2 },
      { value: 50, people: 28 },
    ],
    nobodySmall,
  );
  t.strictSame(attempts.lines, [false, false], 'many attempts of two people are about two people');
  t.strictSame(shownOutside(people(30), [people(0), people(9), people(21)], (line) => line === 0).lines, [
    false,
    false,
    true,
  ]);
});

t.test('No hidden number follows from what is shown: another truth looks the same', async (t) => {
  const line = fc.oneof(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 40 }));
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 7 }), (lines) => {
      const total = lines.reduce((sum, one) => sum + one, 0);
      const shown = outside(total, lines);
      for (const [index, count] of lines.entries()) {
        if (shown.lines[index] ? count > 0 && count < fewest : !canBeAnother(lines, index))
          throw new Error(`${lines} tells line ${index}: ${seen(lines)}`);
      }
    }),
    { numRuns: 500 },
  );
  t.pass('for 500 tables');
});

/** Whether the line could have another number, with the others changed as they may be, and a reader saw the same. */
function canBeAnother(lines: number[], index: number): boolean {
  const page = seen(lines);
  const looksTheSame = (changed: number[]) =>
    changed[index] !== lines[index] && changed.every((count) => count >= 0) && seen(changed) === page;
  const add = (to: number[], at: number, change: number) => to.with(at, (to[at] ?? 0) + change);
  for (const start of [lines, ...extremes(lines)]) {
    if (looksTheSame(start)) return true;
    for (const change of changes) {
      const changed = add(start, index, change);
      if (looksTheSame(changed)) return true;
      for (const other of lines.keys()) if (other !== index && looksTheSame(add(changed, other, -change))) return true;
    }
  }
  return false;
}

/** The hidden lines as small as one another, but for one that has all the rest. */
function extremes(lines: number[]): number[][] {
  const total = lines.reduce((sum, one) => sum + one, 0);
  const hidden = lines.map((_, line) => line).filter((line) => !outside(total, lines).lines[line]);
  const rest = hidden.reduce((sum, line) => sum + (lines[line] ?? 0), 0);
  return hidden.flatMap((large) =>
    [1, 2, 3, 4].map((small) => {
      const left = rest - small * (hidden.length - 1);
      return lines.map((count, line) => (line === large ? left : hidden.includes(line) ? small : count));
    }),
  );
}

/** The small ones first. */
const changes = Array.from({ length: 40 }, (_, number) => [number + 1, -number - 1]).flat();
