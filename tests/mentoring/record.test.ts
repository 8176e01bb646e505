import { sql } from 'kysely';
import t from 'tap';
import { cohort, handedTo, mentor, putIn, startGuiding } from '../cohorts/cohorts.ts';
import { meeting } from '../meetings/meetings.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { byRole, type HTMLElement, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { guidedGroup, talk, wasThere } from './mentoring.ts';

const site = await testApp(t);
await publish(t, site);
const { db } = site;

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
/** The figures of a list: what is counted, and how many. */
function figuresIn(list: HTMLElement | null) {
  const rows = list?.querySelectorAll('div') ?? [];
  return rows.map((row) => [row.querySelector('dt')?.text, textOf(row.querySelector('dd') ?? row)]);
}
const totalsOf = ({ html }: Page) => figuresIn(html.querySelector('#figures'));

t.test('Whoever has guided nobody finds an empty record and what it will hold', async (t) => {
  const person = await signedIn(site);
  const page = await person.get('/mentoring');
  t.equal(page.status, 200);
  byRole(page.html, 'heading', 'Chưa có gì trong sổ');
  t.equal((await person.get(`/mentoring/${person.id}`)).status, 200);
});

t.test('Hours are the meetings they were at and the minutes of their talks', async (t) => {
  const { group, hoa, member, home, facts } = await guidedGroup(site);
  const past = await meeting(site, group, { inMinutes: -26 * 60 });
  const coming = await meeting(site, group, { inMinutes: 5 });
  const cancelled = await meeting(site, group, { inMinutes: -50 * 60 });
  for (const id of [past, coming, cancelled]) await wasThere(site, group, id, hoa);
  await meeting(site, group, { inMinutes: -75 * 60 });
  await hoa.post(`${home}/meetings/${cancelled}/cancellation`);
  const { day } = await db
    .selectFrom('meetings')
    .where('id', '=', past)
    .select(sql<string>`(starts_at at time zone 'Asia/Ho_Chi_Minh')::date::text`.as('day'))
    .executeTakeFirstOrThrow();
  await talk(site, member, hoa, { minutes: 20 });
  await talk(site, member, hoa);
  await talk(site, member, hoa, { minutes: 40, channel: 'meeting', met_on: day });
  await talk(site, member, hoa, { minutes: 10, channel: 'meeting', met_on: '2026-01-16' });
  const withdrawn = await talk(site, member, hoa, { minutes: 100 });
  await hoa.post(`${home}/members/${member}/check-ins/${withdrawn}/withdrawal`, { reason: 'Nhầm người' });

  const page = await hoa.get('/mentoring');
  const [hours] = totalsOf(page);
  t.strictSame(hours, ['Giờ hướng dẫn', '1,5 giờ 1 buổi gặp, 4 lần trao đổi'], '60 + 20 + 10 minutes');
  t.match(mainOf(page), '1 lần trao đổi chưa ghi số phút');
  t.match(mainOf(page), 'Giờ được tính thế này');
  const list = mainOf(await hoa.get(facts));
  t.match(list, /Buổi gặp · 60 phút/);
  t.match(list, /Trao đổi với Nguyễn Thị Lan: Gọi điện · 20 phút/);
  t.match(list, /Ở buổi gặp · đã tính trong buổi gặp/);
  t.match(list, /Gọi điện · chưa ghi số phút/);
  t.notMatch(list, '100 phút');
  t.notMatch(list, 'Chuyện kín');
});

