import t from 'tap';
import { Kept } from '../../server/platform/kept.ts';

t.test('What was not asked for the longest goes first', async (t) => {
  const kept = new Kept<{ name: string }>(2);
  const made: string[] = [];
  const get = (name: string) =>
    kept.getOrMake(name, async () => {
      made.push(name);
      return { name };
    });
  for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) t.same(await get(name), { name });
  t.same(made, ['a', 'b', 'c', 'b']);
});

t.test('What could not be made is made by whoever asks next', async (t) => {
  const kept = new Kept<{ name: string }>(2);
  await t.rejects(
    kept.getOrMake('a', () => Promise.reject(new Error('not now'))),
    { message: 'not now' },
  );
  t.same(await kept.getOrMake('a', async () => ({ name: 'a' })), { name: 'a' });
});
