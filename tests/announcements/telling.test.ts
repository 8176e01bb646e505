import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { cohort, mentor, putIn } from '../cohorts/cohorts.ts';
import { testApp } from '../support/app.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { announcement, courseId } from './announcements.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');

async function siteWithCohort(t: Test) {
  const site = await testApp(t);
  await publish(t, site);
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  const lan = await learner(site, { full_name: 'Nguyễn Thị Lan' });
  await putIn(site, group, lan, hoa);
  return { ...site, group, hoa, lan, desk: `/cohorts/${group.id}/announcements` };
}

const typed = { title: 'Thứ Năm nghỉ học', words: 'Tuần này nghỉ.\nXem https://example.org/lich.' };

async function told(writer: Client, desk: string, fields = typed): Promise<string> {
  const { headers } = await writer.submit(await writer.get(`${desk}/new`), { fields });
  return String(headers.location);
}

t.test('A mentor tells the cohort something; who reads it says so, and the mentor sees who has not', async (t) => {
  const { hoa, lan, desk, group, ...site } = await siteWithCohort(t);
  const ut = await learner(site, { full_name: 'Trần Văn Út' });
  await putIn(site, group, ut, hoa);
  const form = await hoa.get(`${desk}/new`);
  const refused = await hoa.submit(form, { fields: { ...typed, title: '', pinned_until: '31/02/2027' } });
  t.equal(refused.status, 422);
  t.match(mainOf(refused), /Bạn hãy ghi tiêu đề/);
  t.match(byRole(refused.html, 'textbox', 'Nội dung').text, 'Tuần này nghỉ.', 'what was typed stays');
  const sent = await hoa.submit(refused, { fields: { ...typed, pinned_until: '' } });
  await hoa.submit(refused, { fields: { ...typed, pinned_until: '' } });
  t.equal((await site.db.selectFrom('announcements').select('id').execute()).length, 1, 'sent twice, told once');
  const path = String(sent.headers.location);
  t.match(path, /^\/announcements\/[1-9A-HJ-NP-Za-km-z]{1,9}$/);

  t.match(mainOf(await lan.get('/')), 'Thông báo 1 chưa đọc');
  t.match(mainOf(await lan.get('/announcements')), /chưa đọc .*Tổ 5, Long Xuyên Thứ Năm nghỉ học/);
  const page = await lan.get(path);
  t.equal(byRole(page.html, 'link', 'https://example.org/lich').getAttribute('href'), 'https://example.org/lich');
  t.notMatch(mainOf(page), 'Ai đã đọc', 'readers do not see who else has read');
  await lan.submit(page, { button: 'Tôi đã đọc' });
  await lan.submit(page, { button: 'Tôi đã đọc' });
  t.match(mainOf(await lan.get(path)), 'Bạn đã đọc thông báo này');
  t.notMatch(mainOf(await lan.get('/')), 'chưa đọc');
  t.match(mainOf(await hoa.get(path)), '1 trên 2 người đã đọc. Chưa đọc: Trần Văn Út');
  t.match(mainOf(await hoa.get(desk)), '1 người đã đọc');
});

t.test('A change is shown, may ask to be read again, and never overwrites another’s', async (t) => {
  const { hoa, lan, desk, db } = await siteWithCohort(t);
  const path = await told(hoa, desk);
  await lan.post(`${path}/reading`);
  const first = await hoa.get(`${path}/settings`);
  const second = await hoa.get(`${path}/settings`);
  const saved = { form: '#settings', fields: { words: 'Thứ Sáu cũng nghỉ.' } };
  t.match(await hoa.submit(first, saved), { status: 303 });
  t.match(await hoa.submit(first, saved), { status: 303 }, 'saved twice is saved once');
  t.match(mainOf(await lan.get(path)), /đã sửa lúc .*Thứ Sáu cũng nghỉ.*Bạn đã đọc/);
  const late = await hoa.submit(second, { form: '#settings', fields: { words: 'Học bình thường.', ask_again: 'yes' } });
  t.equal(late.status, 422);
  t.match(mainOf(late), /Người khác vừa sửa.*Học bình thường/);
  await hoa.submit(late, { form: '#settings', fields: { ask_again: 'yes' } });
  t.match(mainOf(await lan.get('/')), '1 chưa đọc');
  const settings = await hoa.get(`${path}/settings`);
  await hoa.submit(settings, { form: 'form[action$="/withdrawal"]' });
  await hoa.submit(settings, { form: 'form[action$="/withdrawal"]' });
  t.equal((await lan.get(path)).status, 404);
  t.notMatch(mainOf(await lan.get('/')), 'chưa đọc');
  t.match(mainOf(await hoa.get(path)), 'Thông báo này đã được rút lại');
  t.equal((await hoa.submit(settings, saved)).status, 403);
  await t.rejects(db.updateTable('announcements').set({ withdrawn_at: null }).execute(), { code: '23001' });
});