t.test(
  'Filling the roster in says that they were there, until they say no; only a mentor of the cohort says so',
  async (t) => {
    const { group, hoa, manager, lan, member, home } = await guidedGroup(site);
    const id = await meeting(site, group, { inMinutes: -120 });
    const path = `${home}/meetings/${id}`;
    await manager.submit(await manager.get(path), { form: '#roster', fields: { [`state-${member}`]: 'late' } });
    t.match(totalsOf(await hoa.get('/mentoring'))[0], [/./, /^0 phút 0 buổi gặp/]);
    await hoa.submit(await hoa.get(path), { form: '#roster', fields: { [`state-${member}`]: 'present' } });
    t.match(totalsOf(await hoa.get('/mentoring'))[0], [/./, /^1 giờ 1 buổi gặp/]);
    const said = await hoa.get(path);
    t.match(mainOf(said), 'Bạn đã có mặt');
    const no = { form: 'form[action$="/presence/remove"]' };
    await hoa.submit(said, no);
    await hoa.submit(said, no);
    await hoa.submit(await hoa.get(path), { form: '#roster', fields: { [`state-${member}`]: 'late' } });
    t.match(totalsOf(await hoa.get('/mentoring'))[0], [/./, /^0 phút/], 'a roster does not undo their word');
    const yes = { form: 'form[action$="/presence"]' };
    await hoa.submit(await hoa.get(path), yes);
    t.match(totalsOf(await hoa.get('/mentoring'))[0], [/./, /^1 giờ/]);

    const typed = await meeting(site, group, { inMinutes: -200 });
    const form = await hoa.get(`${home}/meetings/${typed}`);
    await hoa.submit(form, { form: '#roster', fields: { [`state-${member}`]: 'present', paper: 'yes' } });
    t.notMatch(
      mainOf(await hoa.get(`${home}/meetings/${typed}`)),
      'Bạn đã có mặt',
      'a list from paper says nothing of who types',
    );

    const coming = await meeting(site, group, { inMinutes: 60 });
    const early = await hoa.get(`${home}/meetings/${coming}`);
    t.equal(early.html.querySelector('form[action$="/presence"]'), null);
    t.equal((await hoa.post(`${home}/meetings/${coming}/presence`)).status, 403);
    t.equal((await manager.post(`${path}/presence`)).status, 403);
    t.equal((await lan.post(`${path}/presence`)).status, 404);
    t.equal((await (await signedIn(site)).post(`${path}/presence`)).status, 404);
    const past = { meeting_id: coming, cohort_id: group.id, person_id: hoa.id, was_there: true };
    await t.rejects(db.insertInto('meeting_mentors').values(past).execute(), /has begun/);
    const other = { ...past, meeting_id: id, person_id: manager.id };
    await t.rejects(db.insertInto('meeting_mentors').values(other).execute(), /guides nobody there/);
  },
);

t.test('Somebody counts as brought to completion by whoever guided them then', async (t) => {
  const { group, branch, hoa, lan, member, facts } = await guidedGroup(site);
  const binh = await mentor(site, group, { full_name: 'Võ Văn Bình', branch });
  const mai = await learner(site, { full_name: 'Phạm Thị Mai' });
  const second = await putIn(site, group, mai, hoa);
  await handedTo(site, second, binh);
  const code = await finish(lan);
  await finish(mai);
  const before = await learner(site, { full_name: 'Đỗ Xong Trước' });
  await finish(before);
  await putIn(site, group, before, hoa);

  const page = await hoa.get('/mentoring');
  t.strictSame(totalsOf(page).slice(1), [
    ['Học viên đang hướng dẫn', '2'],
    ['Học viên đã hướng dẫn trước đây', '1'],
    ['Học viên đã học xong', '1 1 khoá học'],
  ]);
  t.strictSame(totalsOf(await binh.get('/mentoring')).at(-1), ['Học viên đã học xong', '1 1 khoá học']);
  const list = await hoa.get(facts);
  t.match(mainOf(list), /Nguyễn Thị Lan từ ngày [\d/]+ ✓ .+ học xong ngày [\d/]+/);
  t.ok(list.body.includes(`/cohorts/${group.id}/members/${member}`));
  t.match(mainOf(list), /Mai từ/);
  t.notMatch(mainOf(list), 'Phạm Thị Mai', 'of whom they guide no more the given name is left');

  await db
    .updateTable('certificates')
    .set({ revoked_at: sql<Date>`now()`, revocation_reason: 'Nhầm' })
    .where('code', '=', code)
    .execute();
  t.strictSame(totalsOf(await hoa.get('/mentoring')).at(-1), ['Học viên đã học xong', '0 0 khoá học']);
});

t.test('In all, a person in two cohorts is one, and so is what they completed', async (t) => {
  const { branch, hoa, lan } = await guidedGroup(site);
  const other = await cohort(site, { branch });
  await startGuiding(site, other, hoa);
  await putIn(site, other, lan, hoa);
  await finish(lan);
  const page = await hoa.get('/mentoring');
  t.strictSame(totalsOf(page).slice(1), [
    ['Học viên đang hướng dẫn', '1'],
    ['Học viên đã hướng dẫn trước đây', '0'],
    ['Học viên đã học xong', '1 1 khoá học'],
  ]);
  const cards = page.html.querySelectorAll('section dl').map((list) => figuresIn(list).at(-1)?.[1]);
  t.strictSame(cards, ['1 1 khoá học', '1 1 khoá học']);
  for (const link of page.html.querySelectorAll('main a[href^="/mentoring/"]'))
    t.equal((await hoa.get(link.getAttribute('href') ?? '')).status, 200);
});

