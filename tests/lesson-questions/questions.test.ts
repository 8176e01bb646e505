import t, { type Test } from 'tap';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { lessonAnswer, lessonQuestion } from './questions.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

/** A cohort of two learners with a mentor. */
async function siteWithCohort(t: Test) {
  const site = await testApp(t);
  await publish(t, site);
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  const lan = await learner(site, { full_name: 'Nguyễn Thị Lan' });
  const ut = await learner(site, { full_name: 'Trần Văn Út' });
  const members = { lan: await putIn(site, group, lan, hoa), ut: await putIn(site, group, ut, hoa) };
  const list = `/cohorts/${group.id}/questions`;
  return { ...site, group, hoa, lan, ut, members, list, lesson: `${list}?course=small&item=second` };
}

t.test('From the lesson to a question, to an answer, to what solved it, and back', async (t) => {
  const { db, hoa, lan, ut, list, group } = await siteWithCohort(t);
  const lesson = await lan.get('/courses/small/lessons/second');
  const door = byRole(lesson.html, 'link', 'Hỏi cả nhóm về bài này').getAttribute('href')?.replaceAll('&amp;', '&');
  const form = await lan.get(door ?? '');
  t.match(mainOf(form), /Câu hỏi về bài này.*Chưa có câu hỏi nào/);
  for (const words of ['', 'x'.repeat(1001)]) {
    const refused = await lan.submit(form, { fields: { words } });
    t.equal(refused.status, 422);
    t.equal(refused.html.querySelector('#words')?.text.trim(), words, 'what was typed stays');
  }
  const words = 'Vì sao?\nXem https://example.com/a <b>';
  const [one, two] = await Promise.all([1, 2].map(() => lan.submit(form, { fields: { words } })));
  t.equal(one?.headers.location, two?.headers.location, 'a double tap is one question');
  t.equal((await db.selectFrom('lesson_questions').select('id').execute()).length, 1);
  t.match(
    mainOf(await ut.get('/courses/small/lessons/second')),
    'Câu hỏi về bài này (1)',
    'the others find it under the lesson',
  );
  t.match(mainOf(await hoa.get(`/cohorts/${group.id}`)), '1 câu hỏi chưa ai trả lời');
  t.match(mainOf(await hoa.get('/')), '1 câu hỏi chưa ai trả lời');

  const home = String(one?.headers.location);
  const asked = await ut.get(home);
  t.match(asked.body, '<a href="https://example.com/a" rel="nofollow ugc noopener noreferrer">');
  t.match(mainOf(asked), /Lan \d\d:\d\d/);
  t.notMatch(asked.body, 'Nguyễn Thị Lan', 'a fellow reads the given name alone');
  t.match((await hoa.get(home)).body, 'Nguyễn Thị Lan', 'a mentor reads the whole one');
  const replies = await Promise.all(
    [1, 2].map(() => ut.submit(asked, { form: `${home}/answers`, fields: { words: 'Vì hai đứng sau một' } })),
  );
  t.strictSame(
    replies.map(({ status }) => status),
    [303, 303],
  );
  await hoa.submit(await hoa.get(home), { form: `${home}/answers`, fields: { words: 'Út nói đúng' } });
  t.match(mainOf(await ut.get(home)), /Lê Thị Hoa Người hướng dẫn/);
  for (const path of ['/', '/learning', `/cohorts/${group.id}`, list])
    t.match(mainOf(await lan.get(path)), '2 câu trả lời mới', path);
  t.notMatch(mainOf(await hoa.get('/')), 'chưa ai trả lời');
  await lan.submit(await lan.get(home), { form: `${home}/seen` });
  t.notMatch(mainOf(await lan.get('/')), 'câu trả lời mới');

  t.notOk((await ut.get(home)).html.querySelector(`form[action="${home}/solution"]`));
  t.equal((await ut.post(`${home}/solution`)).status, 403, 'another learner decides nothing');
  const [solving] = (await lan.get(home)).html.querySelectorAll('input[name=answer]');
  await lan.post(`${home}/solution`, { answer: solving?.getAttribute('value') ?? '' });
  t.match(mainOf(await ut.get(home)), /Đã giải quyết.*Bạn.*Câu trả lời giúp được/);
  await hoa.submit(await hoa.get(home), { form: `${home}/solution/remove` });
  t.notMatch(mainOf(await ut.get(home)), 'giải quyết');
});

t.test('Who does not learn the course there finds nothing, and who has left finds nothing any more', async (t) => {
  const { group, hoa, lan, ut, members, list, lesson, ...site } = await siteWithCohort(t);
  const id = await lessonQuestion(site, members.lan, { words: 'Chỉ trong nhóm' });
  const home = `${list}/${id}`;
  const besides = await cohort(site);
  const cuc = await mentor(site, besides, { full_name: 'Trần Thị Cúc' });
  const notLearning = await signedIn(site);
  await putIn(site, group, notLearning, hoa);
  const strangers = [cuc, await learner(site), notLearning];
  t.equal((await notLearning.get(list)).status, 200);
  t.notMatch((await notLearning.get(list)).body, 'Chỉ trong nhóm');
  await lan.post(`/cohorts/${group.id}/departure`);
  for (const reader of [...strangers, lan]) {
    for (const path of [lesson, home, `${home}/report`, `${home}/correction`, `${home}/moderation`])
      t.equal((await reader.get(path)).status, 404, path);
    for (const path of ['answers', 'solution', 'seen', 'withdrawal', 'report', 'moderation'])
      t.equal((await reader.post(`${home}/${path}`, { words: 'x', reason: 'x', deed: 'hidden' })).status, 404, path);
  }
  t.match(mainOf(await ut.get(home)), /Lan \d\d:\d\d .*Chỉ trong nhóm/, 'their question stays, with their name');
  const elsewhere = `/cohorts/${besides.id}/questions/${id}`;
  t.equal((await cuc.get(elsewhere)).status, 404, 'nor is it found through another cohort');
});

