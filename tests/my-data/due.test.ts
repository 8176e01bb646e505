import t from 'tap';
import { dueOn } from '../../server/my-data/due.ts';

/** Of Vietnam */
const at = (time: string) => new Date(`${time}+07:00`);

t.test('An answer is due on the second working day after the day of the request', async (t) => {
  t.equal(dueOn(at('2026-11-23T08:00')), '2026-11-25', 'Monday');
  t.equal(dueOn(at('2026-11-26T23:59')), '2026-11-30', 'Thursday');
  t.equal(dueOn(at('2026-11-27T10:00')), '2026-12-01', 'Friday');
  t.equal(dueOn(at('2026-11-28T10:00')), '2026-12-01', 'Saturday');
});

t.test('The day is that of Vietnam, wherever the server stands', async (t) => {
  t.equal(dueOn(new Date('2026-11-22T16:59:00Z')), '2026-11-24', 'still Sunday in Vietnam');
  t.equal(dueOn(new Date('2026-11-22T17:00:00Z')), '2026-11-25', 'Monday already');
});

t.test('Days off by law do not count', async (t) => {
  t.equal(dueOn(at('2026-02-13T10:00')), '2026-02-24', 'over Tết');
  t.equal(dueOn(at('2026-04-29T10:00')), '2026-05-05', 'over 30/4 and 1/5');
  t.equal(dueOn(at('2026-12-31T10:00')), '2027-01-05', 'over New Year');
});
