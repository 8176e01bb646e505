import { setTimeout as delay } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { openAttempt } from '../../server/attempts/queries.ts';
import { lockEnrolment } from '../../server/enrolments/queries.ts';
import { findQuiz } from '../../server/quizzes/queries.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { answer, handIn, learner, publish, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';

const site = await testApp(t);
await publish(t, site);
await publish(t, site, { 'course.yaml': courseYaml({ attempts: 1 }) }, 'once');
await publish(t, site, { 'course.yaml': courseYaml({ attempts: null }) }, 'endless');
const quiz = '/courses/small/quizzes/final';

t.test('The quiz page tells the rules and offers to start', async (t) => {
  const lan = await learner(site);
  const page = await lan.get(quiz);
  t.equal(page.status, 200);
  byRole(page.html, 'heading', 'Cuối khoá');
  const rules = textOf(byRole(page.html, 'main'));
  for (const rule of ['7 câu, khoảng 6 phút', 'từ 60 % trở lên', 'làm 3 lần, còn 3 lần', 'lưu ngay khi bạn bấm lưu'])
    t.match(rules, rule);
  byRole(page.html, 'button', 'Bắt đầu làm bài');
  t.match((await lan.get('/courses/endless/quizzes/final')).body, 'làm lại bao nhiêu lần cũng được');
});

t.test('Before the quiz that counts the learner sees the name that will be on paper, and may mend it', async (t) => {
  const lan = await learner(site, { full_name: 'Đặng Thị <b>Lan</b>' });
  const page = await lan.get(quiz);
  t.match(textOf(byRole(page.html, 'main')), 'Tên sẽ in trên giấy chứng nhận Đặng Thị <b>Lan</b>');
  t.equal(
    byRole(page.html, 'link', 'Sửa tên này').getAttribute('href'),
    '/account/name?next=/courses/small/quizzes/final',
  );
  const practice = textOf((await lan.get('/courses/small/quizzes/practice')).html);
  t.notMatch(practice, 'Tên sẽ in', 'practice gives no paper');
  t.match(practice, /Khoá nhỏ · Bài luyện tập .*không làm vẫn hoàn thành được khoá học/);
  t.match(textOf((await lan.get('/courses/small')).html), 'bài luyện tập · 2 phút');
});

t.test('The quiz page costs at most 4 statements', async (t) => {
  const lan = await learner(site);
  for (let count = 0; count < 3; count += 1) await handIn(lan, await startAttempt(lan));
  const statements = await statementsOf(site, () => lan.get(quiz));
  t.ok(statements.length <= 4, statements.join('\n'));
});

t.test('Starting leads into an attempt, and while it is open the quiz page leads back to it', async (t) => {
  const lan = await learner(site);
  const started = await lan.submit(await lan.get(quiz));
  t.equal(started.status, 303);
  const attempt = String(started.headers.location);
  t.match(attempt, /^\/attempts\/[0-9a-f-]{36}$/);
  t.equal((await lan.follow(started)).status, 200);
  const page = await lan.get(quiz);
  t.equal(byRole(page.html, 'link', 'Làm tiếp bài đang dở').getAttribute('href'), attempt);
  t.same(allByRole(page.html, 'button', 'làm'), []);
});

t.test('However often and fast “start” is pressed, one attempt is open', async (t) => {
  const lan = await learner(site);
  const answers = await Promise.all(Array.from({ length: 10 }, () => lan.post(`${quiz}/attempts`)));
  t.equal(new Set(answers.map(({ headers }) => headers.location)).size, 1);
  t.equal(await startAttempt(lan), answers[0]?.headers.location);
  t.equal((await attemptsOf(lan.id)).length, 1);
});

