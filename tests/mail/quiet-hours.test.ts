import fc from 'fast-check';
import t from 'tap';
import { afterQuietHours } from '../../server/mail/quiet-hours.ts';

/** Of Vietnam */
const at = (time: string) => new Date(`2026-11-22T${time}:00+07:00`);

t.test('By day a letter goes at once, at night it waits for seven in the morning', async (t) => {
  for (const time of ['07:00', '12:00', '20:59']) t.same(afterQuietHours(at(time)), at(time), time);
  for (const time of ['00:00', '03:30', '06:59']) t.same(afterQuietHours(at(time)), at('07:00'), time);
  for (const time of ['21:00', '23:59']) t.same(afterQuietHours(at(time)), new Date('2026-11-23T07:00:00+07:00'), time);
});

t.test('Whenever it comes, it never goes at night, nor more than ten hours late', async (t) => {
  const whenever = fc.date({ min: new Date('2020-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(whenever, (now) => {
      const goes = afterQuietHours(now);
      const hour = (goes.getUTCHours() + 7) % 24;
      const late = goes.getTime() - now.getTime();
      return hour >= 7 && hour < 21 && late >= 0 && late <= 10 * 60 * 60_000;
    }),
  );
  t.pass();
});
