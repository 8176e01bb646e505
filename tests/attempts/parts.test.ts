import t from 'tap';
import { testApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { handIn, learner, publish, questionOn, readLessons, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { inParts } from './parts.ts';

const site = await testApp(t);
await publish(t, site, inParts);
await publish(t, site, { ...inParts, 'course.yaml': courseYaml({ shuffle: false }) }, 'in-order');
const steps = ['Vo gạo', 'Đổ nước', 'Đun sôi', 'Xới cơm'];
const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const nameOf = (page: Page, words: string | RegExp, role: 'combobox' | 'textbox') => {
  const question = questionOn(page, role === 'combobox' && steps.includes(String(words)) ? 'nấu cơm' : 'chảy qua');
  return byRole(question, role, words).getAttribute('name') ?? '';
};

/** The numbers that the steps get, in their right order; '' leaves one empty. */
const numbered = (page: Page, numbers: string[]) =>
  Object.fromEntries(steps.map((step, index) => [nameOf(page, step, 'combobox'), numbers[index] ?? '']));

function filled(page: Page, [river = '', town = '', length = '']: string[]) {
  const select = byRole(questionOn(page, 'chảy qua'), 'combobox', 'Chỗ trống 2');
  return {
    [nameOf(page, 'Chỗ trống 1', 'textbox')]: river,
    [select.getAttribute('name') ?? '']: town && (byRole(select, 'option', town).getAttribute('value') ?? ''),
    [nameOf(page, 'Chỗ trống 3', 'textbox')]: length,
  };
}

const all = (person: Client, attempt: string) => person.get(`${attempt}?question=all`);

t.test('Every line and every blank has a name; nothing on the page tells what is right', async (t) => {
  const lan = await learner(site);
  const page = await all(lan, await startAttempt(lan));
  const [order, gaps] = [questionOn(page, 'nấu cơm'), questionOn(page, 'chảy qua')];
  for (const step of steps) t.equal(allByRole(byRole(order, 'combobox', step), 'option').length, 5);
  t.equal(allByRole(gaps, 'textbox').length, 2);
  t.equal(byRole(gaps, 'textbox', 'Chỗ trống 3').getAttribute('inputmode'), 'decimal');
  t.match(textOf(gaps), /Sông \(1\) ?chảy qua \(2\).*và dài \(3\) ?km/);
  for (const secret of ['Hồng', 'Cái', '1149', 'Phản hồi', '\ufffc']) t.notMatch(page.body, secret);
  t.notMatch(page.body, /SHORTANSWER/);
});

t.test(
  'The order on the screen is the attempt’s own, the same in each language, and shuffled where options are not',
  async (t) => {
    const orders = new Set<string>();
    for (let count = 0; count < 8; count += 1) {
      const lan = await learner(site, { slug: 'in-order' });
      const attempt = await startAttempt(lan, 'final', 'in-order');
      const labelsOf = (page: Page) => page.html.querySelectorAll('.ordered label').map(textOf);
      const vi = labelsOf(await all(lan, attempt));
      t.same([...vi].sort(), [...steps].sort());
      t.same(labelsOf(await all(lan, attempt)), vi, 'it stays');
      const en = labelsOf(await lan.get(`${attempt}?question=all&lang=en`));
      const words = ['Wash the rice', 'Pour the water', 'Bring it to the boil', 'Stir it up'];
      t.same(
        en.map((label) => words.indexOf(label)),
        vi.map((label) => steps.indexOf(label)),
      );
      orders.add(vi.join());
    }
    t.ok(orders.size > 1);
  },
);

t.test('What is right earns everything, and the certificate', async (t) => {
  const lan = await learner(site);
  await readLessons(lan);
  const attempt = await startAttempt(lan);
  const page = await all(lan, attempt);
  const fields = { ...numbered(page, ['1', '2', '3', '4']), ...filled(page, [' hồng ', 'Hà Nội', '1.150']) };
  t.equal((await lan.submit(page, { fields })).status, 303);
  const again = await all(lan, attempt);
  for (const [index, step] of steps.entries())
    t.equal(textOf(byRole(again.html, 'combobox', step).querySelector('[selected]') ?? again.html), String(index + 1));
  t.equal(byRole(again.html, 'textbox', 'Chỗ trống 1').getAttribute('value'), 'hồng');
  const result = await handIn(lan, attempt);
  t.match(mainOf(result), /Bạn được 100\s?%/);
  t.match(result.body, '/certificates/');
  for (const note of ['đúng-sông', 'đúng-dài', 'chung-sông', 'chung-xếp']) t.match(mainOf(result), `Phản hồi-${note}`);
  t.notMatch(mainOf(result), /Phản hồi-(?:nửa|sai)/);
});

t.test('A part earns its part; each line and blank says what it was and, once it may be, what is right', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const page = await all(lan, attempt);
  const fields = { ...numbered(page, ['2', '1', '3', '']), ...filled(page, ['Cái', 'Huế', '']) };
  await lan.submit(page, { fields });
  const result = await handIn(lan, attempt);
  // A quarter of the one, half of two of four shares of the other.
  t.match(mainOf(result), /0,5 trên 2 điểm/);
  const [order, gaps] = ['nấu cơm', 'chảy qua'].map((words) =>
    textOf(result.html.querySelectorAll('.results > li').find((card) => textOf(card).includes(words)) ?? result.html),
  );
  t.match(order, /Đun sôi → 3 ✓/);
  t.match(order, /Vo gạo → 2 ✗/);
  t.match(order, /Xới cơm → chưa chọn/);
  t.match(gaps, /Chỗ trống 1 → Cái ½ ?đúng một phần.*Phản hồi-nửa-sông/);
  t.match(gaps, /Chỗ trống 2 → Huế ✗.*Phản hồi-sai-phố/);
  t.match(gaps, /Chỗ trống 3 → để trống/);
  t.notMatch(mainOf(result), /Đáp án đúng|Hồng|1149/, 'while one may try again');
  for (let count = 0; count < 2; count += 1) await handIn(lan, await startAttempt(lan));
  const shown = mainOf(await lan.get(`${attempt}/result`));
  t.match(shown, /Vo gạo → 2 ✗.*?\(Đáp án đúng: 1\)/);
  t.match(shown, /Chỗ trống 3 → để trống \(Đáp án đúng: 1149\)/);
});

t.test('The same number at two lines is kept and said, there and before handing in', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const page = await all(lan, attempt);
  t.equal((await lan.submit(page, { fields: numbered(page, ['1', '1', '3', '3']) })).status, 303);
  t.match(mainOf(await all(lan, attempt)), /Có số được chọn cho nhiều dòng: 1, 3\./);
  const review = await lan.get(`${attempt}/submission`);
  t.match(mainOf(review), '1 câu xếp thứ tự có số bị trùng');
  t.match(mainOf(await handIn(lan, attempt)), /0,5 trên 2 điểm/);
});

