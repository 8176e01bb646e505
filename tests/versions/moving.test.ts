import t from 'tap';
import { waitingEssay, withEssay } from '../essays/essays.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { answer, finish, handIn, learner, publish, readLessons, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';

const version = '/courses/small/version';
const withThird = courseYaml().replace(
  '  - { key: practice',
  '  - { key: third, kind: lesson, minutes: 5 }\n  - { key: practice',
);
const third = { 'course.yaml': withThird, 'vi/third.md': '# Bài ba\n\nBảy.\n', 'en/third.md': '# Third\n\nSeven.\n' };

async function percentOf(person: ReturnType<typeof client>): Promise<string | undefined> {
  return /(\d+)/.exec(byRole((await person.get('/courses/small/progress')).html, 'heading', /%/).textContent)?.[1];
}

t.test('Who learns an older version sees what has changed, and moves with all that they have done', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const lan = await learner(site);
  await readLessons(lan, 'small', ['first']);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt);
  await handIn(lan, attempt);
  t.equal((await lan.get(version)).status, 404, 'nothing to choose');
  await publish(t, site, third);
  t.equal(await percentOf(lan), '66', 'nobody is moved');

  for (const page of ['/courses/small', '/learning']) {
    t.match(textOf((await lan.get(page)).html), 'Xem có gì thay đổi');
    t.ok((await statementsOf(site, () => lan.get(page))).length <= 4);
  }
  const choice = await lan.get(version);
  t.match(textOf(choice.html), 'Bài ba');
  t.match(textOf(choice.html), /bây giờ 66\s?%, sau đó 50\s?%/);
  t.ok((await statementsOf(site, () => lan.get(version))).length <= 4);
  await assertValidHtml(t, new Map([['choice', choice.body]]));

  const [first, second] = await Promise.all([lan.submit(choice), lan.submit(choice)]);
  t.same([first?.status, second?.status], [303, 303]);
  t.equal(await percentOf(lan), '50');
  const quiz = await lan.get('/courses/small/quizzes/final');
  t.ok(quiz.html.querySelector(`a[href="${attempt}/result"]`), 'attempts come along');
  t.equal((await lan.get(`${attempt}/result`)).status, 200);
  t.equal((await lan.get(version)).status, 404);
  t.equal((await site.db.selectFrom('version_choices').select('choice').execute()).length, 1);
  await readLessons(lan, 'small', ['second', 'third']);
  t.equal(await percentOf(lan), '100');
  t.equal((await site.db.selectFrom('certificates').select('id').execute()).length, 1);
});

t.test('Whoever stays is asked no more, and may still move', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const lan = await learner(site);
  await publish(t, site, third);
  await lan.submit(await lan.get(version), { button: 'Học tiếp' });
  t.notMatch(textOf((await lan.get('/learning')).html), 'Xem có gì thay đổi');
  t.match(textOf((await lan.get('/courses/small')).html), 'Xem có gì thay đổi');
  await lan.submit(await lan.get(version));
  t.match(textOf((await lan.get('/courses/small')).html), 'Bài ba');
});

t.test('Nobody is offered a version in which something that they did is missing', async (t) => {
  const site = await testApp(t);
  await publish(t, site, third);
  const [lan, mai] = [await learner(site), await learner(site)];
  await readLessons(lan, 'small', ['third']);
  await publish(t, site);
  t.notMatch(textOf((await lan.get('/courses/small')).html), 'Xem có gì thay đổi');
  t.match(textOf((await lan.get(version)).html), 'Phiên bản mới bỏ một phần');
  const { version_id } = await site.db.selectFrom('course_listings').select('version_id').executeTakeFirstOrThrow();
  await lan.post(version, { choice: 'move', to: version_id });
  t.equal((await site.db.selectFrom('version_choices').select('choice').execute()).length, 0);
  // Of whoever has done all but that, all is there: moving completes the course.
  await readLessons(mai);
  const attempt = await startAttempt(mai);
  await answer(mai, attempt);
  await handIn(mai, attempt);
  await mai.submit(await mai.get(version));
  t.equal((await site.db.selectFrom('certificates').select('id').execute()).length, 1);
});

t.test('Whoever holds the certificate keeps what they completed', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const lan = await learner(site);
  await finish(lan);
  await publish(t, site, third);
  t.notMatch(textOf((await lan.get('/courses/small')).html), 'Xem có gì thay đổi');
  t.match(textOf((await lan.get(version)).html), 'Bạn đã có giấy chứng nhận');
  await publish(t, site, { 'vi/second.md': '# Bài hai\n\nNăm.\n' });
  const choice = await lan.get(version);
  t.match(textOf(choice.html), 'Phần được sửa');
  await lan.submit(choice);
  t.equal(await percentOf(lan), '100');
});

t.test('An attempt under way is finished first', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await publish(t, site, third);
  t.match(textOf((await lan.get(version)).html), 'Bạn đang làm dở một bài kiểm tra');
  await handIn(lan, attempt);
  await lan.submit(await lan.get(version));
  t.equal(await startAttempt(lan).then((next) => next !== attempt), true);
  const numbers = await site.db.selectFrom('attempts').select('number').orderBy('number').execute();
  t.strictSame(numbers, [{ number: 1 }, { number: 2 }], 'tries are counted on');
});

t.test('The choice is one’s own: nobody else’s, and of no version that was not shown', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const lan = await learner(site);
  await publish(t, site, third);
  t.equal((await (await signedIn(site)).get(version)).status, 404);
  t.equal((await (await learner(site)).get(version)).status, 404, 'they began the newest');
  t.equal((await client(site.app).get(version)).status, 303);
  const old = await lan.get(version);
  await publish(t, site, { ...third, 'vi/second.md': '# Bài hai\n\nSáu.\n' });
  t.match(textOf((await lan.follow(await lan.submit(old))).html), 'Vừa có thêm một phiên bản mới hơn');
});

t.test('An essay that waits is marked first', async (t) => {
  const site = await testApp(t);
  await publish(t, site, withEssay);
  const lan = await learner(site);
  await waitingEssay(site, lan, 'small');
  await publish(t, site, { ...withEssay, 'vi/second.md': '# Bài hai\n\nNăm sáu.\n' });
  t.match(textOf((await lan.get(version)).html), 'Bạn có bài đang chờ chấm');
});
