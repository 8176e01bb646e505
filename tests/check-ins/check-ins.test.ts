import t, { type Test } from 'tap';
import { today } from '../../server/check-ins/days.ts';
import { erasePerson } from '../../server/my-data/erasure/queries.ts';
import { cohort, handedTo, joiner, memberOf, mentor } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { checkIn, note } from './check-ins.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

/** A cohort with a mentor and a learner who is theirs, and another mentor beside. */
async function siteWithMentee(t: Test) {
  const site = await testApp(t);
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  const lan = await joiner(site, group, 'Nguyễn Thị Lan');
  const binh = await mentor(site, group, { full_name: 'Võ Thị Bình' });
  const { id: member = '' } = (await memberOf(site, group, lan)) ?? {};
  return { ...site, group, hoa, binh, lan, member, home: `/cohorts/${group.id}/members/${member}` };
}

t.test('A mentor notes a talk for themselves; the learner sees only what was agreed, until it is done', async (t) => {
  const site = await siteWithMentee(t);
  const { hoa, lan, home, group } = site;
  const saved = await note(hoa, home, { minutes: '20', note: 'Mẹ bạn ấy ốm.', next_step: 'Xem lại bài hai' });
  t.equal(saved.status, 303);
  const list = await hoa.follow(saved);
  t.match(mainOf(list), /Gọi điện · 20\sphút · Lê Thị Hoa Chỉ người hướng dẫn Mẹ bạn ấy ốm\. Đã hẹn: Xem lại bài hai/);
  for (const path of ['/', '/learning', '/check-ins', `/cohorts/${group.id}`]) {
    const page = await lan.get(path);
    t.match(mainOf(page), 'Xem lại bài hai', path);
    t.notMatch(page.body, 'ốm', path);
  }
  await lan.submit(await lan.get('/'), { form: 'form[action$="/completion"]' });
  t.notMatch(mainOf(await lan.get('/')), 'Xem lại bài hai');
  t.match(mainOf(await lan.get('/check-ins')), /Xem lại bài hai xong ngày/);
  t.match(mainOf(await hoa.get(`${home}/check-ins`)), /Xem lại bài hai xong ngày/);
  t.match(mainOf(await hoa.get(`/cohorts/${group.id}`)), /Nguyễn Thị Lan.*\d\d\/\d\d\/\d{4}/);

  await note(hoa, home, { sharing: 'shared', note: 'Lan làm tốt.', next_step: 'Làm bài ba', next_step_on: today() });
  t.match(mainOf(await lan.get('/')), 'Làm bài ba');
  t.match(mainOf(await lan.get('/check-ins')), 'Lan làm tốt.');
  const later = await note(hoa, home, { met_on: '2026-01-02', next_step: 'Việc cũ' });
  t.equal(later.status, 303);
  t.match(mainOf(await lan.get('/')), 'Làm bài ba', 'the newest day counts');
});

t.test('What does not fit is told beside its field, and what was typed stays', async (t) => {
  const { hoa, home, db } = await siteWithMentee(t);
  for (const [fields, message] of [
    [{ met_on: '2099-01-01', note: 'x' }, 'Ngày này chưa đến'],
    [{ met_on: '31/2/2026', note: 'x' }, 'Bạn hãy ghi ngày như'],
    [{}, 'Bạn hãy ghi vài chữ'],
    [{ note: 'x', minutes: '0' }, 'từ 1 đến 720'],
    [{ note: 'x', next_step_on: '2026-02-01' }, 'hãy ghi cả việc đã hẹn'],
    [{ next_step: 'x', next_step_on: '2020-02-01' }, 'không thể trước'],
    [{ note: 'x', channel: 'letter' }, 'hãy chọn một cách'],
    [{ note: 'y'.repeat(2001) }, 'ngắn hơn 2.000'],
  ] as [Record<string, string>, string][]) {
    const page = await note(hoa, home, fields);
    t.equal(page.status, 422, message);
    t.match(mainOf(page), message);
    if (fields.note) t.equal(page.html.querySelector('#note')?.text.trim(), fields.note);
  }
  t.strictSame(await db.selectFrom('check_ins').select('entry_id').execute(), []);
});

