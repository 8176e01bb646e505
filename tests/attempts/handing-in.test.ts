import t from 'tap';
import { testApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { allByRole, byRole, type HTMLElement, textOf } from '../support/html.ts';
import { answer, answersOn, finish, handIn, learner, publish, readLessons, startAttempt } from '../support/learners.ts';
import { type Answers, courseYaml, rightAnswers } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';

const site = await testApp(t);
await publish(t, site);
await publish(t, site, { 'course.yaml': courseYaml({ attempts: 1 }) }, 'once');
await publish(t, site, { 'course.yaml': courseYaml({ attempts: null, pass: 100 }) }, 'strict');

/** Scores 1 + 0.5 + 0 + 0.5 + 1/3 of 7. */
const mixed: Answers = {
  'Một cộng một': 'Hai',
  'Những số nào chẵn': ['Số 2'],
  'Trái đất phẳng': 'Đúng',
  'Thủ đô của Việt Nam': 'thăng long',
  'Ghép con vật': { Mèo: 'meo meo', Chó: 'ò ó o' },
};

t.test('Before handing in, unanswered questions are named and lead back', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt, mixed);
  const review = await lan.get(`${attempt}/submission`);
  t.equal(review.status, 200);
  byRole(review.html, 'heading', 'Xem lại trước khi nộp');
  t.match(textOf(byRole(review.html, 'main')), 'Đã lưu 5 trên 7 câu Còn 2 câu chưa trả lời');
  const links = allByRole(review.html, 'link', /^Đến câu \d$/);
  t.equal(links.length, 2);
  for (const link of links) {
    const page = await lan.get(link.getAttribute('href') ?? '');
    const words = textOf(byRole(page.html, 'group'));
    t.match(words, /Một nửa của năm|Đom đóm phát ra/);
    t.match(words, new RegExp(`^Câu ${textOf(link).slice(-1)} `));
  }
  byRole(review.html, 'button', 'Vẫn nộp bài');
});

t.test('When nothing is missing the review says so, and that nothing can be mended afterwards', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt);
  const review = await lan.get(`${attempt}/submission`);
  t.match(textOf(byRole(review.html, 'main')), 'Bạn đã trả lời mọi câu. Nộp rồi thì không sửa được nữa.');
  t.equal(textOf(byRole(byRole(review.html, 'main'), 'button')), 'Nộp bài');
  t.equal(byRole(review.html, 'link', 'Xem lại các câu').getAttribute('href'), `${attempt}?question=1`);
});

t.test('Handing in leads to the result, and the attempt is over', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt);
  const handedIn = await lan.submit(await lan.get(`${attempt}/submission`));
  t.match(handedIn, { status: 303, headers: { location: `${attempt}/result` } });
  const result = await lan.follow(handedIn);
  byRole(result.html, 'heading', 'Bạn đã đạt!');
  for (const page of ['', '?question=all', '/submission'])
    t.equal((await lan.get(attempt + page)).headers.location, `${attempt}/result`);
});

t.test('Handing in twice is handing in once, also ten times at once', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt);
  const answers = await Promise.all(Array.from({ length: 10 }, () => lan.post(`${attempt}/submission`)));
  t.same([...new Set(answers.map(({ headers }) => headers.location))], [`${attempt}/result`]);
  t.equal((await lan.post(`${attempt}/submission`)).headers.location, `${attempt}/result`);
  const id = attempt.replace('/attempts/', '');
  t.equal(
    (await site.db.selectFrom('submissions').select('attempt_id').where('attempt_id', '=', id).execute()).length,
    1,
  );
  t.equal((await site.db.selectFrom('markings').select('number').where('attempt_id', '=', id).execute()).length, 1);
  t.equal((await site.db.selectFrom('marks').select('points').where('attempt_id', '=', id).execute()).length, 7);
});

t.test('Before an attempt is over it has no result', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt);
  t.equal((await lan.get(`${attempt}/result`)).headers.location, attempt);
});

t.test('Nothing answered is nothing scored, and said so question by question', async (t) => {
  const { lan, attempt } = await started();
  const result = await handIn(lan, attempt);
  byRole(result.html, 'heading', 'Lần này chưa đạt');
  t.match(textOf(byRole(result.html, 'main')), 'Bạn được 0 %: 0 trên 7 điểm. Cần 60 % để đạt.');
  const questions = questionsOn(result);
  t.equal(questions.length, 7);
  for (const question of questions) t.match(textOf(question), /0 trên 1 điểm.*Bạn chưa trả lời câu này\./);
});

t.test('One answered of seven is one seventh, however right', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt, { 'Một cộng một': 'Hai' });
  t.match(textOf(byRole((await handIn(lan, attempt)).html, 'main')), 'Bạn được 14 %: 1 trên 7 điểm');
});

