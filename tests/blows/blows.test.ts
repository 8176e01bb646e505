import t from 'tap';
import { blows, storm } from './storm.ts';

// `npm run bench -- blows` is the same with 1,000 learners.
t.test(
  'Whatever is killed while learners take a quiz: what was acknowledged is there, and nobody has anything twice',
  async (t) => {
    const learners = 40;
    const damage = await storm({ learners, blows, thinking: 400, pause: 200, tell: (words) => t.comment(words) });
    for (const { blow, took } of damage.recoveries) t.comment(`${blow}: served again after ${Math.round(took)} ms`);
    t.comment(`${damage.acknowledged} acknowledged, ${damage.refusals} refused, ${damage.breaks} broken off`);

    t.equal(damage.recoveries.length, blows.length, 'it came back after each blow');
    t.ok(damage.acknowledged >= learners);
    t.ok(damage.refusals > 0 && damage.breaks > 0, 'the blows were felt');
    t.equal(damage.lost, 0, 'every acknowledged answer is on record');
    t.strictSame(damage.faults, [], 'whatever was not taken came back on a page with what was typed');
    for (const { table, rows, people } of damage.onRecord)
      t.strictSame([rows, people], [learners, learners], `${table}: one each`);
  },
);
