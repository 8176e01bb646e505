import t, { type Test } from 'tap';
import { task, withWork } from '../assignments/work.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { answersOn, finish, learner, publish, questionId, questionOn } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { type Answers, courseYaml, rightAnswers } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';

const quiz = '/courses/small/quizzes/final';
const trial = `${quiz}/trial`;
const practice = '/courses/small/quizzes/practice/trial';
const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

async function siteWithCourse(t: Test, rules: Parameters<typeof courseYaml>[0] = {}) {
  const site = await testApp(t);
  await publish(t, site, { 'course.yaml': courseYaml(rules) });
  return site;
}

const hrefOf = ({ html }: Page, words: string) => byRole(html, 'link', words).getAttribute('href') ?? '';
const mentorOn = (site: TestApp) => signedIn(site, { roles: ['mentor'] });

/** The page of the question with these words. */
async function pageOf(person: Client, words: string): Promise<Page> {
  for (const number of [1, 2, 3, 4, 5, 6, 7]) {
    const page = await person.get(`${trial}?question=${number}`);
    if (textOf(page.html).includes(words)) return page;
  }
  throw new Error(`no question says “${words}”`);
}

async function tried(person: Client, answers: Answers): Promise<Page> {
  const page = await pageOf(person, Object.keys(answers)[0] ?? '');
  return person.submit(page, { fields: answersOn(page, answers) });
}

/** All that a person's learning is written to. */
async function written({ db }: TestApp) {
  const tables = [
    'attempts',
    'open_attempts',
    'answers',
    'submissions',
    'markings',
    'completions',
    'enrolments',
  ] as const;
  const counts = tables.map((table) =>
    db
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<number>().as('rows'))
      .executeTakeFirstOrThrow(),
  );
  return Promise.all(counts);
}

t.test('A mentor tries every type of question of a course that they do not take, and nothing is written', async (t) => {
  const site = await siteWithCourse(t);
  const mentor = await mentorOn(site);
  const before = await written(site);
  for (const [words, right] of Object.entries(rightAnswers)) {
    const result = await tried(mentor, { [words]: right });
    t.equal(result.status, 200);
    t.match(mainOf(result), '1 trên 1 điểm', words);
  }
  const half = await tried(mentor, { 'Thủ đô của Việt Nam': 'Thăng Long' });
  t.match(mainOf(half), '0,5 trên 1 điểm');
  t.match(mainOf(half), 'Phản hồi-nửa-chữ.');
  t.match(mainOf(half), 'Đáp án đúng: Hà Nội');
  const wrong = await tried(mentor, { 'Một cộng một': 'Ba' });
  t.match(mainOf(wrong), 'Phản hồi-sai-một.');
  t.match(mainOf(wrong), 'Thử lại');
  t.strictSame(await written(site), before);
});

t.test('The page of a question tells nothing of its key', async (t) => {
  const mentor = await mentorOn(await siteWithCourse(t));
  for (const number of [1, 2, 3, 4, 5, 6, 7])
    t.notMatch((await mentor.get(`${trial}?question=${number}`)).body, 'Phản hồi-');
});

t.test('From question to question, and back to the quiz after the last', async (t) => {
  const mentor = await mentorOn(await siteWithCourse(t));
  const page = await mentor.get(quiz);
  t.match(mainOf(page), 'xem được vì bạn giúp người khác học');
  let at = await mentor.get(hrefOf(page, 'Làm thử, không tính điểm'));
  for (const number of [1, 2, 3, 4, 5, 6]) {
    t.match(mainOf(at), `Câu ${number} trên 7`);
    at = await mentor.get(hrefOf(at, 'Bỏ qua'));
  }
  t.equal(hrefOf(at, 'Về bài kiểm tra'), quiz);
  for (const wild of ['0', '8', '-1', '1.5', 'x', ''])
    t.match(mainOf(await mentor.get(`${trial}?question=${wild}`)), 'Câu 1 trên 7');
});

t.test('The same question stands in the same place the next time', async (t) => {
  const mentor = await mentorOn(await siteWithCourse(t));
  const first = await mentor.get(`${trial}?question=3`);
  t.equal((await mentor.get(`${trial}?question=3`)).body, first.body);
});

t.test('Without an answer it asks for one; what is no number keeps what was typed', async (t) => {
  const mentor = await mentorOn(await siteWithCourse(t));
  const page = await pageOf(mentor, 'Một cộng một');
  const blank = await mentor.submit(page, { fields: {} });
  t.equal(blank.status, 422);
  t.match(mainOf(blank), 'Bạn trả lời câu này trước');
  t.notMatch(blank.body, 'Phản hồi-');
  const words = await tried(mentor, { 'Một nửa của năm': 'hai rưỡi' });
  t.equal(words.status, 422);
  t.match(mainOf(words), 'Ở đây cần một số');
  t.equal(questionOn(words, 'Một nửa của năm').querySelector('input[type=text]')?.getAttribute('value'), 'hai rưỡi');
  t.equal((await mentor.post(trial, {})).status, 422);
});