t.test('A correction takes the place, a withdrawal takes away, and all of it stays on record', async (t) => {
  const { hoa, lan, home, db, member } = await siteWithMentee(t);
  const id = await checkIn({ db }, member, hoa, { note: 'Học đến bài 3.', next_step: 'Bài 4' });
  const form = await hoa.get(`${home}/check-ins/${id}`);
  const correct = (words: string) => hoa.submit(form, { form: 'form[action$="/correction"]', fields: { note: words } });
  t.match((await correct('Học đến bài 2.')).headers.location, /check-ins$/);
  t.match(mainOf(await lan.get('/check-ins')), 'Học đến bài 2.');
  t.notMatch(mainOf(await lan.get('/check-ins')), 'Học đến bài 3.');
  t.match(mainOf(await lan.get('/')), 'Bài 4');

  const again = await hoa.follow(await correct('Học đến bài 1.'));
  t.match(mainOf(again), /đã có bản sửa khác.*Học đến bài 2\..*1 bản trước.*Học đến bài 3\./);
  t.notMatch(mainOf(again), 'bài 1.', 'an older form overwrites nothing');

  t.equal((await hoa.submit(again, { form: 'form[action$="/withdrawal"]' })).status, 422);
  await hoa.submit(again, { form: 'form[action$="/withdrawal"]', fields: { reason: 'Ghi nhầm người' } });
  t.match(mainOf(await hoa.get(`${home}/check-ins`)), /Đã rút Rút vì: Ghi nhầm người/);
  t.notMatch(mainOf(await lan.get('/check-ins')), 'Học đến');
  t.notMatch(mainOf(await lan.get('/')), 'Bài 4');
  t.equal(
    (await hoa.submit(again, { form: 'form[action$="/withdrawal"]', fields: { reason: 'Lần nữa' } })).status,
    403,
  );
  const verbs = await db.selectFrom('audit_events').select('verb').where('verb', 'like', 'check_in.%').execute();
  t.strictSame(verbs.map(({ verb }) => verb).sort(), ['check_in.corrected', 'check_in.withdrawn']);
});

t.test('Sent twice, it is one; ticked twice, it is done once', async (t) => {
  const { hoa, lan, home, db } = await siteWithMentee(t);
  const form = await hoa.get(`${home}/check-ins/new`);
  const fields = { note: 'Một lần', next_step: 'Một việc' };
  await Promise.all([hoa.submit(form, { fields }), hoa.submit(form, { fields })]);
  t.equal((await db.selectFrom('check_ins').select('entry_id').execute()).length, 1);
  const page = await lan.get('/');
  await Promise.all([
    lan.submit(page, { form: 'form[action$="/completion"]' }),
    lan.submit(page, { form: 'form[action$="/completion"]' }),
  ]);
  t.equal((await db.selectFrom('next_steps_done').selectAll().execute()).length, 1);
});

t.test('Nobody else finds them: other mentors, other learners, strangers, managers of other branches', async (t) => {
  const { hoa, binh, lan, home, member, group, ...site } = await siteWithMentee(t);
  const id = await checkIn(site, member, hoa, { private_note: 'Chuyện nhà', next_step: 'Bài 4' });
  const elsewhere = await cohort(site);
  const cuc = await mentor(site, elsewhere, { full_name: 'Trần Thị Cúc' });
  const fellow = await joiner(site, group);
  const stranger = await signedIn(site);
  for (const reader of [binh, cuc, fellow, stranger, lan]) {
    for (const path of ['', '/new', `/${id}`]) t.equal((await reader.get(`${home}/check-ins${path}`)).status, 404);
    for (const path of ['', `/${id}/correction`, `/${id}/withdrawal`])
      t.equal((await reader.post(`${home}/check-ins${path}`, { note: 'x', reason: 'xyz' })).status, 404);
    t.equal((await reader.post(`${home}/openings`, { reason: 'Tò mò thôi' })).status, 404);
  }
  for (const reader of [binh, fellow, stranger, hoa])
    t.equal((await reader.post(`/check-ins/${id}/completion`, { revision: '0' })).status, 404);
  t.equal((await lan.post(`/check-ins/${id}/completion`, { revision: '7' })).status, 404);
  t.equal((await lan.post('/check-ins/x/completion', { revision: 'x' })).status, 404);
});

