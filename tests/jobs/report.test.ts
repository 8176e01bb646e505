import t from 'tap';
import type { JobState } from '../../server/jobs/queries.ts';
import { jobsInWords } from '../../server/jobs/report.ts';

const at = new Date('2026-11-21T19:00:00Z');
const sweep: JobState = {
  name: 'sweep',
  schedule: '0 2 * * *',
  state: null,
  at: null,
  words: null,
  succeeded_at: null,
};

for (const [change, words] of [
  [{}, 'has not run yet'],
  [{ state: 'completed', at, words: 'removed 3' }, 'done 2026-11-22 02:00: removed 3'],
  [{ state: 'completed', at }, 'done 2026-11-22 02:00'],
  [{ state: 'active', at }, 'at work since 2026-11-22 02:00'],
  [{ state: 'created', at }, 'waits since 2026-11-22 02:00'],
  [
    { state: 'failed', at, words: 'The disk is full.', succeeded_at: at },
    'FAILED 2026-11-22 02:00: The disk is full.; last went well 2026-11-22 02:00',
  ],
  [{ state: 'retry', at, words: null }, 'FAILED, will be tried again: it does not say why; it has never gone well'],
  [{ state: 'cancelled', at }, 'cancelled 2026-11-22 02:00; it has never gone well'],
] as const) {
  t.test(`A job is told as “${words}”`, async (t) => {
    t.equal(jobsInWords([{ ...sweep, ...change }]), `sweep  0 2 * * *     ${words}`);
  });
}

t.test('Names stand in a column, and an empty list says why', async (t) => {
  t.match(jobsInWords([sweep, { ...sweep, name: 'known-browsers' }]), /^sweep {11}0 2 .*\nknown-browsers {2}0 2 /);
  t.match(jobsInWords([]), 'No job has run yet');
});
