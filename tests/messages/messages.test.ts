import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { erasePerson } from '../../server/my-data/erasure/queries.ts';
import { mergePersons, undoMerger } from '../../server/people/merging/queries.ts';
import { getManagedPerson } from '../../server/people/queries.ts';
import { cohort, handedTo, joiner, memberOf, mentor } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { message, report, write } from './messages.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

/** A cohort with a mentor and a learner who is theirs, and another mentor beside. */
async function siteWithPair(t: Test) {
  const site = await testApp(t);
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  const lan = await joiner(site, group, 'Nguyễn Thị Lan');
  const binh = await mentor(site, group, { full_name: 'Võ Thị Bình' });
  const { id: member = '' } = (await memberOf(site, group, lan)) ?? {};
  const home = `/cohorts/${group.id}/members/${member}/messages`;
  return { ...site, group, hoa, binh, lan, member, home };
}

t.test('Learner and mentor write to each other, see what is new, and that it was read', async (t) => {
  const { hoa, lan, home, group, db } = await siteWithPair(t);
  t.match(mainOf(await lan.get(home)), /Tin nhắn với Lê Thị Hoa.*Chưa ai viết gì.*Người phụ trách an toàn/);
  const words = 'Chào cô.\nXem https://example.com/a nhé <b>';
  t.match(mainOf(await lan.follow(await write(lan, home, words))), /Đã gửi\. .*Bạn \d\d:\d\d/);
  t.match(mainOf(await hoa.get('/')), '1 tin chưa đọc');
  t.match(mainOf(await hoa.get(`/cohorts/${group.id}`)), /Nguyễn Thị Lan 1 tin chưa đọc/);
  const thread = await hoa.get(home);
  t.match(thread.body, 'Chào cô.\nXem <a href="https://example.com/a" rel="nofollow ugc noopener noreferrer">');
  t.match(mainOf(thread), 'nhé <b>');
  await hoa.submit(thread, { form: `${home}/seen` });
  t.notMatch(mainOf(await hoa.get('/')), 'chưa đọc');
  t.match(mainOf(await lan.get(home)), 'đã xem');

  const form = await hoa.get(home);
  const [one, two] = await Promise.all(
    [1, 2].map(() => hoa.submit(form, { form: home, fields: { words: 'Tốt lắm' } })),
  );
  t.equal(one?.status, 303);
  t.equal(two?.status, 303, 'a double tap');
  t.equal((await db.selectFrom('messages').select('id').execute()).length, 2, 'is one message');
  for (const path of ['/', '/learning', `/cohorts/${group.id}`, '/messages'])
    t.match(mainOf(await lan.get(path)), '1 tin chưa đọc', path);
  await write(lan, home, 'Vâng');
  t.notMatch(mainOf(await lan.get('/')), 'chưa đọc', 'who answers has read it');
  for (const words of ['', 'x'.repeat(2001)]) {
    const refused = await write(lan, home, words);
    t.equal(refused.status, 422);
    t.equal(refused.html.querySelector('#words')?.text.trim(), words, 'what was typed stays');
  }
});

t.test('One letter tells of the first message that waits, and not what it says', async (t) => {
  const { hoa, lan, home, db } = await siteWithPair(t);
  await db.updateTable('person_details').set({ email: 'lan@example.com' }).where('person_id', '=', lan.id).execute();
  await write(hoa, home, 'Bí mật một');
  t.strictSame(await db.selectFrom('mails').select('id').execute(), [], 'none to an address that nobody confirmed');
  await db
    .updateTable('person_details')
    .set({ email_confirmed_at: new Date() })
    .where('person_id', '=', lan.id)
    .execute();
  await lan.submit(await lan.get(home), { form: `${home}/seen` });
  for (const words of ['Bí mật hai', 'Bí mật ba']) await write(hoa, home, words);
  const mails = await db.selectFrom('mails').select(['person_id', 'letter', 'facts']).execute();
  t.strictSame(mails, [{ person_id: lan.id, letter: 'message_waiting', facts: {} }]);
});

