import t, { type Test } from 'tap';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { meeting, recorded, recordsOf } from './meetings.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

async function siteWithCohort(t: Test) {
  const site = await testApp(t);
  await publish(t, site);
  const group = await cohort(site);
  const hoa = await mentor(site, group, { capacity: 20 });
  const member = async (full_name: string) => {
    const person = await learner(site, { full_name });
    return { person, id: await putIn(site, group, person, hoa) };
  };
  return { ...site, group, hoa, member, home: `/cohorts/${group.id}`, meetings: `/cohorts/${group.id}/meetings` };
}

/** What the mentor's page shows now. */
async function codeShown(hoa: SignedIn, path: string): Promise<string> {
  const { html } = await hoa.get(path);
  return (html.querySelector('p.code')?.text ?? '').replace(/\D/g, '');
}

t.test('A mentor arranges a meeting each week, changes one, and cancels one', async (t) => {
  const { hoa, meetings, member, home, db } = await siteWithCohort(t);
  const lan = await member('Nguyễn Thị Lan');
  const form = await hoa.get(`${meetings}/new`);
  const typed = { day: '5/1/2032', time: '1930', minutes: '90', where: 'Nhà văn hoá', weeks: '3' };
  const refused = await hoa.submit(form, { fields: { ...typed, where: '', time: '25 giờ' } });
  t.equal(refused.status, 422);
  t.equal(byRole(refused.html, 'textbox', 'Giờ bắt đầu').getAttribute('value'), '25 giờ');
  const noDay = await hoa.submit(refused, { fields: { ...typed, day: '2032-02-31' } });
  t.match(byRole(noDay.html, 'textbox', 'Ngày').getAttribute('value'), '31/02/2032');
  const nowhere = await hoa.submit(refused, { fields: { ...typed, where: '' } });
  t.match(mainOf(nowhere), 'Bạn hãy ghi nơi gặp');
  const arranged = await hoa.submit(nowhere, { fields: typed });
  await hoa.submit(nowhere, { fields: typed });
  const list = await hoa.follow(arranged);
  const said = allByRole(list.html, 'listitem').map(textOf);
  const shown = said.filter((text) => text.includes('Nhà văn hoá'));
  t.match(shown, [/^19:30 05\/01\/2032/, /^19:30 12\/01\/2032/, /^19:30 19\/01\/2032/], 'sent twice, arranged once');
  t.match(mainOf(await lan.person.get('/')), /Buổi gặp tới: 19:30 05\/01\/2032, 90 phút · Nhà văn hoá/);

  const rows = await db.selectFrom('meetings').select('id').orderBy('starts_at').execute();
  const [first = '', second = ''] = rows.map(({ id }) => id);
  const settings = await hoa.get(`${meetings}/${first}/settings`);
  t.equal(byRole(settings.html, 'textbox', 'Giờ bắt đầu').getAttribute('value'), '19:30');
  const change = { form: '#settings', fields: { time: '18h', where: '', link: 'https://meet.example.org/to-5' } };
  await hoa.submit(settings, change);
  await hoa.submit(settings, change);
  const changed = await db.selectFrom('meetings').selectAll().where('id', '=', first).executeTakeFirstOrThrow();
  t.match(changed, { place: null, link: 'https://meet.example.org/to-5', revision: 1 });
  t.strictSame(changed.starts_at, new Date('2032-01-05T11:00:00Z'));

  const cancelling = { form: 'form[action$="/cancellation"]' };
  const second_settings = await hoa.get(`${meetings}/${second}/settings`);
  await hoa.submit(second_settings, cancelling);
  await hoa.submit(second_settings, cancelling);
  t.match(mainOf(await hoa.get(meetings)), /12\/01\/2032, 90 phút · Nhà văn hoá đã huỷ/);
  t.match(mainOf(await lan.person.get(home)), /12\/01\/2032, 90 phút · Nhà văn hoá đã huỷ/);
  t.equal((await hoa.submit(second_settings, { form: '#settings' })).status, 403);
  const verbs = await db.selectFrom('audit_events').select('verb').where('verb', 'like', 'meeting.%').execute();
  t.equal(verbs.length, 5);
});

