import { gzipSync } from 'node:zlib';
import { sql, type Transaction } from 'kysely';
import t, { type Test } from 'tap';
import type { Database } from '../../server/database/connection.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, handIn, learner, publish, readLessons, startAttempt } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { cohort, helpRequest, joiner, mentor, putIn, startGuiding } from './cohorts.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

async function siteWithCohort(t: Test) {
  const site = await testApp(t);
  await publish(t, site);
  const group = await cohort(site);
  return { ...site, group, home: `/cohorts/${group.id}`, hoa: await mentor(site, group, { capacity: 20 }) };
}

/** All that somebody has done so far was done so many days earlier. */
async function letPass({ db }: Pick<TestApp, 'db'>, person: SignedIn, days: number): Promise<void> {
  const columns = { attempts: 'started_at', answers: 'answered_at', completions: 'completed_at' };
  await withoutRules(db, Object.keys(columns), async (trx) => {
    for (const [table, column] of Object.entries(columns)) {
      const when = sql.ref(column);
      await sql`
        update ${sql.table(table)} set ${when} = ${when} - make_interval(days => ${days}) where person_id = ${person.id}
      `.execute(trx);
    }
  });
}

/** What is on record does not change, and each row is judged as it comes: but for tests that cannot wait. */
async function withoutRules(
  db: TestApp['db'],
  tables: string[],
  work: (trx: Transaction<Database>) => Promise<void>,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    for (const table of tables) await sql`alter table ${sql.table(table)} disable trigger user`.execute(trx);
    await work(trx);
    for (const table of tables) await sql`alter table ${sql.table(table)} enable trigger user`.execute(trx);
  });
}

t.test(
  'The day of a mentor: each who needs somebody, the most pressing first, with why, what to do, and a message',
  async (t) => {
    const { home, hoa, group, ...site } = await siteWithCohort(t);
    const member = async (full_name: string, daysAgo: number) => {
      const person = await learner(site, { full_name });
      return { person, id: await putIn(site, group, person, hoa, { daysAgo }) };
    };
    await member('Người Mới', 2);
    await member('Người Chậm', 4);
    const quiet = await member('Người Vắng', 30);
    await readLessons(quiet.person, 'small', ['first']);
    await letPass(site, quiet.person, 8);
    const failing = await member('Người Trượt', 5);
    for (const _ of [1, 2]) await handIn(failing.person, await startAttempt(failing.person));
    const stuck = await member('Người Kẹt', 20);
    await readLessons(stuck.person, 'small', ['first']);
    await letPass(site, stuck.person, 5);
    await startAttempt(stuck.person);
    const done = await member('Người Xong', 60);
    await finish(done.person);
    await letPass(site, done.person, 40);
    const asking = await member('Người Hỏi', 1);
    await helpRequest(site, asking.id, { words: 'Nút này ở đâu?' });

    const day = await hoa.get(home);
    const cards = day.html.querySelectorAll('main li.card');
    const names = cards.map((card) => card.querySelector('strong')?.text);
    t.strictSame(names, ['Người Hỏi', 'Người Chậm', 'Người Vắng', 'Người Trượt', 'Người Kẹt']);
    const said = cards.map(textOf);
    t.match(
      said[0],
      /đang gặp khó.*Bài đầu.*Nút này ở đâu\?.*Đã hẹn trả lời trước.*Chào Hỏi, mình đã thấy bạn gặp khó/,
    );
    t.match(said[1], /Vào nhóm đã 4 ngày mà chưa bắt đầu.*gọi điện.*Chào Chậm, .*Bài đầu tiên là “Bài đầu”/);
    t.match(said[2], /8 ngày chưa vào học.*hỏi thăm.*Bài tiếp theo là “Bài hai”/);
    t.match(said[3], /Làm 2 lần chưa đạt.*Cuối khoá.*cùng xem lại câu sai.*bài kiểm tra “Cuối khoá”/);
    t.match(said[4], /Đã 5 ngày ở cùng một bài: Bài hai.*bạn đang ở bài “Bài hai”/);
    t.match(mainOf(day), /7 học viên · 5 người cần giúp.*Cả nhóm/);
    const rows = day.html.querySelectorAll('tbody th').map(({ text }) => text);
    t.strictSame(rows[0], 'Người Chậm', 'everybody, by given name');
    t.equal(rows.length, 7);

    const why = await hoa.get(byRole(cards[3] ?? day.html, 'link', 'Vì sao có tên ở đây?').getAttribute('href') ?? '');
    t.match(
      mainOf(why),
      /Làm 2 lần chưa đạt.*Quy tắc: nộp một bài kiểm tra 2 lần mà chưa đạt.*Những gì được ghi lại.*Đã xong 0 trên 3 phần.*Cuối khoá 2 lần/,
    );
    const well = await hoa.get(`${home}/members/${done.id}`);
    t.match(mainOf(well), 'mọi việc đều ổn');
  },
);

