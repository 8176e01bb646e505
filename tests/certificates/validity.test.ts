import fc from 'fast-check';
import t from 'tap';
import { endOf, isExpired, isRenewable, lastDayOf, renewableFrom } from '../../server/certificates/validity.ts';

t.test('The last day is the same day of a later month, or its last one where the month is shorter', async (t) => {
  for (const [issuedOn, months, last] of [
    ['2026-11-22', 12, '2027-11-22'],
    ['2026-01-31', 1, '2026-02-28'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2028-02-29', 12, '2029-02-28'],
    ['2028-02-29', 48, '2032-02-29'],
    ['2026-08-31', 6, '2027-02-28'],
    ['2026-12-31', 2, '2027-02-28'],
    ['2026-12-01', 1, '2027-01-01'],
    ['2026-11-30', 600, '2076-11-30'],
  ] as const) {
    t.equal(lastDayOf(issuedOn, months), last, `${issuedOn} and ${months} months`);
  }
});

t.test('More months never end earlier, and never skip a month', (t) => {
  const day = fc
    .date({ min: new Date('2020-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  fc.assert(
    fc.property(day, fc.integer({ min: 1, max: 600 }), (issuedOn, months) => {
      const [year = 0, month = 0] = lastDayOf(issuedOn, months).split('-').map(Number);
      const [firstYear = 0, firstMonth = 0] = issuedOn.split('-').map(Number);
      return year * 12 + month === firstYear * 12 + firstMonth + months;
    }),
  );
  t.end();
});

t.test('The last day is whole, at the place of the issuer', async (t) => {
  t.notOk(isExpired({ validUntil: '2026-11-22' }, '2026-11-22'));
  t.ok(isExpired({ validUntil: '2026-11-22' }, '2026-11-23'));
  t.notOk(isExpired({}, '9999-01-01'));
  t.equal(endOf('2026-11-22').toISOString(), '2026-11-22T16:59:59.000Z');
});

t.test('It is renewed from 60 days before its last day, and after', async (t) => {
  t.equal(renewableFrom('2027-03-01'), '2026-12-31');
  t.notOk(isRenewable({ validUntil: '2027-03-01' }, '2026-12-30'));
  t.ok(isRenewable({ validUntil: '2027-03-01' }, '2026-12-31'));
  t.ok(isRenewable({ validUntil: '2027-03-01' }, '2030-01-01'));
  t.notOk(isRenewable({}, '2030-01-01'));
});
