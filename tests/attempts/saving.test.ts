import t from 'tap';
import { testApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { allByRole, byRole, formFields, textOf } from '../support/html.ts';
import {
  answer,
  answersOn,
  handIn,
  learner,
  publish,
  questionId,
  questionOn,
  startAttempt,
} from '../support/learners.ts';
import { rightAnswers } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';

const site = await testApp(t);
await publish(t, site);
const htmx = { 'hx-request': 'true', 'hx-request-type': 'partial' };
const capital = 'Thủ đô của Việt Nam';
const sum = 'Một cộng một';
const even = 'Những số nào chẵn';

t.test(
  'Saving one question leads on to the next, back to the one before, and from the last to the review',
  async (t) => {
    const { lan, attempt } = await started();
    const save = async (number: number, button: string) =>
      (await lan.submit(await lan.get(`${attempt}?question=${number}`), { button })).headers.location;
    t.equal(await save(1, 'Lưu và sang câu 2'), `${attempt}?question=2`);
    t.equal(await save(2, 'Câu trước'), `${attempt}?question=1`);
    t.equal(await save(7, 'Lưu và xem lại'), `${attempt}/submission`);
  },
);

t.test('On the one page each button saves all that is filled in, and comes back to its question', async (t) => {
  const { lan, attempt } = await started();
  const page = await lan.get(`${attempt}?question=all`);
  const fields = { ...answersOn(page, { [sum]: 'Hai', [capital]: 'Hà Nội' }), go: '5' };
  const saved = await lan.post(`${attempt}/answers`, [...formFields(formOf(page)), ...pairsOf(fields)]);
  t.equal(saved.headers.location, `${attempt}?question=all#question-5`);
  t.same(await answersOf(attempt), { one: { choice: 0 }, word: { text: 'Hà Nội' } });
  const review = await lan.submit(await lan.get(`${attempt}?question=all`), { button: 'Lưu và xem lại' });
  t.equal(review.headers.location, `${attempt}/submission`);
});

t.test('Every type is kept as it was given, by positions of the source, whatever order the screen has', async (t) => {
  for (let count = 0; count < 3; count += 1) {
    const { lan, attempt } = await started();
    await answer(lan, attempt);
    t.same(await answersOf(attempt), {
      one: { choice: 0 },
      several: { choices: [0, 1] },
      true: { truefalse: false },
      word: { text: 'Hà Nội' },
      number: { text: '2,5' },
      pairs: { matches: [1, 0, 2] },
      blank: { choice: 0 },
    });
  }
});

t.test('Part of a matching question is an answer, too', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt, { 'Ghép con vật': { Chó: 'ụt ịt' } });
  t.same(await answersOf(attempt), { pairs: { matches: [null, 3, null] } });
});

t.test('An answer can be taken back, of every type that lets one', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt);
  await answer(lan, attempt, { [even]: null, [capital]: null, 'Một nửa của năm': null, 'Ghép con vật': null });
  t.same(await answersOf(attempt), {
    one: { choice: 0 },
    several: null,
    true: { truefalse: false },
    word: null,
    number: null,
    pairs: null,
    blank: { choice: 0 },
  });
  const page = await lan.get(attempt);
  byRole(page.html, 'progressbar', 'Đã lưu 3 trên 7 câu');
});

t.test('What is typed is brought to one form: NFC, single spaces, nothing invisible', async (t) => {
  const { lan, attempt } = await started();
  await answer(lan, attempt, { [capital]: '  H\u200ba\u0300\u202e   Nội ' });
  t.same(await answersOf(attempt), { word: { text: 'Hà Nội' } });
});

t.test(
  'With htmx saving answers with the next question, which is its part of the page at the new address',
  async (t) => {
    const { lan, attempt } = await started();
    const page = await lan.get(`${attempt}?question=2`);
    const fragment = await lan.post(`${attempt}/answers`, [...formFields(formOf(page)), ['go', 'next']], htmx);
    t.equal(fragment.status, 200);
    t.equal(fragment.headers['hx-push-url'], `${attempt}?question=3`);
    const part = (await lan.get(`${attempt}?question=3`)).html.querySelector('#questions');
    t.equal(fragment.html.querySelector('#questions')?.outerHTML, part?.outerHTML);

    const last = await lan.get(`${attempt}?question=7`);
    const review = await lan.post(`${attempt}/answers`, [...formFields(formOf(last)), ['go', 'next']], htmx);
    t.match(review, { status: 204, headers: { 'hx-redirect': `${attempt}/submission` } });
  },
);