t.test('A branch has thresholds of its own, and those below it follow', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const partner = await organisation(site, 'partner');
  const branch = await organisation(site, 'branch', { below: partner });
  const group = await cohort(site, { branch });
  const hoa = await mentor(site, group, { branch });
  await putIn(site, group, await learner(site, { full_name: 'Người Mới' }), hoa, { daysAgo: 2 });
  t.match(mainOf(await hoa.get(`/cohorts/${group.id}`)), 'chưa ai cần giúp');
  const manager = await signedIn(site, { roles: ['manager'], branch: partner });
  const path = '/admin/organisations/partner/mentoring';
  const form = await manager.get(path);
  const refused = await manager.submit(form, { fields: { days_to_start: '0', days_quiet: '14' } });
  t.equal(refused.status, 422);
  t.equal(byRole(refused.html, 'textbox', 'không vào học').getAttribute('value'), '14');
  await manager.submit(refused, { fields: { days_to_start: '2', minimum_mentees: '8' } });
  t.match(mainOf(await hoa.get(`/cohorts/${group.id}`)), 'Vào nhóm đã 2 ngày');
  t.match(mainOf(await hoa.get(`/cohorts/${group.id}/mentors`)), /ít nhất 8 học viên.*dưới 8 học viên/);
});

t.test('With 500 mentees the day costs at most four statements, and so do the other pages', async (t) => {
  const { home, hoa, group, ...site } = await siteWithCohort(t);
  await site.db.updateTable('mentors').set({ capacity: 500 }).execute();
  await withoutRules(site.db, ['cohort_members', 'mentorships'], async (trx) => {
    await sql`
      create temporary table crowd on commit drop as
      select gen_random_uuid() as person, gen_random_uuid() as member, n from generate_series(1, 500) as n
    `.execute(trx);
    await sql`insert into persons (id) select person from crowd`.execute(trx);
    await sql`
      insert into person_details
        (person_id, full_name, birth_year, birth_month, learner_code, secret_kind, secret_hash, recovery_hash)
      select person, 'Học Viên ' || n, 2000, 1, (1000000000 + n)::text, 'pin', '', '' from crowd
    `.execute(trx);
    await sql`
      insert into enrolments (id, person_id, course_id, version_id)
      select gen_random_uuid(), person, id, current_version_id from crowd, courses
    `.execute(trx);
    await sql`
      insert into cohort_members (id, cohort_id, person_id, joined_at)
      select member, ${group.id}, person, now() - interval '5 days' from crowd
    `.execute(trx);
    await sql`
      insert into mentorships (id, member_id, cohort_id, mentor_id)
      select gen_random_uuid(), member, ${group.id}, ${hoa.id} from crowd
    `.execute(trx);
  });
  const cost = async (path: string) => (await statementsOf(site, () => hoa.get(path))).length;
  const day = await hoa.get(home);
  t.match(mainOf(day), '500 học viên · 500 người cần giúp');
  t.ok(
    gzipSync(day.body).length <= 60_000,
    `and is as light as a mentor’s page may be: ${gzipSync(day.body).length} bytes`,
  );
  const [first] = day.html.querySelectorAll('tbody a');
  for (const path of [
    home,
    `${home}/mentors`,
    `${home}/requests`,
    `${home}/join-codes`,
    first?.getAttribute('href') ?? '',
    '/cohorts',
  ])
    t.ok((await cost(path)) <= 4, path);
});

t.test('A mentor who goes stays responsible until everybody is placed, and then sees nobody', async (t) => {
  const { home, hoa, group, ...site } = await siteWithCohort(t);
  const people = [await joiner(site, group, 'Một'), await joiner(site, group, 'Hai'), await joiner(site, group, 'Ba')];
  const mentors = await hoa.get(`${home}/mentors`);
  const own = await hoa.get(byRole(mentors.html, 'link', 'Bàn giao học viên').getAttribute('href') ?? '');
  const leaving = await hoa.follow(await hoa.submit(own));
  t.match(mainOf(leaving), /Bây giờ hãy bàn giao.*Chưa có người hướng dẫn nào khác/);
  t.match(mainOf(await hoa.get(home)), 'Bạn vẫn phụ trách cho đến khi mọi học viên có người nhận');
  const manager = await signedIn(site, { full_name: 'Lê Văn Quản', roles: ['manager'] });
  t.match(mainOf(await manager.get('/cohorts')), '1 người hướng dẫn đang bàn giao');
  const late = await joiner(site, group, 'Bốn');
  t.match(mainOf(await late.get('/cohorts')), 'Tôi đang chờ vào', 'nobody new comes to them');

  const binh = await mentor(site, group, { capacity: 2, full_name: 'Võ Thị Bình' });
  const some = await hoa.submit(await hoa.get(leaving.url), {
    form: 'form[action$="/hand-over"]',
    fields: { to: binh.id },
  });
  t.match(mainOf(await hoa.follow(some)), 'Những người còn lại vẫn do người cũ phụ trách');
  const inside = mainOf(await (people[0] ?? hoa).get(home));
  t.match(inside, 'Người hướng dẫn của bạn là Võ Thị Bình');
  const cuc = await mentor(site, group, { full_name: 'Trần Thị Cúc' });
  const rest = await hoa.submit(await hoa.get(leaving.url), { form: 'form[action$="/hand-over"]' });
  t.match(mainOf(await hoa.follow(rest)), 'Mọi học viên đã có người nhận');
  t.equal((await hoa.get(home)).status, 404);
  t.match(mainOf(await cuc.get(home)), '1 học viên');
});

