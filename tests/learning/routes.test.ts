import t, { type Test } from 'tap';
import { insertCourses } from '../budgets/site.ts';
import { alsoLearns, cohort, joiner, mentor } from '../cohorts/cohorts.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { finish, learner, publish, readLessons, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

async function siteWithCourse(t: Test): Promise<TestApp> {
  const site = await testApp(t);
  await publish(t, site);
  return site;
}

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');
const hrefOf = ({ html }: Page, words: string) => byRole(html, 'link', words).getAttribute('href');

t.test('Who learns nothing yet is shown the way to the courses', async (t) => {
  const site = await siteWithCourse(t);
  const page = await (await signedIn(site)).get('/learning');
  t.match(mainOf(page), 'Bạn chưa học khoá nào');
  t.equal(hrefOf(page, 'Tìm khoá học'), '/courses?sort=short');
  t.equal(allByRole(page.html, 'progressbar').length, 0);
});

t.test('A course shows where one is and what comes next; one tap resumes', async (t) => {
  const site = await siteWithCourse(t);
  const person = await learner(site);
  const start = await person.get('/learning');
  t.match(mainOf(start), /Đã xong 0 trên 3 phần · Vì sao là 0 %\?/);
  t.equal(hrefOf(start, 'Bắt đầu học'), '/courses/small/lessons/first');

  await readLessons(person, 'small', ['first']);
  const page = await person.get('/learning');
  t.match(mainOf(page), /Đã xong 1 trên 3 phần · Vì sao là 33 %\?.*Tiếp theo: Bài hai 5 phút/);
  t.equal(hrefOf(page, 'Học tiếp'), '/courses/small/lessons/second');
  t.equal(hrefOf(page, 'Vì sao là 33'), '/courses/small/progress');
  const bar = byRole(page.html, 'progressbar');
  t.match(bar.attributes, { value: '1', max: '3' });
});

t.test('A quiz that was left open is what comes next', async (t) => {
  const site = await siteWithCourse(t);
  const person = await learner(site);
  const attempt = await startAttempt(person);
  const page = await person.get('/learning');
  t.match(mainOf(page), 'Bạn đang làm dở: Cuối khoá');
  t.ok(allByRole(page.html, 'link').some((link) => link.getAttribute('href') === attempt));
});

t.test('What is finished stands apart, with its certificate', async (t) => {
  const site = await siteWithCourse(t);
  await publish(t, site, {}, 'other');
  const person = await learner(site);
  await person.post('/courses/other/enrolment');
  const code = await finish(person);
  const page = await person.get('/learning');
  t.match(mainOf(page), 'Kết quả và giấy chứng nhận');
  t.equal(hrefOf(page, 'Xem giấy chứng nhận'), `/certificates/${code}`);
  t.equal(hrefOf(page, 'Bắt đầu học'), '/courses/other/lessons/first');
  t.equal(allByRole(page.html, 'progressbar').length, 1);
});

t.test('The course with the newest activity comes first', async (t) => {
  const site = await siteWithCourse(t);
  await publish(t, site, { 'vi/course.md': courseText('Khoá khác') }, 'other');
  const person = await learner(site);
  await person.post('/courses/other/enrolment');
  const titles = async () => allByRole((await person.get('/learning')).html, 'heading', 'Khoá').map(textOf);
  t.strictSame((await titles()).slice(-2), ['Khoá khác', 'Khoá nhỏ']);
  await readLessons(person, 'small', ['first']);
  t.strictSame((await titles()).slice(-2), ['Khoá nhỏ', 'Khoá khác']);
});

t.test('Who joins a cohort begins with its first course', async (t) => {
  const site = await siteWithCourse(t);
  await publish(t, site, { 'vi/course.md': courseText('Khoá khác') }, 'other');
  for (const [first, second] of [
    ['small', 'other'],
    ['other', 'small'],
  ] as const) {
    const group = await cohort(site);
    await site.db.deleteFrom('cohort_courses').where('cohort_id', '=', group.id).execute();
    await alsoLearns(site, group, first, 1);
    await alsoLearns(site, group, second, 2);
    await mentor(site, group);
    const person = await joiner(site, group);
    t.equal(hrefOf(await person.get('/'), 'Bắt đầu học'), `/courses/${first}/lessons/first`);
    await readLessons(person, second, ['first']);
    t.equal(
      hrefOf(await person.get('/'), 'Học tiếp')?.startsWith(`/courses/${second}/`),
      true,
      'what was chosen goes on',
    );
  }
});

