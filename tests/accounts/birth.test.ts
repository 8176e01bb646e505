import t from 'tap';
import { birthFault, isChild } from '../../server/accounts/birth.ts';

const born = { birth_year: 2010, birth_month: 11 };

t.test(
  'With only the month known, somebody is a child until the month of the sixteenth birthday is over',
  async (t) => {
    t.equal(isChild(born, new Date('2026-11-30T16:59:00Z')), true);
    t.equal(isChild(born, new Date('2026-11-30T17:01:00Z')), false, 'it is December in Vietnam');
  },
);

t.test('From seven years on one may sign up by oneself; other births are told in words', async (t) => {
  const now = new Date('2026-11-22T03:00:00Z');
  const faultOf = (birth_year: number, birth_month = 6) => birthFault({ birth_year, birth_month }, now);
  t.equal(faultOf(2019), null);
  t.equal(faultOf(2019, 11), 'accounts.error_too_young');
  t.equal(faultOf(2024), 'accounts.error_too_young');
  t.equal(faultOf(2030), 'accounts.error_birth_year');
  t.equal(faultOf(1906), null);
  t.equal(faultOf(1901), 'accounts.error_birth_year');
});
