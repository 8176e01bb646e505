import t, { type Test } from 'tap';
import { markAllAgain } from '../../server/key-corrections/marking-again/parts.ts';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { essayOf, handedIn, mark, markingsOf, withEssay, written } from '../essays/essays.ts';
import { testApp } from '../support/app.ts';
import { textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { correct } from './correcting.ts';

/** Lan, whose mentor is Hoa, and a reviewer of the course: a quiz of one question with a key and one essay. */
async function opened(t: Test) {
  const site = await testApp(t);
  await publish(t, site, withEssay);
  const together = await cohort(site);
  const hoa = await mentor(site, together);
  const lan = await learner(site);
  await putIn(site, together, lan, hoa);
  return { site, hoa, lan, reviewer: await signedIn(site, { roles: ['reviewer'] }) };
}

const wrong = { ...written, 'Một cộng một': 'Ba' };
/** Three is right, two is not. */
const three = { weight_0: '0', weight_1: '100' };

t.test('Marked again, an essay keeps exactly what somebody gave for it', async (t) => {
  const { site, hoa, lan, reviewer } = await opened(t);
  const attempt = await handedIn(lan, wrong);
  await mark(hoa, essayOf(attempt), { points: '0.75', remark: 'Rõ ràng.' });
  await correct(site, reviewer, 'one', three);
  t.strictSame(await markingsOf(site, attempt), [
    { number: 1, cause: 'submission', points: 0.75, max_points: 2, passed: false },
    { number: 2, cause: 'correction', points: 1.75, max_points: 2, passed: true },
  ]);
  const result = textOf((await lan.get(`${attempt}/result`)).html);
  for (const said of ['Bạn đã đạt!', '0,75 trên 1 điểm', 'Rõ ràng.', 'được 37 %. Bây giờ là 87 %'])
    t.match(result, said);
  t.equal((await site.db.selectFrom('certificates').select('id').execute()).length, 1);
});

t.test('Whose essays wait gets no marking by a correction, and later one that knows it', async (t) => {
  const { site, hoa, lan, reviewer } = await opened(t);
  const attempt = await handedIn(lan, wrong);
  await correct(site, reviewer, 'one', three);
  t.strictSame(await markingsOf(site, attempt), []);
  const waiting = textOf((await lan.get(`${attempt}/result`)).html);
  t.match(waiting, 'Các câu máy chấm: 1 trên 1 điểm');
  await mark(hoa, essayOf(attempt), { points: '0.5' });
  await markAllAgain(site.app);
  t.strictSame(await markingsOf(site, attempt), [
    { number: 1, cause: 'submission', points: 1.5, max_points: 2, passed: true },
  ]);
  const [{ key_number } = { key_number: 0 }] = await site.db.selectFrom('markings').select('key_number').execute();
  t.equal(key_number, 1);
});

t.test('Marking an essay anew after a correction knows it, and tells of no other score', async (t) => {
  const { site, hoa, lan, reviewer } = await opened(t);
  const attempt = await handedIn(lan, wrong);
  await mark(hoa, essayOf(attempt), { points: '0' });
  await correct(site, reviewer, 'one', three);
  const { id } = await site.db.selectFrom('essay_markings').select('id').executeTakeFirstOrThrow();
  t.equal((await mark(hoa, essayOf(attempt), { points: '1', supersedes: id })).status, 303);
  t.match(await markingsOf(site, attempt), [
    { number: 1, cause: 'submission', points: 0 },
    { number: 2, cause: 'correction', points: 1 },
    { number: 3, cause: 'submission', points: 2, passed: true },
  ]);
  t.notMatch(textOf((await lan.get(`${attempt}/result`)).html), 'Trước khi sửa');
});

t.test('A correction and whoever marks an essay at the same time: the correction is in what counts', async (t) => {
  const { site, hoa, lan, reviewer } = await opened(t);
  const attempts = [];
  for (let time = 0; time < 3; time += 1) attempts.push(await handedIn(lan, { ...wrong }));
  await Promise.all([
    ...attempts.map((attempt) => mark(hoa, essayOf(attempt), { points: '0' })),
    correct(site, reviewer, 'one', three),
  ]);
  await markAllAgain(site.app);
  for (const attempt of attempts) {
    const markings = await markingsOf(site, attempt);
    t.match(markings.at(-1), { points: 1 });
    t.equal(markings.filter(({ cause }) => cause === 'submission').length, 1);
  }
});

t.test('An essay has no key: nothing offers to correct it', async (t) => {
  const { reviewer } = await opened(t);
  const list = await reviewer.get('/courses/small/quizzes/final/corrections');
  t.strictSame(
    list.html.querySelectorAll('a[href*="/corrections/"]').map((one) => one.getAttribute('href')?.split('/').at(-1)),
    ['one?version=1'],
  );
  t.equal((await reviewer.get('/courses/small/quizzes/final/corrections/tell')).status, 404);
});