t.test('Older messages stand on older pages, each at most four statements', async (t) => {
  const { hoa, lan, home, member, ...site } = await siteWithPair(t);
  for (let number = 1; number <= 21; number += 1) await message(site, member, hoa, `Tin ${number}.`);
  const newest = await lan.get(home);
  t.match(mainOf(newest), /Tin 21\..*Tin 2\./);
  t.notMatch(mainOf(newest), 'Tin 1.');
  const older = await lan.get(
    byRole(newest.html, 'link', 'Tin cũ hơn').getAttribute('href')?.replace('&amp;', '&') ?? '',
  );
  t.match(mainOf(older), 'Tin 1.');
  t.notMatch(mainOf(older), 'Tin 2.');
  const manager = await signedIn(site, { roles: ['manager'] });
  for (const [reader, path] of [
    [lan, home],
    [hoa, home],
    [manager, home],
    [lan, '/messages'],
    [hoa, '/messages'],
    [lan, '/'],
    [hoa, '/'],
    [manager, '/admin/message-reports'],
  ] as const)
    t.ok((await statementsOf(site, () => reader.get(path))).length <= 4, path);
});

t.test(
  'Nobody else finds the thread; a manager of the branch opens it with a reason that the learner sees',
  async (t) => {
    const { hoa, binh, lan, home, member, group, ...site } = await siteWithPair(t);
    const id = await message(site, member, hoa, 'Chỉ hai người');
    const elsewhere = await cohort(site);
    const cuc = await mentor(site, elsewhere, { full_name: 'Trần Thị Cúc' });
    for (const reader of [binh, cuc, await joiner(site, group), await signedIn(site)]) {
      t.equal((await reader.get(home)).status, 404);
      t.equal((await reader.post(home, { words: 'x' })).status, 404);
      t.equal((await reader.post(`${home}/seen`, { seen: '1' })).status, 404);
      t.equal((await reader.get(`/messages/${id}/report`)).status, 404);
      t.equal((await reader.post(`/messages/${id}/report`, { reason: 'x' })).status, 404);
      t.notMatch(mainOf(await reader.get('/messages')), 'Lan');
    }
    const manager = await signedIn(site, { full_name: 'Lê Văn Quản', roles: ['manager'] });
    t.equal((await manager.post(home, { words: 'x' })).status, 403);
    t.equal((await manager.post(`${home}/seen`, { seen: '1' })).status, 403);
    const door = await manager.get(home);
    t.notMatch(door.body, 'Chỉ hai người');
    const opened = await manager.follow(await manager.submit(door, { fields: { reason: 'Xem tin bị báo' } }));
    t.match(mainOf(opened), /Giữa Nguyễn Thị Lan và Lê Thị Hoa.*Chỉ hai người/);
    t.notOk(opened.html.querySelector(`form[action="${home}"]`));
    t.match(mainOf(await lan.get(home)), /Lê Văn Quản \d\d:\d\d .* Xem tin bị báo/);
    t.notMatch(mainOf(await hoa.get(home)), 'Lê Văn Quản');
    t.match(mainOf(await lan.get('/account/data')), 'Lê Văn Quản: mở ghi chép hoặc tin nhắn');
  },
);

t.test('After a hand-over the thread is closed: the learner reads on, the former mentor does not', async (t) => {
  const { hoa, binh, lan, home, member, db } = await siteWithPair(t);
  await write(lan, home, 'Gửi cô Hoa');
  const [form, hers] = [await lan.get(home), await hoa.get(home)];
  await handedTo({ db }, member, binh);
  const stopped = await lan.submit(form, { form: home, fields: { words: 'Chỉ cho cô Hoa' } });
  t.equal(stopped.status, 422, 'what was meant for one is not sent to the other');
  t.match(mainOf(stopped), /Tin nhắn với Võ Thị Bình.*người hướng dẫn đã đổi/);
  t.equal(stopped.html.querySelector('#words')?.text.trim(), 'Chỉ cho cô Hoa');
  t.equal((await hoa.submit(hers, { form: home, fields: { words: 'x' } })).status, 404);
  t.equal((await hoa.get(home)).status, 404);
  const { id } = await db.selectFrom('message_threads').select('id').executeTakeFirstOrThrow();
  t.equal((await hoa.get(`${home}?thread=${id}`)).status, 404);
  t.equal((await binh.get(`${home}?thread=${id}`)).status, 404, 'the new mentor does not read what was for another');
  const old = await lan.get(`${home}?thread=${id}`);
  t.match(mainOf(old), /Đã đóng.*Bây giờ Võ Thị Bình là người hướng dẫn.*Viết cho Võ Thị Bình.*Gửi cô Hoa/);
  t.notOk(old.html.querySelector(`form[action="${home}"]`));
  t.match(mainOf(await lan.get('/messages')), /Lê Thị Hoa.*Đã đóng/);
  await t.rejects(
    db
      .insertInto('messages')
      .values({ id: id.replace(/.$/, '0'), thread_id: id, number: 9, person_id: hoa.id, words: 'x' })
      .execute(),
    { code: '23514' },
  );
});