t.test('Who starts while another phone is starting gets into the same attempt', async (t) => {
  const lan = await learner(site);
  const { db } = site;
  const enrolment = await db
    .selectFrom('enrolments')
    .select(['id', 'person_id'])
    .where('person_id', '=', lan.id)
    .executeTakeFirstOrThrow();
  const found = await findQuiz(db, lan, 'small', 'final', 'vi');
  let starting: Promise<string> = Promise.resolve('');
  const first = await db.transaction().execute(async (trx) => {
    await lockEnrolment(trx, enrolment.id);
    const id = found && (await openAttempt(trx, enrolment, found, found.settings));
    starting = startAttempt(lan);
    await delay(200);
    return id;
  });
  t.equal(await starting, `/attempts/${first}`);
});

t.test('Once handed in, another attempt may be started, as many as the limit says and no more', async (t) => {
  const lan = await learner(site);
  const attempts = [];
  for (let number = 1; number <= 3; number += 1) {
    attempts.push(await startAttempt(lan));
    await handIn(lan, attempts.at(-1) ?? '');
  }
  t.equal(new Set(attempts).size, 3);
  const page = await lan.get(quiz);
  t.match(textOf(byRole(page.html, 'main')), 'Bạn đã làm hết số lần cho phép');
  t.same(allByRole(page.html, 'button', /làm/i), []);
  const refused = await lan.post(`${quiz}/attempts`);
  t.equal(refused.headers.location, quiz);
  byRole((await lan.follow(refused)).html, 'alert', 'Bạn đã làm hết số lần cho phép');
  t.equal((await attemptsOf(lan.id)).length, 3);
});

t.test('Ten starts at once after the last attempt but one open no more than the limit', async (t) => {
  const lan = await learner(site, { slug: 'once' });
  await Promise.all(Array.from({ length: 10 }, () => startAttempt(lan, 'final', 'once')));
  t.equal((await attemptsOf(lan.id)).length, 1);
});

t.test('Past attempts stand with their results, the newest first, and the best counts', async (t) => {
  const lan = await learner(site, { slug: 'endless' });
  const page = '/courses/endless/quizzes/final';
  const half = { 'Một cộng một': 'Hai', 'Thủ đô của Việt Nam': 'thang long', 'Đom đóm phát ra': 'ánh sáng' };
  for (const answers of [half, {}]) {
    const attempt = await startAttempt(lan, 'final', 'endless');
    if (Object.keys(answers).length > 0) await answer(lan, attempt, answers);
    await handIn(lan, attempt);
  }
  const { html } = await lan.get(page);
  t.same(
    allByRole(html, 'link', /^Lần \d/).map((link) => textOf(link)),
    ['Lần 2: 0 %', 'Lần 1: 35 %'],
  );
  t.match(textOf(byRole(html, 'main')), 'Kết quả tốt nhất của bạn: 35 %');
  byRole(html, 'button', 'Làm lại');
});

t.test('Who has passed may try again, quietly, and stays passed', async (t) => {
  const lan = await learner(site);
  const first = await startAttempt(lan);
  await answer(lan, first);
  await handIn(lan, first);
  await handIn(lan, await startAttempt(lan));
  const { html } = await lan.get(quiz);
  t.match(textOf(byRole(html, 'main')), 'đạt Kết quả tốt nhất của bạn: 100 %');
  t.notOk(byRole(html, 'button', 'Làm lại').getAttribute('class')?.includes('next'));
});

t.test('Who is not enrolled is sent to the course, and cannot start', async (t) => {
  const { db } = site;
  const stranger = await signedIn(site);
  const page = await stranger.get(quiz);
  t.equal(page.status, 200);
  byRole(page.html, 'link', 'Đến trang khoá học');
  t.same(allByRole(page.html, 'button', 'Bắt đầu'), []);
  t.equal((await stranger.post(`${quiz}/attempts`)).status, 403);
  t.equal((await (await learner(site, { slug: 'once' })).post(`${quiz}/attempts`)).status, 403, 'enrolled elsewhere');
  t.same(await db.selectFrom('attempts').select('id').where('person_id', '=', stranger.id).execute(), []);
});

