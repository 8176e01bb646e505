import { sql } from 'kysely';
import t from 'tap';
import { v7 } from 'uuid';
import { carriedOver } from '../../server/enrolments/renewing/carrying.ts';
import { remindOfEnds } from '../../server/enrolments/renewing/queries.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { answer, endIn, finish, handIn, learner, publish, startAttempt } from '../support/learners.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { courseYaml } from '../support/small-course.ts';

const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
await publish(t, site, { 'course.yaml': `${courseYaml()}valid_months: 12\n` });
const visitor = client(site.app);
const renewal = '/courses/small/renewal';

t.test('Until 60 days before its end it says from when it can be renewed, and is not', async (t) => {
  const lan = await learner(site);
  await finish(lan);
  const page = await lan.get(renewal);
  t.match(textOf(byRole(page.html, 'main')), 'Bạn gia hạn được từ ngày');
  t.equal((await lan.post(renewal)).headers.location, renewal);
  t.equal((await termsOf(lan)).length, 1);
});

t.test('Nobody renews what they do not have', async (t) => {
  const other = await learner(site);
  t.equal((await other.get(renewal)).status, 404, 'not finished yet');
  t.equal((await (await signedIn(site)).get(renewal)).status, 404);
  t.equal((await visitor.get(renewal)).status, 303);
  await other.post(renewal);
  t.same(await termsOf(other), []);
  t.equal((await other.post('/courses/%EF%BC%91/renewal')).status, 303, 'what is no course leads to no page');
});

t.test(
  'Near its end the quiz is passed again in the newest version, and the next term follows, linked both ways',
  async (t) => {
    const lan = await learner(site);
    const first = await finish(lan);
    await endIn(site, first, 30);
    const learning = await lan.get('/learning');
    byRole(learning.html, 'link', 'Gia hạn giấy');
    const page = await lan.get(renewal);
    const text = textOf(byRole(page.html, 'main'));
    t.match(text, 'Cuối khoá');
    t.notMatch(text, 'Bài một');
    t.match(text, 'Bài đã đọc lần trước được tính là đã đọc.');
    t.match(text, 'Giấy cũ vẫn có giá trị đến hết ngày ghi trên giấy.');
    const begun = await lan.submit(page, { form: renewal });
    t.match(begun, { status: 303, headers: { location: '/courses/small' } });
    t.match(textOf(byRole((await lan.get('/courses/small/progress')).html, 'main')), 'đã đọc cho giấy trước');
    byRole((await lan.get('/learning')).html, 'link', 'Xem giấy chứng nhận');

    const attempt = await startAttempt(lan);
    await answer(lan, attempt);
    await handIn(lan, attempt);
    const terms = await termsOf(lan);
    t.same(
      terms.map(({ term }) => term),
      [1, 2],
    );
    const second = terms[1]?.code;
    t.ok((terms[1]?.until ?? '') > (terms[0]?.until ?? ''));
    byRole((await visitor.get(`/certificates/${first}`)).html, 'link', 'Giấy này đã được gia hạn. Mở giấy mới');
    const newPage = await visitor.get(`/certificates/${second}`);
    t.equal(
      byRole(newPage.html, 'link', 'Giấy này gia hạn một giấy trước đó. Mở giấy ấy').getAttribute('href'),
      `/certificates/${first}`,
    );
    byRole((await visitor.get(`/certificates/${first}`)).html, 'heading', /^Có hiệu lực/);
  },
);

t.test('Ten taps at once begin one renewal, after the end too, and ten hand-ins give one certificate', async (t) => {
  const lan = await learner(site);
  await endIn(site, await finish(lan), -100);
  await Promise.all(Array.from({ length: 10 }, () => lan.post(renewal)));
  const enrolments = site.db.selectFrom('enrolments').select(['ended_at', 'renews_id']).where('person_id', '=', lan.id);
  const [before, now, ...more] = await enrolments.orderBy('enrolled_at').execute();
  t.same(more, []);
  t.ok(before?.ended_at && now?.ended_at === null && now.renews_id);
  const attempt = await startAttempt(lan);
  await answer(lan, attempt);
  await Promise.all(Array.from({ length: 10 }, () => lan.post(`${attempt}/submission`)));
  t.equal((await termsOf(lan)).length, 2);
});

t.test('The database itself refuses a second renewal of the same term', async (t) => {
  const lan = await learner(site);
  await endIn(site, await finish(lan), 10);
  await lan.post(renewal);
  const rows = site.db
    .selectFrom('enrolments')
    .selectAll()
    .where('person_id', '=', lan.id)
    .where('ended_at', 'is', null);
  const renewed = await rows.executeTakeFirstOrThrow();
  const twice = { ...renewed, id: v7(), ended_at: new Date() };
  await t.rejects(site.db.insertInto('enrolments').values(twice).execute(), /renews_id/);
});

t.test(
  'What is carried over are lessons read before; new ones, quizzes and assignments are not, and nothing where neither is asked for',
  async (t) => {
    const item = (key: string, kind: string, required = true) => ({ id: `id-${key}`, key, kind, required });
    const items = [
      item('old', 'lesson'),
      item('new', 'lesson'),
      item('practice', 'quiz', false),
      item('final', 'quiz'),
    ];
    t.same(carriedOver(items, ['old', 'final', 'gone']), ['id-old']);
    t.same(carriedOver(items.slice(0, 3), ['old', 'new']), []);
    t.same(carriedOver([...items.slice(0, 3), item('work', 'assignment')], ['old', 'work']), ['id-old']);
  },
);

t.test('Whoever has a certificate that ends soon is reminded once, by mail where they have one', async (t) => {
  await remindOfEnds(site.db);
  const [lan, binh, far] = [await learner(site), await learner(site), await learner(site)];
  await endIn(site, await finish(lan), 60);
  await endIn(site, await finish(binh), 59);
  await endIn(site, await finish(far), 61);
  // A new address is one that nobody has confirmed.
  for (const change of [{ email: 'lan@example.org' }, { email_confirmed_at: sql<Date>`now()` }]) {
    await site.db.updateTable('person_details').set(change).where('person_id', '=', lan.id).execute();
  }
  t.same([await remindOfEnds(site.db), await remindOfEnds(site.db)], [2, 0]);
  const mails = await site.db.selectFrom('mails').select(['person_id', 'letter', 'facts']).execute();
  t.match(mails, [{ person_id: lan.id, letter: 'certificate_ending', facts: { slug: 'small', title: 'Khoá nhỏ' } }]);
});

async function termsOf({ id }: SignedIn) {
  return site.db
    .selectFrom('certificates')
    .select(['code', 'term', sql<string>`printed ->> 'validUntil'`.as('until')])
    .where('person_id', '=', id)
    .where('successor_id', 'is', null)
    .orderBy('term')
    .execute();
}

/** As if it had been issued so long ago that it ends in so many days. */
