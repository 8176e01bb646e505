import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import t from 'tap';
import Type from 'typebox';
import { type Seal, seal, unseal } from '../../server/accounts/sealing.ts';

const Note = Type.Object({ text: Type.String() });
const note: Seal<typeof Note> = { purpose: 'note', minutes: 10, content: Note };
const secret = randomBytes(32);
const now = new Date('2026-11-22T03:00:00Z');

t.test('What was sealed comes back as it was, whatever it was', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const content = { text: text.toWellFormed() };
      return unseal(note, secret, seal(note, secret, content, now), now)?.text === content.text;
    }),
  );
});

t.test('One changed, missing or added character is found', async () => {
  const sealed = seal(note, secret, { text: 'Nộp bài' }, now);
  fc.assert(
    fc.property(fc.nat(sealed.length - 2), fc.constantFrom('A', 'z', '7', '_', ''), (place, character) => {
      const changed = sealed.slice(0, place) + character + sealed.slice(place + 1);
      return changed === sealed || unseal(note, secret, changed, now) === null;
    }),
  );
});

t.test('It opens neither later, nor for another purpose, nor with another secret', async (t) => {
  const sealed = seal(note, secret, { text: 'Nộp bài' }, now);
  t.same(unseal(note, secret, sealed, new Date(now.getTime() + 9 * 60_000)), { text: 'Nộp bài' });
  t.equal(unseal(note, secret, sealed, new Date(now.getTime() + 10 * 60_000)), null);
  t.equal(unseal({ ...note, purpose: 'other' }, secret, sealed, now), null);
  t.equal(unseal(note, randomBytes(32), sealed, now), null);
  const Other = Type.Object({ id: Type.String() });
  t.equal(unseal({ ...note, content: Other }, secret, sealed, now), null);
});

t.test('What is no seal at all opens to nothing', async () => {
  fc.assert(fc.property(fc.string(), (text) => unseal(note, secret, text, now) === null));
});

t.test('What is sealed cannot be read', async (t) => {
  const sealed = seal(note, secret, { text: 'câu trả lời của tôi' }, now);
  t.notMatch(Buffer.from(sealed, 'base64url').toString('utf8'), 'câu trả lời');
});
