import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { erasePerson } from '../../server/my-data/erasure/queries.ts';
import { mergePersons, undoMerger } from '../../server/people/merging/queries.ts';
import { getManagedPerson } from '../../server/people/queries.ts';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { lessonAnswer, lessonQuestion, moderate } from './questions.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

/** A question with an answer of somebody else. */
async function siteWithQuestion(t: Test) {
  const site = await testApp(t);
  await publish(t, site);
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  const lan = await learner(site, { full_name: 'Nguyễn Thị Lan' });
  const ut = await learner(site, { full_name: 'Trần Văn Út' });
  const members = { lan: await putIn(site, group, lan, hoa), ut: await putIn(site, group, ut, hoa) };
  const list = `/cohorts/${group.id}/questions`;
  const id = await lessonQuestion(site, members.lan, { words: 'Hỏi gì đó' });
  const answer = await lessonAnswer(site, id, { id: ut.id, member: members.ut }, { words: 'Cho xin tiền' });
  return { ...site, group, hoa, lan, ut, members, list, id, answer, home: `${list}/${id}` };
}

t.test('What is reported is decided with a reason that its author reads and the log keeps', async (t) => {
  const { db, group, hoa, lan, ut, list, home, answer } = await siteWithQuestion(t);
  const form = await lan.get(`${home}/report?answer=${answer}`);
  t.match(mainOf(form), /Cho xin tiền.*111/);
  t.equal((await lan.submit(form)).status, 422);
  for (const _ of [1, 2]) await lan.submit(form, { fields: { reason: 'Đòi tiền' } });
  t.equal((await db.selectFrom('lesson_reports').select('id').execute()).length, 1, 'once a person and text');
  t.match(mainOf(await lan.get(home)), 'Bạn đã báo câu này. Người phụ trách sẽ xem.');
  t.notMatch(mainOf(await ut.get(home)), 'báo cáo', 'its author is not told');
  t.equal((await ut.post(`${home}/correction`, { answer, words: 'Đùa thôi' })).status, 303);
  t.notMatch(mainOf(await hoa.get(home)), 'Đùa thôi', 'nor can they change what is being looked into');
  t.match(mainOf(await hoa.get(`/cohorts/${group.id}`)), '1 báo cáo');
  t.match(mainOf(await hoa.get(`${list}/moderation`)), /Đòi tiền.*Nguyễn Thị Lan/);

  const desk = await hoa.get(`${home}/moderation?answer=${answer}`);
  t.match(mainOf(desk), /Trần Văn Út viết lúc.*Cho xin tiền.*Đòi tiền/);
  t.match(mainOf(await hoa.submit(desk)), /hãy chọn một cách.*hãy ghi lý do/);
  await hoa.submit(desk, { fields: { deed: 'hidden', reason: 'Không xin tiền ở đây' } });
  const again = await hoa.submit(desk, { fields: { deed: 'hidden', reason: 'Lần nữa' } });
  t.match(mainOf(await hoa.follow(again)), 'vừa được làm rồi', 'twice is once');
  t.notMatch((await lan.get(home)).body, 'xin tiền');
  t.match(mainOf(await lan.get(home)), /đã ẩn câu này.*Người phụ trách đã xem xong/);
  t.match(mainOf(await ut.get(home)), /Cho xin tiền.*của bạn đã bị ẩn.*Không xin tiền ở đây/);
  t.equal((await ut.get('/account/data')).status, 200);
  await moderate(hoa, home, 'shown', { answer, reason: 'Hiểu nhầm' });
  t.match(mainOf(await lan.get(home)), 'Cho xin tiền');
  await moderate(hoa, home, 'locked', { reason: 'Đã đủ' });
  const locked = await lan.get(home);
  t.match(mainOf(locked), /Đã khoá.*Đã đủ/);
  t.notOk(locked.html.querySelector(`form[action="${home}/answers"]`));
  t.match(mainOf(await lan.follow(await lan.post(`${home}/answers`, { words: 'x' }))), 'không nhận thêm câu trả lời');
  await moderate(hoa, home, 'unlocked');
  t.equal((await moderate(hoa, home, 'locked', { answer })).status, 422, 'an answer cannot be locked');
  t.match(
    mainOf(await hoa.get(`${list}/moderation`)),
    /mở khoá câu hỏi của Nguyễn Thị Lan.*khoá câu hỏi.*cho hiện lại câu trả lời của Trần Văn Út.*Lê Thị Hoa ẩn câu trả lời của Trần Văn Út.*Không xin tiền ở đây/,
  );
  const verbs = await db.selectFrom('audit_events').select('verb').where('verb', 'like', 'lesson%').execute();
  t.equal(verbs.length, 5, 'all on record');
});