t.test('A roster: everybody present by one button, then the exceptions, in one form', async (t) => {
  const { hoa, group, meetings, member, ...site } = await siteWithCohort(t);
  const [an, binh, cuc] = [await member('Lê Văn An'), await member('Lê Văn Bình'), await member('Lê Thị Cúc')];
  const id = await meeting(site, group, { inMinutes: -90 });
  const path = `${meetings}/${id}`;
  const blank = await hoa.get(path);
  t.equal(blank.html.querySelectorAll('[checked]').length, 0);
  t.strictSame(
    blank.html.querySelectorAll('.roster legend').map(({ text }) => text),
    ['Lê Văn An', 'Lê Văn Bình', 'Lê Thị Cúc'],
    'by given name',
  );
  const all = await hoa.submit(blank, { button: 'Tất cả có mặt', form: `form[action="${path}"]` });
  t.strictSame(await recordsOf(site, id, an.person), [], 'to look at changes nothing');
  const fields = { [`state-${binh.id}`]: 'absent', [`state-${cuc.id}`]: 'excused' };
  const saved = await hoa.follow(await hoa.submit(all, { form: '#roster', fields }));
  await hoa.submit(all, { form: '#roster', fields });
  t.match(mainOf(saved), /1 có mặt · 0 đến muộn · 1 vắng · 1 vắng có phép · 0 chưa điểm danh/);
  t.strictSame(await recordsOf(site, id, an.person), ['present by roster'], 'sent twice, recorded once');

  const late = await hoa.submit(saved, { form: '#roster', fields: { [`state-${binh.id}`]: 'late', paper: 'yes' } });
  const corrected = await hoa.follow(late);
  t.match(mainOf(corrected), /Lê Thị Hoa nhập từ giấy lúc .* đã sửa 1 lần/);
  t.strictSame(await recordsOf(site, id, binh.person), ['absent by roster', 'late by paper'], 'both stay on record');
  await hoa.submit(saved, { form: '#roster', fields: { [`state-${an.id}`]: 'late' } });
  t.strictSame(
    await recordsOf(site, id, binh.person),
    ['absent by roster', 'late by paper'],
    'an old page undoes nothing',
  );
  t.match(mainOf(await hoa.get(meetings)), '2 trên 3 người có mặt');
});

t.test('“I am here”: by the code that the mentor shows, once, and only as a member', async (t) => {
  const { hoa, group, meetings, member, home, ...site } = await siteWithCohort(t);
  const [lan, ut] = [await member('Nguyễn Thị Lan'), await member('Trần Văn Út')];
  const id = await meeting(site, group, { inMinutes: -5 });
  const path = `${meetings}/${id}`;
  t.match(mainOf(await lan.person.get('/')), 'Tôi có mặt');
  const door = await lan.person.follow(
    await lan.person.get(byRole((await lan.person.get(home)).html, 'link', 'Tôi có mặt').getAttribute('href') ?? ''),
  );
  const say = async (person: SignedIn, code: string) => person.submit(door, { fields: { code } });
  const code = await codeShown(hoa, path);
  t.match(code, /^\d{6}$/);
  const wrong = await say(lan.person, code === '000000' ? '000001' : '000000');
  t.match(wrong, { status: 422 });
  t.match(mainOf(wrong), 'Mã này không đúng hoặc đã hết hạn');
  t.match(await say(lan.person, '12ab'), { status: 422 });
  const stranger = await signedIn(site);
  t.equal((await say(stranger, await codeShown(hoa, path))).status, 422, 'a code opens nothing to strangers');
  const here = await say(lan.person, (await codeShown(hoa, path)).replace(/(...)/, '$1 '));
  t.match(mainOf(await lan.person.follow(here)), /Có mặt/);
  await say(lan.person, await codeShown(hoa, path));
  t.strictSame(await recordsOf(site, id, lan.person), ['present by code']);
  const afterwards = await lan.person.get('/');
  t.equal(afterwards.html.querySelector('main a[href="/here"]'), null, 'whoever is recorded is not asked again');
  t.match(mainOf(afterwards), 'Có mặt');

  const wall = await hoa.get(`${path}/code`);
  t.ok(Number(wall.headers.refresh) >= 1, 'the wall shows each new code by itself');
  t.ok(wall.html.querySelector('svg.qr'));
  const link = await ut.person.get(`/here/${await codeShown(hoa, path)}`);
  t.strictSame(await recordsOf(site, id, ut.person), [], 'to open the link changes nothing');
  await ut.person.submit(link);
  t.strictSame(await recordsOf(site, id, ut.person), ['present by code']);
});