t.test('Nobody else finds what a cohort was told, by page, list, digest or button', async (t) => {
  const { hoa, lan, desk, group, app, ...site } = await siteWithCohort(t);
  const path = await told(hoa, desk);
  const other = await cohort(site);
  const cuc = await mentor({ app, ...site }, other, { full_name: 'Trần Thị Cúc' });
  const minh = await learner({ app, ...site });
  await putIn(site, other, minh, cuc);
  for (const reader of [cuc, minh, await signedIn({ app, ...site })]) {
    for (const address of [path, `${path}/settings`, desk, `${desk}/new`, `${desk}/digest`])
      t.equal((await reader.get(address)).status, 404, address);
    t.equal((await reader.post(`${path}/reading`)).status, 404);
    t.notMatch(mainOf(await reader.get('/announcements')), typed.title);
  }
  t.equal((await lan.get(`${path}/settings`)).status, 403);
  t.equal((await lan.get(`${desk}/digest`)).status, 404);
  t.equal((await client(app).get(path)).headers.location, `/sign-in?next=${encodeURIComponent(path)}`);
  t.equal((await client(app).get('/announcements/zzz')).headers.location, '/sign-in?next=%2Fannouncements%2Fzzz');
  await lan.post(`/cohorts/${group.id}/departure`);
  t.equal((await lan.get(path)).status, 404, 'who has left reads no more');
});

t.test('A branch is told with all below it, a course its learners; counts, and no names', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const partner = await organisation(site, 'partner');
  const below = await organisation(site, 'below', { below: partner });
  const beside = await organisation(site, 'beside');
  const manager = await signedIn(site, { roles: ['manager'], branch: partner });
  const an = await signedIn(site, { roles: ['learner'], branch: below, full_name: 'Lê Văn An' });
  await signedIn(site, { roles: ['learner'], branch: partner });
  const elsewhere = await signedIn(site, { roles: ['learner'], branch: beside });
  const path = await told(manager, '/admin/organisations/partner/announcements', {
    ...typed,
    title: 'Gửi cả mạng lưới',
  });
  t.match(mainOf(await an.get('/announcements')), 'Tổ chức partner Gửi cả mạng lưới');
  t.equal((await elsewhere.get(path)).status, 404);
  await an.post(`${path}/reading`);
  const page = mainOf(await manager.get(path));
  t.match(page, '1 trên 2 người đã đọc.', 'of the two learners: who wrote it is not asked');
  t.notOk((await manager.get(path)).html.querySelector('form[action$="/reading"]'));
  t.notMatch(page, 'Chưa đọc:');

  const owner = await signedIn(site, { roles: ['owner'] });
  const desk = '/admin/organisations/domdom/announcements';
  const form = await owner.get(`${desk}/new`);
  const course = await courseId(site);
  t.equal((await owner.submit(form, { fields: { ...typed, course: 'x' } })).status, 422);
  const toCourse = await owner.submit(form, { fields: { ...typed, course } });
  const lan = await learner(site);
  t.equal((await lan.get(String(toCourse.headers.location))).status, 200);
  t.equal((await an.get(String(toCourse.headers.location))).status, 404);
  t.match(mainOf(await owner.get(desk)), 'Khoá nhỏ');
  const noCourse = await manager.get('/admin/organisations/partner/announcements/new');
  t.notOk(noCourse.html.querySelector('select'), 'courses of others are not offered');
});

