import t, { type Test } from 'tap';
import { cohort, helpRequest, memberOf, mentor } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import type { Client, Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { handIn, learner, publish, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const lesson = '/courses/small/lessons/second';

/** A cohort with a mentor, another beside them, and a learner who is theirs. */
async function siteWithCohort(t: Test) {
  const site = await testApp(t);
  await publish(t, site);
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  const lan = await learner(site, { full_name: 'Nguyễn Thị Lan' });
  await lan.post(`/join/${group.code}/request`);
  const binh = await mentor(site, group, { full_name: 'Võ Thị Bình' });
  const { id: member = '' } = (await memberOf(site, group, lan)) ?? {};
  return { ...site, group, home: `/cohorts/${group.id}`, hoa, binh, lan, member };
}

async function askAt(person: Client, path: string, words = ''): Promise<Page> {
  const page = await person.get(path);
  const form = await person.get(byRole(page.html, 'link', 'Tôi đang gặp khó').getAttribute('href') ?? '');
  return person.follow(await person.submit(form, { fields: { words } }));
}

t.test('Stuck in a lesson: one button, a sentence if one likes, and when to expect an answer', async (t) => {
  const { hoa, lan, home } = await siteWithCohort(t);
  const asked = await askAt(lan, lesson, 'Tôi không thấy\nnút bật.');
  t.match(mainOf(asked), /Ở: Bài hai.*Tôi không thấy nút bật.*Lê Thị Hoa sẽ trả lời trước/);
  t.match(mainOf(await lan.get('/')), 'Câu hỏi của bạn đang chờ. Hẹn trả lời trước');
  t.match(mainOf(await hoa.get('/')), '1 người đang hỏi');
  const day = await hoa.get(home);
  t.match(mainOf(day), /Nguyễn Thị Lan đang gặp khó.*Bài hai.*Tôi không thấy nút bật.*Đã hẹn trả lời trước/);

  const request = await hoa.get(byRole(day.html, 'link', 'Trả lời').getAttribute('href') ?? '');
  const empty = await hoa.submit(request);
  t.equal(empty.status, 422);
  await hoa.submit(request, { fields: { words: 'Nút ở góc phải.' } });
  await hoa.submit(request, { fields: { words: 'Nút ở góc phải.' } });
  const answered = await lan.get(asked.url);
  t.match(mainOf(answered), /Lê Thị Hoa \d\d:\d\d .*Nút ở góc phải\./);
  t.equal(answered.html.querySelectorAll('main .card').length, 1, 'sent twice, it is one answer');
  t.match(mainOf(await lan.get('/')), 'Câu hỏi của bạn đã có trả lời');
  t.match(mainOf(await lan.get(home)), /90 ngày qua: 1 câu hỏi được trả lời.*Bài hai Đã trả lời/);
  t.notMatch(mainOf(await hoa.get(home)), 'đang gặp khó');
});

t.test('Pressing twice in one place is asking once, and the first question stands', async (t) => {
  const { db, lan } = await siteWithCohort(t);
  const form = await lan.get('/help/new?course=small&item=second');
  const [one, two] = await Promise.all([lan.submit(form), lan.submit(form)]);
  t.equal(one.headers.location, two.headers.location);
  const again = await lan.get('/help/new?course=small&item=second');
  t.equal(again.headers.location, one.headers.location, 'the button leads to it');
  const late = await lan.follow(await lan.post('/help', { course: 'small', item: 'second', words: 'Lại nữa' }));
  t.match(mainOf(late), 'Bạn đã hỏi ở chỗ này rồi');
  t.equal((await db.selectFrom('help_requests').select('id').execute()).length, 1);
  await lan.submit(late);
  t.match(mainOf(await lan.get(late.url)), 'Bạn đã tự tìm ra');
  t.match(mainOf(await askAt(lan, lesson)), 'sẽ trả lời trước', 'after which one may ask again');
});

t.test('Stuck at a question of a result: the mentor reads that question', async (t) => {
  const { hoa, lan } = await siteWithCohort(t);
  const result = await handIn(lan, await startAttempt(lan));
  for (const link of allByRole(result.html, 'link', 'Tôi đang gặp khó')) {
    const words = textOf(link.closest('li')?.querySelector('.question-text') ?? result.html);
    const form = await lan.get(link.getAttribute('href')?.replace('&amp;', '&') ?? '');
    t.match(mainOf(form), words);
    const asked = await lan.follow(await lan.submit(form));
    t.match(mainOf(await hoa.get(asked.url)), words);
  }
  t.equal((await lan.get('/help/new?course=small&item=final&question=1')).status, 404);
});

t.test('Past its time a question stands with the other mentors, past twice its time the manager is told', async (t) => {
  const { home, hoa, binh, lan, member, ...site } = await siteWithCohort(t);
  const manager = await signedIn(site, { full_name: 'Lê Văn Quản', roles: ['manager'] });
  const fresh = await helpRequest(site, member, { hoursAgo: 23 });
  t.equal((await binh.get(`/help/${fresh}`)).status, 404);
  t.notMatch(mainOf(await binh.get(home)), 'Nguyễn Thị Lan');
  await lan.post(`/help/${fresh}/solution`);

  const late = await helpRequest(site, member, { hoursAgo: 25 });
  t.match(mainOf(await binh.get(home)), /Câu hỏi quá hạn của người khác.*Nguyễn Thị Lan/);
  t.match(mainOf(await hoa.get(home)), 'Quá hẹn');
  t.notMatch(mainOf(await hoa.get(home)), 'Câu hỏi quá hạn của người khác', 'one’s own stand above');
  t.match(mainOf(await lan.get(`/help/${late}`)), 'Những người hướng dẫn khác của nhóm cũng đã thấy');
  t.notMatch(mainOf(await manager.get('/cohorts')), 'quá hạn');
  await lan.post(`/help/${late}/solution`);

  const latest = await helpRequest(site, member, { hoursAgo: 49 });
  t.match(mainOf(await manager.get('/cohorts')), '1 câu hỏi quá hạn trả lời');
  t.match(mainOf(await lan.get(`/help/${latest}`)), 'Người quản lý cũng đã thấy');
  await binh.submit(await binh.get(`/help/${latest}`), { fields: { words: 'Mình giúp bạn nhé.' } });
  t.match(mainOf(await lan.get(`/help/${latest}`)), /Võ Thị Bình.*Mình giúp bạn nhé/);
});

t.test('Nobody else asks there, reads it, or answers', async (t) => {
  const { home, hoa, binh, lan, member, group, ...site } = await siteWithCohort(t);
  const request = await helpRequest(site, member);
  const other = await cohort(site);
  const cuc = await mentor(site, other, { full_name: 'Trần Thị Cúc' });
  const fellow = await learner(site);
  await fellow.post(`/join/${group.code}/request`);
  const stranger = await signedIn(site);
  for (const reader of [cuc, fellow, stranger, binh]) {
    t.equal((await reader.get(`/help/${request}`)).status, 404);
    t.equal((await reader.post(`/help/${request}/replies`, { words: 'x' })).status, 404);
    t.equal((await reader.post(`/help/${request}/solution`)).status, 404);
  }
  t.equal((await lan.post(`/help/${request}/replies`, { words: 'x' })).status, 403);
  t.equal((await hoa.post(`/help/${request}/solution`)).status, 403);
  t.equal((await stranger.get('/help/new?course=small&item=second')).status, 404);
  t.equal(
    (await stranger.get('/courses/small/lessons/first')).body.includes('/help/new'),
    false,
    'no button leads there',
  );
  t.equal((await lan.get('/help/new?course=small&item=nowhere')).status, 404);

  await lan.post(`${home}/departure`);
  t.equal((await hoa.get(`/help/${request}`)).status, 404, 'who has left is theirs no more');
  t.equal((await lan.get(`/help/${request}`)).status, 200, 'one’s own words stay one’s own');
  t.equal((await lan.get(lesson)).body.includes('/help/new'), false);
});

t.test('Each page costs at most four statements', async (t) => {
  const { hoa, lan, member, ...site } = await siteWithCohort(t);
  const request = await helpRequest(site, member);
  for (const [reader, path] of [
    [lan, '/help/new?course=small&item=second'],
    [lan, `/help/${request}`],
    [hoa, `/help/${request}`],
  ] as const)
    t.ok((await statementsOf(site, () => reader.get(path))).length <= 4, path);
});