t.test('The result tells points, what was answered and what the author says of it, question by question', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt, mixed);
  const result = await handIn(lan, attempt);
  t.match(textOf(byRole(result.html, 'main')), 'Bạn được 33 %: 2,33 trên 7 điểm');
  const told = (words: string) => textOf(questionNamed(result, words));
  t.match(told('Một cộng một'), /1 trên 1 điểm.*Hai ✓ Bạn chọn đúng Phản hồi-đúng-một\. .*Phản hồi-chung-một\.$/);
  t.match(told('Những số nào chẵn'), /0,5 trên 1 điểm.*Phản hồi-đúng-nhiều\./);
  t.match(told('Trái đất phẳng'), /0 trên 1 điểm.*Bạn đã trả lời: Đúng.*Phản hồi-sai-đất\./);
  t.match(told('Thủ đô'), /0,5 trên 1 điểm.*Bạn đã trả lời: thăng long.*Phản hồi-nửa-chữ\./);
  t.match(
    told('Ghép con vật'),
    /0,33 trên 1 điểm.*Mèo → meo meo ✓.*Chó → ò ó o ✗.*Gà → chưa chọn Phản hồi-chung-ghép\./,
  );
  t.match(told('Đom đóm phát ra'), /0 trên 1 điểm.*Bạn chưa trả lời câu này\./);
  t.notMatch(told('Đom đóm phát ra'), 'Phản hồi');
});

t.test('What was not right leads to its lesson to read again, what was right does not', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt, mixed);
  const result = await handIn(lan, attempt);
  const lessonOf = (words: string) =>
    allByRole(questionNamed(result, words), 'link', 'Đọc lại bài học').map((link) => link.getAttribute('href'));
  t.same(lessonOf('Thủ đô'), ['/courses/small/lessons/second']);
  t.same(lessonOf('Ghép con vật'), ['/courses/small/lessons/first']);
  t.same(lessonOf('Một cộng một'), []);
  t.equal((await lan.get('/courses/small/lessons/second')).status, 200);
});

t.test('While one may try again for a pass, right answers that were missed are not shown', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt, mixed);
  const result = await handIn(lan, attempt);
  const words = textOf(byRole(result.html, 'main'));
  t.match(words, 'Đáp án của những câu chưa đúng sẽ hiện khi bạn đã đạt hoặc đã hết số lần làm.');
  t.match(words, 'Bạn còn 2 lần.');
  byRole(result.html, 'button', 'Làm lại');
  t.notMatch(words, /Đáp án đúng|Hà Nội|2[,.]5|gâu gâu/);
  t.same(shownAs(result, 'Những số nào chẵn', 'right'), ['Số 2']);
  t.same(shownAs(result, 'Những số nào chẵn', 'missed'), []);
  t.same(shownAs(result, 'Đom đóm phát ra', 'missed'), []);
});

t.test('With a pass, or with the last attempt, all right answers are shown', async (t) => {
  const { lan, attempt } = await started('once');
  await answer(lan, attempt, mixed);
  const failed = await handIn(lan, attempt);
  t.same(shownAs(failed, 'Những số nào chẵn', 'missed'), ['Số 4']);
  t.same(shownAs(failed, 'Đom đóm phát ra', 'missed'), ['ánh sáng']);
  t.match(textOf(questionNamed(failed, 'Thủ đô')), 'Đáp án đúng: Hà Nội');
  t.match(textOf(questionNamed(failed, 'Trái đất')), 'Đáp án đúng: Sai');
  t.match(textOf(questionNamed(failed, 'Ghép con vật')), 'Đáp án đúng: gâu gâu');
  t.match(textOf(byRole(failed.html, 'main')), 'Bạn đã làm hết số lần cho phép');
  t.same(allByRole(failed.html, 'button', 'Làm lại'), []);

  const again = await started();
  await answer(again.lan, again.attempt, { ...rightAnswers, 'Đom đóm phát ra': 'âm thanh' });
  const passed = await handIn(again.lan, again.attempt);
  t.same(shownAs(passed, 'Đom đóm phát ra', 'missed'), ['ánh sáng']);
});

t.test('Once passed, the results of earlier attempts show their right answers, too', async (t) => {
  const { lan, attempt } = await started();
  t.notMatch((await handIn(lan, attempt)).body, 'Đáp án đúng');
  const second = await startAttempt(lan);
  await answer(lan, second);
  await handIn(lan, second);
  t.match((await lan.get(`${attempt}/result`)).body, 'Đáp án đúng');
});

t.test('A second attempt begins with nothing of the first', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt);
  await handIn(lan, attempt);
  const page = await lan.get(await startAttempt(lan));
  t.equal(byRole(page.html, 'progressbar', 'Đã lưu 0 trên 7 câu').getAttribute('value'), '0');
});

t.test('Passing completes the quiz, failing does not; a pass of full marks needs full marks', async (t) => {
  for (const [slug, answers, completed] of [
    ['small', mixed, 0],
    ['small', rightAnswers, 1],
    ['strict', { ...rightAnswers, 'Ghép con vật': { Mèo: 'meo meo', Chó: 'gâu gâu' } }, 0],
    ['strict', rightAnswers, 1],
  ] as const) {
    const { lan, attempt } = await started(slug);
    await answer(lan, attempt, answers);
    await handIn(lan, attempt);
    const rows = site.db.selectFrom('completions').select('cause').where('person_id', '=', lan.id);
    t.same(
      await rows.execute(),
      Array.from({ length: completed }, () => ({ cause: 'passed' })),
      slug,
    );
  }
});

