import { sql } from 'kysely';
import t from 'tap';
import { saveAnswers } from '../../server/attempts/answers/queries.ts';
import { closeOverdue } from '../../server/attempts/timing/closing.ts';
import { withEssay, written } from '../essays/essays.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { answer, answersOn, handIn, learner, publish, readLessons, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml, rightAnswers } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { endsIn, idOf, timed } from './timed.ts';

const site = await testApp(t);
const { db, app } = site;
const closed = () => closeOverdue({ db, config: app.config });
await publish(t, site, timed);
const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const one = { 'Một cộng một': 'Hai' };

const factsOf = (attempt: string) =>
  db
    .selectFrom('attempts')
    .leftJoin('submissions', 'submissions.attempt_id', 'attempts.id')
    .leftJoin('completions', (join) =>
      join
        .onRef('completions.enrolment_id', '=', 'attempts.enrolment_id')
        .onRef('completions.item_id', '=', 'attempts.item_id'),
    )
    .where('attempts.id', '=', idOf(attempt))
    .select(['started_at', 'ends_at', 'submitted_at', 'completed_at'])
    .executeTakeFirstOrThrow();

t.test('Before it begins a quiz says how long it may take, and under way when it ends', async (t) => {
  const lan = await learner(site);
  const rules = mainOf(await lan.get('/courses/small/quizzes/final'));
  t.match(rules, 'Bạn có 20 phút, tính từ lúc bấm bắt đầu. Hết giờ, bài tự nộp với những câu đã lưu.');
  t.notMatch(rules, /Không tính giờ|dừng và làm tiếp sau/);
  const attempt = await startAttempt(lan);
  const { started_at, ends_at } = await factsOf(attempt);
  t.equal(Number(ends_at) - Number(started_at), 20 * 60_000);
  const clock = new Intl.DateTimeFormat('vi-VN', {
    timeZone: 'Asia/Ho_Chi_Minh',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(ends_at ?? undefined);
  for (const path of ['', '?question=all', '/submission'])
    t.match(mainOf(await lan.get(attempt + path)), `Hết giờ lúc ${clock}.`, path);
  t.match(mainOf(await lan.get('/courses/small/quizzes/final')), `Bài đang dở hết giờ lúc ${clock}`);
  const left = (await lan.get(attempt)).html.querySelector('[data-seconds-left]');
  t.ok(Number(left?.getAttribute('data-seconds-left')) > 1_100);
  t.equal(left?.textContent, '', 'without a script there is no count that would stand still');

  const practice = await startAttempt(lan, 'practice');
  t.equal((await factsOf(practice)).ends_at, null);
  t.notMatch(mainOf(await lan.get(practice)), 'Hết giờ');
});

t.test('Who goes on with another phone, or begins again meanwhile, has the same end', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const { ends_at } = await factsOf(attempt);
  t.equal(await startAttempt(lan), attempt);
  const phone = client(app);
  for (const [name, value] of lan.cookies) phone.cookies.set(name, value);
  t.match(mainOf(await phone.get(attempt)), 'Hết giờ lúc');
  t.strictSame((await factsOf(attempt)).ends_at, ends_at);
  await t.rejects(db.updateTable('attempts').set({ ends_at: null }).where('id', '=', idOf(attempt)).execute());
});

t.test(
  'For a minute after its end what a slow link still brings counts, and nothing else can be done but to hand in',
  async (t) => {
    const lan = await learner(site);
    const attempt = await startAttempt(lan);
    const page = await lan.get(`${attempt}?question=all`);
    await endsIn(site, attempt, -30);
    const saved = await lan.submit(page, { fields: answersOn(page, one) });
    t.match(saved, { status: 303, headers: { location: `${attempt}/submission` } });
    for (const path of ['', '?question=2'])
      t.equal((await lan.get(attempt + path)).headers.location, `${attempt}/submission`);
    const over = await lan.get(`${attempt}/submission`);
    t.match(mainOf(over), 'Hết giờ rồi Những câu bạn đã lưu vẫn được tính: 1 trên 7 câu.');
    t.strictSame(allByRole(byRole(over.html, 'main'), 'button').map(textOf), ['Nộp bài']);
    await assertValidHtml(t, new Map([['over', over.body]]));
    t.match(mainOf(await handIn(lan, attempt)), /Hết giờ lúc .* bài đã được nộp .* 1 trên 7 điểm/);
    const { ends_at, submitted_at } = await factsOf(attempt);
    t.strictSame(submitted_at, ends_at, 'it was handed in when its time was over');
  },
);

t.test('What comes later is not counted, and the page says so; sent again it changes nothing twice', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt, one);
  const page = await lan.get(`${attempt}?question=all`);
  await endsIn(site, attempt, -61);
  const late = () => lan.submit(page, { fields: answersOn(page, rightAnswers) });
  const answers = [await late(), await late(), await lan.post(`${attempt}/submission`), await late()];
  for (const { headers } of answers) t.equal(headers.location, `${attempt}/result`);
  const [first] = answers;
  if (first) t.match(mainOf(await lan.follow(first)), /Bạn được 14\s%: 1 trên 7 điểm/);
  const result = await lan.follow(await late());
  t.match(textOf(byRole(result.html, 'alert')), 'Đã hết giờ, nên câu trả lời vừa gửi không được tính.');
  t.match(mainOf(result), /Hết giờ lúc \d\d:\d\d .*, bài đã được nộp với những câu bạn lưu trước đó/);
  await assertValidHtml(t, new Map([['late', result.body]]));
  const rows = await db.selectFrom('markings').where('attempt_id', '=', idOf(attempt)).select('number').execute();
  t.equal(rows.length, 1);
});

