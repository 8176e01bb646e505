import fc from 'fast-check';
import t from 'tap';
import { isComplete, percentDone } from '../../server/enrolments/completion.ts';

const progress = fc.record({ total: fc.nat(500), done: fc.nat(500) });

t.test('A percentage is whole and from 0 to 100, whatever is counted', async () => {
  fc.assert(
    fc.property(progress, (facts) => {
      const percent = percentDone(facts);
      return Number.isInteger(percent) && percent >= 0 && percent <= 100;
    }),
  );
});

t.test('It is 100 exactly when the course is complete', async () => {
  fc.assert(fc.property(progress, (facts) => (percentDone(facts) === 100) === isComplete(facts)));
});

t.test('One thing more done never makes it less', async () => {
  fc.assert(
    fc.property(progress, ({ done, total }) => percentDone({ done: done + 1, total }) >= percentDone({ done, total })),
  );
});

t.test('It is rounded down, and nothing to do is nothing done', async (t) => {
  t.equal(percentDone({ done: 1, total: 3 }), 33);
  t.equal(percentDone({ done: 199, total: 200 }), 99);
  t.equal(percentDone({ done: 0, total: 0 }), 0);
  t.equal(isComplete({ done: 0, total: 0 }), false);
});
