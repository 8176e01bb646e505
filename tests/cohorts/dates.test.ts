import fc from 'fast-check';
import t from 'tap';
import { readDay } from '../../server/cohorts/dates.ts';

t.test('A day is read as people type it, and what is none is left for the form to refuse', async (t) => {
  t.equal(readDay('2/9/2026'), '2026-09-02');
  t.equal(readDay('02-09-2026'), '2026-09-02');
  t.equal(readDay('2026-09-02'), '2026-09-02');
  t.equal(readDay('31/2/2026'), '31/2/2026');
  t.equal(readDay('2026-02-31'), '31/02/2026');

  const days = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  const anySign = fc.constantFrom('/', '.', '-', ' ');
  const law = fc.property(days, anySign, (date, sign) => {
    const iso = date.toISOString().slice(0, 10);
    const [year, month, day] = iso.split('-').map(Number);
    return readDay([day, month, String(year).padStart(4, '0')].join(sign)) === iso && readDay(iso) === iso;
  });
  fc.assert(law, { numRuns: 500 });
  const typed = fc.oneof(fc.string(), fc.stringMatching(/^\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}$/));
  const isDayOrNot = (text: string) => {
    const read = readDay(text);
    return !/^\d{4}-\d\d-\d\d$/.test(read) || new Date(`${read}T00:00:00Z`).toISOString().startsWith(read);
  };
  fc.assert(fc.property(typed, isDayOrNot), { numRuns: 500 });
});
