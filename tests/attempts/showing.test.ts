import t from 'tap';
import { testApp } from '../support/app.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { allByRole, byRole, formFields, nameOf, parse, textOf } from '../support/html.ts';
import { answer, handIn, learner, publish, questionOn, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml, rightAnswers, smallCourse } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';

const site = await testApp(t);
await publish(t, site);
await publish(t, site, { 'course.yaml': courseYaml({ shuffle: false }) }, 'in-order');
const htmx = { 'hx-request': 'true', 'hx-request-type': 'partial' };

t.test('One question a screen says which it is, how many are saved, and where each of the others is', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt, { 'Một cộng một': 'Ba', 'Thủ đô của Việt Nam': 'Huế' });
  const page = await lan.get(`${attempt}?question=3`);
  t.equal(page.status, 200);
  t.equal(textOf(byRole(page.html, 'group')).split('.')[0]?.slice(0, 13), 'Câu 3 trên 7 ');
  const progress = byRole(page.html, 'progressbar', 'Đã lưu 2 trên 7 câu');
  t.same([progress.getAttribute('value'), progress.getAttribute('max')], ['2', '7']);
  const steps = allByRole(byRole(page.html, 'navigation', 'Các câu hỏi'), 'link');
  t.equal(steps.length, 7);
  t.equal(steps.filter((step) => textOf(step).endsWith('đã trả lời')).length, 2);
  t.same(
    steps.filter((step) => step.getAttribute('aria-current') === 'step').map((step) => step.getAttribute('href')),
    [`${attempt}?question=3`],
  );
  byRole(page.html, 'button', 'Câu trước');
  byRole(page.html, 'button', 'Lưu và sang câu 4');
});

t.test('The first question has nothing before it, and after the last comes the review', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  t.same(allByRole((await lan.get(attempt)).html, 'button', 'Câu trước'), []);
  byRole((await lan.get(`${attempt}?question=7`)).html, 'button', 'Lưu và xem lại');
});

t.test('All on one page: every question with a button that saves, and one that leads to the review', async (t) => {
  const lan = await learner(site);
  const page = await lan.get(`${await startAttempt(lan)}?question=all`);
  const names = allByRole(page.html, 'group').map(nameOf);
  t.same(
    names,
    Array.from({ length: 7 }, (_, index) => `Câu ${index + 1} trên 7`),
  );
  t.equal(allByRole(byRole(page.html, 'main'), 'button', /^Lưu$/).length, 7);
  byRole(page.html, 'button', 'Lưu và xem lại');
});

t.test(
  'What the author says before a question stands above it, in whatever order they come, and in the result',
  async (t) => {
    const text = '// [id:story]\n[markdown]Một câu chuyện về *hai* con vật.\n\n';
    const withStory = ['vi', 'en'].map((language) => {
      const path = `${language}/final.gift`;
      return [path, String(smallCourse[path]).replace('// [id:pairs]', `${text}// [id:pairs]`)];
    });
    await publish(t, site, Object.fromEntries(withStory), 'story');
    const lan = await learner(site, { slug: 'story' });
    const attempt = await startAttempt(lan, 'final', 'story');
    const page = await lan.get(`${attempt}?question=all`);
    t.equal(allByRole(page.html, 'group').length, 7, 'no question of its own');
    t.match(textOf(questionOn(page, 'Ghép con vật')), /Một câu chuyện về hai con vật\..*Ghép con vật/);
    t.equal(page.body.split('Một câu chuyện').length, 2, 'once');
    t.match(textOf(byRole((await handIn(lan, attempt)).html, 'main')), /Một câu chuyện về hai con vật\. Ghép con vật/);
  },
);

t.test('A page of a refused answer that is loaded anew leads to the attempt', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  t.equal((await lan.get(`${attempt}/answers`)).headers.location, attempt);
});

t.test('One leads from either view to the other, and to the review', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const one = await lan.get(attempt);
  const all = await lan.get(hrefOf(one, 'Xem tất cả trên một trang'));
  t.equal(allByRole(all.html, 'group').length, 7);
  t.equal(allByRole((await lan.get(hrefOf(all, 'Xem từng câu một'))).html, 'group').length, 1);
  t.equal(hrefOf(all, 'Xem lại và nộp bài'), `${attempt}/submission`);
});