t.test('A message is reported, looked into by a manager of the branch, hidden, and stays as evidence', async (t) => {
  const { hoa, lan, home, member, ...site } = await siteWithPair(t);
  const [bad, other] = [await message(site, member, hoa, 'Gửi tiền đi'), await message(site, member, hoa, 'Chào')];
  await message(site, member, lan, 'Không');
  const page = await lan.get(home);
  t.equal(page.html.querySelectorAll('a[href$="/report"]').length, 2, 'only what the other one wrote');
  const form = await lan.get(`/messages/${bad}/report`);
  t.match(mainOf(form), /Gửi tiền đi.*111/);
  t.equal((await lan.submit(form)).status, 422);
  for (const _ of [1, 2]) await lan.submit(form, { fields: { reason: 'Đòi tiền' } });
  await report(site, other, lan);
  t.match(mainOf(await lan.get(home)), 'Bạn đã báo tin này. Người phụ trách sẽ xem.');
  t.notMatch(mainOf(await hoa.get(home)), 'đã báo');

  const manager = await signedIn(site, { full_name: 'Lê Văn Quản', roles: ['manager'] });
  const owner = await signedIn(site, { roles: ['owner'] });
  for (const person of [manager, owner])
    t.match(mainOf(await person.get('/admin')), 'Tin nhắn bị báo 2 tin chưa ai xem');
  const list = await manager.get('/admin/message-reports');
  t.match(mainOf(list), /Nguyễn Thị Lan Chưa xử lý.*Đòi tiền.*Lê Thị Hoa viết lúc.*Gửi tiền đi/);
  const { id } = await site.db
    .selectFrom('message_reports')
    .select('id')
    .where('message_id', '=', bad)
    .executeTakeFirstOrThrow();
  const closing = `/admin/message-reports/${id}/closing`;
  t.match(mainOf(await manager.submit(list, { form: closing })), /hãy chọn một cách.*hãy ghi đã làm gì/);
  const fields = { outcome: 'hidden', note: 'Đã gọi cho gia đình' };
  t.match(
    mainOf(await manager.follow(await manager.submit(list, { form: closing, fields }))),
    /Chào.*Đã xử lý.*Gửi tiền đi/,
  );
  await manager.submit(list, { form: closing, fields: { outcome: 'kept', note: 'x' } });
  for (const person of [manager, owner])
    t.match(mainOf(await person.get('/admin')), 'Tin nhắn bị báo 1 tin chưa ai xem');
  for (const reader of [lan, hoa]) {
    t.notMatch((await reader.get(home)).body, 'Gửi tiền đi');
    t.match(mainOf(await reader.get(home)), 'Người phụ trách đã ẩn tin nhắn này');
  }
  t.equal((await lan.get(`/messages/${bad}/report`)).status, 404);
  await t.rejects(site.db.updateTable('message_reports').set({ outcome: 'kept' }).where('id', '=', id).execute());

  const verbs = await site.db.selectFrom('audit_events').select('verb').where('verb', 'like', 'message.%').execute();
  t.strictSame(verbs.map(({ verb }) => verb).sort(), ['message.report_closed', 'message.reported']);
  await site.db.transaction().execute((trx) => erasePerson(trx, hoa.id, 'keep'));
  const words = async () =>
    (
      await site.db.selectFrom('messages').select('words').where('person_id', '=', hoa.id).orderBy('number').execute()
    ).map((row) => row.words);
  t.strictSame(await words(), ['Gửi tiền đi', 'Chào'], 'evidence outlives its author’s account');
  const open = (await manager.get('/admin/message-reports')).html.querySelector('form[action$="/closing"]');
  await manager.post(open?.getAttribute('action') ?? '', { outcome: 'kept', note: 'Không có gì' });
  t.strictSame(await words(), ['Gửi tiền đi', null], 'what nothing was wrong with does not');
});