t.test('What a mentor has recorded stands against the code', async (t) => {
  const { hoa, group, meetings, member, ...site } = await siteWithCohort(t);
  const lan = await member('Nguyễn Thị Lan');
  const id = await meeting(site, group);
  await recorded(site, id, lan.id, 'absent', hoa);
  const said = await lan.person.post('/here', { code: await codeShown(hoa, `${meetings}/${id}`) });
  t.match(mainOf(await lan.person.follow(said)), 'Vắng');
  t.strictSame(await recordsOf(site, id, lan.person), ['absent by roster']);
});

t.test('No code is shown or heard but around a meeting that takes place', async (t) => {
  const { hoa, group, meetings, db, ...site } = await siteWithCohort(t);
  const [early, over, off] = [
    await meeting({ db }, group, { inMinutes: 20 }),
    await meeting({ db }, group, { inMinutes: -61 }),
    await meeting({ db }, group),
  ];
  await db.updateTable('meetings').set({ cancelled_at: new Date() }).where('id', '=', off).execute();
  for (const id of [early, over, off])
    for (const path of [`${meetings}/${id}`, `${meetings}/${id}/code`]) t.equal(await codeShown(hoa, path), '', path);
  const lan = await learner({ ...site, db });
  const member = await putIn({ db }, group, lan, hoa);
  await t.rejects(recorded({ db }, off, member, 'present', hoa), { name: 'error', constraint: 'attendance_cancelled' });
  t.equal((await hoa.post(`${meetings}/${off}/attendance`, { [`state-${member}`]: 'present' })).status, 403);
});

t.test('Whoever tries codes has to wait', async (t) => {
  const { group, member, ...site } = await siteWithCohort(t);
  const lan = await member('Nguyễn Thị Lan');
  await meeting(site, group);
  let status = 0;
  for (let tries = 0; tries < 40 && status !== 429; tries += 1)
    status = (await lan.person.post('/here', { code: '000000' })).status;
  t.equal(status, 429);
});

t.test(
  'Rosters exist for the mentors and managers of the cohort alone; a learner reads what concerns them',
  async (t) => {
    const { hoa, group, meetings, member, home, ...site } = await siteWithCohort(t);
    const [lan, ut] = [await member('Nguyễn Thị Lan'), await member('Trần Văn Út')];
    const id = await meeting(site, group, { inMinutes: -90 });
    await recorded(site, id, lan.id, 'late', hoa);
    await recorded(site, id, ut.id, 'absent', hoa);
    const other = await cohort(site);
    const cuc = await mentor(site, other);
    const gets = ['', '/new', `/${id}`, `/${id}/settings`, `/${id}/code`];
    const posts = ['', `/${id}/settings`, `/${id}/cancellation`, `/${id}/attendance`];
    for (const visitor of [cuc, lan.person]) {
      for (const path of gets) t.equal((await visitor.get(meetings + path)).status, 404, path);
      for (const path of posts) t.equal((await visitor.post(meetings + path, { ok: '' })).status, 404, path);
    }
    t.equal((await cuc.get(`/cohorts/${other.id}/meetings/${id}`)).status, 404, 'nor by way of the other cohort');
    t.equal((await hoa.get(`/cohorts/${group.id}/meetings/${id}`)).status, 200);
    const own = mainOf(await lan.person.get(home));
    t.match(own, 'Đến muộn');
    t.notMatch(own, 'Vắng');
    const foreign = await putIn(site, other, await learner(site, { full_name: 'Ai Đó' }), cuc);
    await hoa.post(`${meetings}/${id}/attendance`, { [`state-${foreign}`]: 'absent' });
    const rows = await site.db.selectFrom('attendance').select('id').where('member_id', '=', foreign).execute();
    t.strictSame(rows, [], 'nor is anybody of another cohort put on record');
  },
);

