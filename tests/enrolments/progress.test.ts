import t from 'tap';
import { testApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { answer, handIn, learner, publish, readLessons, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';

const site = await testApp(t);
await publish(t, site);

t.test('Each thing that is required counts once, and all of them are 100 per cent', async (t) => {
  const lan = await learner(site);
  t.equal(await percent(lan), 0);
  await readLessons(lan, 'small', ['first', 'first']);
  t.equal(await percent(lan), 33);
  await readLessons(lan, 'small', ['second', 'first']);
  t.equal(await percent(lan), 66);
  await pass(lan, 'final');
  t.equal(await percent(lan), 100);
  await pass(lan, 'final');
  t.equal(await percent(lan), 100);
});

t.test('What is not required does not count, neither for nor against', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan, 'practice');
  await answer(lan, attempt, { 'Nước thì ướt. (2)': 'Đúng' });
  await handIn(lan, attempt);
  t.equal(await percent(lan), 0);
  await readLessons(lan);
  await pass(lan, 'final');
  t.equal(await percent(lan), 100);
});

t.test('A course that asks for one lesson out of two is done with that one', async (t) => {
  const settings = courseYaml().replace('lessons: all, quizzes: [final]', 'lessons: [second]');
  await publish(t, site, { 'course.yaml': settings }, 'one');
  const lan = await learner(site, { slug: 'one' });
  await readLessons(lan, 'one', ['first']);
  t.equal(await percent(lan, 'one'), 0);
  await readLessons(lan, 'one', ['second']);
  t.equal(await percent(lan, 'one'), 100);
});

t.test('Every percentage says why: what is required, what is done, when and how', async (t) => {
  const lan = await learner(site);
  await readLessons(lan, 'small', ['first']);
  await pass(lan, 'final');
  const page = await lan.get('/learning');
  const why = byRole(page.html, 'link', '66 %').getAttribute('href') ?? '';
  const { html } = await lan.get(why);
  const items = allByRole(byRole(html, 'main'), 'listitem').map(textOf);
  t.match(items, [/Bài đầu đã đọc lúc /, /Bài hai chưa xong/, /Luyện tập không bắt buộc/, /Cuối khoá đã đạt lúc /]);
  t.match(textOf(byRole(html, 'main')), 'Khoá học có 3 phần bắt buộc. Bạn đã xong 2 phần');
});

t.test('Progress comes from doing alone: a quiz is not ticked off, nor anything by a field', async (t) => {
  const [lan, binh] = [await learner(site), await learner(site)];
  t.equal((await lan.post('/courses/small/lessons/final/completion')).status, 404);
  t.equal((await lan.post('/courses/small/quizzes/final/completion')).status, 404);
  await lan.post('/courses/small/lessons/first/completion', { person_id: binh.id, cause: 'passed', done: '99' });
  await lan.post('/courses/small/enrolment', { progress: '100', completed_at: '2020-01-01' });
  t.equal(await percent(lan), 33);
  t.equal(await percent(binh), 0);
});

t.test('Who is not enrolled completes nothing, nor does who is enrolled elsewhere', async (t) => {
  await publish(t, site, {}, 'other');
  for (const visitor of [await signedIn(site), await learner(site, { slug: 'other' })]) {
    t.equal((await visitor.post('/courses/small/lessons/first/completion')).status, 403);
    const completions = site.db.selectFrom('completions').select('item_id').where('person_id', '=', visitor.id);
    t.same(await completions.execute(), []);
  }
});

t.test('Why one’s percentage is what it is, is nobody else’s to see', async (t) => {
  await learner(site);
  t.equal((await (await signedIn(site)).get('/courses/small/progress')).status, 404);
  t.equal((await (await signedIn(site, { roles: ['owner'] })).get('/courses/small/progress')).status, 404);
});

t.test('Ten taps on “I have read this” are one completion, of the first time', async (t) => {
  const lan = await learner(site);
  const completion = '/courses/small/lessons/first/completion';
  const answers = await Promise.all(Array.from({ length: 10 }, () => lan.post(completion)));
  t.same([...new Set(answers.map(({ headers }) => headers.location))], ['/courses/small/lessons/second']);
  const rows = () => site.db.selectFrom('completions').selectAll().where('person_id', '=', lan.id).execute();
  const [first, ...more] = await rows();
  t.same(more, []);
  await lan.post(completion);
  t.same(await rows(), [first]);
});

async function percent(visitor: Client, slug = 'small'): Promise<number> {
  const { html } = await visitor.get(`/courses/${slug}/progress`);
  return Number(/(\d+) ?%/.exec(textOf(byRole(html, 'heading', '%')))?.[1]);
}

async function pass(visitor: Client, quiz: string): Promise<void> {
  const attempt = await startAttempt(visitor, quiz);
  await answer(visitor, attempt);
  await handIn(visitor, attempt);
}
