import { setTimeout as delay } from 'node:timers/promises';
import t from 'tap';
import { v7 } from 'uuid';
import { buildApp } from '../../server/app.ts';
import { readCode } from '../../server/certificates/code.ts';
import { issueWhenComplete } from '../../server/certificates/issuing.ts';
import type { PrintedCourseCertificate } from '../../server/certificates/printed.ts';
import { complete, lockEnrolment } from '../../server/enrolments/queries.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { answer, finish, handIn, learner, publish, readLessons, startAttempt } from '../support/learners.ts';
import { courseYaml, rightAnswers } from '../support/small-course.ts';

const site = await testApp(t);
await publish(t, site);

t.test('Nothing less than all that the course asks for gives a certificate', async (t) => {
  const lan = await learner(site);
  await readLessons(lan, 'small', ['first']);
  const practice = await startAttempt(lan, 'practice');
  await handIn(lan, practice);
  await handIn(lan, await startAttempt(lan));
  t.same(await certificatesOf(lan.id), [], 'a lesson and a failed attempt');
  const attempt = await startAttempt(lan);
  await answer(lan, attempt);
  await handIn(lan, attempt);
  t.same(await certificatesOf(lan.id), [], 'a lesson is missing');
  await readLessons(lan, 'small', ['second']);
  t.equal((await certificatesOf(lan.id)).length, 1);
});

t.test('When the last thing done is a lesson, it leads to the certificate, with a word of joy', async (t) => {
  const lan = await learner(site);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt);
  await handIn(lan, attempt);
  await readLessons(lan, 'small', ['first']);
  const last = await lan.post('/courses/small/lessons/second/completion');
  const [{ code } = { code: '' }] = await certificatesOf(lan.id);
  t.equal(last.headers.location, `/certificates/${code}`);
  t.match((await lan.follow(last)).body, 'Chúc mừng bạn!');
  t.not((await lan.post('/courses/small/lessons/second/completion')).headers.location, `/certificates/${code}`);
});

t.test('However many completions and hand-ins race, there is one certificate, one audit event, one code', async (t) => {
  for (let round = 0; round < 3; round += 1) {
    const lan = await learner(site);
    const attempt = await startAttempt(lan);
    await answer(lan, attempt);
    const posts = ['lessons/first/completion', 'lessons/second/completion'].map((path) => `/courses/small/${path}`);
    const all = Array.from({ length: 10 }, () => [...posts, `${attempt}/submission`]).flat();
    const answers = await Promise.all(all.map((path) => lan.post(path)));
    t.same([...new Set(answers.map(({ status }) => status))], [303]);
    t.equal((await certificatesOf(lan.id)).length, 1);
    const events = site.db.selectFrom('audit_events').select(['verb', 'channel', 'actor_id']);
    t.same(await events.where('subject_id', '=', lan.id).execute(), [
      { verb: 'certificate.issued', channel: 'system', actor_id: null },
    ]);
    t.equal(
      (await site.db.selectFrom('completions').select('item_id').where('person_id', '=', lan.id).execute()).length,
      3,
    );
  }
});

t.test('Of two last things done at once, the later one sees the other and gives the certificate', async (t) => {
  const lan = await learner(site);
  await readLessons(lan, 'small', ['first']);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt);
  const { db } = site;
  const { id } = await db
    .selectFrom('enrolments')
    .select('id')
    .where('person_id', '=', lan.id)
    .executeTakeFirstOrThrow();
  const lessons = db.selectFrom('items').select('id').where('key', '=', 'second');
  const lesson = await lessons.executeTakeFirstOrThrow();
  const enrolment = { id, person_id: lan.id };
  let handingIn: Promise<unknown> = Promise.resolve();
  await db.transaction().execute(async (trx) => {
    await lockEnrolment(trx, id);
    await complete(trx, enrolment, lesson, 'read');
    handingIn = lan.post(`${attempt}/submission`);
    await delay(200);
    t.equal(await issueWhenComplete(trx, enrolment, site.app.config), null, 'the quiz is not passed yet');
  });
  await handingIn;
  t.equal((await certificatesOf(lan.id)).length, 1);
});

t.test('The database itself refuses a second one for the same enrolment', async (t) => {
  const lan = await learner(site);
  await finish(lan);
  const { db } = site;
  const first = await db
    .selectFrom('certificates')
    .selectAll()
    .where('person_id', '=', lan.id)
    .executeTakeFirstOrThrow();
  const code = first.code.replace(/^./, (letter) => (letter === 'A' ? 'B' : 'A'));
  const second = { ...first, id: v7(), code, printed: JSON.stringify(first.printed) };
  await t.rejects(db.insertInto('certificates').values(second).execute(), /certificates_one_per_achievement/);
});

t.test(
  'It states all that was so on that day: name, course, version, hours, lessons, skills, score, provider',
  async (t) => {
    const lan = await learner(site, { full_name: 'Nguyễn Thị Bé An' });
    const code = await finish(lan, { ...rightAnswers, 'Một cộng một': 'Ba' });
    const [certificate] = await certificatesOf(lan.id);
    t.match(certificate?.printed, {
      format: 1,
      code,
      holder: 'Nguyễn Thị Bé An',
      course: { titles: { vi: 'Khoá nhỏ', en: 'Small course' }, version: 1, hours: 1.5, lessons: 2 },
      score: 85,
      skills: [{ framework: { code: 'tt02-2025' }, code: '1.1' }],
      provider: { code: 'domdom', name: 'Đom Đóm' },
      verifyUrl: `http://localhost/v/${code}`,
    });
    t.equal(certificate?.printed.issuedOn, dateInVietNam());
  },
);