t.test(
  "Themselves and managers of the cohort read it; a mentor no other's, and a manager only their own branches",
  async (t) => {
    const { group, branch, hoa, manager, lan, member, facts } = await guidedGroup(site);
    const binh = await mentor(site, group, { full_name: 'Võ Văn Bình', branch });
    const elsewhere = await guidedGroup(site);
    await startGuiding(site, elsewhere.group, hoa);
    const owner = await signedIn(site, { roles: ['owner'] });
    const own = `/mentoring/${hoa.id}`;

    for (const path of [own, facts]) {
      for (const reader of [hoa, manager, owner]) t.equal((await reader.get(path)).status, 200);
      for (const reader of [binh, lan, elsewhere.lan, await signedIn(site)])
        t.equal((await reader.get(path)).status, 404);
      t.match((await client(site.app).get(path)).headers.location, '/sign-in');
    }
    t.equal((await elsewhere.manager.get(own)).status, 200);
    t.equal((await elsewhere.manager.get(facts)).status, 404);
    t.equal((await manager.get(own)).html.querySelectorAll('section h3').length, 1);
    t.match(mainOf(await manager.get(own)), 'Chỉ gồm những nhóm học bạn quản lý');
    t.equal((await hoa.get(own)).html.querySelectorAll('section h3').length, 2);
    for (const path of ['/mentoring/x', `/mentoring/${lan.id}`, `${own}/cohorts/x`, `/mentoring/x/cohorts/${group.id}`])
      t.equal((await manager.get(path)).status, 404);
    t.equal((await hoa.get(`/mentoring/${hoa.id}/cohorts/${(await cohort(site)).id}`)).status, 404);
    t.ok((await manager.get(`/cohorts/${group.id}/mentors`)).body.includes(`href="${own}"`));
    t.notOk((await binh.get(`/cohorts/${group.id}/mentors`)).body.includes(`href="${own}"`));

    await db.updateTable('memberships').set({ valid_until: new Date() }).where('person_id', '=', hoa.id).execute();
    const without = await hoa.get(facts);
    t.notMatch(mainOf(without), 'Nguyễn Thị Lan', 'who holds the role no more reads given names');
    t.notOk(without.body.includes(`/members/${member}`));
  },
);

t.test('Many talks are read page by page, in few statements', async (t) => {
  const { hoa, member, facts, manager } = await guidedGroup(site);
  for (let number = 0; number < 60; number += 1) await talk(site, member, hoa, { minutes: 6 });
  t.match(totalsOf(await hoa.get('/mentoring'))[0], [/./, /^6 giờ 0 buổi gặp, 60 lần/]);
  const rows = (page: Page) => page.html.querySelectorAll('#hours ~ ul li').length;
  t.equal(rows(await hoa.get(facts)), 50);
  t.equal(rows(await hoa.get(`${facts}?page=2`)), 10);
  const whole = await hoa.get(byRole((await hoa.get(facts)).html, 'link', /^Hiện tất cả/).getAttribute('href') ?? '');
  t.equal(rows(whole), 60, 'or all at once, to be printed');
  t.notOk(whole.html.querySelector('#pagination'));
  t.ok(whole.html.querySelector('#print'));
  for (const path of ['/mentoring', `/mentoring/${hoa.id}`, facts])
    t.ok((await statementsOf(site, () => hoa.get(path))).length <= 4, path);
  t.ok((await statementsOf(site, () => manager.get(facts))).length <= 4);
});

t.test('A talk stays with whoever had it when another corrects the note', async (t) => {
  const { branch, group, hoa, member, home } = await guidedGroup(site);
  const binh = await mentor(site, group, { full_name: 'Võ Văn Bình', branch });
  const id = await talk(site, member, hoa, { minutes: 30 });
  await handedTo(site, member, binh);
  const list = `${home}/members/${member}/check-ins/${id}`;
  const corrected = await binh.submit(await binh.get(list), {
    form: `${list}/correction`,
    fields: { minutes: '45' },
  });
  t.equal(corrected.status, 303);
  t.match(totalsOf(await hoa.get('/mentoring'))[0], [/./, /^45 phút 0 buổi gặp, 1 lần/]);
  t.match(totalsOf(await binh.get('/mentoring'))[0], [/./, /0 lần trao đổi/]);
});
