import fc from 'fast-check';
import t from 'tap';
import { checkDigitCode, newDigitCode, showDigitCode } from '../../server/platform/digit-code.ts';

const seeds = fc.infiniteStream(fc.nat(255));
const codes = (length: number) => seeds.map((stream) => newDigitCode(length, (count) => take(stream, count)));

function take(stream: fc.Stream<number>, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => Number(stream.next().value));
}

t.test('A new code has the length asked for, does not begin with 0 and is accepted', async (t) => {
  for (const length of [8, 10]) {
    fc.assert(
      fc.property(codes(length), (code) => {
        t.match(code, new RegExp(`^[1-9]\\d{${length - 1}}$`));
        t.same(checkDigitCode(code, length), { code });
        t.same(checkDigitCode(showDigitCode(code), length), { code });
      }),
    );
  }
});

t.test('Every digit is as likely as any other', async (t) => {
  const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);
  const code = newDigitCode(251, () => everyByte);
  const counts = Map.groupBy(code.slice(0, 250), (digit) => digit);
  t.same(
    Array.from(counts.values(), (found) => found.length),
    Array(10).fill(25),
  );
});

t.test('Every single wrong digit and every swap of neighbours is found', async (t) => {
  for (let start = 10; start < 1000; start += 1) {
    const digits = String(start);
    const check = Array.from({ length: 10 }, (_, digit) => digits + digit).filter((code) => isRight(code));
    t.equal(check.length, 1, `${digits} has one check digit`);
    const code = String(check[0]);
    for (let place = 0; place < code.length; place += 1) {
      for (let digit = 0; digit < 10; digit += 1) {
        const wrong = code.slice(0, place) + digit + code.slice(place + 1);
        if (wrong !== code && isRight(wrong)) t.fail(`${code} typed as ${wrong} passes`);
      }
      const swapped = code.slice(0, place) + code.charAt(place + 1) + code.charAt(place) + code.slice(place + 2);
      if (swapped !== code && isRight(swapped)) t.fail(`${code} typed as ${swapped} passes`);
    }
  }
  fc.assert(
    fc.property(codes(10), fc.nat(9), fc.integer({ min: 1, max: 9 }), (code, place, step) => {
      const digit = (Number(code.charAt(place)) + step) % 10;
      return !isRight(code.slice(0, place) + digit + code.slice(place + 1));
    }),
  );
});

t.test('Spaces, dashes, full-width digits and the digits of other scripts are understood', async (t) => {
  const code = newDigitCode(10, () => Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 0]));
  t.equal(code.slice(0, 9), '123456789');
  for (const zero of ['０', '٠', '۰', '០', '𝟘']) {
    const foreign = Array.from(code, (digit) => String.fromCodePoint(Number(zero.codePointAt(0)) + Number(digit)));
    t.same(checkDigitCode(foreign.join(''), 10), { code }, foreign.join(''));
  }
  t.same(checkDigitCode(` ${code.slice(0, 3)}-${code.slice(3, 6)} – ${code.slice(6)}\u200b\n`, 10), { code });
});

t.test('The letters that look like digits are taken for these digits', async (t) => {
  const code = newDigitCode(8, () => Uint8Array.from([1, 0, 1, 0, 1, 0, 1, 0]));
  t.equal(code.slice(0, 7), '1010101');
  t.same(checkDigitCode(`lOIoi0L${code.at(-1)}`, 8), { code });
});

t.test('A fault says what is wrong', async (t) => {
  t.same(checkDigitCode('', 10), { fault: 'length', length: 0 });
  t.same(checkDigitCode('12345', 10), { fault: 'length', length: 5 });
  t.same(checkDigitCode('1'.repeat(10_000), 10), { fault: 'length', length: 10_000 });
  t.same(checkDigitCode('12345x7890', 10), { fault: 'character', character: 'x' });
  t.same(checkDigitCode('123😀', 10), { fault: 'character', character: '😀' });
  const code = newDigitCode(10, () => Uint8Array.from([7]));
  t.same(checkDigitCode(`8${code.slice(1)}`, 10), { fault: 'check' });
});

t.test('Codes are shown in groups of three and four', async (t) => {
  t.equal(showDigitCode('1234567890'), '123 456 7890');
  t.equal(showDigitCode('12345678'), '1234 5678');
});

function isRight(code: string): boolean {
  return 'code' in checkDigitCode(code, code.length);
}
