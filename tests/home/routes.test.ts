import t from 'tap';
import { insertCourses } from '../budgets/site.ts';
import { cohort, joiner, mentor, putIn } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { finish, learner, publish, readLessons, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');
const hrefOf = ({ html }: Page, words: string) => byRole(html, 'link', words).getAttribute('href');

t.test('A visitor is told what this is, and shown the newest three courses', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  await insertCourses(site, 5);
  const page = await client(site.app).get('/');
  t.match(mainOf(page), 'Học kỹ năng số, từng bước nhỏ');
  t.equal(hrefOf(page, 'Xem khoá học'), '/courses');
  t.equal(hrefOf(page, 'Đăng ký'), '/sign-up');
  t.equal(hrefOf(page, 'kiểm tra một giấy chứng nhận'), '/verify');
  t.strictSame(
    allByRole(page.html, 'link', /^Khoá course-/).map((link) => link.getAttribute('href')),
    ['/courses/course-0', '/courses/course-1', '/courses/course-2'],
  );
  t.match((await client(site.app).get('/?lang=en')).html.querySelector('h1')?.text, /digital skills/i);
});

t.test('A site without courses has a front page all the same', async (t) => {
  const site = await testApp(t);
  t.equal((await client(site.app).get('/')).status, 200);
  const page = await (await signedIn(site)).get('/');
  t.match(mainOf(page), 'Bạn chưa học khoá nào');
});

t.test('A learner is greeted by their given name, with the one next thing to do', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const person = await learner(site, { full_name: 'Nguyễn Thị <b>Lan</b>' });
  const start = await person.get('/');
  t.match(mainOf(start), 'Chào <b>Lan</b>');
  t.match(mainOf(start), /Bước tiếp theo Bài đầu Khoá nhỏ · 5 phút · \d+ kB/);
  t.equal(hrefOf(start, 'Bắt đầu học'), '/courses/small/lessons/first');

  await readLessons(person);
  const later = await person.get('/');
  t.equal(hrefOf(later, 'Học tiếp'), '/courses/small/quizzes/final');
  t.equal(hrefOf(later, 'Vì sao là 66'), '/courses/small/progress');

  const attempt = await startAttempt(person);
  const open = await person.get('/');
  t.ok(
    allByRole(open.html, 'link').some((link) => link.getAttribute('href') === attempt),
    'an open attempt comes first',
  );
  t.equal(allByRole(open.html, 'link', 'Học tiếp').length <= 1, true, 'one main action');
});

t.test('A mentor is told who waits to join, a learner of that cohort is not', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const group = await cohort(site, { isOpen: false });
  const hoa = await mentor(site, group);
  const member = await learner(site);
  await putIn(site, group, member, hoa);
  t.notMatch(mainOf(await hoa.get('/')), 'chờ vào nhóm');
  for (const full_name of ['Trần Văn Một', 'Trần Văn Hai']) await joiner(site, group, full_name);
  t.equal(hrefOf(await hoa.get('/'), '2 người chờ vào nhóm'), `/cohorts/${group.id}/requests`);
  t.match(mainOf(await hoa.get('/cohorts')), '2 người chờ vào nhóm');
  for (const path of ['/', '/cohorts']) t.notMatch(mainOf(await member.get(path)), 'chờ vào nhóm');
});

t.test('Who has finished everything sees what they hold, and the way to more', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const person = await learner(site);
  const code = await finish(person);
  const page = await person.get('/');
  t.match(mainOf(page), 'Bạn đã học xong mọi khoá đang học');
  t.equal(hrefOf(page, 'Xem giấy chứng nhận'), `/certificates/${code}`);
  t.equal(hrefOf(page, 'Tìm khoá học khác'), '/courses');
});

t.test('The course that is under way is shown, however many are finished since', async (t) => {
  const site = await testApp(t);
  await publish(t, site, {}, 'under-way');
  await publish(t, site);
  const person = await learner(site, { slug: 'under-way' });
  for (const name of ['one', 'two', 'three']) {
    await publish(t, site, {}, name);
    await person.post(`/courses/${name}/enrolment`);
    await site.db
      .insertInto('completions')
      .columns(['person_id', 'enrolment_id', 'item_id', 'cause'])
      .expression((eb) =>
        eb
          .selectFrom('enrolments')
          .innerJoin('courses', 'courses.id', 'enrolments.course_id')
          .innerJoin('items', 'items.version_id', 'enrolments.version_id')
          .where('slug', '=', name)
          .select(({ val }) => [
            'enrolments.person_id',
            'enrolments.id as enrolment_id',
            'items.id',
            val('read').as('cause'),
          ]),
      )
      .execute();
  }
  t.equal(hrefOf(await person.get('/'), 'Bắt đầu học'), '/courses/under-way/lessons/first');
});

t.test('The front page costs a visitor one statement, a learner three', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const person = await learner(site);
  t.equal((await statementsOf(site, () => client(site.app).get('/'))).length, 1);
  t.equal((await statementsOf(site, () => person.get('/'))).length, 3, 'the session, the courses, the paths');
});
