import fc from 'fast-check';
import { sql } from 'kysely';
import t from 'tap';
import { v7 as newId } from 'uuid';
import { resultOf } from '../../server/assignments/rubric.ts';
import { cohort, mentor } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import { byRole, textOf } from '../support/html.ts';
import { type learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { group, handedIn, mark, marking, readFirst, task, withWork } from './work.ts';

const site = await testApp(t);
await publish(t, site, withWork);

const markingsOf = (submission_id: string) =>
  site.db
    .selectFrom('assignment_markings')
    .selectAll()
    .where('submission_id', '=', submission_id)
    .orderBy('number')
    .execute();
const certificatesOf = (person: { id: string }) =>
  site.db.selectFrom('certificates').select('code').where('person_id', '=', person.id).execute();
const percent = async (person: Awaited<ReturnType<typeof learner>>) => {
  const { html } = await person.get('/courses/small/progress');
  return Number(/(\d+) ?%/.exec(textOf(byRole(html, 'heading', '%')))?.[1]);
};

t.test('Points come from the levels, pass from the mark, and are whole per cent from 0 to 100', (t) => {
  const criterion = fc.uniqueArray(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 6 });
  const rubric = fc.array(
    criterion.map((points) => ({ points: points.sort((a, b) => b - a) })),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(rubric, fc.integer({ min: 1, max: 100 }), fc.infiniteStream(fc.nat(5)), (criteria, pass, picks) => {
      const levels = criteria.map(({ points }) => (Number(picks.next().value) % points.length) + 1);
      const settings = { pass, ways: ['text' as const] };
      const result = resultOf(criteria, levels, settings);
      const best = resultOf(
        criteria,
        criteria.map(() => 1),
        settings,
      );
      return (
        result !== null &&
        Number.isInteger(result.percent) &&
        result.percent >= 0 &&
        result.percent <= 100 &&
        result.passed === result.points * 100 >= pass * result.maxPoints &&
        best?.percent === 100 &&
        best.passed &&
        resultOf(criteria, levels.slice(1), settings) === null
      );
    }),
  );
  t.end();
});

t.test('The list has who waits longest first, and is linked with its number from the mentor’s day', async (t) => {
  const { hoa, lan, id, list } = await group(site);
  t.notOk((await hoa.get(`/cohorts/${id}`)).body.includes('1 bài chờ chấm'));
  t.match(textOf((await hoa.get(list)).html), 'Không có bài nào chờ chấm');
  const submission = await handedIn(lan);
  t.ok(byRole((await hoa.get(`/cohorts/${id}`)).html, 'link', '1 bài chờ chấm'));
  for (const path of [list, `${list}/${submission}`]) {
    const statements = await statementsOf(site, () => hoa.get(path));
    t.ok(statements.length <= 4, `${path}: ${statements.length}`);
  }
  const page = await hoa.get(list);
  t.match(textOf(page.html), /Kể một câu chuyện · nộp lúc/);
  t.ok(byRole(page.html, 'link', lan.full_name));
});

t.test('From “I start marking” to a result that the learner reads, a completion and one certificate', async (t) => {
  const { hoa, lan, list } = await group(site);
  await readFirst(lan);
  t.equal(await percent(lan), 50);
  const submission = await handedIn(lan);
  t.equal(await percent(lan), 50, 'handing in completes nothing');
  const before = await hoa.get(`${list}/${submission}`);
  t.notOk(before.html.querySelector('#marking'));
  const claimed = await hoa.follow(await hoa.submit(before, { form: `${list}/${submission}/claim` }));
  t.match(textOf((await lan.get(task)).html), 'Lê Thị Hoa đang chấm bài của bạn');
  const meanwhile = await lan.upload(`${task}/submissions`, { words: 'Khác' }, null);
  t.equal(meanwhile.status, 409);
  t.equal(byRole(meanwhile.html, 'textbox', 'Bài làm của tôi').text.trim(), 'Khác', 'and what was typed is kept');
  t.equal((await markingsOf(submission)).length, 0);
  const fields = { 'level-1': '1', 'level-2': '2', 'remark-1': 'Có tên và ngày.', comment: 'Kể rất rõ.' };
  const sent = await hoa.submit(claimed, { form: '#marking', fields, button: 'Ghi kết quả' });
  t.match(sent, { status: 303, headers: { location: list } });
  t.match(await markingsOf(submission), [{ points: 3, max_points: 5, passed: true, marked_by_id: hoa.id }]);
  t.equal(await percent(lan), 100);
  t.equal((await certificatesOf(lan)).length, 1);
  const page = await lan.get(task);
  for (const words of ['Bạn đã đạt bài này', '3/5 điểm, 60 %', 'Kể rất rõ.', 'Có tên và ngày.', '0/2 điểm'])
    t.match(textOf(page.html), words);
  t.notOk(page.html.querySelector('textarea'), 'nothing more is to be handed in');
  t.match(textOf((await lan.get('/learning')).html), 'Kể một câu chuyện đạt, chấm lúc');
});

