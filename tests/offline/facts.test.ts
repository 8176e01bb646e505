import fc from 'fast-check';
import t from 'tap';
import { newCode } from '../../server/certificates/code.ts';
import { bytesInDigits, bytesOfDigits, digitsOf } from '../../server/offline/digits.ts';
import { bytesOfFacts, type Facts, factsOfBytes, keyIdLength } from '../../server/offline/facts.ts';

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'Nguyễn Thị Bé Ân ĐƯỜNG ỹ 0-9 “…”'), minLength: 1, maxLength: 200 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
);

const day = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2199-06-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

const anyFacts: fc.Arbitrary<Facts> = fc.record({
  code: fc.uint8Array({ minLength: 40, maxLength: 40, max: 247 }).map((bytes) => newCode(() => bytes)),
  holder: text,
  title: text,
  issuedOn: day,
  validUntil: fc.option(day),
  score: fc.option(fc.integer({ min: 0, max: 100 })),
  kind: fc.constantFrom('course' as const, 'path' as const, 'mentoring' as const),
  isTrial: fc.boolean(),
  issuer: fc.stringMatching(/^[a-z0-9_-]{2,40}$/),
  keyId: fc.uint8Array({ minLength: keyIdLength, maxLength: keyIdLength }),
});

t.test('What was written is read again; texts come out whole or cut, never changed', (t) => {
  fc.assert(
    fc.property(anyFacts, fc.integer({ min: 100, max: 1500 }), (facts, most) => {
      const bytes = bytesOfFacts(facts, most);
      if (bytes === null) return false;
      const { holder, title, ...others } = factsOfBytes(bytes) ?? {};
      const { holder: wholeHolder, title: wholeTitle, ...sent } = facts;
      t.strictSame(others, sent);
      return bytes.length <= most && isBeginning(holder, wholeHolder) && isBeginning(title, wholeTitle);
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test('Where there is room nothing is cut', (t) => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const bytes = bytesOfFacts({ ...facts, holder: 'Nguyễn Thị Bé An', title: 'An toàn trên mạng' }, 300);
      const read = bytes && factsOfBytes(bytes);
      return read?.holder === 'Nguyễn Thị Bé An' && read.title === 'An toàn trên mạng';
    }),
  );
  t.end();
});

t.test('What has no last day is written as it was before there were any', async (t) => {
  const facts = {
    ...{ code: 'AAAAAAAAAAAAAA', holder: 'An', title: 'Khoá', issuer: 'domdom', keyId: Uint8Array.of(1, 2, 3, 4) },
    ...{ issuedOn: '2020-01-02', validUntil: null, score: 92, kind: 'course' as const, isTrial: false },
  };
  const written = Buffer.from(bytesOfFacts(facts, 200) ?? []).toString('hex');
  t.match(written, /^010000000000000000000000015c0102030406/);
  const ending = Buffer.from(bytesOfFacts({ ...facts, validUntil: '2020-01-03' }, 200) ?? []).toString('hex');
  t.equal(ending, written.replace(/^0100/, '0110').replace('01020304', '010203040002'));
});

t.test('Without room for the least there is nothing', async (t) => {
  const [facts] = fc.sample(anyFacts, 1);
  t.equal(facts && bytesOfFacts(facts, 40), null);
});

t.test('Digits stand for bytes, in one way only, whatever the case of the letters', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 150 }), (rest) => {
      const bytes = Uint8Array.of(1, ...rest);
      const digits = digitsOf(bytes);
      t.strictSame(bytesOfDigits(digits), bytes);
      t.strictSame(bytesOfDigits(digits.toLowerCase()), bytes);
      return bytesOfDigits(`0${digits}`) === null;
    }),
  );
  for (const digits of [1, 2, 50, 211, 251]) {
    const most = Uint8Array.of(1, ...Array(bytesInDigits(digits) - 1).fill(255));
    t.ok(digitsOf(most).length <= digits, `${digits} digits are enough`);
  }
  t.end();
});

t.test('Whatever bytes come, they are facts or nothing', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      factsOfBytes(bytes);
      factsOfBytes(Uint8Array.of(1, ...bytes));
    }),
    { numRuns: 1000 },
  );
  t.end();
});

function isBeginning(shown: string | undefined, text: string): boolean {
  const whole = text.normalize('NFC');
  return shown === whole || (shown?.endsWith('…') === true && whole.startsWith(shown.slice(0, -1)));
}