t.test('It is handed in by whoever looks first, by the clock otherwise, with the same facts', async (t) => {
  const looks: ((lan: Awaited<ReturnType<typeof learner>>, attempt: string) => Promise<unknown>)[] = [
    (lan, attempt) => lan.get(attempt),
    (lan, attempt) => lan.get(`${attempt}/result`),
    (lan) => lan.get('/courses/small/quizzes/final'),
    (lan) => startAttempt(lan),
    closed,
    (lan, attempt) => Promise.all([closed(), lan.get(attempt), closed(), lan.get(attempt)]),
  ];
  for (const look of looks) {
    const lan = await learner(site);
    await readLessons(lan);
    const attempt = await startAttempt(lan);
    await answer(lan, attempt);
    await endsIn(site, attempt, -100_000);
    await look(lan, attempt);
    const { ends_at, submitted_at, completed_at } = await factsOf(attempt);
    t.strictSame(submitted_at, ends_at);
    t.strictSame(completed_at, ends_at);
    t.match(mainOf(await lan.get(`${attempt}/result`)), 'Bạn đã đạt!');
    byRole((await lan.get(`${attempt}/result`)).html, 'link', 'Xem giấy chứng nhận');
  }
  t.equal(await closed(), 0);
});

t.test('The clock leaves alone what is in its time, has none, or belongs to nobody any more', async (t) => {
  const lan = await learner(site);
  const attempts = [await startAttempt(lan), await startAttempt(lan, 'practice')];
  const mai = await learner(site);
  attempts.push(await startAttempt(mai));
  await endsIn(site, String(attempts[2]), -59);
  const ut = await learner(site);
  attempts.push(await startAttempt(ut));
  await endsIn(site, String(attempts[3]), -600);
  await db.updateTable('persons').set({ erased_at: new Date() }).where('id', '=', ut.id).execute();
  t.equal(await closed(), 0);
  for (const attempt of attempts) t.equal((await factsOf(attempt)).submitted_at, null);
});

t.test('After its time one begins the next attempt', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await endsIn(site, attempt, -600);
  const next = await startAttempt(lan);
  t.not(next, attempt);
  t.not((await factsOf(attempt)).submitted_at, null);
  t.match(mainOf(await lan.get('/courses/small/quizzes/final')), 'còn 1 lần');
});

t.test('Essays that were saved wait for who marks them', async (t) => {
  const yaml = courseYaml().replace('minutes: 6,', 'minutes: 6, time_limit: 20,');
  await publish(t, site, { ...withEssay, 'course.yaml': yaml }, 'essay');
  const lan = await learner(site, { slug: 'essay' });
  const attempt = await startAttempt(lan, 'final', 'essay');
  await answer(lan, attempt, written);
  await endsIn(site, attempt, -600);
  t.equal(await closed(), 1);
  t.match(mainOf(await lan.get(`${attempt}/result`)), /Hết giờ lúc.*chờ/);
});

t.test('The database holds all of it, whoever writes', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const id = idOf(attempt);
  const { person_id, item_id } = await db
    .selectFrom('attempts')
    .where('id', '=', id)
    .select(['person_id', 'item_id'])
    .executeTakeFirstOrThrow();
  const question = await db
    .selectFrom('questions')
    .where('item_id', '=', item_id)
    .select('id')
    .limit(1)
    .executeTakeFirstOrThrow();
  await endsIn(site, attempt, -61);
  const row = { person_id, attempt_id: id, question_id: question.id, revision: 1, language: 'vi', response: null };
  await t.rejects(db.insertInto('answers').values(row).execute(), { code: '23514', constraint: 'answers_in_time' });
  await t.rejects(db.insertInto('submissions').values({ attempt_id: id, submitted_at: sql<Date>`now()` }).execute(), {
    code: '23514',
    constraint: 'submissions_in_time',
  });
  const saved = await saveAnswers(db, { id, person_id, language: 'vi' }, [
    { question_id: question.id, drawn_from: 0, response: { choice: 0 } },
  ]);
  t.strictSame(saved, { isOpen: false, saved: new Set() });
});

t.test('Of others there is nothing to see, and time costs no statement', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await endsIn(site, attempt, -600);
  for (const other of [await learner(site), await signedIn(site)]) t.equal((await other.get(attempt)).status, 404);
  t.equal((await client(app).get(attempt)).status, 303);
  t.equal((await factsOf(attempt)).submitted_at, null, 'who may not see it does not close it');
  const mai = await learner(site);
  const open = await startAttempt(mai);
  await mai.get(open);
  t.ok((await statementsOf(site, () => mai.get(open))).length <= 3);
  t.ok((await statementsOf(site, () => mai.get('/courses/small/quizzes/final'))).length <= 3);
});
