import t from 'tap';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import {
  answer,
  finish,
  handIn,
  learner,
  publish,
  questionOn,
  readLessons,
  startAttempt,
} from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { courseYaml, smallCourse } from '../support/small-course.ts';

/** Version 2: another title, other words, another question, one lesson less and one more. */
const second = {
  'course.yaml': courseYaml().replace('{ key: second,', '{ key: third,').replace('hours: 1.5', 'hours: 4'),
  'vi/course.md': '---\ntitle: Khoá nhỏ mới\nsummary: Bản hai.\noutcomes: [Làm được việc khác.]\n---\n\nLời mới.\n',
  'vi/first.md': '# Bài đầu mới\n\nBản hai của bài đầu.\n',
  'vi/second.md': null,
  'en/second.md': null,
  'vi/third.md': '# Bài ba\n\nChỉ bản hai có.\n',
  'en/third.md': '# Third\n\nOnly in version two.\n',
  ...Object.fromEntries(
    ['vi', 'en'].map((language) => [
      `${language}/final.gift`,
      String(smallCourse[`${language}/final.gift`])
        .replaceAll('lesson:second', 'lesson:third')
        .replace('Một cộng một là mấy', 'Hai cộng hai là mấy'),
    ]),
  ),
};

/** A newer version is theirs to choose, and changes nothing before. */
function withoutOffer(body: string): string {
  const offer = /<p>[^<]*phiên bản mới[^<]*<\/p> <p><a [^>]*href="\/courses\/small\/version">[^<]*<\/a><\/p>/;
  return body.replaceAll(/\s+/g, ' ').replace(offer, '').replaceAll(/\s+/g, ' ');
}

t.test('Who is amid a course when it changes goes on in the version they began, to the certificate', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const lan = await learner(site);
  await readLessons(lan, 'small', ['first']);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt, { 'Một cộng một': 'Hai' });
  const before = await Promise.all(pagesOf(attempt).map((path) => lan.get(path)));

  t.equal(await publish(t, site, second), 2);
  for (const [index, path] of pagesOf(attempt).entries()) {
    const { body } = await lan.get(path);
    t.equal(withoutOffer(body), withoutOffer(before[index]?.body ?? ''), `${path} is as it was`);
    t.equal(body.includes('/courses/small/version'), ['/courses/small', '/learning'].includes(path), path);
  }
  t.equal((await lan.get('/courses/small/lessons/third')).status, 404);
  t.match(await words(lan, '/courses/small/progress'), 'phiên bản 1');

  await lan.post('/courses/small/enrolment');
  await readLessons(lan, 'small', ['second']);
  const page = await lan.get(`${attempt}?question=all`);
  t.ok(byRole(questionOn(page, 'Một cộng một'), 'radio', 'Hai').hasAttribute('checked'));
  await answer(lan, attempt);
  const result = await handIn(lan, attempt);
  const certificate = byRole(result.html, 'link', 'Xem giấy chứng nhận').getAttribute('href') ?? '';
  const stated = await words(client(site.app), certificate);
  t.match(stated, 'Phiên bản khoá học 1');
  t.match(stated, 'Khoá nhỏ 1,5 giờ học');
});

t.test('Who comes after the change gets the new version, in all of it', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const early = await learner(site);
  await publish(t, site, second);
  const stranger = await signedIn(site);
  t.match(await words(stranger, '/courses/small'), 'Khoá nhỏ mới');
  t.match(await words(stranger, '/courses'), 'Khoá nhỏ mới');
  t.match(await words(stranger, '/courses/small/lessons/first'), 'Bản hai của bài đầu.');
  await stranger.post('/courses/small/enrolment');
  t.equal((await stranger.get('/courses/small/lessons/second')).status, 404);
  t.match(await words(stranger, '/courses/small/lessons/third'), 'Chỉ bản hai có.');
  const attempt = await startAttempt(stranger);
  t.match(await words(stranger, `${attempt}?question=all`), 'Hai cộng hai');
  t.match(await words(early, '/courses/small'), /^(?!.*Khoá nhỏ mới)/);
});

t.test('A certificate of the old version stands after the new one is published', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const lan = await learner(site);
  const code = await finish(lan);
  const before = (await client(site.app).get(`/certificates/${code}`)).body;
  await publish(t, site, second);
  t.equal((await client(site.app).get(`/certificates/${code}`)).body, before);
  const { html } = await lan.get('/learning');
  t.equal(allByRole(html, 'link', /giấy chứng nhận/i).length > 0, true);
});

t.test('A percentage stays as it was when the course grows', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const lan = await learner(site);
  await readLessons(lan);
  await lan.get('/');
  const before = await words(lan, '/courses/small/progress');
  t.match(before, '66 %');
  await publish(t, site, second);
  t.equal(await words(lan, '/courses/small/progress'), before);
});

function pagesOf(attempt: string): string[] {
  return [
    ...['/courses/small', '/courses/small/lessons/first', '/courses/small/lessons/second'],
    ...['/courses/small/quizzes/final', '/courses/small/progress', '/learning', `${attempt}?question=all`],
  ];
}

async function words(visitor: Pick<ReturnType<typeof client>, 'get'>, path: string): Promise<string> {
  return textOf(byRole((await visitor.get(path)).html, 'main'));
}