t.test('Two meetings missed are a reason to call; an excuse, or coming back, is none', async (t) => {
  const { hoa, group, member, home, db } = await siteWithCohort(t);
  const days = (count: number) => meeting({ db }, group, { inMinutes: -count * 1440 });
  const [first, , third] = [await days(21), await days(14), await days(7)];
  const missing = await member('Người Vắng');
  const excused = await member('Người Bận');
  const back = await member('Người Về');
  for (const one of [missing, excused, back]) await recorded({ db }, first, one.id, 'absent', hoa);
  // At the second nobody kept a roster, and one more was cancelled.
  await recorded({ db }, third, missing.id, 'present', hoa);
  await recorded({ db }, third, missing.id, 'absent', hoa);
  await recorded({ db }, third, excused.id, 'excused', hoa);
  await recorded({ db }, third, back.id, 'late', hoa);
  const off = await days(3);
  await recorded({ db }, off, back.id, 'absent', hoa);
  await db.updateTable('meetings').set({ cancelled_at: new Date() }).where('id', '=', off).execute();
  const day = await hoa.get(home);
  const cards = day.html.querySelectorAll('main li.card').map(textOf);
  t.equal(cards.length, 1);
  t.match(
    cards[0],
    /Người Vắng vắng hai buổi gặp Vắng hai buổi gặp gần nhất: .*Nên làm: gọi hỏi.*Chào Vắng, hai buổi gặp vừa rồi/,
  );
  const why = await hoa.get(`${home}/members/${missing.id}`);
  t.match(mainOf(why), /Quy tắc: hai buổi gặp gần nhất.*Những buổi gặp gần nhất.*Vắng.*Vắng/);
});

t.test('The pages of meetings cost few statements', async (t) => {
  const { hoa, group, meetings, member, home, ...site } = await siteWithCohort(t);
  const people = [await member('Một'), await member('Hai'), await member('Ba')];
  const id = await meeting(site, group);
  for (const one of people) await recorded(site, id, one.id, 'present', hoa);
  await hoa.get(`${meetings}/${id}`);
  const lan = people[0]?.person ?? hoa;
  const visits: [SignedIn, string][] = [
    ...['', '/new', `/${id}`, `/${id}/settings`, `/${id}/code`].map((path): [SignedIn, string] => [
      hoa,
      meetings + path,
    ]),
    [hoa, home],
    [lan, home],
    [lan, '/'],
    [lan, '/here'],
    [lan, '/account/calendar'],
  ];
  for (const [visitor, path] of visits) t.ok((await statementsOf(site, () => visitor.get(path))).length <= 4, path);
});

t.test('A calendar at a secret address shows one’s meetings, until the address is renewed', async (t) => {
  const { hoa, group, member, db, app } = await siteWithCohort(t);
  const lan = await member('Nguyễn Thị Lan');
  await meeting({ db }, group, { inMinutes: 60, place: 'Nhà văn hoá, khóm 3' });
  const off = await meeting({ db }, group, { inMinutes: 120, place: 'Trường' });
  await db.updateTable('meetings').set({ cancelled_at: new Date() }).where('id', '=', off).execute();
  await meeting({ db }, await cohort({ db }), { inMinutes: 60, place: 'Nơi khác' });
  const addressOf = async (person: SignedIn) => {
    const page = await person.get('/account/calendar');
    const made = await person.follow(await person.submit(page, { form: '/account/calendar' }));
    return new URL(made.html.querySelector('#address')?.getAttribute('href') ?? '').pathname;
  };
  const stranger = await signedIn({ db, app });
  const address = await addressOf(lan.person);
  const feed = await stranger.get(address);
  t.match(feed, { status: 200, headers: { 'content-type': 'text/calendar; charset=utf-8' } });
  const text = feed.body.replaceAll('\r\n ', '');
  t.match(text, /SUMMARY:Tổ 5\\, Long Xuyên\r\nSTATUS:CONFIRMED\r\nLOCATION:Nhà văn hoá\\, khóm 3/);
  t.match(text, /STATUS:CANCELLED\r\nLOCATION:Trường/);
  t.notMatch(text, 'Nơi khác');
  t.match((await stranger.get(await addressOf(hoa))).body, 'STATUS:CANCELLED', 'a mentor’s too');
  t.notMatch((await stranger.get(await addressOf(stranger))).body, 'VEVENT');

  const again = await addressOf(lan.person);
  t.not(again, address);
  t.equal((await stranger.get(address)).status, 404);
  t.equal((await stranger.get(again)).status, 200);
  await lan.person.submit(await lan.person.get('/account/calendar'), { form: '/account/calendar/remove' });
  t.equal((await stranger.get(again)).status, 404);
});
