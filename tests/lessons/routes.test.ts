import t, { type Test } from 'tap';
import { type TestApp, testApp } from '../support/app.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { answer, handIn, learner, publish, readLessons, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const first = '/courses/small/lessons/first';
const second = '/courses/small/lessons/second';
const inSecond = 'Bốn năm sáu.';

async function siteWithCourse(t: Test): Promise<TestApp & { stranger: Client }> {
  const site = await testApp(t);
  await publish(t, site);
  return { ...site, stranger: client(site.app) };
}

async function completions({ db }: TestApp) {
  return db.selectFrom('completions').select(['cause', 'completed_at']).orderBy('completed_at').execute();
}

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const linkTo = ({ html }: Page, words: string) =>
  allByRole(html, 'link', words).map((link) => link.getAttribute('href'));

t.test('The first lesson is open to all, with the way to enrol under it', async (t) => {
  const site = await siteWithCourse(t);
  const page = await site.stranger.get(first);
  t.match(mainOf(page), 'Một hai ba.');
  t.match(mainOf(page), /Phần 1 trên 4 · 5 phút · \d+\skB/);
  t.strictSame(linkTo(page, 'Đăng ký để học'), ['/sign-up?next=/courses/small']);
  t.strictSame(linkTo(page, 'Bài sau'), [], 'what is closed is not offered');
  t.equal(allByRole(page.html, 'button', 'Tôi đã đọc bài này').length, 0);

  const visitor = await signedIn(site);
  const enrolled = await visitor.follow(await visitor.submit(await visitor.get(first)));
  t.match(enrolled, { status: 200, url: first });
  t.equal(allByRole(enrolled.html, 'button', 'Tôi đã đọc bài này').length, 1);
});

t.test('Any other lesson says to learners who are not in the course what to do, and none of its text', async (t) => {
  const site = await siteWithCourse(t);
  await publish(t, site, {}, 'other');
  const visitors: [Client, string, string][] = [
    [site.stranger, 'Bài này dành cho người đã vào khoá học', '/sign-up?next=/courses/small'],
    [await signedIn(site), 'Bạn chưa vào khoá học này', '/courses/small'],
    [await learner(site, { slug: 'other' }), 'Bạn chưa vào khoá học này', '/courses/small'],
    [await signedIn(site, { roles: ['learner'] }), 'Bạn chưa vào khoá học này', '/courses/small'],
  ];
  for (const [visitor, words, way] of visitors) {
    for (const headers of [{}, { 'save-data': 'on' }, { 'hx-request-type': 'partial' }, { 'accept-language': 'en' }]) {
      const page = await visitor.get(second, headers);
      t.equal(page.status, 200);
      t.notMatch(page.body, inSecond);
      t.notMatch(page.body, 'Four five six.');
    }
    const page = await visitor.get(second);
    t.match(mainOf(page), words);
    t.ok(allByRole(page.html, 'link').some((link) => link.getAttribute('href') === way));
    t.equal(allByRole(page.html, 'article').length, 0);
  }
});

t.test('In a course every lesson can be read, in any order, with its neighbours', async (t) => {
  const site = await siteWithCourse(t);
  const person = await learner(site);
  const [one, two] = [await person.get(first), await person.get(second)];
  t.match(mainOf(two), inSecond);
  t.strictSame([linkTo(one, 'Bài trước'), linkTo(one, 'Bài sau')], [[], [second]]);
  t.strictSame([linkTo(two, 'Bài trước'), linkTo(two, 'Bài sau')], [[first], ['/courses/small/quizzes/practice']]);
  t.strictSame(linkTo(two, 'Khoá nhỏ'), ['/courses/small']);
});

t.test('Reading is told by a button, and leads on', async (t) => {
  const site = await siteWithCourse(t);
  const person = await learner(site);
  await person.get(first);
  t.strictSame(await completions(site), [], 'opening a page is not reading it');

  const page = await person.get(first);
  t.equal(textOf(byRole(page.html, 'button', 'Tôi đã đọc')), 'Tôi đã đọc bài này, học tiếp');
  const next = await person.follow(await person.submit(page));
  t.equal(next.url, second);
  t.match(textOf(byRole(next.html, 'status', 'Đã ghi lại')), 'đọc xong');
  t.match(mainOf(next), 'Đã xong 1 trên 3 phần');
  t.match(await completions(site), [{ cause: 'read' }]);

  const again = await person.get(first);
  t.match(mainOf(again), 'Bạn đã đọc bài này');
  t.equal(allByRole(again.html, 'button', 'Tôi đã đọc').length, 0);
  t.strictSame(linkTo(again, 'Học tiếp: Bài hai'), [second]);
});