t.test(
  'A hidden question is found by its author and by who moderates; and nobody decides about their own',
  async (t) => {
    const { hoa, lan, ut, list, home, members, ...site } = await siteWithQuestion(t);
    await moderate(hoa, home, 'hidden', { reason: 'Có số điện thoại' });
    t.equal((await ut.get(home)).status, 404);
    t.notMatch((await ut.get(list)).body, 'Hỏi gì đó');
    t.match(mainOf(await lan.get(home)), /Hỏi gì đó.*Có số điện thoại/);
    t.equal((await lan.get(`${home}/moderation`)).status, 404, 'learners know of no such page');
    t.equal((await lan.get(`${list}/moderation`)).status, 404);
    const another = await lessonQuestion(site, members.ut);
    const own = await lessonAnswer(site, another, hoa);
    const asked = `${list}/${another}`;
    t.equal((await moderate(hoa, asked, 'hidden', { answer: own })).status, 403);
    t.equal((await hoa.get(`${asked}/report`)).status, 403, 'who may hide it needs no report');
    const manager = await signedIn(site, { roles: ['manager'] });
    t.equal((await moderate(manager, asked, 'hidden', { answer: own })).status, 303);
    t.equal((await moderate(hoa, asked, 'shown', { answer: own })).status, 403);
  },
);

t.test('However they race, nothing is written under what is locked or closed', async (t) => {
  const { db, group, hoa, lan, ut, members, home, id, answer } = await siteWithQuestion(t);
  const forms = await Promise.all([1, 2, 3, 4, 5].map(() => lan.get(home)));
  await Promise.all([
    ...forms.map((form, number) => lan.submit(form, { form: `${home}/answers`, fields: { words: `Câu ${number}` } })),
    moderate(hoa, home, 'locked'),
  ]);
  const { rows } = await sql<{ late: number; answers: number; numbers: number }>`
    select count(*) filter (where written_at > (select done_at from lesson_moderations where deed = 'locked'))::integer as late,
      count(*)::integer as answers, count(distinct number)::integer as numbers
    from lesson_answers`.execute(db);
  t.equal(rows[0]?.late, 0);
  t.equal(rows[0]?.answers, rows[0]?.numbers);
  await t.rejects(lessonAnswer({ db }, id, hoa), { code: '23514', constraint: 'lesson_answers_open' });
  await moderate(hoa, home, 'unlocked');
  await t.rejects(lessonAnswer({ db }, id, { id: lan.id }), { code: '23514', constraint: 'lesson_answers_author' });

  const other = await lessonQuestion({ db }, members.ut);
  const solved = db.updateTable('lesson_questions').set({ solved_at: new Date(), solution_id: answer });
  await t.rejects(solved.where('id', '=', other).execute(), { code: '23503' }, 'a solution belongs to its question');
  await t.rejects(db.deleteFrom('lesson_answers').execute(), { code: '23001' });
  await ut.post(`/cohorts/${group.id}/departure`);
  await t.rejects(lessonQuestion({ db }, members.ut), { code: '23514', constraint: 'lesson_questions_open' });
});

t.test('A closed cohort is for reading', async (t) => {
  const { db, group, hoa, list, home, id, ...site } = await siteWithQuestion(t);
  const manager = await signedIn({ db, ...site }, { roles: ['manager'] });
  await manager.post(`/cohorts/${group.id}/closing`);
  const page = await manager.get(home);
  t.match(mainOf(page), /chỉ đọc được.*Cho xin tiền/);
  t.strictSame(page.html.querySelectorAll('main form').length, 0);
  for (const path of ['answers', 'solution', 'seen'])
    t.equal((await manager.post(`${home}/${path}`)).status, 403, path);
  t.equal((await hoa.get(home)).status, 404);
  await t.rejects(lessonAnswer({ db }, id, manager), { code: '23514', constraint: 'lesson_answers_open' });
});

t.test('What was written follows a person registered twice, and is forgotten with one who is erased', async (t) => {
  const { db, hoa, lan, ut, home, id, answer, ...site } = await siteWithQuestion(t);
  const owner = await signedIn({ db, ...site }, { roles: ['owner'] });
  const kept = await learner({ db, ...site }, { full_name: 'Trần Văn Út Em' });
  await lan.post(`${home}/report`, { answer, reason: 'Xem giúp' });
  const [one, other] = [await getManagedPerson(db, owner, kept.id), await getManagedPerson(db, owner, ut.id)];
  t.equal(await db.transaction().execute((trx) => mergePersons(trx, owner, one, other)), 'merged');
  t.match(mainOf(await kept.get(home)), /Bạn \d\d:\d\d .*Cho xin tiền.*Rút lại/);
  const { id: merger } = await db.selectFrom('person_mergers').select('id').executeTakeFirstOrThrow();
  const again = await getManagedPerson(db, owner, kept.id);
  await db.transaction().execute((trx) => undoMerger(trx, owner, again, merger));
  t.equal((await kept.get(home)).status, 404);

  for (const person of [ut, lan]) await db.transaction().execute((trx) => erasePerson(trx, person.id, 'keep'));
  const words = async () => (await db.selectFrom('lesson_answers').select('words').executeTakeFirstOrThrow()).words;
  t.equal(await words(), 'Cho xin tiền', 'what is being looked into stays');
  t.match(mainOf(await hoa.get(home)), /Tài khoản đã xoá.*Người viết đã xoá tài khoản/);
  await moderate(hoa, home, 'kept', { answer });
  t.equal(await words(), null, 'until it is decided');
  const { reason } = await db.selectFrom('lesson_reports').select('reason').executeTakeFirstOrThrow();
  t.equal(reason, null);
});
