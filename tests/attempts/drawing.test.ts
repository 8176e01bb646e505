import t from 'tap';
import { drawQuestions } from '../../server/quizzes/draw.ts';
import { countSubmissions } from '../../server/statistics/counting/queries.ts';
import { testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { answersOn, handIn, learner, publish, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { drawn, isAbout } from './drawn.ts';
import { idOf } from './timed.ts';

const site = await testApp(t);
const { db } = site;
await publish(t, site, drawn);
const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

const idsOf = async (attempt: string) =>
  (await db.selectFrom('attempts').where('id', '=', idOf(attempt)).select('question_ids').executeTakeFirstOrThrow())
    .question_ids ?? [];
/** What the questions on the page say. */
const asked = ({ html }: Page) =>
  allByRole(html, 'group').map((group) => /Câu-\S+ \d+ là/.exec(textOf(group))?.[0] ?? '');
const idsOn = ({ html }: Page) => html.querySelectorAll('input[name^=r_]').map((input) => input.getAttribute('name'));
const rightOn = (page: Page) => answersOn(page, Object.fromEntries(asked(page).map((words) => [words, 'Đúng'])));

t.test('An attempt asks as many of each kind as its quiz says, the same ones as long as it lasts', async (t) => {
  const lan = await learner(site);
  t.match(mainOf(await lan.get('/courses/small/quizzes/final')), /5 câu, .* Mỗi lần làm, các câu được rút từ một kho/);
  const attempt = await startAttempt(lan);
  const page = await lan.get(`${attempt}?question=all`);
  const words = asked(page);
  t.equal(words.length, 5);
  t.strictSame([isAbout(words, 'dễ'), isAbout(words, 'khó'), isAbout(words, 'mạng')], [2, 1, 2]);
  t.strictSame(asked(await lan.get(`${attempt}?question=all`)), words);
  t.match(mainOf(page), 'Đã lưu 0 trên 5 câu');
  t.equal((await lan.get(`${attempt}?question=6`)).status, 200);
  lan.cookies.set('language', 'en');
  const english = await lan.get(`${attempt}?question=all`);
  t.match(mainOf(english), 'Network');
  t.strictSame(idsOn(english), idsOn(page), 'in both languages the same ones');
});

t.test('What its author says before a question goes with it, and with no other', async (t) => {
  for (let n = 0; n < 6; n += 1) {
    const lan = await learner(site);
    const page = await lan.get(`${await startAttempt(lan)}?question=all`);
    const hasFirst = asked(page).some((words) => words === 'Câu-dễ 1 là');
    t.equal(page.body.includes('Đọc đoạn này trước câu 1'), hasFirst);
  }
});

t.test('They hang on the attempt alone, and another attempt draws afresh', async (t) => {
  const lan = await learner(site);
  const drawnSets = new Set<string>();
  for (let n = 0; n < 3; n += 1) {
    const attempt = await startAttempt(lan);
    const ids = await idsOf(attempt);
    t.equal(new Set(ids).size, 5);
    drawnSets.add([...ids].sort().join());
    const questions = await db.selectFrom('questions').where('id', 'in', ids).select(['id', 'draw']).execute();
    t.equal(questions.length, 5);
    await handIn(lan, attempt);
  }
  t.ok(drawnSets.size > 1);
  const pool = Array.from({ length: 20 }, (_, index) => ({ id: String(index), draw: 1 + (index % 2) }));
  const draws = [{ count: 3 }, { count: 4 }];
  t.strictSame(drawQuestions('seed', pool, draws), drawQuestions('seed', pool, draws));
  t.notSame(drawQuestions('seed', pool, draws), drawQuestions('other', pool, draws));
});

t.test('Points, result and statistics are about what was asked', async (t) => {
  await countSubmissions(db);
  const before = await peopleByQuestion();
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const page = await lan.get(`${attempt}?question=all`);
  await lan.submit(page, { fields: rightOn(page) });
  const result = await handIn(lan, attempt);
  t.match(mainOf(result), /Bạn được 100\s%: 5 trên 5 điểm/);
  t.equal(result.html.querySelectorAll('ol.results > li').length, 5);
  const ids = await idsOf(attempt);
  const marks = await db.selectFrom('marks').where('attempt_id', '=', idOf(attempt)).select('question_id').execute();
  t.strictSame(marks.map(({ question_id }) => question_id).sort(), [...ids].sort());
  await countSubmissions(db);
  const after = await peopleByQuestion();
  for (const [id, people] of after) t.equal(people - (before.get(id) ?? 0), ids.includes(id) ? 1 : 0);
});

async function peopleByQuestion() {
  const rows = await db.selectFrom('question_sums').select(['question_id', 'people']).execute();
  return new Map(rows.map(({ question_id, people }) => [question_id, Number(people)]));
}

t.test('A form cannot answer what was not asked, nor can the database take it', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const ids = await idsOf(attempt);
  const { item_id, person_id } = await db
    .selectFrom('attempts')
    .where('id', '=', idOf(attempt))
    .select(['item_id', 'person_id'])
    .executeTakeFirstOrThrow();
  const all = await db.selectFrom('questions').where('item_id', '=', item_id).select(['id', 'draw']).execute();
  const other = all.find(({ id, draw }) => draw !== null && !ids.includes(id))?.id ?? '';
  const sent = { place: 'all', go: 'review', [`r_${other}`]: '0', [`q_${other}`]: 'true' };
  t.equal((await lan.post(`${attempt}/answers`, sent)).status, 303);
  t.strictSame(
    await db.selectFrom('answers').where('attempt_id', '=', idOf(attempt)).select('question_id').execute(),
    [],
  );
  const answer = { person_id, attempt_id: idOf(attempt), question_id: other, revision: 1, language: 'vi' };
  await t.rejects(
    db
      .insertInto('answers')
      .values({ ...answer, response: null })
      .execute(),
    { code: '23514', constraint: 'answers_drawn' },
  );

  const { enrolment_id } = await db
    .selectFrom('attempts')
    .where('id', '=', idOf(attempt))
    .select('enrolment_id')
    .executeTakeFirstOrThrow();
  const row = { person_id, enrolment_id, item_id, number: 9 };
  const id = '01900000-0000-7000-8000-000000000001';
  for (const question_ids of [null, ids.slice(1), [...ids, other], [...ids.slice(1), ids[1] ?? '']])
    await t.rejects(
      db
        .insertInto('attempts')
        .values({ ...row, id, question_ids })
        .execute(),
      { code: '23514', constraint: 'attempts_drawn' },
    );
});

t.test('A trial draws, too, the same ones for one person, and writes nothing', async (t) => {
  const mentor = await signedIn(site, { roles: ['mentor'] });
  const trial = '/courses/small/quizzes/final/trial';
  const page = await mentor.get(trial);
  t.match(mainOf(page), 'Câu 1 trên 5');
  t.strictSame(asked(await mentor.get(trial)), asked(page));
  const result = await mentor.submit(page, { fields: rightOn(page) });
  t.match(mainOf(result), '1 trên 1 điểm');
});

t.test('A quiz that begins to draw asks those who are amid it as before', async (t) => {
  await publish(t, site, {}, 'later');
  const lan = await learner(site, { slug: 'later' });
  const attempt = await startAttempt(lan, 'final', 'later');
  await publish(t, site, drawn, 'later');
  t.equal(asked(await lan.get(`${attempt}?question=all`)).length, 7);
  t.match(mainOf(await handIn(lan, attempt)), 'trên 7 điểm');
});

t.test('Drawing costs a page no statement', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await lan.get(attempt);
  t.ok((await statementsOf(site, () => lan.get(attempt))).length <= 3);
});
