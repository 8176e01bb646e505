import t, { type Test } from 'tap';
import { type TestApp, testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { finish, learner, publish, readLessons } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';

const drawing = (colour: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"><rect width="8" height="6" fill="${colour}"/></svg>`;

/** One picture on the course page, one in the lesson that is open to all, one in the other lesson. */
const withPictures = {
  'images/cover.svg': drawing('red'),
  'images/open.svg': drawing('green'),
  'images/inside.svg': drawing('blue'),
  'vi/course.md': `---\ntitle: Khoá nhỏ\nsummary: Một khoá rất nhỏ.\noutcomes:\n  - Làm được một việc.\n---\n
![Bìa](../images/cover.svg)\n`,
  'vi/first.md': '# Bài đầu\n\n![Bài mở](../images/open.svg)\n',
  'vi/second.md': '# Bài hai\n\n![Bên trong](../images/inside.svg)\n',
};

async function siteWithCourse(t: Test): Promise<TestApp> {
  const site = await testApp(t);
  await publish(t, site);
  return site;
}

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const pictureOn = ({ html }: Page) => html.querySelector('main img')?.getAttribute('src') ?? '';

t.test('The course page says what one will be able to do, what is in it and what it asks for', async (t) => {
  const site = await siteWithCourse(t);
  const page = await client(site.app).get('/courses/small');
  t.equal(textOf(byRole(page.html, 'heading', 'Khoá nhỏ')), 'Khoá nhỏ');
  const text = mainOf(page);
  for (const words of [
    'Một khoá rất nhỏ.',
    'Làm được một việc.',
    'Lời giới thiệu.',
    '1,5 giờ',
    'Tiếng Việt, Tiếng Anh',
    'Bài đầu',
    'Bài hai',
    /5 phút · \d+ kB · đọc thử được/,
    'Đọc hết 2 bài và bấm “Tôi đã đọc bài này” ở mỗi bài. Đạt từ 60 % trở lên ở “Cuối khoá”.',
    'giấy chứng nhận ghi: đã hoàn thành khoá “Khoá nhỏ”, 1,5 giờ học',
    'Thông tư 02/2025/TT-BGDĐT, mã 1.1',
    'Phiên bản 1',
    'CC-BY-4.0',
  ]) {
    t.match(text.replaceAll('\u00a0', ' '), words);
  }
  t.equal(page.html.querySelector('main a[href="/organisations/domdom"]')?.text, 'Đom Đóm', 'who gives it');
});

t.test('A stranger is led to sign up and back, and may read the first lesson', async (t) => {
  const site = await siteWithCourse(t);
  const page = await client(site.app).get('/courses/small');
  t.equal(byRole(page.html, 'link', 'Đăng ký để học').getAttribute('href'), '/sign-up?next=/courses/small');
  t.equal(byRole(page.html, 'link', 'Đọc thử bài đầu tiên').getAttribute('href'), '/courses/small/lessons/first');
  t.equal(allByRole(page.html, 'link', 'Bài hai').length, 0, 'what is closed is no link');
  t.equal(page.html.querySelector('form[action$="/enrolment"]'), null);
});

t.test('One tap enrols, and leads to the first thing to do', async (t) => {
  const site = await siteWithCourse(t);
  const person = await signedIn(site);
  const course = await person.get('/courses/small');
  t.equal(allByRole(course.html, 'button', 'Tôi muốn học khoá này').length, 1);
  const answer = await person.submit(course);
  t.match(answer, { status: 303, headers: { location: '/courses/small/lessons/first' } });
  const lesson = await person.follow(answer);
  t.match(textOf(byRole(lesson.html, 'status', 'Bạn đã vào khoá học')), 'Bắt đầu');

  const again = await person.get('/courses/small');
  t.equal(again.html.querySelector('form[action$="/enrolment"]'), null);
  t.equal(byRole(again.html, 'link', 'Bắt đầu học').getAttribute('href'), '/courses/small/lessons/first');
  t.equal(byRole(again.html, 'link', 'Bài hai').getAttribute('href'), '/courses/small/lessons/second');
  t.match(mainOf(again), 'Đã xong 0 trên 3 phần');
});

t.test('Enrolling late leads on to where one is', async (t) => {
  const site = await siteWithCourse(t);
  const person = await learner(site);
  await readLessons(person);
  t.equal((await person.post('/courses/small/enrolment')).headers.location, '/courses/small/quizzes/final');
  const page = await person.get('/courses/small');
  t.equal(byRole(page.html, 'link', 'Học tiếp').getAttribute('href'), '/courses/small/quizzes/final');
  t.equal(byRole(page.html, 'link', 'Vì sao là 66').getAttribute('href'), '/courses/small/progress');
  t.strictSame(
    allByRole(page.html, 'listitem', 'Đã xong:').map((item) => textOf(byRole(item, 'link'))),
    ['✓Đã xong: Bài đầu', '✓Đã xong: Bài hai'],
  );
});

t.test('Who has finished finds the certificate; the course remains to be read', async (t) => {
  const site = await siteWithCourse(t);
  const person = await learner(site);
  const code = await finish(person);
  const page = await person.get('/courses/small');
  t.equal(byRole(page.html, 'link', 'Xem giấy chứng nhận').getAttribute('href'), `/certificates/${code}`);
  t.equal((await person.post('/courses/small/enrolment')).headers.location, '/courses/small');
  t.equal((await person.get('/courses/small/lessons/second')).status, 200);
});

t.test('Somebody enrolled elsewhere sees this course as one not begun', async (t) => {
  const site = await siteWithCourse(t);
  await publish(t, site, {}, 'other');
  const person = await learner(site, { slug: 'other' });
  await readLessons(person, 'other');
  const page = await person.get('/courses/small');
  t.equal(allByRole(page.html, 'button', 'Tôi muốn học khoá này').length, 1);
  t.equal(allByRole(page.html, 'progressbar').length, 0);
});

t.test('A course that is not for everyone exists only for those in it', async (t) => {
  const site = await siteWithCourse(t);
  const inside = await learner(site);
  await site.db.updateTable('courses').set({ audience: 'branch' }).execute();
  for (const visitor of [client(site.app), await signedIn(site, { roles: ['owner'] })]) {
    for (const path of ['', '/lessons/first', '/pictures/00000000000000000000000000000000.png']) {
      t.equal((await visitor.get(`/courses/small${path}`)).status, 404, path);
    }
  }
  t.equal((await (await signedIn(site)).post('/courses/small/enrolment')).status, 404);
  t.equal((await inside.get('/courses/small')).status, 200);
  t.equal((await inside.get('/courses/small/lessons/second')).status, 200);
});

t.test('A course that is not there is not found', async (t) => {
  const site = await siteWithCourse(t);
  const person = await signedIn(site);
  for (const slug of ['none', 'SMALL', 'small%20', "small'", '%25', 'sm_ll', 'small%2Flessons']) {
    t.equal((await person.get(`/courses/${slug}`)).status, 404, slug);
    t.equal((await person.post(`/courses/${slug}/enrolment`)).status, 404, slug);
  }
});

t.test('A course in the reader’s language is in it; in another it says so', async (t) => {
  const site = await siteWithCourse(t);
  const english = await client(site.app).get('/courses/small?lang=en');
  t.equal(byRole(english.html, 'heading', 'Small course').getAttribute('lang'), 'en');
  t.match(mainOf(english), 'Read both lessons');

  const only = Object.fromEntries(
    ['course.md', 'first.md', 'second.md', 'practice.gift', 'final.gift'].map((name) => [`en/${name}`, null]),
  );
  await publish(t, site, { ...only, 'course.yaml': courseYaml().replace('[vi, en]', '[vi]') }, 'alone');
  const page = await client(site.app).get('/courses/alone?lang=en');
  t.equal(page.html.querySelector('html')?.getAttribute('lang'), 'en');
  t.equal(byRole(page.html, 'heading', 'Khoá nhỏ').getAttribute('lang'), 'vi');
  for (const words of ['Làm được một việc.', 'Bài đầu', 'Lời giới thiệu.']) {
    const innermost = page.html.querySelectorAll('main *').findLast((one) => textOf(one).includes(words));
    t.equal(innermost?.closest('[lang]')?.getAttribute('lang'), 'vi', words);
  }
});

t.test('What an author writes stays text', async (t) => {
  const site = await testApp(t);
  const title = '<script>alert(1)</script> & "Khoá"';
  await publish(t, site, {
    'vi/course.md': `---\ntitle: ${JSON.stringify(title)}\nsummary: ${JSON.stringify(title)}\noutcomes: [${JSON.stringify(title)}]\n---\n\n<img src=x onerror=alert(1)>\n`,
  });
  for (const path of ['/courses/small', '/courses', '/organisations/domdom']) {
    const page = await client(site.app).get(path);
    t.equal(page.html.querySelectorAll('main script, main img').length, 0, path);
    t.match(mainOf(page), '<script>alert(1)</script> & "Khoá"', path);
  }
});

t.test('A course page costs one statement, with the session two', async (t) => {
  const site = await siteWithCourse(t);
  const person = await learner(site);
  t.equal((await statementsOf(site, () => client(site.app).get('/courses/small'))).length, 1);
  t.equal((await statementsOf(site, () => person.get('/courses/small'))).length, 2);
});

t.test('A picture is seen by whoever may see a page it stands on', async (t) => {
  const site = await testApp(t);
  await publish(t, site, withPictures);
  await publish(t, site, {}, 'other');
  const inside = await learner(site);
  const elsewhere = await learner(site, { slug: 'other' });
  const stranger = client(site.app);
  const closed = pictureOn(await inside.get('/courses/small/lessons/second'));
  const open = pictureOn(await stranger.get('/courses/small/lessons/first'));
  const cover = pictureOn(await stranger.get('/courses/small'));
  for (const visitor of [stranger, elsewhere, inside]) {
    t.equal((await visitor.get(open)).status, 200);
    t.equal((await visitor.get(cover)).status, 200);
    t.equal((await visitor.get(closed)).status, visitor === inside ? 200 : 404);
    t.equal((await visitor.get(closed.replace('/small/', '/other/'))).status, 404, 'nor through another course');
  }
});

t.test('A picture is sent as what it is, for this browser to keep', async (t) => {
  const site = await testApp(t);
  await publish(t, site, withPictures);
  const visitor = client(site.app);
  const lesson = await visitor.get('/courses/small/lessons/first');
  const sources = (lesson.html.querySelector('source')?.getAttribute('srcset') ?? '').split(', ');
  const webp = sources[0]?.split(' ')[0] ?? '';
  for (const [address, type] of [
    [pictureOn(lesson), 'image/png'],
    [webp, 'image/webp'],
  ] as const) {
    const { status, headers } = await visitor.get(address, { 'accept-encoding': 'br, gzip' });
    t.match({ status, type: headers['content-type'] }, { status: 200, type });
    t.equal(headers['cache-control'], 'private, max-age=31536000, immutable');
    t.equal(headers['content-encoding'], undefined, 'a picture is compressed already');
    t.match(headers['content-security-policy'], "default-src 'none'");
  }
});

t.test('A name that is no picture of the course is not found', async (t) => {
  const site = await testApp(t);
  await publish(t, site, withPictures);
  const inside = await learner(site);
  const open = pictureOn(await inside.get('/courses/small/lessons/first'));
  const hash = /([0-9a-f]{32})\.png$/.exec(open)?.[1] ?? '';
  const { hash: source } = await site.db
    .selectFrom('course_version_files')
    .select('hash')
    .where('path', '=', 'vi/final.gift')
    .executeTakeFirstOrThrow();
  for (const name of [
    `${hash.slice(0, 31)}.png`,
    `${hash}0.png`,
    `${hash.toUpperCase()}.png`,
    `${hash}.svg`,
    `${hash}.gif`,
    hash,
    `${'%25'.repeat(32)}.png`,
    `${'_'.repeat(32)}.png`,
    `${'0'.repeat(32)}.png`,
    `${source.slice(0, 32)}.png`,
    '..%2f..%2fpackage.json',
    `${hash}.png%00`,
  ]) {
    t.equal((await inside.get(`/courses/small/pictures/${name}`)).status, 404, name);
  }
});