t.test('The same form sent again changes nothing and leads where it led', async (t) => {
  const { lan, attempt } = await started();
  const page = await lan.get(`${attempt}?question=all`);
  const fields = answersOn(page, rightAnswers);
  const first = await lan.submit(page, { fields });
  const again = await lan.submit(page, { fields });
  t.equal(again.status, 303);
  t.equal(again.headers.location, first.headers.location);
  t.equal((await revisionsOf(attempt)).length, 7);
  t.equal((await lan.submit(await lan.get(`${attempt}?question=all`))).status, 303, 'nor when drawn anew');
  t.equal((await revisionsOf(attempt)).length, 7);
});

t.test('Ten taps at once save one answer', async (t) => {
  const { lan, attempt } = await started();
  const page = await lan.get(`${attempt}?question=all`);
  const fields = answersOn(page, { [capital]: 'Hà Nội' });
  const answers = await Promise.all(Array.from({ length: 10 }, () => lan.submit(page, { fields })));
  t.same([...new Set(answers.map(({ status }) => status))], [303]);
  t.same(await revisionsOf(attempt), [{ key: 'word', revision: 1 }]);
});

t.test('A late retry of an older answer changes nothing and shows the newer', async (t) => {
  const { lan, attempt } = await started();
  const old = await lan.get(`${attempt}?question=all`);
  const late = { fields: answersOn(old, { [sum]: 'Ba' }), button: 'Lưu' };
  await lan.submit(old, late);
  await answer(lan, attempt, { [sum]: 'Hai' });

  const told = await lan.submit(old, late);
  t.equal(told.status, 409);
  const question = questionOn(told, sum);
  t.match(textOf(byRole(question, 'alert')), 'Câu này đã có câu trả lời mới hơn');
  t.ok(byRole(question, 'radio', 'Hai').hasAttribute('checked'));
  t.same(await answersOf(attempt), { one: { choice: 0 } });
  const notes = allByRole(told.html, 'alert').map(textOf);
  t.match(notes, [/^Có 1 câu đã có câu trả lời mới hơn/, /^Câu này đã có câu trả lời mới hơn/]);
  t.equal(notes.length, 2, 'the others are as they were');
});

t.test('With htmx the late retry gets the same as its part of the page', async (t) => {
  const { lan, attempt } = await started();
  const old = await lan.get(`${attempt}?question=all`);
  const late = [...formFields(formOf(old)), ...pairsOf(answersOn(old, { [sum]: 'Ba' }))];
  await answer(lan, attempt, { [sum]: 'Hai' });
  const fragment = await lan.post(`${attempt}/answers`, late, htmx);
  const page = await lan.post(`${attempt}/answers`, late);
  t.equal(fragment.status, 409);
  t.equal(fragment.html.querySelector('#questions')?.outerHTML, page.html.querySelector('#questions')?.outerHTML);
});

t.test('Of two phones that answer at once, one is saved, and the other is shown that answer', async (t) => {
  const { lan, attempt } = await started();
  const page = await lan.get(`${attempt}?question=all`);
  const sent = ['Huế', 'Hà Nội', 'Đà Nẵng', 'Cần Thơ'];
  const answers = await Promise.all(
    sent.map((typed) => lan.submit(page, { fields: answersOn(page, { [capital]: typed }) })),
  );
  t.same(answers.map(({ status }) => status).sort(), [303, 409, 409, 409]);
  const saved = sent[answers.findIndex(({ status }) => status === 303)];
  t.same(await answersOf(attempt), { word: { text: saved } });
  for (const told of answers.filter(({ status }) => status === 409))
    t.equal(byRole(questionOn(told, capital), 'textbox').getAttribute('value'), saved);
});