t.test('A name in NFD or with odd spaces is printed in NFC, as one line', async (t) => {
  const lan = await learner(site, { full_name: ` ${'Đặng Thị Thuỳ'.normalize('NFD')}\u200b  Trâm ` });
  await finish(lan);
  t.equal((await certificatesOf(lan.id))[0]?.printed.holder, 'Đặng Thị Thuỳ Trâm');
});

t.test('What changes afterwards does not reach what was printed', async (t) => {
  const lan = await learner(site);
  const code = await finish(lan);
  await site.db.updateTable('person_details').set({ full_name: 'Ai Khác' }).where('person_id', '=', lan.id).execute();
  const other = await learner(site);
  await publish(t, site, { 'course.yaml': courseYaml().replace('hours: 1.5', 'hours: 9') });
  await handIn(lan, await startAttempt(lan));
  const [certificate, ...more] = await certificatesOf(lan.id);
  t.same(more, []);
  t.match(certificate?.printed, { code, holder: 'Nguyễn Thị Lan', course: { version: 1, hours: 1.5 } });
  await finish(other);
  t.match((await certificatesOf(other.id))[0]?.printed, { course: { version: 1 } }, 'who began version 1 finishes it');
  const late = await learner(site);
  await finish(late);
  t.match((await certificatesOf(late.id))[0]?.printed, { course: { version: 2, hours: 9 } });
});

t.test('The best attempt so far is the score, not the last', async (t) => {
  const lan = await learner(site);
  for (const answers of [{ ...rightAnswers, 'Một cộng một': 'Ba' }, rightAnswers, { 'Một cộng một': 'Hai' }]) {
    const attempt = await startAttempt(lan);
    await answer(lan, attempt, answers);
    await handIn(lan, attempt);
  }
  await readLessons(lan);
  t.equal((await certificatesOf(lan.id))[0]?.printed.score, 100);
});

t.test('Of two quizzes to pass the score is the mean; of none there is no score', async (t) => {
  const both = courseYaml().replace('quizzes: [final]', 'quizzes: [final, practice]');
  await publish(t, site, { 'course.yaml': both }, 'both');
  const lan = await learner(site, { slug: 'both' });
  await readLessons(lan, 'both');
  for (const [quiz, answers] of [
    ['final', { ...rightAnswers, 'Một cộng một': 'Ba' }],
    ['practice', { 'Nước thì ướt. (2)': 'Đúng' }],
  ] as const) {
    t.same(await certificatesOf(lan.id), []);
    const attempt = await startAttempt(lan, quiz, 'both');
    await answer(lan, attempt, answers);
    await handIn(lan, attempt);
  }
  t.equal((await certificatesOf(lan.id))[0]?.printed.score, 67, '(6/7 + 1/2) / 2');

  await publish(t, site, { 'course.yaml': courseYaml().replace(', quizzes: [final]', '') }, 'reading');
  const binh = await learner(site, { slug: 'reading' });
  await readLessons(binh, 'reading');
  t.equal((await certificatesOf(binh.id))[0]?.printed.score, null);
});

t.test('The language of the paper is its holder’s, else Vietnamese; the other goes beneath', async (t) => {
  for (const [language, printed] of [
    ['en', ['en', 'vi']],
    ['vi', ['vi', 'en']],
    [null, ['vi', 'en']],
  ] as const) {
    const lan = await learner(site);
    const attempt = await startAttempt(lan);
    await answer(lan, attempt);
    await handIn(lan, attempt);
    if (language !== null) await lan.post('/preferences/language', { language });
    await readLessons(lan);
    t.same((await certificatesOf(lan.id))[0]?.printed.languages, printed);
  }
});

t.test('It is a trial copy until the site has a public https address', async (t) => {
  for (const [address, isTrial] of [
    ['http://localhost', true],
    ['http://hoc.example.org', true],
    ['https://192.168.1.5', true],
    ['https://hoc.example.org', false],
  ] as const) {
    const there = await siteAt(address);
    const lan = await learner(there);
    const code = await finish(lan);
    const [certificate] = await certificatesOf(lan.id);
    t.match(certificate?.printed, { trial: isTrial, verifyUrl: `${address}/v/${code}` });
    await there.app.close();
  }
});

t.test('Every code is another one, and passes its own check', async (t) => {
  const rows = await site.db.selectFrom('certificates').select('code').execute();
  t.ok(rows.length > 10);
  t.equal(new Set(rows.map(({ code }) => code)).size, rows.length);
  for (const { code } of rows) t.same(readCode(code), { code });
});

async function certificatesOf(person_id: string) {
  return site.db
    .selectFrom('certificates')
    .select((eb) => ['code', 'term', eb.ref('printed').$castTo<PrintedCourseCertificate>().as('printed')])
    .where('person_id', '=', person_id)
    .execute();
}

/** The same database behind another address. */
async function siteAt(address: string): Promise<Pick<TestApp, 'app' | 'db'>> {
  const { app, db } = site;
  const config = { ...app.config, publicUrl: new URL(address) };
  return { app: await buildApp({ config, db, files: app.files }), db };
}

function dateInVietNam(): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Ho_Chi_Minh', dateStyle: 'short' }).format(new Date());
}
