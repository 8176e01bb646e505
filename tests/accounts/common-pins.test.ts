import t from 'tap';
import { isCommonPin } from '../../server/accounts/secrets/common-pins.ts';

t.test(
  'Of six digits far more than the thousand commonest are refused, and nearly all others may be chosen',
  async (t) => {
    const refused = Array.from({ length: 1_000_000 }, (_, number) => String(number).padStart(6, '0')).filter(
      isCommonPin,
    );
    t.ok(refused.length > 40_000 && refused.length < 60_000, `${refused.length} of a million are refused`);
  },
);

t.test('What people think of first is refused', async (t) => {
  const groups = {
    'the same digits': ['000000', '111111', '121212', '112211', '123123', '696969', '11111112', '000007'],
    'a row': ['123456', '654321', '234567', '098765', '135791', '123457', '901234', '12345678', '9876543210'],
    'a picture on the keypad': ['147258', '159357', '789456', '258456', '147369', '789456123'],
    'pairs and mirrors': ['112233', '123321', '445566', '778899', '12344321'],
    'two rows in one': ['123789', '142536', '102030', '010203', '246135'],
    'a year': ['199012', '121990', '012008', '200115', '01011990', '20081224'],
    'a number with a story': ['314159', '112358', '420247', '192168'],
  };
  for (const [what, pins] of Object.entries(groups))
    t.same(
      pins.filter((pin) => !isCommonPin(pin)),
      [],
      what,
    );
});

t.test('Digits without such a rule may be chosen', async (t) => {
  t.same(['402957', '839204', '5820417', '70418362', '4029571836'].filter(isCommonPin), []);
});
