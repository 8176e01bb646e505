import t from 'tap';
import { type Guess, hearGuess, networkOf } from '../../server/accounts/guesses.ts';
import { testDatabase } from '../support/database.ts';
import { pass } from './site.ts';

const guess: Guess = { at: 'sign-in', name: '+84912345678', address: '192.0.2.7', mark: 'abc' };
const wrong = async () => null;
const right = async () => true;

t.test('Five wrong tries are free, then the wait doubles, and is over when it is over', async (t) => {
  const { db } = await testDatabase(t);
  for (let count = 0; count < 5; count += 1) t.same(await hearGuess(db, guess, wrong), { wait: 0, right: null });
  const waits: number[] = [];
  for (let count = 0; count < 11; count += 1) {
    const { wait } = await hearGuess(db, guess, async () => t.fail('this try is not to be heard') && null);
    waits.push(wait);
    await pass({ db }, wait);
    await hearGuess(db, guess, wrong);
  }
  t.same(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900]);
  await pass({ db }, 3600);
  t.same(await hearGuess(db, guess, right), { wait: 0, right: true });
});

t.test('Right tries use nothing up', async (t) => {
  const { db } = await testDatabase(t);
  for (let count = 0; count < 30; count += 1) t.same(await hearGuess(db, guess, right), { wait: 0, right: true });
});

t.test('A try that the server could not judge does not count', async (t) => {
  const { db } = await testDatabase(t);
  const broken = async () => {
    throw new Error('too busy');
  };
  for (let count = 0; count < 10; count += 1) await t.rejects(hearGuess(db, guess, broken), /too busy/);
  t.same(await hearGuess(db, guess, right), { wait: 0, right: true });
});

t.test('Tries sent all at once are counted before any is judged', async (t) => {
  const { db } = await testDatabase(t);
  let judged = 0;
  const slow = async () => {
    judged += 1;
    await new Promise((resolve) => setTimeout(resolve, 300));
    return null;
  };
  const first = Array.from({ length: 10 }, () => hearGuess(db, guess, slow));
  await new Promise((resolve) => setTimeout(resolve, 200));
  const second = await Promise.all(Array.from({ length: 10 }, () => hearGuess(db, guess, slow)));
  await Promise.all(first);
  t.ok(second.every(({ wait }) => wait > 0));
  t.ok(judged <= 10);
});

t.test('One PIN tried on many names has to wait as well, while other PINs and other addresses go on', async (t) => {
  const { db } = await testDatabase(t);
  for (let number = 0; number < 20; number += 1) await hearGuess(db, { ...guess, name: `name ${number}` }, wrong);
  t.ok((await hearGuess(db, { ...guess, name: 'another', address: '198.51.100.1' }, right)).wait > 0);
  t.equal((await hearGuess(db, { ...guess, name: 'another', mark: 'def' }, right)).wait, 0);
});

t.test('One address may be wrong two hundred times an hour, then every try waits a minute at most', async (t) => {
  const { db } = await testDatabase(t);
  const from = (number: number) => ({ ...guess, name: `name ${number}`, mark: `mark ${number}` });
  for (let number = 0; number < 200; number += 1) t.equal((await hearGuess(db, from(number), wrong)).wait, 0);
  t.equal((await hearGuess(db, from(200), wrong)).wait, 1);
  await db.updateTable('limit_counters').set({ count: 1000 }).where('count', '=', 200).execute();
  t.equal((await hearGuess(db, from(200), wrong)).wait, 60);
});

t.test('Addresses count by network where one visitor has many', async (t) => {
  t.equal(networkOf('192.0.2.7'), '192.0.2.7');
  t.equal(networkOf('::ffff:192.0.2.7'), '192.0.2.7');
  t.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2');
  t.equal(networkOf('2001:db8:1:2::9'), '2001:db8:1:2');
  t.equal(networkOf('2001:db8::9'), '2001:db8:0:0');
  t.equal(networkOf('::1'), '0:0:0:0');
});
