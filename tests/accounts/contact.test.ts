import fc from 'fast-check';
import t from 'tap';
import { emailPattern, phonePattern, readPhone, readSignInName, showPhone } from '../../server/accounts/contact.ts';
import { newDigitCode } from '../../server/platform/digit-code.ts';

const mobile = fc
  .tuple(
    fc.constantFrom('3', '5', '7', '8', '9'),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 8, maxLength: 8 }),
  )
  .map(([first, rest]) => first + rest.join(''));

t.test('A number of Vietnam is the same number however it is written', async (t) => {
  fc.assert(
    fc.property(mobile, fc.constantFrom('0', '84', '+84', '0084', '+84 (0)', ''), (number, prefix) => {
      if (prefix === '+84 (0)') return true;
      return readPhone(prefix + number) === `+84${number}`;
    }),
  );
  for (const typed of [
    '0912.345.678',
    '0912 345 678',
    '+84 91-234-5678',
    '(84) 912345678',
    '84912345678',
    '912345678',
  ]) {
    t.equal(readPhone(typed), '+84912345678', typed);
  }
  t.equal(readPhone('024 3825 1234'), '+842438251234', 'a landline');
});

t.test('What a phone is shown as is read as the same phone', async () => {
  fc.assert(fc.property(mobile, (number) => readPhone(showPhone(`+84${number}`)) === `+84${number}`));
});

t.test('Numbers of other countries need their +, and what is no number stays as it was typed', async (t) => {
  t.equal(readPhone('+855 12 345 678'), '+85512345678');
  t.equal(readPhone('0085512345678'), '+85512345678');
  for (const typed of [
    '12345',
    '0112345678',
    '+84 123',
    '09123456789',
    'lan',
    '+0912345678',
    '091234567a',
    '+1234567',
  ]) {
    t.equal(readPhone(typed), typed);
    t.notMatch(readPhone(typed), new RegExp(phonePattern));
  }
});

t.test('Every learner code is known as one at sign-in, and none is taken for a phone', async () => {
  const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));
  for (let count = 0; count < 2000; count += 1) {
    const code = newDigitCode(10, random);
    const name = readSignInName(`${code.slice(0, 3)} ${code.slice(3, 6)} ${code.slice(6)}`);
    if (name?.kind !== 'code' || name.value !== code) throw new Error(`${code} is read as ${JSON.stringify(name)}`);
  }
});

t.test('A name at sign-in is a code, a phone or an e-mail, or else nothing', async (t) => {
  t.same(readSignInName('0912 345 678'), { kind: 'phone', value: '+84912345678' });
  t.same(readSignInName('Lan@Example.COM'), { kind: 'email', value: 'lan@example.com' });
  for (const typed of ['Lan', '1234567890', '123', 'lan@', '@example.com', 'lan@example', 'a b@example.com']) {
    t.equal(readSignInName(typed), null, typed);
  }
});

t.test('A long text that is nearly an e-mail is refused without going over it again and again', async (t) => {
  // What goes back over the text at each letter takes minutes, which no test file has.
  t.notMatch(`a@${'.'.repeat(200_000)} b`, new RegExp(emailPattern, 'u'));
  t.notMatch(`a@${'b.'.repeat(100_000)} `, new RegExp(emailPattern, 'u'));
});