t.test('Nobody looks into a report about themselves, nor for another branch; past the limit one waits', async (t) => {
  const { hoa, lan, home, member, ...site } = await siteWithPair(t);
  const id = await report(site, await message(site, member, hoa, 'Đừng nói ai'), lan);
  const sideways = await signedIn(site, { roles: ['manager'], branch: await organisation(site, 'beside') });
  await site.db
    .insertInto('memberships')
    .columns(['id', 'person_id', 'organisation_id', 'role'])
    .expression(({ selectFrom }) =>
      selectFrom('cohorts')
        .innerJoin('organisations', 'organisations.id', 'cohorts.organisation_id')
        .select([sql<string>`gen_random_uuid()`.as('id'), sql<string>`${hoa.id}::uuid`.as('person_id')])
        .select(['organisations.id as organisation_id', sql<string>`'manager'`.as('role')])
        .limit(1),
    )
    .execute();
  for (const reader of [sideways, hoa]) {
    t.notMatch((await reader.get('/admin/message-reports')).body, 'Đừng nói ai');
    const closing = await reader.post(`/admin/message-reports/${id}/closing`, { outcome: 'kept', note: 'x' });
    t.equal(closing.status, 404);
  }
  const form = await lan.get(home);
  await site.db.deleteFrom('limit_counters').execute();
  await lan.submit(form, { form: home, fields: { words: 'Một' } });
  await site.db.updateTable('limit_counters').set({ count: 70, last_at: new Date() }).execute();
  const slowed = await write(lan, home, 'Hai');
  t.equal(slowed.status, 429);
  t.ok(Number(slowed.headers['retry-after']) > 500);
  t.match(mainOf(slowed), 'Bạn đã gửi rất nhiều tin');
  t.equal(slowed.html.querySelector('#words')?.text.trim(), 'Hai');
});

t.test('What was written follows a person registered twice, and is forgotten with one who is erased', async (t) => {
  const { hoa, lan, home, member, db, ...site } = await siteWithPair(t);
  const owner = await signedIn({ db, ...site }, { roles: ['owner'] });
  const kept = await signedIn({ db, ...site });
  await message({ db }, member, lan, 'Của Lan');
  await report({ db }, await message({ db }, member, hoa, 'Của Hoa'), lan);
  const [one, other] = [await getManagedPerson(db, owner, kept.id), await getManagedPerson(db, owner, lan.id)];
  t.equal(await db.transaction().execute((trx) => mergePersons(trx, owner, one, other)), 'merged');
  t.match(mainOf(await kept.get(home)), /Bạn đã báo tin này.*Bạn \d\d:\d\d.*Của Lan/);
  const { id } = await db.selectFrom('person_mergers').select('id').executeTakeFirstOrThrow();
  const again = await getManagedPerson(db, owner, kept.id);
  await db.transaction().execute((trx) => undoMerger(trx, owner, again, id));
  t.equal((await kept.get(home)).status, 404);
  const authors = await db.selectFrom('messages').select('person_id').orderBy('number').execute();
  t.strictSame(
    authors.map(({ person_id }) => person_id),
    [lan.id, hoa.id],
  );

  await db.transaction().execute((trx) => erasePerson(trx, lan.id, 'keep'));
  const words = await db.selectFrom('messages').select('words').orderBy('number').execute();
  t.strictSame(words, [{ words: null }, { words: 'Của Hoa' }], 'but not what is being looked into');
  t.equal((await hoa.get(home)).status, 404, 'who has left is theirs no more');
});