t.test('Answers beside a stale one are saved', async (t) => {
  const { lan, attempt } = await started();
  const old = await lan.get(`${attempt}?question=all`);
  await answer(lan, attempt, { [sum]: 'Hai' });
  const told = await lan.submit(old, { fields: answersOn(old, { [sum]: 'Bốn', [capital]: 'Huế' }) });
  t.equal(told.status, 409);
  t.same(await answersOf(attempt), { one: { choice: 0 }, word: { text: 'Huế' } });
  t.equal(byRole(questionOn(told, capital), 'textbox').getAttribute('value'), 'Huế');
});

t.test('An answer is never taken as saved when it was not: a form newer than the record is told, too', async (t) => {
  // As after a restore from a backup.
  const { lan, attempt } = await started();
  const page = await lan.get(`${attempt}?question=all`);
  await answer(lan, attempt, { [capital]: 'Huế' });
  const id = questionId(page, capital);
  const ahead = { place: '1', go: 'next', [`r_${id}`]: '7', [`q_${id}`]: 'Hà Nội' };
  t.equal((await lan.post(`${attempt}/answers`, ahead)).status, 409);
  t.same(await answersOf(attempt), { word: { text: 'Huế' } });
});

t.test('After handing in no answer is taken any more; the result is shown instead', async (t) => {
  const { lan, attempt } = await started();
  const page = await lan.get(`${attempt}?question=all`);
  await answer(lan, attempt, { [sum]: 'Ba' });
  await handIn(lan, attempt);
  const fields = answersOn(page, rightAnswers);
  const late = await lan.submit(page, { fields });
  t.equal(late.headers.location, `${attempt}/result`);
  t.match(textOf(byRole((await lan.follow(late)).html, 'alert')), 'Bài này đã nộp rồi');
  const withHtmx = await lan.post(`${attempt}/answers`, [...formFields(formOf(page)), ...pairsOf(fields)], htmx);
  t.match(withHtmx, { status: 204, headers: { 'hx-redirect': `${attempt}/result` } });
  t.same(await answersOf(attempt), { one: { choice: 1 } });
  t.equal((await lan.get(attempt)).headers.location, `${attempt}/result`);
});

for (const [fault, words, typed, message] of [
  ['A text of more than 500 letters', capital, 'ệ'.repeat(501), 'dài quá 500 chữ cái'],
  ['A text of 10,000 letters', capital, 'a b'.repeat(3_334), 'dài quá 500 chữ cái'],
  ['Words where a number is asked', 'Một nửa của năm', 'hai <b>rưỡi</b>', 'cần một số, ví dụ 12 hoặc 2,5'],
] as const) {
  t.test(`${fault} is told at its question with what was typed, and the rest is saved`, async (t) => {
    const { lan, attempt } = await started();
    const page = await lan.get(`${attempt}?question=all`);
    const told = await lan.submit(page, { fields: answersOn(page, { [words]: typed, [sum]: 'Hai' }) });
    t.equal(told.status, 422);
    byRole(told.html, 'alert', 'Có câu chưa lưu được');
    const box = byRole(questionOn(told, words), 'textbox');
    t.equal(box.getAttribute('value'), typed);
    t.equal(box.getAttribute('aria-invalid'), 'true');
    const described = told.html.getElementById(box.getAttribute('aria-describedby') ?? '');
    t.match(described?.textContent, message);
    t.same(await answersOf(attempt), { one: { choice: 0 } });

    const corrected = await lan.submit(told, { fields: answersOn(told, { [words]: '12' }) });
    t.equal(corrected.status, 303);
  });
}

t.test('With htmx a fault is told by the part of the page', async (t) => {
  const { lan, attempt } = await started();
  const page = await lan.get(`${attempt}?question=all`);
  const wrong = [...formFields(formOf(page)), ...pairsOf(answersOn(page, { 'Một nửa của năm': 'hai' }))];
  const fragment = await lan.post(`${attempt}/answers`, wrong, htmx);
  t.equal(fragment.status, 422);
  const whole = await lan.post(`${attempt}/answers`, wrong);
  t.equal(fragment.html.querySelector('#questions')?.outerHTML, whole.html.querySelector('#questions')?.outerHTML);
});

