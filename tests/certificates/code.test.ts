import fc from 'fast-check';
import t from 'tap';
import { codeLength, newCode, readCode, showCode } from '../../server/certificates/code.ts';

const alphabet = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
const codes = fc.infiniteStream(fc.nat(255)).map((stream) => newCode((count) => take(stream, count)));

function take(stream: fc.Stream<number>, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => Number(stream.next().value));
}

t.test('A new code has 14 of the 31 characters and is read as itself', async (t) => {
  fc.assert(
    fc.property(codes, (code) => {
      t.match(code, new RegExp(`^[${alphabet}]{14}$`));
      t.same(readCode(code), { code });
      t.same(readCode(showCode(code)), { code });
    }),
  );
});

t.test('Every character is as likely as any other', async (t) => {
  const counts = new Map<string, number>();
  for (let byte = 0; byte < 256; byte += 1) {
    // A byte that is refused is followed by one that is not.
    const code = newCode((count) => Uint8Array.from({ length: count }, (_, index) => (index === 0 ? byte : 248)));
    const first = code.charAt(0);
    counts.set(first, (counts.get(first) ?? 0) + 1);
    if (byte === 247) break;
  }
  t.equal(counts.size, 31);
  t.same([...new Set(counts.values())], [8]);
});

t.test('The bytes left over by 31 are thrown away', async (t) => {
  const rounds = [Uint8Array.from({ length: codeLength }, () => 255), Uint8Array.from({ length: codeLength }, () => 1)];
  t.equal(newCode(() => rounds.shift() ?? new Uint8Array()).slice(0, 13), 'B'.repeat(13));
});

t.test('Every single wrong character is found', async (t) => {
  fc.assert(
    fc.property(codes, (code) => {
      const wrong = [...code].flatMap((right, place) =>
        [...alphabet]
          .filter((other) => other !== right)
          .map((other) => code.slice(0, place) + other + code.slice(place + 1)),
      );
      return wrong.length === 14 * 30 && wrong.every(failsTheCheck);
    }),
  );
  t.pass();
});

t.test('Every swap of two different characters is found, of neighbours and of others', async (t) => {
  fc.assert(
    fc.property(codes, (code) => {
      const places = [...code].flatMap((_, one) => [...code].slice(0, one).map((_, other) => [one, other] as const));
      const swapped = places.map(([one, other]) => {
        const characters = [...code];
        [characters[one], characters[other]] = [code.charAt(other), code.charAt(one)];
        return characters.join('');
      });
      return swapped.length === 91 && swapped.every((typed) => typed === code || failsTheCheck(typed));
    }),
  );
  t.pass();
});

t.test('Lower case, spaces, dashes and full-width characters are understood', async (t) => {
  fc.assert(
    fc.property(codes, (code) => {
      const fullWidth = Array.from(code, (character) =>
        String.fromCodePoint(Number(character.codePointAt(0)) + 0xfee0),
      );
      for (const typed of [
        code.toLowerCase(),
        `  ${showCode(code)}\n`,
        showCode(code).replaceAll(' ', '-'),
        showCode(code).replaceAll(' ', ' – '),
        showCode(code).replaceAll(' ', '\u00a0\u200b'),
        [...code].join('.'),
        fullWidth.join(''),
      ]) {
        t.same(readCode(typed), { code }, typed);
      }
    }),
    { numRuns: 20 },
  );
});

t.test('A character that no code has is named, with what kind of slip it is', async (t) => {
  for (const character of '0O1IL') {
    t.same(readCode(`K7D4 MPX${character}`), { fault: 'character', character, kind: 'misread' });
  }
  t.same(readCode('k7d4l'), { fault: 'character', character: 'L', kind: 'misread' });
  t.same(readCode('K7Đ4'), { fault: 'character', character: 'Đ', kind: 'accented' });
  t.same(readCode('kâ'), { fault: 'character', character: 'Â', kind: 'accented' });
  t.same(readCode('K7D4/'), { fault: 'character', character: '/', kind: 'other' });
  t.same(readCode('😀'), { fault: 'character', character: '😀', kind: 'other' });
});

t.test('A code too short or too long is told by its length', async (t) => {
  t.same(readCode(''), { fault: 'length', length: 0 });
  t.same(readCode('K7D4 MPX9 QRT3 6'), { fault: 'length', length: 13 });
  t.same(readCode('K'.repeat(10_000)), { fault: 'length', length: 10_000 });
});

t.test('Any text gets an answer', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (typed) => ['code', 'fault'].some((key) => key in readCode(typed))),
  );
  t.pass();
});

t.test('A code is shown in groups of four', async (t) => {
  t.equal(showCode('K7D4MPX9QRT36H'), 'K7D4 MPX9 QRT3 6H');
});

function failsTheCheck(typed: string): boolean {
  const reading = readCode(typed);
  return 'fault' in reading && reading.fault === 'check';
}