t.test('A manager reads them after saying why, for an hour, and the learner sees it', async (t) => {
  const { hoa, lan, home, member, ...site } = await siteWithMentee(t);
  const id = await checkIn(site, member, hoa, { private_note: 'Chuyện nhà' });
  const manager = await signedIn(site, { full_name: 'Lê Văn Quản', roles: ['manager'] });
  for (const path of ['/check-ins', `/check-ins/${id}`]) {
    const door = await manager.get(home + path);
    t.notMatch(door.body, 'Chuyện nhà', path);
    t.match(mainOf(door), 'Học viên thấy ai đã mở');
  }
  const door = await manager.get(`${home}/check-ins`);
  t.equal((await manager.submit(door)).status, 422);
  const opened = await manager.follow(await manager.submit(door, { fields: { reason: 'Gia đình hỏi' } }));
  t.match(mainOf(opened), 'Chuyện nhà');
  await manager.submit(door, { fields: { reason: 'Gia đình hỏi' } });
  t.equal((await site.db.selectFrom('openings').select('id').execute()).length, 1);
  t.match(mainOf(await manager.get(`${home}/check-ins/${id}`)), 'Chuyện nhà');
  t.equal((await manager.get(`${home}/check-ins/new`)).status, 403, 'and writes none');
  t.equal((await manager.post(`${home}/check-ins`, { note: 'x' })).status, 403);
  t.equal((await manager.post(`${home}/check-ins/${id}/withdrawal`, { reason: 'xyz' })).status, 403);
  t.match(mainOf(await lan.get('/account/data')), /Lê Văn Quản: mở ghi chép hoặc tin nhắn/);
});

t.test('Notes go along at a hand-over: the new mentor reads them, the former one no more', async (t) => {
  const { hoa, binh, home, db, member } = await siteWithMentee(t);
  const id = await checkIn({ db }, member, hoa, { private_note: 'Thích học buổi tối.' });
  await handedTo({ db }, member, binh);
  t.match(mainOf(await binh.get(`${home}/check-ins`)), /Lê Thị Hoa.*Thích học buổi tối/);
  for (const path of ['', '/new', `/${id}`]) t.equal((await hoa.get(`${home}/check-ins${path}`)).status, 404);
  t.equal((await hoa.post(`${home}/check-ins`, { note: 'x' })).status, 404);
  await t.rejects(checkIn({ db }, member, hoa, { note: 'Muộn' }), { code: '23514' });
});

t.test('The list has a second page, and each page costs at most four statements', async (t) => {
  const { hoa, lan, home, member, group, ...site } = await siteWithMentee(t);
  for (let day = 1; day <= 21; day += 1)
    await checkIn(site, member, hoa, { met_on: `2026-01-${String(day).padStart(2, '0')}`, note: `Ngày ${day}.` });
  t.match(mainOf(await hoa.get(`${home}/check-ins`)), /Ngày 21\..*Ngày 2\./);
  t.notMatch(mainOf(await hoa.get(`${home}/check-ins`)), 'Ngày 1.');
  t.match(mainOf(await hoa.get(`${home}/check-ins?page=2`)), 'Ngày 1.');
  t.match(mainOf(await lan.get('/check-ins?page=2')), 'Ngày 1.');
  const id = await checkIn(site, member, hoa, { note: 'x', next_step: 'y' });
  for (const [reader, path] of [
    [hoa, `${home}/check-ins`],
    [hoa, `${home}/check-ins/new`],
    [hoa, `${home}/check-ins/${id}`],
    [hoa, home],
    [hoa, `/cohorts/${group.id}`],
    [lan, '/check-ins'],
    [lan, '/'],
    [lan, '/learning'],
    [lan, `/cohorts/${group.id}`],
  ] as const)
    t.ok((await statementsOf(site, () => reader.get(path))).length <= 4, path);
});

t.test('Of a learner who is erased no word is left; of a mentor who is, the notes stay with the learner', async (t) => {
  const { hoa, lan, db, member } = await siteWithMentee(t);
  await checkIn({ db }, member, hoa, { private_note: 'Chuyện nhà', next_step: 'Bài 4' });
  const words = () => db.selectFrom('check_ins').select(['private_note', 'note', 'next_step']).execute();
  await db.transaction().execute((trx) => erasePerson(trx, hoa.id, 'keep'));
  t.match(await words(), [{ private_note: 'Chuyện nhà', next_step: 'Bài 4' }]);
  await t.rejects(db.updateTable('check_ins').set({ private_note: null }).execute(), { code: '23001' });
  await db.transaction().execute((trx) => erasePerson(trx, lan.id, 'keep'));
  t.strictSame(await words(), [{ private_note: null, note: null, next_step: null }]);
});