t.test('A position that no option has is refused, and nothing of it is kept', async (t) => {
  const { lan, attempt } = await started();
  const page = await lan.get(`${attempt}?question=all`);
  const bad: [words: string, field: string, values: (string | string[])[]][] = [
    [sum, '', ['3', '-1', '0.5', '1e0', 'Hai', '__proto__', '99999', '0x1', '٢']],
    [even, '', [['0', '4'], ['0', 'x'], '-0']],
    ['Trái đất phẳng', '', ['1', 'TRUE', 'null']],
    ['Ghép con vật', '_0', ['4', '-1', 'meo meo']],
  ];
  for (const [words, end, values] of bad) {
    const id = questionId(page, words);
    for (const value of values) {
      const told = await lan.post(`${attempt}/answers`, { place: 'all', [`r_${id}`]: '0', [`q_${id}${end}`]: value });
      t.equal(told.status, 422, `${words}: ${value}`);
      t.match(textOf(questionOn(told, words)), 'không có trong các lựa chọn');
    }
  }
  t.same(await answersOf(attempt), {});
});

t.test('A field sent twice counts once, the first time', async (t) => {
  const { lan, attempt } = await started();
  const page = await lan.get(`${attempt}?question=all`);
  const id = questionId(page, capital);
  const twice = { place: ['2', 'all'], go: ['next', 'review'], [`r_${id}`]: ['0', '9'], [`q_${id}`]: ['Huế', 'Vinh'] };
  t.equal((await lan.post(`${attempt}/answers`, twice)).headers.location, `${attempt}?question=3`);
  t.same(await answersOf(attempt), { word: { text: 'Huế' } });
});

t.test('A revision that no form has makes no answer', async (t) => {
  const { lan, attempt } = await started();
  const id = questionId(await lan.get(`${attempt}?question=all`), capital);
  for (const revision of ['-1', '1.5', '0x0', 'x', '', ' ', '0; drop', '99999999999', '1e3', 'NaN']) {
    await lan.post(`${attempt}/answers`, { place: '1', [`r_${id}`]: revision, [`q_${id}`]: 'Hà Nội' });
  }
  await lan.post(`${attempt}/answers`, { place: '1', [`q_${id}`]: 'Hà Nội' });
  t.same(await answersOf(attempt), {});
  t.equal((await lan.get(attempt)).status, 200);
});

t.test('Questions of another quiz, another course or nowhere are left alone', async (t) => {
  const { lan, attempt } = await started();
  await publish(t, site, {}, 'other');
  const foreign = await site.db.selectFrom('questions').select(['id']).execute();
  const own = new Set(
    (await lan.get(`${attempt}?question=all`)).html
      .querySelectorAll('input[name^=r_]')
      .map((input) => input.getAttribute('name')?.slice(2)),
  );
  const ids = [...foreign.map(({ id }) => id).filter((id) => !own.has(id)), 'x', '', '__proto__', 'constructor'];
  t.ok(ids.length > 10);
  const fields = ids.flatMap((id): [string, string][] => [
    [`r_${id}`, '0'],
    [`q_${id}`, '0'],
  ]);
  t.equal((await lan.post(`${attempt}/answers`, [...fields, ['place', 'all']])).status, 303);
  t.same(await answersOf(attempt), {});
});

