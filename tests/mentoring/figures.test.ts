import fc from 'fast-check';
import t from 'tap';
import { figuresOf, type GuidedCohort } from '../../server/mentoring/record.ts';

const count = fc.integer({ min: 0, max: 500 });
const person = fc.constantFrom('an', 'binh', 'cuc', 'dung', 'em');
const cohort = fc.record({
  meetings: fc.record({ count, minutes: count }),
  talks: fc.record({ count, minutes: count, unmeasured: count, in_meetings: count }),
  mentees: fc.uniqueArray(
    fc.record({
      person_id: person,
      is_now: fc.boolean(),
      completed: fc.uniqueArray(fc.constantFrom('mot', 'hai', 'ba')),
    }),
    { selector: ({ person_id }) => person_id },
  ),
});

t.test('Nothing counted is nothing', async (t) => {
  const nothing = { minutes: 0, meetings: 0, talks: 0, unmeasured: 0, in_meetings: 0, now: 0, before: 0 };
  t.strictSame(figuresOf([]), { ...nothing, graduates: 0, completions: 0 });
});

t.test('Time adds up over cohorts; people and what they completed count once, in whatever order', async (t) => {
  fc.assert(
    fc.property(
      fc.array(cohort, { maxLength: 5 }),
      (cohorts: Pick<GuidedCohort, 'meetings' | 'talks' | 'mentees'>[]) => {
        const all = figuresOf(cohorts);
        const each = cohorts.map((one) => figuresOf([one]));
        const sum = (of: (one: (typeof each)[number]) => number) => each.reduce((total, one) => total + of(one), 0);
        for (const name of ['minutes', 'meetings', 'talks', 'unmeasured', 'in_meetings'] as const)
          t.equal(
            all[name],
            sum((one) => one[name]),
          );
        const everybody = new Set(cohorts.flatMap(({ mentees }) => mentees.map(({ person_id }) => person_id)));
        t.equal(all.now + all.before, everybody.size, 'guided now or before, and never both');
        t.ok(all.graduates <= everybody.size && all.graduates <= all.completions);
        t.ok(all.completions <= sum(({ completions }) => completions));
        t.strictSame(figuresOf([...cohorts].reverse()), all);
        t.equal(figuresOf([...cohorts, ...cohorts]).completions, all.completions);
      },
    ),
  );
});