t.test('Unsolved ones come first, then the newest activity, twenty a page, in at most four statements', async (t) => {
  const { lan, ut, hoa, members, list, lesson, group, ...site } = await siteWithCohort(t);
  const ids: string[] = [];
  for (let number = 1; number <= 21; number += 1)
    ids.push(await lessonQuestion(site, members.lan, { words: `Câu ${number}.`, minutesAgo: 60 - number }));
  const [first = '', second = '', newest = ''] = [ids[0], ids[1], ids[20]];
  await lan.post(`${list}/${newest}/solution`);
  for (let number = 1; number <= 21; number += 1) await lessonAnswer(site, first, hoa, { words: `Đáp ${number}.` });
  const page = mainOf(await ut.get(lesson));
  t.match(page, /Câu 1\..*Câu 20\..*Câu 2\./, 'what was answered just now is on top');
  t.notMatch(page, 'Câu 21.');
  t.match(mainOf(await ut.get(`${lesson}&page=2`)), /Câu 21\..*Đã giải quyết/);
  t.match(mainOf(await ut.get(`${list}/${first}`)), /Đáp 1\..*Đáp 20\./);
  t.match(mainOf(await ut.get(`${list}/${first}?page=2`)), 'Đáp 21.');
  for (const [reader, path] of [
    [lan, list],
    [lan, lesson],
    [lan, `${list}/${first}`],
    [ut, `${list}/${second}/report`],
    [hoa, list],
    [hoa, `${list}/${first}`],
    [hoa, `${list}/moderation`],
    [hoa, `${list}/${first}/moderation`],
    [lan, '/courses/small/lessons/second'],
    [lan, '/'],
    [hoa, `/cohorts/${group.id}`],
  ] as const)
    t.ok((await statementsOf(site, () => reader.get(path))).length <= 4, path);
});

t.test('One’s own words can be corrected for a quarter of an hour, and withdrawn later too', async (t) => {
  const { db, lan, ut, hoa, members, list } = await siteWithCohort(t);
  const [fresh, old] = [
    await lessonQuestion({ db }, members.lan, { words: 'Moi hoi' }),
    await lessonQuestion({ db }, members.lan, { words: 'Hỏi lâu rồi', minutesAgo: 16 }),
  ];
  const form = await lan.get(`${list}/${fresh}/correction`);
  await lan.submit(form, { form: `${list}/${fresh}/correction`, fields: { words: 'Mới hỏi' } });
  t.match(mainOf(await ut.get(`${list}/${fresh}`)), /đã sửa.*Mới hỏi/);
  t.equal((await ut.get(`${list}/${fresh}/correction`)).status, 404, 'but nobody else’s');
  const late = await lan.post(`${list}/${old}/correction`, { words: 'Khác' });
  t.match(mainOf(await lan.follow(late)), /không sửa được nữa.*Hỏi lâu rồi/);
  const change = db.updateTable('lesson_questions').set({ words: 'Khác' }).where('id', '=', old);
  await t.rejects(change.execute(), { code: '23001' }, 'the database holds it too');

  const answer = await lessonAnswer({ db }, old, hoa, { words: 'Đáp nhầm', minutesAgo: 60 });
  await lan.post(`${list}/${old}/solution`, { answer });
  await hoa.submit(await hoa.get(`${list}/${old}/correction?answer=${answer}`));
  const left = mainOf(await lan.get(`${list}/${old}`));
  t.match(left, 'Người viết đã rút lại.');
  t.notMatch(left, 'Đáp nhầm');
  t.notMatch(left, 'Đã giải quyết', 'what has gone solves nothing');
  const { words } = await db.selectFrom('lesson_answers').select('words').executeTakeFirstOrThrow();
  t.equal(words, null);
  await lan.post(`${list}/${fresh}/withdrawal`);
  t.equal((await ut.get(`${list}/${fresh}`)).status, 404, 'a question that nobody answered is gone');
  t.equal((await lan.get(`${list}/${fresh}`)).status, 200);
});

t.test('Ten questions and sixty answers a day, however many are sent at once', async (t) => {
  const { db, lan, ut, members, list, lesson } = await siteWithCohort(t);
  for (let count = 1; count <= 8; count += 1) await lessonQuestion({ db }, members.lan);
  const forms = await Promise.all([1, 2, 3, 4].map(() => lan.get(lesson)));
  const sent = await Promise.all(forms.map((form) => lan.submit(form, { fields: { words: 'Thêm' } })));
  t.strictSame(sent.map(({ status }) => status).sort(), [303, 303, 429, 429]);
  const refused = sent.find(({ status }) => status === 429);
  t.match(refused && mainOf(refused), 'nhiều nhất 10 câu');
  t.equal(refused?.html.querySelector('#words')?.text.trim(), 'Thêm', 'what was typed stays');

  const id = await lessonQuestion({ db }, members.ut);
  for (let count = 1; count <= 60; count += 1) await lessonAnswer({ db }, id, { id: ut.id, member: members.ut });
  const answer = { id: '', words: 'Nữa' };
  t.equal((await ut.post(`${list}/${id}/answers`, answer)).status, 429);
  t.equal((await lan.post(`${list}/${id}/answers`, answer)).status, 303);
});