t.test('Whatever is sent gets a clear answer, saves nothing, and leaves the attempt as it was', async (t) => {
  const { lan, attempt } = await started();
  const page = await lan.get(`${attempt}?question=all`);
  const id = questionId(page, capital);
  const url = `${attempt}/answers`;
  t.equal((await lan.post(url, { [`r_${id}`]: '0', [`q_${id}`]: 'Hà\0Nội' })).status, 400, 'NUL in a value');
  t.equal((await lan.post(url, { [`r_${id}\0`]: '0' })).status, 400, 'NUL in a name');
  t.equal((await lan.post(url, { [`q_${id}`]: 'a'.repeat(300_000) })).status, 413, 'too large');
  for (const [type, payload] of [
    ['application/json', JSON.stringify({ [`r_${id}`]: 0, [`q_${id}`]: 5 })],
    ['application/json', JSON.stringify({ [`r_${id}`]: '0', [`q_${id}`]: { text: 'Hà Nội' } })],
    ['application/json', JSON.stringify({ [`r_${id}`]: '0', [`q_${id}`]: [null] })],
    ['application/json', '[1, 2]'],
    ['application/json', '"words"'],
    ['application/json', '{"place": {"toString": 1}}'],
    ['application/json', '{'],
    ['text/plain', `r_${id}=0&q_${id}=Huế`],
    ['multipart/form-data; boundary=x', '--x--'],
    ['application/octet-stream', '\xff\xfe'],
  ] as const) {
    const { statusCode } = await site.app.inject({
      method: 'POST',
      url,
      headers: { 'content-type': type, 'sec-fetch-site': 'same-origin' },
      cookies: Object.fromEntries(lan.cookies),
      payload,
    });
    t.ok(statusCode < 500 && statusCode !== 200, `${type} ${payload}: ${statusCode}`);
  }
  t.same(await answersOf(attempt), {});
  t.equal((await lan.get(attempt)).status, 200);
});

t.test('Bytes that are no UTF-8 are kept as readable text', async (t) => {
  const { lan, attempt } = await started();
  const id = questionId(await lan.get(`${attempt}?question=all`), capital);
  const { statusCode } = await site.app.inject({
    method: 'POST',
    url: `${attempt}/answers`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' },
    cookies: Object.fromEntries(lan.cookies),
    payload: `place=1&r_${id}=0&q_${id}=Hu%ff%fe`,
  });
  t.ok(statusCode < 500, `${statusCode}`);
  t.equal((await lan.get(`${attempt}?question=all`)).status, 200);
});

t.test('Saving from another site is refused', async (t) => {
  const { lan, attempt } = await started();
  const id = questionId(await lan.get(`${attempt}?question=all`), capital);
  const fields = { place: '1', [`r_${id}`]: '0', [`q_${id}`]: 'Huế' };
  t.equal((await lan.post(`${attempt}/answers`, fields, { 'sec-fetch-site': 'cross-site' })).status, 403);
  t.same(await answersOf(attempt), {});
});

t.test('Saving costs at most 4 statements, also when it is told that a newer answer is there', async (t) => {
  const { lan, attempt } = await started();
  const page = await lan.get(`${attempt}?question=1`);
  const saving = await statementsOf(site, () => lan.submit(page));
  t.ok(saving.length <= 4, saving.join('\n'));
  const old = await lan.get(`${attempt}?question=all`);
  await answer(lan, attempt);
  const stale = await statementsOf(site, () => lan.submit(old));
  t.ok(stale.length <= 4, stale.join('\n'));
});

async function started(): Promise<{ lan: Client; attempt: string }> {
  const lan = await learner(site);
  return { lan, attempt: await startAttempt(lan) };
}

function formOf({ html }: Page) {
  const form = html.querySelector('main form');
  if (!form) throw new Error('no form');
  return form;
}

/** Fields to send after those of the form, in place of which they count. */
function pairsOf(fields: Record<string, string | string[] | null>): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): [string, string] => [name, one]),
  );
}

/** The newest answers by the questions' keys. */
async function answersOf(attempt: string): Promise<Record<string, unknown>> {
  const rows = await site.db
    .selectFrom('answers')
    .innerJoin('questions', 'questions.id', 'answers.question_id')
    .where('attempt_id', '=', attempt.replace('/attempts/', ''))
    .select(['key', 'response'])
    .orderBy('questions.position')
    .orderBy('revision')
    .execute();
  return Object.fromEntries(rows.map(({ key, response }) => [key, response]));
}

async function revisionsOf(attempt: string) {
  return site.db
    .selectFrom('answers')
    .innerJoin('questions', 'questions.id', 'answers.question_id')
    .where('attempt_id', '=', attempt.replace('/attempts/', ''))
    .select(['key', 'revision'])
    .execute();
}