t.test('Of a course that is not for everyone a stranger learns nothing, and its learner goes on', async (t) => {
  await publish(t, site, {}, 'closed');
  const lan = await learner(site, { slug: 'closed' });
  await site.db.updateTable('courses').set({ audience: 'branch' }).where('slug', '=', 'closed').execute();
  const stranger = await signedIn(site);
  for (const [method, path] of [
    ['get', '/courses/closed/quizzes/final'],
    ['post', '/courses/closed/quizzes/final/attempts'],
  ] as const) {
    t.equal((await stranger[method](path)).status, 404);
    t.ok((await lan[method](path)).status < 400);
  }
});

t.test('Signed out, the quiz leads to the sign-in page and back, and nothing starts', async (t) => {
  const visitor = client(site.app);
  t.equal((await visitor.get(quiz)).headers.location, `/sign-in?next=${encodeURIComponent(quiz)}`);
  t.equal((await visitor.post(`${quiz}/attempts`)).status, 401);
});

for (const path of [
  '/courses/small/quizzes/first',
  '/courses/small/quizzes/none',
  '/courses/none/quizzes/final',
  '/courses/small/quizzes/%00',
]) {
  t.test(`${path} is not found, to look at or to start`, async (t) => {
    const lan = await learner(site);
    t.equal((await lan.get(path)).status, 404);
    t.equal((await lan.post(`${path}/attempts`)).status, 404);
  });
}

t.test('A description in a quiz is no question to count or to stop at', async (t) => {
  const final = (note: string, ask: string) =>
    `// [id:d]\n::D::[markdown]${note}\n\n// [id:q]\n::Q::[markdown]${ask}{TRUE}\n\n// [id:r]\n::R::[markdown]${ask} (2){TRUE}\n`;
  const texts = { 'vi/final.gift': final('Đọc kỹ.', 'Đúng không?'), 'en/final.gift': final('Read on.', 'True?') };
  await publish(t, site, texts, 'described');
  const lan = await learner(site, { slug: 'described' });
  const page = await lan.get('/courses/described/quizzes/final');
  t.match(textOf(byRole(page.html, 'main')), /^.* 2 câu, /);
  const second = await lan.get(`${await startAttempt(lan, 'final', 'described')}?question=2`);
  const after = await lan.submit(second, { button: 'Lưu và xem lại' });
  t.match(String(after.headers.location), /\/submission$/);
  t.match(textOf(byRole((await lan.get(`${second.url.split('?')[0]}?question=3`)).html, 'group')), 'Câu 1 trên 2');
});

t.test('The quiz speaks the language of its reader, and says so where it differs', async (t) => {
  const english = await learner(site, { language: 'en' });
  const page = await english.get(quiz);
  t.equal(languageOf(page), 'en');
  byRole(page.html, 'heading', 'The end');
  byRole(page.html, 'button', 'Start');
  await publishVietnamese(t);
  const mixed = await (await learner(site, { language: 'en', slug: 'only' })).get('/courses/only/quizzes/final');
  t.equal(languageOf(mixed), 'en');
  t.equal(byRole(mixed.html, 'heading', 'Cuối khoá').getAttribute('lang'), 'vi');
});

async function publishVietnamese(t: Test): Promise<void> {
  const english = ['course.md', 'first.md', 'second.md', 'final.gift', 'practice.gift'].map((file) => [
    `en/${file}`,
    null,
  ]);
  const settings = courseYaml().replace('languages: [vi, en]', 'languages: [vi]');
  await publish(t, site, { ...Object.fromEntries(english), 'course.yaml': settings }, 'only');
}

function languageOf({ html }: Page): string | undefined {
  return html.querySelector('html')?.getAttribute('lang');
}

async function attemptsOf(person_id: string) {
  return site.db.selectFrom('attempts').select('id').where('person_id', '=', person_id).execute();
}
