import fc from 'fast-check';
import t from 'tap';
import {
  bestMentor,
  type Guide,
  type Learner,
  matchAll,
  type Reason,
  slots,
  type Wishes,
} from '../../server/cohorts/matching/matching.ts';
import { whoMayTake } from '../../server/cohorts/mentors/placing.ts';

const nothing: Wishes = { languages: [], places: [], hours: [], topics: [] };

const guide = (id: string, given: Partial<Guide> = {}): Guide => {
  const load = { mentees: 0, mentees_here: 0, capacity: 10, leaving: false, may_guide: true };
  return { id, ...load, wishes: nothing, ...given };
};
const learner = (id: string, wishes: Partial<Wishes> = {}): Learner => ({ id, wishes: { ...nothing, ...wishes } });
const terms = { minimum: 5, topics: ['data'] };

/** Both have begun and have enough, so that nothing but wishes tells them apart. */
const busy = { mentees: 6, mentees_here: 6 };

t.test('Whoever shares a language, a place and hours is chosen, and it is said why', async (t) => {
  const wishes = { languages: ['vi', 'km'], places: ['92001', '92'], hours: ['weekday_evening'], topics: ['data'] };
  const mentors = [guide('a', { ...busy, mentees: 5 }), guide('b', { ...busy, wishes })];
  const match = bestMentor(learner('x', { ...wishes, hours: [...slots], topics: [] }), mentors, terms);
  t.equal(match?.mentor.id, 'b', 'though the other has more room');
  t.strictSame(match?.reasons, [
    { kind: 'language', languages: ['vi', 'km'] },
    { kind: 'place', is_same: true },
    { kind: 'hours', hours: ['weekday_evening'] },
    { kind: 'topic', topics: ['data'] },
    { kind: 'room', room: 4 },
  ] satisfies Reason[]);
});

t.test('Who only names the province lives in the same province, not next door', async (t) => {
  const mentors = [guide('a', { ...busy, wishes: { ...nothing, places: ['92'] } })];
  for (const places of [['92'], ['92001', '92']]) {
    const match = bestMentor(learner('x', { places }), mentors, terms);
    t.strictSame(match?.reasons[0], { kind: 'place', is_same: false });
  }
  t.match(bestMentor(learner('x', { places: ['79'] }), mentors, terms)?.reasons, [{ kind: 'room' }]);
});

t.test('Who has said nothing is placed as the ratio alone would place them', async (t) => {
  const mentors = [
    guide('a', { mentees: 7, mentees_here: 7 }),
    guide('b', { mentees: 3, mentees_here: 3 }),
    guide('c'),
  ];
  t.equal(bestMentor(learner('x'), mentors, terms)?.mentor.id, whoMayTake(mentors, 5)[0]?.id);
  t.strictSame(bestMentor(learner('x'), mentors, terms)?.reasons, [{ kind: 'too_few', minimum: 5 }]);
  t.equal(bestMentor(learner('b'), mentors, terms)?.mentor.id, 'a', 'nobody guides themselves');
});

t.test('Of two who wait each comes to whom they fit, and who has waited longest has the last place', async (t) => {
  const khmer = { languages: ['km'] };
  const evening = { hours: ['weekday_evening'] };
  const full = { mentees: 9, mentees_here: 9 };
  const mentors = [
    guide('a', { ...full, wishes: { ...nothing, ...khmer, ...evening } }),
    guide('b', { ...full, wishes: { ...nothing, ...evening } }),
  ];
  const waiting = [learner('x', evening), learner('y', { ...khmer, ...evening }), learner('z', khmer)];
  const pairs = matchAll(waiting, mentors, terms).map(({ learner, match }) => `${learner.id} ${match.mentor.id}`);
  t.strictSame(pairs.sort(), ['x b', 'y a'], 'and z, who came last, waits');
});

const wishes = fc.record({
  languages: fc.subarray(['vi', 'km', 'hmn']),
  places: fc.constantFrom<string[]>([], ['92001', '92'], ['92002', '92'], ['92'], ['79001', '79']),
  hours: fc.subarray([...slots]),
  topics: fc.subarray(['data', 'iot']),
});
const mentors = fc
  .array(
    fc.record({
      capacity: fc.integer({ min: 1, max: 9 }),
      here: fc.nat(9),
      elsewhere: fc.nat(5),
      leaving: fc.boolean(),
      may_guide: fc.constantFrom(true, true, true, false),
      wishes,
    }),
    { maxLength: 6 },
  )
  .map((rows) =>
    rows.map(({ here, elsewhere, capacity, ...rest }, index): Guide => {
      const mentees = Math.min(capacity, here + elsewhere);
      return { id: `m${index}`, capacity, mentees, mentees_here: Math.min(here, mentees), ...rest };
    }),
  );
// Two of those who wait are mentors themselves.
const learners = fc
  .array(wishes, { maxLength: 25 })
  .map((rows) => rows.map((one, index): Learner => ({ id: index < 2 ? `m${index}` : `l${index}`, wishes: one })));

t.test(
  'Whatever people wish for, each step is one that the ratio lets, and the same people give the same pairs',
  async (t) => {
    fc.assert(
      fc.property(learners, mentors, fc.integer({ min: 1, max: 6 }), (waiting, guides, minimum) => {
        const pairs = matchAll(waiting, guides, { minimum, topics: ['data'] });
        const loads = guides.map((one) => ({ ...one }));
        for (const { learner, match } of pairs) {
          const mentor = whoMayTake(loads, minimum).find(({ id }) => id === match.mentor.id);
          if (mentor === undefined) throw new Error(`${match.mentor.id} may take nobody`);
          if (mentor.id === learner.id) throw new Error('guides themselves');
          mentor.mentees += 1;
          mentor.mentees_here += 1;
        }
        const ids = pairs.map(({ learner }) => learner.id);
        if (new Set(ids).size !== ids.length) throw new Error('placed twice');
        const others = waiting.filter(({ id }) => !ids.includes(id));
        const room = whoMayTake(loads, minimum).filter(({ id }) => others.some((one) => one.id !== id));
        if (others.length > 2 && room.length > 0) throw new Error('somebody waits though there is room');
        return JSON.stringify(matchAll(waiting, guides, { minimum, topics: ['data'] })) === JSON.stringify(pairs);
      }),
      { numRuns: 300 },
    );
    t.end();
  },
);

t.test('A thousand find their place with two hundred, none of whom has fewer than five', async (t) => {
  const some = fc.sample(wishes, { numRuns: 1200, seed: 5 });
  const waiting = some.slice(0, 1000).map((one, index) => learner(`l${index}`, one));
  const guides = some.slice(1000).map((one, index) => guide(`m${index}`, { wishes: one }));
  const pairs = matchAll(waiting, guides, terms);
  const loads = Object.values(Object.groupBy(pairs, ({ match }) => match.mentor.id)).map((of) => of?.length ?? 0);
  t.equal(pairs.length, 1000);
  t.strictSame(
    loads.filter((count) => count < 5 || count > 10),
    [],
  );
});