t.test('The last thing to do gives the certificate, and the result leads to it', async (t) => {
  const { lan, attempt } = await started();
  await readLessons(lan);
  await answer(lan, attempt);
  const result = await handIn(lan, attempt);
  const [certificate] = await site.db
    .selectFrom('certificates')
    .select('code')
    .where('person_id', '=', lan.id)
    .execute();
  t.equal(
    byRole(result.html, 'link', 'Xem giấy chứng nhận').getAttribute('href'),
    `/certificates/${certificate?.code}`,
  );
});

t.test('With lessons still to read, the result of a pass leads back to the course', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt);
  const result = await handIn(lan, attempt);
  t.equal(byRole(result.html, 'link', 'Về khoá học').getAttribute('href'), '/courses/small');
});

t.test('A failed attempt after the certificate takes nothing away', async (t) => {
  const lan = await learner(site);
  const code = await finish(lan);
  const attempt = await startAttempt(lan);
  const result = await handIn(lan, attempt);
  byRole(result.html, 'heading', 'Lần này chưa đạt');
  t.match(textOf(byRole(result.html, 'main')), 'bạn đã đạt từ một lần làm trước');
  byRole(result.html, 'link', 'Xem giấy chứng nhận');
  t.equal((await lan.get(`/certificates/${code}`)).status, 200);
  t.match((await lan.get('/courses/small/progress')).body, '100');
});

t.test('A quiz for practice is passed without counting towards anything', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan, 'practice');
  const page = await lan.get(`${attempt}?question=all`);
  const fields = answersOn(page, { 'Nước thì ướt. (2)': 'Đúng' });
  await lan.submit(page, { fields });
  const result = await handIn(lan, attempt);
  byRole(result.html, 'heading', 'Bạn đã đạt!');
  const { html } = await lan.get('/courses/small/progress');
  t.match(textOf(byRole(html, 'main')), /0 ?%/);
});

t.test(
  'Words are marked by the key of the language they were typed in, whatever language they are handed in',
  async (t) => {
    const quiz = (ask: string, word: string, note: string) =>
      `// [id:w]\n::W::[markdown]${ask}{\n=${word}#${note}\n}\n\n// [id:v]\n::V::[markdown]${ask} (2){\n=${word}\n}\n`;
    const texts = {
      'vi/final.gift': quiz('Màu của lá?', 'xanh', 'Phản hồi-lá.'),
      'en/final.gift': quiz('The colour of leaves?', 'green', 'Note-leaf.'),
    };
    await publish(t, site, { ...texts, 'course.yaml': courseYaml({ shuffle: false }) }, 'leaves');
    const lan = await learner(site, { slug: 'leaves' });
    const attempt = await startAttempt(lan, 'final', 'leaves');
    const first = await lan.get(attempt);
    await lan.submit(first, { fields: { [textbox(first)]: 'Xanh' } });
    await lan.post('/preferences/language', { language: 'en' });
    const second = await lan.get(`${attempt}?question=2`);
    await lan.submit(second, { fields: { [textbox(second)]: 'GREEN' } });
    const result = await handIn(lan, attempt);
    t.match(textOf(byRole(result.html, 'main')), '2 of 2 points');
    const note = result.html.querySelector('#question-1 .note');
    t.same([note?.textContent.trim(), note?.getAttribute('lang')], ['Phản hồi-lá.', 'vi']);
  },
);

t.test('The review, handing in and the result cost at most 4 statements each', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt, mixed);
  for (const page of ['/submission', '/result']) {
    if (page === '/result') await lan.post(`${attempt}/submission`);
    const statements = await statementsOf(site, () => lan.get(attempt + page));
    t.ok(statements.length <= 4, statements.join('\n'));
  }
});

t.test('A percentage on the result and in the list of attempts is the same', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt, mixed);
  await handIn(lan, attempt);
  const list = await lan.get('/courses/small/quizzes/final');
  t.equal(byRole(list.html, 'link', 'Lần 1: 33 %').getAttribute('href'), `${attempt}/result`);
});

async function started(slug = 'small'): Promise<{ lan: Client & { id: string }; attempt: string }> {
  const lan = await learner(site, { slug });
  return { lan, attempt: await startAttempt(lan, 'final', slug) };
}

function questionsOn({ html }: Page): HTMLElement[] {
  return html.querySelectorAll('main ol.results > li');
}

function questionNamed(result: Page, words: string): HTMLElement {
  const found = questionsOn(result).find((question) => textOf(question).includes(words));
  if (!found) throw new Error(`The result has no question “${words}”`);
  return found;
}

/** The options of a question that are marked so. */
function shownAs(result: Page, words: string, mark: 'right' | 'wrong' | 'missed'): string[] {
  const options = questionNamed(result, words).querySelectorAll(`.answer.${mark}`);
  return options.map((option) => option.querySelector('div')?.textContent.trim() ?? '').sort();
}

function textbox({ html }: Page): string {
  return byRole(html, 'textbox').getAttribute('name') ?? '';
}