t.test('Pinned ones come first until their day is over, the newest of the others next', async (t) => {
  const { hoa, lan, group, ...site } = await siteWithCohort(t);
  const target = { cohort_id: group.id };
  await announcement(site, target, hoa, { title: 'Hôm qua', daysAgo: 1 });
  await announcement(site, target, hoa, { title: 'Đã hết ghim', daysAgo: 9, pinned_until: '2020-01-01' });
  await announcement(site, target, hoa, { title: 'Đang ghim', daysAgo: 8, pinned_until: '2099-01-01' });
  await announcement(site, target, hoa, { title: 'Hôm nay' });
  const titles = allByRole((await lan.get('/announcements')).html, 'heading')
    .map(textOf)
    .slice(1, 5);
  t.strictSame(titles, ['Đang ghim', 'Hôm nay', 'Hôm qua', 'Đã hết ghim']);
});

t.test('The week’s news is a plain text with short links, for a chat', async (t) => {
  const { hoa, group, desk, ...site } = await siteWithCohort(t);
  t.match(mainOf(await hoa.get(`${desk}/digest`)), 'Bảy ngày qua không có thông báo nào');
  const code = await announcement(site, { cohort_id: group.id }, hoa, { words: `${'dài '.repeat(60)}hết`, daysAgo: 2 });
  await announcement(site, { cohort_id: group.id }, hoa, { title: 'Cũ rồi', daysAgo: 8 });
  const text = (await hoa.get(`${desk}/digest`)).html.querySelector('#digest')?.text ?? '';
  t.match(
    text,
    /^Tổ 5, Long Xuyên: thông báo trong tuần, đến \d\d\/\d\d\/\d{4}\n\n• Thứ Năm nghỉ học\n(dài )+dài…\nhttp:/,
  );
  t.ok(text.endsWith(`http://localhost/announcements/${code}`), text);
  t.notMatch(text, 'Cũ rồi');
});

t.test(
  'Without any, and with 10,000 elsewhere, each page costs at most four statements and is found by index',
  async (t) => {
    const { hoa, lan, desk, group, db, ...site } = await siteWithCohort(t);
    t.match(mainOf(await lan.get('/announcements')), 'Chưa có thông báo nào');
    const code = await announcement({ db }, { cohort_id: group.id }, hoa);
    await sql`
    insert into cohorts (id, organisation_id, name, language)
    select gen_random_uuid(), organisation_id, 'Tổ ' || n, language from cohorts, generate_series(1, 49) as n
  `.execute(db);
    await sql`
    insert into announcements (id, code, cohort_id, title, words, author_id)
    select gen_random_uuid(), translate(((number - 1) * 200 + n)::text, '0', 'z'), id, 'Một tin', 'Chữ', ${hoa.id}
    from (select id, row_number() over () as number from cohorts) as numbered, generate_series(1, 200) as n
  `.execute(db);
    await sql`analyze announcements`.execute(db);
    for (const [reader, path] of [
      [lan, '/'],
      [lan, '/announcements'],
      [lan, '/announcements?page=3'],
      [lan, `/announcements/${code}`],
      [hoa, `/announcements/${code}`],
      [hoa, `${desk}?page=2`],
      [hoa, `${desk}/digest`],
      [hoa, `${desk}/new`],
    ] as const) {
      const statements = await statementsOf({ db, ...site }, () => reader.get(path));
      t.ok(statements.length <= 4, `${path}: ${statements.length}`);
    }
    const target = sql<string>`select target_id from announcements where code = ${code}`;
    const { rows } = await sql<Record<string, string>>`
    explain select count(*) from announcements where target_id = any(array(${target})) and withdrawn_at is null
  `.execute(db);
    t.match(JSON.stringify(rows), 'announcements_target');
    t.match(mainOf(await lan.get('/')), '99+ chưa đọc');
    t.equal((await lan.get('/announcements?page=900')).status, 303, 'past the end it leads to the beginning');
  },
);