t.test(
  'Too few points return the work for another try, and so does a mentor with a word; the second try passes',
  async (t) => {
    const { hoa, lan, list } = await group(site);
    await readFirst(lan);
    const first = await handedIn(lan);
    await mark(hoa, list, first, { levels: [2, 2], comment: 'Thiếu ngày.' });
    const page = await lan.get(task);
    t.match(textOf(page.html), 'Bài được trả lại để làm thêm');
    t.match(textOf((await lan.get('/learning')).html), 'được trả lại để làm thêm');
    const second = await handedIn(lan, 'Có ngày rồi.');
    await hoa.post(`${list}/${second}/claim`, { ok: '' });
    const silent = await hoa.post(`${list}/${second}/markings`, marking({ decision: 'return' }));
    t.equal(silent.status, 422);
    t.match(textOf(silent.html), 'Trả lại thì cần vài lời');
    await hoa.post(`${list}/${second}/markings`, marking({ decision: 'return', levels: [1, 1], comment: 'Ảnh mờ.' }));
    t.match(await markingsOf(second), [{ passed: false }]);
    t.equal(await percent(lan), 50);
    await mark(hoa, list, await handedIn(lan, 'Ảnh rõ.'));
    t.equal(await percent(lan), 100);
    t.equal((await certificatesOf(lan)).length, 1);
    t.strictSame(
      (await lan.get(task)).html
        .querySelectorAll('details > summary')
        .map((one) => textOf(one).replace(/^Lần (\d).*· /, '$1 ')),
      ['3 đạt', '2 trả lại để làm thêm', '1 trả lại để làm thêm'],
    );
  },
);

t.test('A level is missing, or is none: the same page with what was typed', async (t) => {
  const { hoa, lan, list } = await group(site);
  const submission = await handedIn(lan);
  await hoa.post(`${list}/${submission}/claim`, { ok: '' });
  const page = await hoa.post(`${list}/${submission}/markings`, { ...marking({ comment: 'Giữ lại' }), 'level-2': '3' });
  t.equal(page.status, 422);
  t.match(textOf(page.html), 'Bạn hãy chọn một mức');
  t.equal(byRole(page.html, 'textbox', 'Nhận xét chung').text.trim(), 'Giữ lại');
  t.equal(page.html.querySelectorAll('input[name=level-1][checked]').length, 1);
  t.strictSame(await markingsOf(submission), []);
});

t.test('Another mentor sees who has it and since when, takes it over openly, and the first is told', async (t) => {
  const { hoa, binh, lan, list } = await group(site);
  const submission = await handedIn(lan);
  const path = `${list}/${submission}`;
  await hoa.post(`${path}/claim`, { ok: '' });
  t.match(textOf((await binh.get(list)).html), /Lê Thị Hoa đang chấm từ \d\d:\d\d/);
  const refused = await binh.follow(await binh.post(`${path}/claim`, { ok: '' }));
  t.match(textOf(refused.html), 'Người khác đã nhận chấm bài này trước bạn');
  t.notOk(refused.html.querySelector('#marking'));
  t.equal((await binh.post(`${path}/markings`, marking())).status, 409, 'nothing is marked past a claim');
  await binh.submit(refused, { form: `${path}/claim`, button: 'Tôi chấm thay' });
  const verbs = site.db.selectFrom('audit_events').select('facts').where('verb', '=', 'submission.taken_over');
  t.match(await verbs.execute(), [{ facts: { submission, from: hoa.id } }]);
  const late = await hoa.post(`${path}/markings`, marking({ comment: 'Tôi đã viết dài' }));
  t.equal(late.status, 409);
  t.match(textOf(late.html), /Võ Văn Bình đã nhận chấm bài này lúc/);
  t.equal(byRole(late.html, 'textbox', 'Nhận xét chung').text.trim(), 'Tôi đã viết dài');
  await binh.post(`${path}/claim/remove`, { ok: '' });
  t.notOk(textOf((await hoa.get(list)).html).includes('đang chấm từ'));
});