t.test('Telling it twice, also at the same moment, changes nothing twice', async (t) => {
  const site = await siteWithCourse(t);
  const person = await learner(site);
  const tell = () => person.post(`${first}/completion`);
  const answers = await Promise.all([tell(), tell(), tell(), tell()]);
  t.strictSame([...new Set(answers.map(({ status }) => status))], [303]);
  const told = await completions(site);
  t.equal(told.length, 1);
  t.equal((await tell()).headers.location, second);
  t.strictSame(await completions(site), told, 'the first time counts');
});

t.test('Who is not in the course tells nothing', async (t) => {
  const site = await siteWithCourse(t);
  await publish(t, site, {}, 'other');
  t.equal((await site.stranger.post(`${first}/completion`)).status, 401);
  for (const visitor of [await signedIn(site), await learner(site, { slug: 'other' })]) {
    t.equal((await visitor.post(`${first}/completion`)).status, 403);
  }
  t.strictSame(await completions(site), []);
});

t.test('One learner’s reading is not another’s', async (t) => {
  const site = await siteWithCourse(t);
  const [lan, minh] = [await learner(site), await learner(site, { full_name: 'Lê Minh' })];
  await readLessons(lan);
  t.match(mainOf(await minh.get(first)), 'Đã xong 0 trên 3 phần');
});

t.test('Where a lesson is the last thing that is missing, reading it brings the certificate', async (t) => {
  const site = await siteWithCourse(t);
  const person = await learner(site);
  const attempt = await startAttempt(person);
  await answer(person, attempt);
  await handIn(person, attempt);
  await readLessons(person, 'small', ['first']);
  const last = () => person.post(`${second}/completion`);
  const answers = await Promise.all([last(), last(), last()]);
  const led = answers
    .map(({ headers }) => String(headers.location))
    .filter((path) => path.startsWith('/certificates/'));
  t.equal(led.length, 1);
  t.match(mainOf(await person.get(led[0] ?? '')), 'Nguyễn Thị Lan');
  t.equal((await site.db.selectFrom('certificates').select('id').execute()).length, 1);
});

t.test('A lesson that is not there is not found, nor told as read', async (t) => {
  const site = await siteWithCourse(t);
  const person = await learner(site);
  for (const path of ['small/lessons/third', 'small/lessons/final', 'none/lessons/first', "small/lessons/first'"]) {
    t.equal((await person.get(`/courses/${path}`)).status, 404, path);
    t.equal((await person.post(`/courses/${path}/completion`)).status, 404, path);
  }
});

t.test('The text is in the reader’s language, the page around it too', async (t) => {
  const site = await siteWithCourse(t);
  const page = await site.stranger.get(`${first}?lang=en`);
  t.equal(page.html.querySelector('html')?.getAttribute('lang'), 'en');
  t.equal(byRole(page.html, 'article').getAttribute('lang'), 'en');
  t.match(mainOf(page), 'One two three.');
});

t.test('Self-checks open without a script', async (t) => {
  const site = await testApp(t);
  const check = '# Bài đầu\n\n> [!CHECK] Bạn chọn gì?\n> - Một\n> - Hai\n>\n> ---\n> Hai, vì đúng.\n';
  await publish(t, site, { 'vi/first.md': check });
  const page = await client(site.app).get(first);
  const details = page.html.querySelector('details');
  t.notOk(details?.hasAttribute('open'));
  t.match(textOf(details ?? page.html), 'Hai, vì đúng.');
  t.notMatch(textOf(details ?? page.html), 'Bạn chọn gì?');
});

t.test('Pictures have their size, wait until they are near, and come on request to who saves data', async (t) => {
  const site = await testApp(t);
  const drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 60"><rect width="80" height="60"/></svg>';
  const alt = 'Khung "đen" & trắng';
  await publish(t, site, { 'images/box.svg': drawing, 'vi/first.md': `# Bài đầu\n\n![${alt}](../images/box.svg)\n` });
  const visitor = client(site.app);
  const picture = byRole((await visitor.get(first)).html, 'img', alt);
  t.match(picture.attributes, { width: '800', height: '600', loading: 'lazy' });

  const saving = await visitor.get(first, { 'save-data': 'on' });
  t.equal(saving.html.querySelectorAll('main img, main source, script').length, 0);
  const link = byRole(saving.html, 'link', /Xem hình/);
  t.match(textOf(link), /^Xem hình: Khung "đen" & trắng \(\d+\skB\)$/);
  const sent = await visitor.get(link.getAttribute('href') ?? '');
  t.match(sent, { status: 200, headers: { 'content-type': 'image/png' } });
  t.match(saving.headers.vary, /save-data/);
});

t.test(
  'A lesson costs one statement, with the session two; its text is one more for whoever reads it first',
  async (t) => {
    const site = await siteWithCourse(t);
    const person = await learner(site);
    for (const path of [first, second]) t.equal((await statementsOf(site, () => person.get(path))).length, 3);
    t.equal((await statementsOf(site, () => site.stranger.get(first))).length, 1);
    t.equal((await statementsOf(site, () => person.get(second))).length, 2);
  },
);