t.test('What is no answer is told at its blank, and all that was typed stays', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const page = await all(lan, attempt);
  const fields = filled(page, ['Hồng <b>', 'Huế', 'hai']);
  const refused = await lan.submit(page, { fields });
  t.equal(refused.status, 422);
  t.match(mainOf(refused), 'Ở đây cần một số');
  const question = questionOn(refused, 'chảy qua');
  t.equal(byRole(question, 'textbox', 'Chỗ trống 1').getAttribute('value'), 'Hồng <b>');
  t.equal(byRole(question, 'textbox', 'Chỗ trống 1').getAttribute('aria-invalid'), undefined);
  t.equal(byRole(question, 'textbox', 'Chỗ trống 3').getAttribute('value'), 'hai');
  t.equal(byRole(question, 'textbox', 'Chỗ trống 3').getAttribute('aria-invalid'), 'true');
  t.equal(textOf(byRole(question, 'combobox', 'Chỗ trống 2').querySelector('[selected]') ?? question), 'Huế');
  const [name = ''] = Object.keys(numbered(page, []));
  for (const bad of ['0', '5', '9'.repeat(40), '<script>'])
    t.equal(
      (await lan.post(`${attempt}/answers`, { [`r_${name.slice(2, -2)}`]: '0', place: '1', [name]: bad })).status,
      422,
      bad,
    );
  t.match(mainOf(await lan.get(`${attempt}/submission`)), 'Còn 2 câu chưa trả lời');
});

t.test('Words typed in one language are marked in it when read in another', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const page = await all(lan, attempt);
  await lan.submit(page, { fields: filled(page, ['Hồng', 'Hà Nội', '1149']) });
  await lan.get(`${attempt}?lang=en`);
  const result = await handIn(lan, attempt);
  t.match(mainOf(result), /Blank 1 → Hồng ✓.*Blank 2 → Ha Noi ✓/);
  t.match(mainOf(result), /1 of 2 points/);
});

t.test('A mentor tries such a question, and a stranger finds none of it', async (t) => {
  const mentor = await signedIn(site, { roles: ['mentor'] });
  const trial = '/courses/small/quizzes/final/trial';
  const pages = await Promise.all([1, 2].map((number) => mentor.get(`${trial}?question=${number}`)));
  const page = pages.find((one) => textOf(one.html).includes('chảy qua'));
  if (!page) throw new Error('no such question');
  const refused = await mentor.submit(page, { fields: filled(page, ['Hồng', '', 'x']) });
  t.equal(refused.status, 422);
  t.equal(byRole(refused.html, 'textbox', 'Chỗ trống 1').getAttribute('value'), 'Hồng');
  const tried = await mentor.submit(page, { fields: filled(page, ['Hồng', '', '1149']) });
  t.match(mainOf(tried), /0,75 trên 1 điểm/);
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const stranger = await signedIn(site);
  const elsewhere = await learner(site, { slug: 'in-order' });
  for (const other of [stranger, elsewhere]) {
    t.equal((await other.get(attempt)).status, 404);
    t.equal((await other.post(`${attempt}/answers`, {})).status, 404);
  }
});

t.test('The pages are valid and cost no more than others', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  const page = await all(lan, attempt);
  const refused = await lan.submit(page, { fields: filled(page, ['Hồng', 'Huế', 'hai']) });
  await lan.submit(page, { fields: numbered(page, ['1', '1', '2', '']) });
  const pages = new Map([
    ['all', page.body],
    ['refused', refused.body],
    ['twice', (await all(lan, attempt)).body],
    ['review', (await lan.get(`${attempt}/submission`)).body],
  ]);
  const statements = await statementsOf(site, () => all(lan, attempt));
  t.ok(statements.length <= 4);
  pages.set('result', (await handIn(lan, attempt)).body);
  await assertValidHtml(t, pages);
});