t.test('Each type is answered with the plain control that its words ask for', async (t) => {
  const lan = await learner(site);
  const page = await lan.get(`${await startAttempt(lan)}?question=all`);
  const question = (words: string) => questionOn(page, words);
  const named = (words: string, role: 'radio' | 'checkbox' | 'combobox' | 'textbox') =>
    allByRole(question(words), role).map(nameOf).sort();

  t.same(named('Một cộng một', 'radio'), ['Ba', 'Bốn', 'Hai']);
  t.same(named('Những số nào chẵn', 'checkbox'), ['Số 2', 'Số 4', 'Số 5', 'Số 7']);
  t.match(textOf(question('Những số nào chẵn')), 'Chọn mọi câu trả lời đúng. Chọn sai bị trừ điểm.');
  t.same(named('Trái đất phẳng', 'radio'), ['Sai', 'Đúng']);
  t.same(named('Thủ đô của Việt Nam', 'textbox'), ['Thủ đô của Việt Nam tên là gì?']);
  t.equal(byRole(question('Một nửa của năm'), 'textbox').getAttribute('inputmode'), 'decimal');
  t.same(named('Ghép con vật', 'combobox'), ['Chó', 'Gà', 'Mèo']);
  t.same(allByRole(byRole(question('Ghép con vật'), 'combobox', 'Gà'), 'option').map(nameOf), [
    'Chọn…',
    'gâu gâu',
    'meo meo',
    'ò ó o',
    'ụt ịt',
  ]);
  t.same(named('Đom đóm phát ra', 'radio'), ['ánh sáng', 'âm thanh']);
  t.match(textOf(question('Đom đóm phát ra')), /Đom đóm phát ra …… \(chỗ trống\) trong đêm\./);
});

t.test(
  'The form does not say where an option stands in the source, where the right one tends to be first',
  async (t) => {
    for (let count = 0; count < 3; count += 1) {
      const lan = await learner(site);
      const page = await lan.get(`${await startAttempt(lan)}?question=all`);
      for (const [words, role] of [
        ['Một cộng một', 'radio'],
        ['Những số nào chẵn', 'checkbox'],
        ['Đom đóm phát ra', 'radio'],
      ] as const) {
        const values = allByRole(questionOn(page, words), role).map((control) => control.getAttribute('value'));
        t.same(
          values,
          values.map((_, place) => String(place)),
        );
      }
    }
  },
);

t.test('What was answered stands in the form again, of every type', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt);
  const page = await lan.get(`${attempt}?question=all`);
  t.same(standing(page), rightAnswers);
});

t.test('An attempt goes on where it was left, on another phone', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt, { 'Thủ đô của Việt Nam': 'Hà Nội', 'Một cộng một': 'Bốn' });
  const phone = await anotherPhone(lan);
  const page = await phone.get(`${attempt}?question=all`);
  t.match(standing(page), { 'Thủ đô của Việt Nam': 'Hà Nội', 'Một cộng một': 'Bốn' });
});

t.test('Questions and options keep an order of the attempt’s own, and another attempt has another', async (t) => {
  const orders = new Set<string>();
  for (let count = 0; count < 4; count += 1) {
    const lan = await learner(site);
    const attempt = await startAttempt(lan);
    const order = orderOn(await lan.get(`${attempt}?question=all`));
    await answer(lan, attempt, { 'Một cộng một': 'Ba' });
    t.same(orderOn(await lan.get(`${attempt}?question=all`)), order);
    t.same(orderOn(await (await anotherPhone(lan)).get(`${attempt}?question=all`)), order);
    const single = await lan.get(`${attempt}?question=5`);
    t.match(
      order[4]?.words,
      textOf(byRole(single.html, 'group'))
        .replace(/^Câu 5 trên 7 /, '')
        .slice(0, 10),
    );
    orders.add(JSON.stringify(order));
  }
  // Of 7! × 3! × 4! × … orders: equal ones among four would be a marvel.
  t.equal(orders.size, 4);
});

