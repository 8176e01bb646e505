import t from 'tap';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { learner, publish, readLessons } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const site = await testApp(t);
await publish(t, site);
await publish(t, site, {}, 'other');
const enrolment = '/courses/small/enrolment';

t.test('Enrolling takes one tap and leads to the first lesson', async (t) => {
  const lan = await signedIn(site);
  const enrolled = await lan.submit(await lan.get('/courses/small'), { form: enrolment });
  t.match(enrolled, { status: 303, headers: { location: '/courses/small/lessons/first' } });
  const lesson = await lan.follow(enrolled);
  t.equal(lesson.status, 200);
  byRole(lesson.html, 'status', 'Bạn đã vào khoá học');
  t.equal((await enrolmentsOf(lan.id)).length, 1);
});

t.test('Ten taps at once are one enrolment, and a later one changes nothing', async (t) => {
  const lan = await signedIn(site);
  await Promise.all(Array.from({ length: 10 }, () => lan.post(enrolment)));
  const [before, ...more] = await enrolmentsOf(lan.id);
  t.same(more, []);
  await readLessons(lan, 'small', ['first']);
  const again = await lan.post(enrolment);
  t.equal(again.headers.location, '/courses/small/lessons/second', 'it leads to what comes next');
  t.same(await enrolmentsOf(lan.id), [before]);
});

t.test('With the lessons read, enrolling again leads to the quiz', async (t) => {
  const lan = await learner(site);
  await readLessons(lan);
  t.equal((await lan.post(enrolment)).headers.location, '/courses/small/quizzes/final');
});

t.test('With htmx the way goes by a header, since a redirect would land inside the page', async (t) => {
  const lan = await signedIn(site);
  const answer = await lan.post(enrolment, {}, { 'hx-request': 'true', 'hx-request-type': 'partial' });
  t.match(answer, { status: 204, headers: { 'hx-redirect': '/courses/small/lessons/first' } });
});

t.test('Each enrols for themselves, and in each course apart', async (t) => {
  const [lan, binh] = [await learner(site), await learner(site, { slug: 'other' })];
  t.equal((await enrolmentsOf(lan.id)).length, 1);
  t.not((await enrolmentsOf(lan.id))[0]?.course_id, (await enrolmentsOf(binh.id))[0]?.course_id);
  await binh.post(enrolment);
  t.equal((await enrolmentsOf(binh.id)).length, 2);
});

t.test('A field that names another person or version is not listened to', async (t) => {
  const [lan, binh] = [await signedIn(site), await signedIn(site)];
  await lan.post(enrolment, { person_id: binh.id, version_id: binh.id, language: 'en' });
  t.same(await enrolmentsOf(binh.id), []);
  t.equal((await enrolmentsOf(lan.id)).length, 1);
});

t.test('Signed out, enrolling leads to the sign-in page', async (t) => {
  const visitor = client(site.app);
  const page = await visitor.post(enrolment);
  t.equal(page.status, 401);
  byRole(page.html, 'heading', 'Đăng nhập');
});

t.test('A course that is not for everyone does not exist for a stranger; who is in it stays in it', async (t) => {
  await publish(t, site, {}, 'closed');
  const lan = await learner(site, { slug: 'closed' });
  await site.db.updateTable('courses').set({ audience: 'branch' }).where('slug', '=', 'closed').execute();
  const stranger = await signedIn(site);
  t.equal((await stranger.post('/courses/closed/enrolment')).status, 404);
  t.same(await enrolmentsOf(stranger.id), []);
  t.equal((await lan.post('/courses/closed/enrolment')).status, 303);
});

for (const slug of ['none', '%00', 'SMALL', 'small%20', "'%3B--"]) {
  t.test(`There is no course “${slug}” to enrol in`, async (t) => {
    const lan = await signedIn(site);
    t.equal((await lan.post(`/courses/${slug}/enrolment`)).status, 404);
    t.same(await enrolmentsOf(lan.id), []);
  });
}

t.test('Nobody is enrolled by opening a page', async (t) => {
  const lan = await signedIn(site);
  for (const path of [enrolment, '/courses/small', '/courses/small/lessons/first']) await lan.get(path);
  t.same(await enrolmentsOf(lan.id), []);
});

t.test('After an enrolment has ended one may begin anew, and the old facts stay as they were', async (t) => {
  const lan = await learner(site);
  await readLessons(lan);
  await site.db.updateTable('enrolments').set({ ended_at: new Date() }).where('person_id', '=', lan.id).execute();
  t.equal((await lan.post(enrolment)).headers.location, '/courses/small/lessons/first');
  t.equal((await enrolmentsOf(lan.id)).length, 2);
  const { html } = await lan.get('/courses/small/progress');
  t.match(textOf(byRole(html, 'heading', '%')), /(^|\D)0 ?%/);
  const kept = site.db.selectFrom('completions').select('item_id').where('person_id', '=', lan.id);
  t.equal((await kept.execute()).length, 2);
});

t.test('Enrolling costs at most 4 statements', async (t) => {
  const lan = await signedIn(site);
  const statements = await statementsOf(site, () => lan.post(enrolment));
  t.ok(statements.length <= 4, statements.join('\n'));
});

async function enrolmentsOf(person_id: string) {
  return site.db
    .selectFrom('enrolments')
    .select(['id', 'course_id', 'version_id', 'ended_at'])
    .where('person_id', '=', person_id)
    .execute();
}
