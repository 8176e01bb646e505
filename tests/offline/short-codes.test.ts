import fc from 'fast-check';
import t from 'tap';
import { newCode } from '../../server/certificates/code.ts';
import { isPacked, packCodes, packRoughly, shortCode } from '../../server/offline/short-codes.ts';

const code = fc.uint8Array({ minLength: 40, maxLength: 40, max: 247 }).map((bytes) => newCode(() => bytes));

t.test('Every code that was packed is found, no other is', (t) => {
  fc.assert(
    fc.property(fc.array(code, { maxLength: 60 }), fc.array(code, { minLength: 1, maxLength: 20 }), (codes, others) => {
      const packed = packCodes(codes);
      const known = new Set(codes.map(shortCode));
      return (
        codes.every((one) => isPacked(one, packed)) &&
        others.every((one) => isPacked(one, packed) === known.has(shortCode(one)))
      );
    }),
    { numRuns: 300 },
  );
  t.end();
});

t.test('The first and the last of all, neighbours, and none are found too', async (t) => {
  const [first, second, last] = ['AAAAAAAAxxxxxx', 'AAAAAAABxxxxxx', '99999999xxxxxx'];
  for (const codes of [[], [first], [last], [first, second], [first, last], [second, second]]) {
    const packed = packCodes(codes);
    for (const one of [first, second, last]) t.equal(isPacked(one, packed), codes.includes(one), `${one} in ${codes}`);
  }
});

t.test('Of a thousand each takes less than five and a half characters', async (t) => {
  const packed = packCodes(fc.sample(code, { numRuns: 1000, seed: 1 }));
  t.ok(packed.length < 5500, `${packed.length}`);
  t.match(packed, /^[\w-]*$/);
});

t.test('Roughly, every code that was packed is found, and few others are, in whatever room there is', async (t) => {
  const codes = fc.sample(code, { numRuns: 3000, seed: 1 });
  const others = fc.sample(code, { numRuns: 2000, seed: 2 });
  for (const [room, most] of [
    [2900, 0.07],
    [4000, 0.02],
    [8000, 0.0002],
  ] as const) {
    const { packed = '', rough = 0 } = packRoughly(codes, room) ?? {};
    t.ok(packed.length > room / 2 && packed.length <= room, `${packed.length} of ${room}`);
    t.ok(codes.every((one) => isPacked(one, packed, rough)));
    const taken = others.filter((one) => isPacked(one, packed, rough)).length / others.length;
    t.ok(taken <= most + 0.01, `${taken} of those that were not`);
  }
  t.equal(packRoughly(codes, 2000), null, 'before too many would be taken for one of them');
  t.equal(packRoughly(codes, -5), null);
});