t.test('A quiz that does not shuffle keeps its author’s order', async (t) => {
  const lan = await learner(site, { slug: 'in-order' });
  const order = orderOn(await lan.get(`${await startAttempt(lan, 'final', 'in-order')}?question=all`));
  t.same(
    order.map(({ words }) => Object.keys(rightAnswers).find((question) => words.includes(question))),
    Object.keys(rightAnswers),
  );
  t.same(order[0]?.options, ['Hai', 'Ba', 'Bốn']);
});

t.test('Changing the language amid an attempt keeps answers, order and numbers', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt);
  const before = await lan.get(`${attempt}?question=all`);
  await lan.post('/preferences/language', { language: 'en' });
  const after = await lan.get(`${attempt}?question=all`);
  t.equal(after.html.querySelector('html')?.getAttribute('lang'), 'en');
  t.equal(byRole(questionOn(after, 'How much is one and one'), 'radio', 'Two').hasAttribute('checked'), true);
  t.same(formFields(formOf(after)), formFields(formOf(before)));
  t.same(
    allByRole(questionOn(after, 'Which numbers'), 'checkbox').map((box) => nameOf(box).replace('The number', 'Số')),
    allByRole(questionOn(before, 'Những số nào'), 'checkbox').map(nameOf),
  );
  t.equal(
    textOf(byRole(questionOn(after, 'Pair animals'), 'combobox', 'Cat').querySelector('[selected]') ?? after.html),
    'miaow',
  );

  const result = await handIn(lan, attempt);
  t.match(textOf(byRole(result.html, 'main')), '7 of 7 points');
});

t.test('A number that is no question of the attempt shows the first', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const wrong = ['0', '8', '-1', '1.5', '1e3', '99999999999999999999', 'x', '', '%F0%9F%90%9B', 'ALL', '3&question=4'];
  for (const number of wrong) {
    const page = await lan.get(`${attempt}?question=${number}`);
    t.match(textOf(byRole(page.html, 'group')), /^Câu 1 trên 7/, number);
  }
  t.equal((await lan.get(`${attempt}?question=%00`)).status, 400);
});

t.test('The attempt page and its fragment cost at most 4 statements, one question or all', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt);
  for (const question of ['1', 'all']) {
    const statements = await statementsOf(site, () => lan.get(`${attempt}?question=${question}`));
    t.ok(statements.length <= 4, statements.join('\n'));
  }
});

t.test('The fragment is its part of the page', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  for (const question of ['2', 'all']) {
    const url = `${attempt}?question=${question}`;
    const fragment = await lan.get(url, htmx);
    t.equal(fragment.body.trim(), fragment.html.querySelector('#questions')?.outerHTML, 'one root element');
    t.equal(
      fragment.html.querySelector('#questions')?.outerHTML,
      (await lan.get(url)).html.querySelector('#questions')?.outerHTML,
    );
    t.match(String(fragment.headers.vary).toLowerCase(), 'hx-request-type');
  }
});

t.test('An attempt is its learner’s alone: for anybody else there is none', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt, { 'Một cộng một': 'Hai' });
  const strangers: [string, Client][] = [
    ['somebody without a course', await signedIn(site)],
    ['somebody enrolled in the same course', await learner(site)],
    ['somebody enrolled elsewhere', await learner(site, { slug: 'in-order' })],
    ['a mentor', await signedIn(site, { roles: ['mentor'] })],
    ['the owner', await signedIn(site, { roles: ['owner'] })],
  ];
  for (const [who, stranger] of strangers) {
    for (const page of ['', '?question=all', '/submission', '/result']) {
      t.equal((await stranger.get(attempt + page)).status, 404, `${who}: ${page}`);
    }
    t.equal((await stranger.post(`${attempt}/answers`, { place: 'all' })).status, 404, who);
    t.equal((await stranger.post(`${attempt}/submission`)).status, 404, who);
  }
  t.match(await lan.get(attempt), { status: 200 }, 'nobody has handed it in');
});

