import t from 'tap';
import { argon2Hasher } from '../../server/accounts/secrets/hashing.ts';
import { whomItFits } from '../../server/accounts/sign-in/fitting.ts';

const cheap = { memoryCost: 8, timeCost: 1, parallelism: 1 };

t.test('Secrets are kept by Argon2id at the cost that OWASP asks for', async (t) => {
  const hasher = argon2Hasher();
  const hashed = await hasher.hash('402957');
  t.match(hashed, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  t.equal(await hasher.verify(hashed, '402957'), true);
  t.equal(await hasher.verify(hashed, '402958'), false);
  t.equal(await hasher.verify(null, '402957'), false);
});

t.test('More work than can be done soon is refused, and afterwards all goes on', async (t) => {
  const hasher = argon2Hasher(cheap);
  const results = await Promise.allSettled(Array.from({ length: 450 }, () => hasher.hash('402957')));
  const refused = results.filter((result) => result.status === 'rejected');
  t.ok(refused.length > 0 && refused.length < 60, `${refused.length} are refused`);
  t.match(refused[0], { reason: { statusCode: 503 } });
  t.match(await hasher.hash('402957'), /^\$argon2id/);
});

t.test(
  'For nobody, one or five people the same number of secrets is compared, and exactly those it fits are found',
  async (t) => {
    const hasher = argon2Hasher(cheap);
    const hashes = await Promise.all(['402957', '839204', '402957', '582041', '704183'].map(hasher.hash));
    const family = hashes.map((secret_hash, id) => ({ id, secret_hash }));
    let comparisons = 0;
    const counting = {
      verify(hashed: string | null, secret: string) {
        comparisons += 1;
        return hasher.verify(hashed, secret);
      },
    };
    const fits = async (people: typeof family, secret: string) => {
      comparisons = 0;
      const ids = (await whomItFits(people, 5, secret, counting)).map(({ id }) => id);
      t.equal(comparisons, 5, `${people.length} people`);
      return ids;
    };
    t.same(await fits([], '402957'), []);
    t.same(await fits(family.slice(0, 1), '402957'), [0]);
    t.same(await fits(family, '402957'), [0, 2]);
    t.same(await fits(family, '582041'), [3]);
    t.same(await fits(family, '999888'), []);
  },
);