t.test('One sees one’s own courses only', async (t) => {
  const site = await siteWithCourse(t);
  const lan = await learner(site);
  await readLessons(lan);
  const minh = await learner(site, { full_name: 'Lê Minh' });
  t.match(mainOf(await minh.get('/learning')), 'Đã xong 0 trên 3 phần');
  t.match(mainOf(await minh.get('/courses/small/progress')), 'Đã xong 0 trên 3 phần');
  t.notMatch(mainOf(await (await signedIn(site)).get('/learning')), 'Khoá nhỏ');
});

t.test('A percentage says why: each part, what is on record for it, and the sum', async (t) => {
  const site = await siteWithCourse(t);
  const person = await learner(site);
  await readLessons(person);
  const page = await person.get('/courses/small/progress');
  t.match(textOf(byRole(page.html, 'heading', /./)), 'Vì sao là 66');
  t.match(
    mainOf(page),
    'Khoá học có 3 phần bắt buộc. Bạn đã xong 2 phần, nên tiến độ là 2 chia 3, làm tròn xuống: 66 %.',
  );
  const items = allByRole(page.html, 'main')
    .flatMap((main) => main.querySelectorAll('ol li'))
    .map((item) => textOf(item).replace(/\d\d:\d\d \d\d\/\d\d\/\d{4}/, 'lúc nào đó'));
  t.match(items, [
    /Bài đầu đã đọc lúc lúc nào đó/,
    /Bài hai đã đọc lúc lúc nào đó/,
    /Luyện tập không bắt buộc/,
    /Cuối khoá chưa xong/,
  ]);
  t.match(mainOf(page), 'Bạn học phiên bản 1 từ ngày');
});

t.test('With everything done it is 100, and the quiz was passed, not read', async (t) => {
  const site = await siteWithCourse(t);
  const person = await learner(site);
  await finish(person);
  const page = await person.get('/courses/small/progress');
  t.match(textOf(byRole(page.html, 'heading', /./)), /^Vì sao là 100/);
  t.match(mainOf(page), /Cuối khoá đã đạt lúc \d\d:\d\d/);
});

t.test('Whoever is not in the course finds no progress in it', async (t) => {
  const site = await siteWithCourse(t);
  await publish(t, site, {}, 'other');
  const person = await learner(site, { slug: 'other' });
  t.equal((await person.get('/courses/small/progress')).status, 404);
  t.equal((await person.get('/courses/none/progress')).status, 404);
  t.equal((await person.get('/courses/other/progress')).status, 200);
});

t.test('In English the words are English, and a course that is only Vietnamese says so', async (t) => {
  const site = await siteWithCourse(t);
  const person = await learner(site, { language: 'en' });
  t.match(mainOf(await person.get('/learning')), 'Small course');
  t.match(mainOf(await person.get('/courses/small/progress')), 'First lesson');
});

t.test('With none, one or fifty courses the page costs the same two statements', async (t) => {
  const site = await siteWithCourse(t);
  const slugs = await insertCourses(site, 50);
  const person = await signedIn(site);
  const cost = async () => (await statementsOf(site, () => person.get('/learning'))).length;
  t.equal(await cost(), 2);
  for (const [index, slug] of slugs.entries()) {
    await person.post(`/courses/${slug}/enrolment`);
    if (index === 0) t.equal(await cost(), 2);
  }
  t.equal(await cost(), 2);
  t.equal(allByRole((await person.get('/learning')).html, 'progressbar').length, 50);
  t.equal((await statementsOf(site, () => person.get('/courses/course-0/progress'))).length, 2);
});

function courseText(title: string): string {
  return `---\ntitle: ${title}\nsummary: Tóm tắt.\noutcomes: [Làm được một việc.]\n---\n\nChào bạn.\n`;
}