t.test('The manager takes the rest', async (t) => {
  const { home, hoa, group, ...site } = await siteWithCohort(t);
  for (const name of ['Một', 'Hai']) await joiner(site, group, name);
  const manager = await signedIn(site, { full_name: 'Lê Văn Quản', roles: ['manager'] });
  await manager.submit(await manager.get(`${home}/mentors`), {
    form: `${home}/mentors`,
    fields: { person: manager.id },
  });
  const [row] = (await manager.get(`${home}/mentors`)).html.querySelectorAll('main .card a');
  const path = row?.getAttribute('href') ?? '';
  await manager.post(`${path}/hand-over`, { to: manager.id });
  t.equal((await hoa.get(home)).status, 404);
  t.match(mainOf(await manager.get('/')), /Tổ 5, Long Xuyên 2 học viên/);
});

t.test('Whose role is taken away guides nobody new, sees nobody, and stands in nobody’s way', async (t) => {
  const { home, hoa, group, ...site } = await siteWithCohort(t);
  await joiner(site, group, 'Một');
  await site.db
    .updateTable('memberships')
    .set({ valid_until: new Date(Date.now() + 1) })
    .where('person_id', '=', hoa.id)
    .execute();
  t.equal((await hoa.get(home)).status, 404);
  const manager = await signedIn(site, { roles: ['manager'] });
  t.match(mainOf(await manager.get('/cohorts')), '1 người không còn vai trò hướng dẫn');
  const binh = await mentor(site, group, { full_name: 'Võ Thị Bình' });
  await joiner(site, group, 'Hai');
  t.match(mainOf(await binh.get(home)), '1 học viên');
});

t.test('How many a mentor takes is theirs to say, but never fewer than they guide', async (t) => {
  const { home, hoa, group, ...site } = await siteWithCohort(t);
  for (const name of ['Một', 'Hai']) await joiner(site, group, name);
  const form = 'form[action$="/capacity"]';
  const refused = await hoa.submit(await hoa.get(`${home}/mentors`), { form, fields: { capacity: '1' } });
  t.equal(refused.status, 422);
  t.match(mainOf(refused), 'Người này đang kèm nhiều hơn thế');
  t.equal(byRole(refused.html, 'textbox').getAttribute('value'), '1');
  await hoa.submit(refused, { form, fields: { capacity: '2' } });
  const late = await joiner(site, group, 'Ba');
  t.equal((await late.get(home)).status, 404);
  await hoa.submit(await hoa.get(`${home}/mentors`), { form, fields: { capacity: '3' } });
  t.equal((await late.get(home)).status, 200, 'who waited for an open cohort is in as soon as there is room');
});

t.test('A mentor of one cohort finds nothing of another’s, nor a mentor beside them of one’s mentees', async (t) => {
  const { home, hoa, group, ...site } = await siteWithCohort(t);
  const lan = await learner(site);
  const member = await putIn(site, group, lan, hoa);
  const other = await cohort(site);
  const cuc = await mentor(site, other);
  await startGuiding(site, other, hoa);
  const binh = await mentor(site, group);
  const pages = ['', '/members/new', '/people/new', '/requests', '/mentors', '/join-codes', `/members/${member}`];
  for (const path of pages) t.equal((await cuc.get(home + path)).status, 404, path);
  for (const path of [`/members/${member}/remove`, '/requests', '/members', '/people', '/join-codes'])
    t.equal((await cuc.post(home + path)).status, 404, path);
  t.equal((await hoa.get(`/cohorts/${other.id}/members/${member}`)).status, 404, 'nor by way of the other cohort');
  t.equal((await binh.get(`${home}/members/${member}`)).status, 404);
  t.notMatch(mainOf(await binh.get(home)), lan.full_name);
  t.equal((await lan.get(`${home}/members/${member}`)).status, 404, 'a member sees no page about members');
  await hoa.submit(await hoa.get(`${home}/members/${member}`), { form: 'form[action$="/remove"]' });
  t.equal((await lan.get(home)).status, 404);
  t.match(mainOf(await lan.get('/learning')), 'Khoá nhỏ', 'whose courses stay theirs');
});

t.test('Who guides and learns in one cohort has both pages', async (t) => {
  const { home, hoa, group, ...site } = await siteWithCohort(t);
  const binh = await mentor(site, group, { full_name: 'Võ Thị Bình' });
  await binh.post(`/join/${group.code}/request`);
  const day = await binh.get(home);
  t.match(mainOf(day), 'Hôm nay ai cần bạn?');
  const own = await binh.get(byRole(day.html, 'link', 'Tôi học trong nhóm này').getAttribute('href') ?? '');
  t.match(mainOf(own), 'Người hướng dẫn của bạn là Lê Thị Hoa');
  t.match(mainOf(await hoa.get(`${home}?as=member`)), 'Hôm nay ai cần bạn?', 'whoever only guides has one');
});
