import fc from 'fast-check';
import t from 'tap';
import { multibase, multibaseBytes } from '../../server/keys/base58.ts';

t.test('Bytes come back as they were, leading zeros too', async (t) => {
  const bytes = fc.uint8Array({ maxLength: 80 });
  t.doesNotThrow(() =>
    fc.assert(fc.property(bytes, (array) => multibaseBytes(multibase(array))?.equals(Buffer.from(array)))),
  );
});

t.test('Known texts are written as everywhere', async (t) => {
  t.equal(multibase(Buffer.from('Hello World!')), 'z2NEpo7TZRRrLZSi2U');
  t.equal(multibase(Buffer.from([0, 0, 0x28, 0x7f, 0xb4, 0xcd])), 'z11233QC4');
});

t.test('What is no base58, or too long for a key or a signature, is not read', async (t) => {
  for (const text of ['', '2NEpo7', 'uAAAA', 'z0', 'zI', 'zO', 'zl', 'z2 3', 'zé', `z${'2'.repeat(200)}`]) {
    t.equal(multibaseBytes(text), null, text);
  }
});