t.test('A learner tries a quiz with a limit once they have passed it, not before', async (t) => {
  const site = await siteWithCourse(t);
  const person = await learner(site);
  t.equal(allByRole((await person.get(quiz)).html, 'link', 'Làm thử, không tính điểm').length, 0);
  for (const answer of [await person.get(trial), await person.post(trial, { place: '1' })]) {
    t.match(answer, { status: 303, headers: { location: quiz } });
    t.notMatch(answer.body, 'Phản hồi-');
  }
  t.match(mainOf(await person.follow(await person.get(trial))), 'số lần làm giới hạn');
  await finish(person);
  t.equal(allByRole((await person.get(quiz)).html, 'link', 'Làm thử, không tính điểm').length, 1);
  t.equal((await person.get(trial)).status, 200);
});

t.test(
  'Where attempts are without limit they may at once, and missed answers stay untold until they pass',
  async (t) => {
    const site = await siteWithCourse(t, { attempts: null });
    const person = await learner(site);
    t.notMatch(mainOf(await tried(person, { 'Thủ đô của Việt Nam': 'Huế' })), 'Hà Nội');
    await finish(person);
    t.match(mainOf(await tried(person, { 'Thủ đô của Việt Nam': 'Huế' })), 'Đáp án đúng: Hà Nội');
  },
);

t.test('A quiz for practice is tried by every learner of the course', async (t) => {
  const site = await siteWithCourse(t);
  t.equal((await (await learner(site)).get(practice)).status, 200);
});

t.test(
  'Who neither takes the course nor helps others may not, and a stranger is led to the sign-in page',
  async (t) => {
    const site = await siteWithCourse(t);
    await publish(t, site, {}, 'other');
    for (const person of [
      await signedIn(site),
      await signedIn(site, { roles: ['learner'] }),
      await learner(site, { slug: 'other' }),
    ]) {
      t.equal((await person.get(trial)).status, 403);
      t.equal((await person.post(trial, { place: '1' })).status, 403);
    }
    const mentor = await mentorOn(site);
    t.equal((await mentor.get('/courses/small/quizzes/none/trial')).status, 404);
    t.equal((await mentor.get('/courses/none/quizzes/final/trial')).status, 404);
    t.match((await client(site.app).get(trial)).headers.location, /^\/sign-in/);
  },
);

t.test('htmx gets the part of the page that changes', async (t) => {
  const mentor = await mentorOn(await siteWithCourse(t));
  const page = await pageOf(mentor, 'Trái đất phẳng');
  const place = byRole(page.html, 'main').querySelector('[name=place]')?.getAttribute('value') ?? '';
  const id = questionId(page, 'Trái đất phẳng');
  const fields = { ...answersOn(page, { 'Trái đất phẳng': 'Sai' }), place, [`r_${id}`]: '0' };
  const part = await mentor.post(trial, fields, { 'hx-request': 'true', 'hx-request-type': 'partial' });
  const whole = await mentor.post(trial, fields);
  t.match(part.body, /^\s*<div id="trial">/);
  t.ok(whole.body.includes(part.body.trim()));
});

t.test('It costs one statement more than knowing who asks, and is valid HTML before and after an answer', async (t) => {
  const site = await siteWithCourse(t);
  const mentor = await mentorOn(site);
  const page = await pageOf(mentor, 'Ghép con vật');
  t.ok((await statementsOf(site, () => mentor.get(trial))).length <= 2);
  const result = await tried(mentor, { 'Ghép con vật': { Mèo: 'meo meo', Chó: 'ò ó o', Gà: '' } });
  await assertValidHtml(
    t,
    new Map([
      ['before', page.body],
      ['after', result.body],
    ]),
  );
});

t.test(
  'Who helps others reads every lesson with its pictures, told that nothing counts; others enrol first',
  async (t) => {
    const site = await siteWithCourse(t);
    const mentor = await mentorOn(site);
    const course = await mentor.get('/courses/small');
    t.equal(byRole(course.html, 'link', 'Bài hai').getAttribute('href'), '/courses/small/lessons/second');
    const lesson = await mentor.get('/courses/small/lessons/second');
    t.match(mainOf(lesson), 'Bốn năm sáu.');
    t.match(mainOf(lesson), 'vì bạn giúp người khác học');
    t.equal(allByRole(lesson.html, 'button', 'Tôi đã đọc bài này').length, 0);
    t.ok(allByRole(lesson.html, 'link').some((link) => link.getAttribute('rel') === 'next'));
    t.equal((await mentor.post('/courses/small/lessons/second/completion')).status, 403);
    t.notMatch(mainOf(await mentor.get('/courses/small/lessons/first')), 'vì bạn giúp', 'this one is open to all');
    const other = await signedIn(site, { roles: ['learner'] });
    t.notMatch((await other.get('/courses/small/lessons/second')).body, 'Bốn năm sáu.');
  },
);

t.test('The task of an assignment is read without an invitation to enrol, and nothing is handed in', async (t) => {
  const site = await testApp(t);
  await publish(t, site, withWork);
  const mentor = await mentorOn(site);
  const page = await mentor.get(task);
  t.match(mainOf(page), 'vì bạn giúp người khác học');
  t.match(mainOf(page), 'Hỏi một người trong nhà');
  t.equal(page.html.querySelectorAll('main form').length, 0);
  t.equal((await mentor.post(`${task}/submissions`, { words: 'x' })).status, 403);
  t.match(mainOf(await (await signedIn(site)).get(task)), 'Bạn chưa vào khoá học này');
});