t.test('After an hour a claim holds nobody up', async (t) => {
  const { hoa, binh, lan, list } = await group(site);
  const submission = await handedIn(lan);
  await hoa.post(`${list}/${submission}/claim`, { ok: '' });
  await site.db
    .updateTable('assignment_claims')
    .set({ claimed_at: sql<Date>`now() - interval '61 minutes'` })
    .execute();
  t.ok(byRole((await binh.get(`${list}/${submission}`)).html, 'button', 'Tôi bắt đầu chấm'));
  t.equal((await mark(binh, list, submission)).status, 303);
});

t.test('Two who begin at once: one of them has it; a marking sent ten times is one', async (t) => {
  const { hoa, binh, lan, list } = await group(site);
  const submission = await handedIn(lan);
  await Promise.all([hoa, binh].map((one) => one.post(`${list}/${submission}/claim`, { ok: '' })));
  const marks = [marking(), marking({ levels: [3, 2] })];
  const answers = await Promise.all(
    [hoa, binh].flatMap((one, index) =>
      Array.from({ length: 5 }, () => one.post(`${list}/${submission}/markings`, marks[index])),
    ),
  );
  t.equal((await markingsOf(submission)).length, 1);
  t.strictSame(answers.map(({ status }) => status).sort(), [303, 303, 303, 303, 303, 409, 409, 409, 409, 409]);
});

t.test('The database keeps two markings from counting', async (t) => {
  const { hoa, lan, list } = await group(site);
  const submission_id = await handedIn(lan);
  await mark(hoa, list, submission_id, { levels: [3, 2], comment: 'Một' });
  const [first] = await markingsOf(submission_id);
  const insert = (number: number, supersedes_id: string | null) =>
    site.db
      .insertInto('assignment_markings')
      .values({
        id: newId(),
        submission_id,
        person_id: lan.id,
        number,
        supersedes_id,
        marked_by_id: hoa.id,
        points: 0,
        max_points: 5,
        passed: false,
      })
      .execute();
  await t.rejects(insert(1, null), { code: '23505' });
  await t.rejects(insert(2, null), { code: '23514' });
  await insert(2, first?.id ?? '');
  await t.rejects(insert(3, first?.id ?? ''), { code: '23505' });
});

t.test(
  'A wrong marking is corrected by another that names it; both stay, and the course is completed once',
  async (t) => {
    const { hoa, binh, lan, list } = await group(site);
    await readFirst(lan);
    const submission = await handedIn(lan);
    await mark(hoa, list, submission, { levels: [3, 2], comment: 'Nhầm.' });
    const [wrong] = await markingsOf(submission);
    t.equal((await mark(binh, list, submission)).status, 409, 'who has not seen what counts does not mark');
    await mark(binh, list, submission, { supersedes: wrong?.id ?? '' });
    t.match(await markingsOf(submission), [
      { number: 1, passed: false },
      { number: 2, passed: true, supersedes_id: wrong?.id },
    ]);
    t.match(textOf((await lan.get(task)).html), 'Đã sửa 1 lần');
    t.equal((await certificatesOf(lan)).length, 1);
    const [, right] = await markingsOf(submission);
    await mark(hoa, list, submission, { supersedes: right?.id ?? '', levels: [3, 2] });
    t.equal(await percent(lan), 100, 'what has been passed stays passed');
    t.equal((await certificatesOf(lan)).length, 1);
  },
);

t.test('Pages, lists and forms are for who guides that cohort; nobody marks their own work', async (t) => {
  const { lan, list } = await group(site);
  const other = await group(site);
  const submission = await handedIn(lan);
  for (const stranger of [
    other.hoa,
    other.lan,
    lan,
    await signedIn(site),
    await signedIn(site, { roles: ['mentor'] }),
  ]) {
    t.equal((await stranger.get(list)).status, 404);
    t.equal((await stranger.get(`${list}/${submission}`)).status, 404);
    for (const form of ['claim', 'claim/remove', 'markings'])
      t.equal((await stranger.post(`${list}/${submission}/${form}`, marking())).status, 404);
  }
  t.equal((await other.hoa.get(`${other.list}/${submission}`)).status, 404, 'nor through a cohort of one’s own');
  const manager = await signedIn(site, { roles: ['manager'] });
  t.equal((await mark(manager, list, submission)).status, 303);
  const elsewhere = await cohort(site);
  const both = await mentor(site, elsewhere);
  t.equal((await both.get(`/cohorts/${elsewhere.id}/submissions/${submission}`)).status, 404);
});