t.test('Signed out, an attempt leads to the sign-in page, and to htmx as a whole page', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const visitor = client(site.app);
  for (const page of ['', '/submission', '/result']) {
    const url = attempt + page;
    t.equal((await visitor.get(url)).headers.location, `/sign-in?next=${encodeURIComponent(url)}`);
  }
  t.equal((await visitor.post(`${attempt}/submission`)).status, 401);
  const answer = await visitor.post(`${attempt}/answers`, { place: '1' }, htmx);
  t.equal(answer.status, 401);
  t.equal(answer.headers['hx-retarget'], '#main');
  t.equal((await lan.get(attempt)).status, 200, 'it is still open');
});

for (const id of [
  '019a0000-0000-7000-8000-000000000000',
  '1',
  "';drop",
  '%00',
  '%ff',
  '%20',
  'x'.repeat(190),
  '..%2Fattempts',
]) {
  t.test(`/attempts/${id.slice(0, 40)} is not found, whatever is asked of it`, async (t) => {
    const lan = await learner(site);
    for (const page of ['', '/submission', '/result']) t.equal((await lan.get(`/attempts/${id}${page}`)).status, 404);
    for (const page of ['/answers', '/submission']) t.equal((await lan.post(`/attempts/${id}${page}`)).status, 404);
  });
}

t.test('Question text is rendered where it is markup and escaped where it is not', async (t) => {
  const gift = (text: string) => `// [id:x]\n::X::[markdown]${text} <script>alert(1)</script> **đậm**{
=<b>một</b> & hai
~ba
}

// [id:y]
::Y::[markdown]${text}{
=trái -> <i>phải</i> & "khác"
=trên -> dưới
}
`;
  await publish(t, site, { 'vi/final.gift': gift('Chọn'), 'en/final.gift': gift('Pick') }, 'markup');
  const lan = await learner(site, { slug: 'markup' });
  const page = await lan.get(`${await startAttempt(lan, 'final', 'markup')}?question=all`);
  t.same(page.html.querySelectorAll('#questions script, #questions b, #questions i:not([aria-hidden])'), []);
  t.match(page.body, '&lt;script&gt;');
  t.match(page.body, '<strong>đậm</strong>');
  t.ok(allByRole(page.html, 'option', '<i>phải</i> & "khác"').length > 0);
});

/** The answers that stand in the form, by the words of the questions. */
function standing(page: Page): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(rightAnswers).map((words) => {
      const question = questionOn(page, words);
      const ticked = [...allByRole(question, 'radio'), ...allByRole(question, 'checkbox')]
        .filter((control) => control.hasAttribute('checked'))
        .map(nameOf);
      const picked = allByRole(question, 'combobox').map((select) => [
        nameOf(select),
        textOf(select.querySelector('[selected]') ?? parse('')),
      ]);
      if (picked.length > 0) return [words, Object.fromEntries(picked)];
      const typed = question.querySelector('input[type=text]')?.getAttribute('value');
      if (typed !== undefined) return [words, typed];
      return [words, words === 'Những số nào chẵn' ? ticked.sort() : ticked[0]];
    }),
  );
}

/** Every question and its options in the order of the page. */
function orderOn({ html }: Page): { words: string; options: string[] }[] {
  return allByRole(html, 'group').map((question) => ({
    words: textOf(question.querySelector('.question-text') ?? question),
    options: question.querySelectorAll('[type=radio], [type=checkbox], select').map(nameOf),
  }));
}

function formOf({ html }: Page) {
  return html.querySelector('main form') ?? parse('');
}

function hrefOf({ html }: Page, words: string): string {
  return byRole(html, 'link', words).getAttribute('href') ?? '';
}

async function anotherPhone({ id }: { id: string }): Promise<Client> {
  const phone = client(site.app);
  const session = await site.app.sessions.createSession(id, { shared_phone: false, device: 'another' });
  const { name, value } = site.app.sessions.createSessionCookie(session.id);
  phone.cookies.set(name, value);
  return phone;
}
