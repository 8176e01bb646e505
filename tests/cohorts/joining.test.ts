import t, { type Test } from 'tap';
import { extractText, getDocumentProxy } from 'unpdf';
import { accountsSite, applicant, codesOn, nobody, signIn } from '../accounts/site.ts';
import { insertCourses } from '../budgets/site.ts';
import type { TestApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { cohort, joiner, memberOf, mentor } from './cohorts.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

async function siteWithCourse(t: Test) {
  const site = await accountsSite(t);
  await publish(t, site);
  return site;
}

async function learnerCode({ db }: Pick<TestApp, 'db'>, { id }: { id: string }): Promise<string> {
  const row = await db.selectFrom('person_details').select('learner_code').where('person_id', '=', id).execute();
  return row[0]?.learner_code ?? '';
}

t.test('From an empty page to a learner who came by the poster', async (t) => {
  const site = await siteWithCourse(t);
  const manager = await signedIn(site, { full_name: 'Lê Văn Quản', roles: ['manager'] });
  const hoa = await signedIn(site, { full_name: 'Lê Thị Hoa', roles: ['mentor'] });

  const branches = byRole((await manager.get('/cohorts')).html, 'main');
  const form = await manager.get(byRole(branches, 'link', 'Đom Đóm').getAttribute('href') ?? '');
  const refused = await manager.submit(form, {
    fields: { name: 'Tổ 5, Long Xuyên', starts_on: '31/2/2027', seats: '900' },
  });
  t.equal(refused.status, 422);
  t.match(mainOf(refused), /Ngày viết như 24\/12\/2026.*Số chỗ từ 1 đến 500/);
  const course = byRole(byRole(form.html, 'combobox', 'Khoá học thứ 1'), 'option', 'Khoá nhỏ').getAttribute('value');
  const fields = { starts_on: '1/12/2026', ends_on: '', seats: '30', course: [course ?? '', ''] };
  const made = await manager.submit(refused, { fields });
  await manager.submit(refused, { fields });
  const mentors = await manager.follow(made);
  t.match(mainOf(mentors), /Đã lập nhóm học.*chưa có người hướng dẫn/);
  await manager.submit(mentors, { fields: { person: hoa.id } });
  const list = await manager.get('/cohorts');
  t.equal(
    list.html.querySelectorAll('main a').filter((a) => a.text === 'Tổ 5, Long Xuyên').length,
    1,
    'sent twice, made once',
  );

  const home = mentors.url.replace('/mentors', '');
  const codes = await hoa.follow(await hoa.submit(await hoa.get(`${home}/join-codes`)));
  const [shown = ''] = /\d{4} \d{4}/.exec(mainOf(codes)) ?? [];
  const poster = await hoa.get(codes.html.querySelector('a[href$="/poster.pdf"]')?.getAttribute('href') ?? '');
  t.equal(poster.headers['content-type'], 'application/pdf');

  const newcomer = client(site.app);
  const door = await newcomer.follow(await newcomer.submit(await newcomer.get('/join'), { fields: { code: shown } }));
  t.match(mainOf(door), /Tổ 5, Long Xuyên.*từ 01\/12\/2026.*Miễn phí.*Khoá nhỏ.*Ai thấy việc học của bạn/);
  t.notMatch(mainOf(door), 'Lê Thị Hoa', 'of the people nobody says anything yet');
  const signUp = await newcomer.get(byRole(door.html, 'link', 'tạo tài khoản').getAttribute('href') ?? '');
  const card = await newcomer.submit(signUp, { fields: { ...applicant, full_name: 'Trần Văn Út' } });
  const back = await newcomer.get(card.html.querySelector('a[href^="/join/"]')?.getAttribute('href') ?? '');
  t.match(mainOf(await newcomer.follow(await newcomer.submit(back))), /Tôi đang chờ vào.*Tổ 5, Long Xuyên/);
  t.equal((await newcomer.get(home)).status, 404, 'who waits is no member');
  t.match(mainOf(await newcomer.get(back.url)), 'Bạn đã xin vào nhóm lúc');

  t.match(mainOf(await hoa.get(home)), '1 người chờ vào nhóm');
  const requests = await hoa.get(`${home}/requests`);
  const id = byRole(requests.html, 'checkbox', 'Trần Văn Út').getAttribute('value') ?? '';
  t.match(mainOf(await hoa.follow(await hoa.submit(requests))), 'Bạn hãy chọn', 'nobody is chosen yet');
  await hoa.submit(requests, { fields: { request: [id] }, button: 'Nhận người đã chọn' });
  const inside = mainOf(await newcomer.get(home));
  t.match(inside, /Người hướng dẫn của bạn là Lê Thị Hoa.*Bước tiếp theo.*Khoá nhỏ/);
  t.match(mainOf(await newcomer.get('/')), /Tổ 5, Long Xuyên.*Tôi đang gặp khó/, 'and the front page leads there');
});

t.test('Of many courses a manager finds those of the cohort by their words, and nothing typed is lost', async (t) => {
  const site = await siteWithCourse(t);
  const manager = await signedIn(site, { roles: ['manager'] });
  const few = await manager.get('/cohorts/new?organisation=domdom');
  t.notOk(few.html.querySelector('#find'), 'a short list is not searched');
  await insertCourses(site, 120);
  const slot = (page: Page, number: number) => byRole(page.html, 'combobox', `Khoá học thứ ${number}`);
  const option = (page: Page, number: number, title: string) =>
    byRole(slot(page, number), 'option', title).getAttribute('value') ?? '';
  const picked = (page: Page) =>
    page.html.querySelectorAll('select[name="course"] option[selected]').map(({ text }) => text);

  const blank = await manager.get('/cohorts/new?organisation=domdom');
  t.ok(slot(blank, 1).querySelectorAll('option').length < 60, 'not all of them are on the page');
  const find = (page: Page, q: string, course: string[]) =>
    manager.submit(page, { fields: { name: 'Tổ 9', seats: 'x', q, course }, button: 'Tìm khoá học' });
  const first = await find(blank, 'course-117', []);
  t.equal(first.status, 200);
  t.notMatch(mainOf(first), 'cần sửa', 'who looks for a course is not told of faults yet');
  const chosen = option(first, 1, 'Khoá course-117');
  const second = await find(first, 'KHOÁ course-88', [chosen]);
  t.strictSame(picked(second).slice(0, 1), ['Khoá course-117']);
  t.equal(byRole(second.html, 'textbox', 'Tên nhóm học').getAttribute('value'), 'Tổ 9');
  const nothing = await find(second, 'không có khoá nào như vậy', [chosen]);
  t.strictSame(
    slot(nothing, 1)
      .querySelectorAll('option')
      .map(({ text }) => text),
    ['– không chọn –', 'Khoá course-117'],
  );

  const made = await manager.submit(second, {
    fields: { seats: '', course: [option(second, 2, 'Khoá course-88'), chosen] },
    button: 'Tôi lập nhóm học',
  });
  const home = String(made.headers.location).replace('/mentors', '');
  const settings = await manager.get(`${home}/settings`);
  t.strictSame(picked(settings).slice(0, 2), ['Khoá course-88', 'Khoá course-117'], 'in their order');
  const third = await manager.submit(settings, {
    form: '#settings',
    fields: { q: 'course-3' },
    button: 'Tìm khoá học',
  });
  t.strictSame(picked(third).slice(0, 2), ['Khoá course-88', 'Khoá course-117']);
});

t.test('All who wait are let in by one button', async (t) => {
  const site = await siteWithCourse(t);
  const group = await cohort(site, { isOpen: false });
  const hoa = await mentor(site, group);
  const newcomers = [await joiner(site, group, 'Trần Văn Một'), await joiner(site, group, 'Trần Văn Hai')];
  const requests = await hoa.get(`/cohorts/${group.id}/requests`);
  const late = await joiner(site, group, 'Trần Văn Ba');
  for (const _ of ['once', 'twice']) await hoa.submit(requests, { form: '#all' });
  for (const person of newcomers) t.ok(await memberOf(site, group, person));
  t.notOk(await memberOf(site, group, late), 'who came after the page was drawn still waits');
});

t.test('A poster says the cohort, the place to type, and the code', async (t) => {
  const site = await siteWithCourse(t);
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  const file = await site.app.inject({
    url: `/cohorts/${group.id}/join-codes/${group.code}/poster.pdf`,
    cookies: Object.fromEntries(hoa.cookies),
    headers: { 'accept-language': 'vi' },
  });
  const pdf = await getDocumentProxy(new Uint8Array(file.rawPayload));
  t.equal(pdf.numPages, 1);
  const { text } = await extractText(pdf, { mergePages: true });
  t.match(text, new RegExp(`Tổ 5, Long Xuyên.*localhost/join.*${group.code.slice(0, 4)} ${group.code.slice(4)}`, 's'));
});

t.test(
  'A code that is mistyped, unknown, closed or of a cohort that has ended is told kindly, with a field to try again',
  async (t) => {
    const site = await siteWithCourse(t);
    const group = await cohort(site);
    const visitor = client(site.app);
    const mistyped = group.code.slice(0, 7) + ((Number(group.code[7]) + 1) % 10);
    const typed = await visitor.submit(await visitor.get('/join'), { fields: { code: mistyped } });
    t.equal(typed.status, 422);
    t.equal(typed.html.querySelector('main input')?.getAttribute('value'), mistyped, 'what was typed stays');

    const hoa = await mentor(site, group);
    await hoa.submit(await hoa.get(`/cohorts/${group.id}/join-codes`), { form: 'form[action$="/remove"]' });
    const closed = await visitor.get(`/join/${group.code}`);
    t.equal(closed.status, 404);
    t.ok(byRole(closed.html, 'textbox'));

    const ended = await cohort(site);
    const manager = await signedIn(site, { roles: ['manager'] });
    const settings = await manager.get(`/cohorts/${ended.id}/settings`);
    await manager.submit(settings, { form: 'form[action$="/closing"]' });
    t.equal((await visitor.get(`/join/${ended.code}`)).status, 404);
    t.equal((await (await signedIn(site)).post(`/join/${ended.code}/request`)).status, 404);
  },
);

t.test('Joining twice is joining once; whoever leaves may come again', async (t) => {
  const site = await siteWithCourse(t);
  const group = await cohort(site);
  await mentor(site, group);
  const person = await signedIn(site);
  const answers = await Promise.all([1, 2, 3].map(() => person.post(`/join/${group.code}/request`)));
  t.strictSame(new Set(answers.map(({ headers }) => headers.location)), new Set([`/cohorts/${group.id}`]));
  const rows = () =>
    site.db.selectFrom('cohort_members').select('left_at').where('person_id', '=', person.id).execute();
  t.equal((await rows()).length, 1);
  t.equal((await site.db.selectFrom('enrolments').select('id').where('person_id', '=', person.id).execute()).length, 1);

  await person.submit(await person.get(`/cohorts/${group.id}`));
  t.equal((await person.get(`/cohorts/${group.id}`)).status, 404, 'who has left sees no more of it');
  await person.post(`/join/${group.code}/request`);
  t.equal((await rows()).length, 2);
  t.equal((await person.get(`/cohorts/${group.id}`)).status, 200);
});

t.test('A full cohort has a list, and the first on it comes in when a seat is free', async (t) => {
  const site = await siteWithCourse(t);
  const group = await cohort(site, { seats: 1 });
  await mentor(site, group);
  const first = await joiner(site, group, 'Người Đầu');
  const second = await signedIn(site, { full_name: 'Người Sau' });
  const door = await second.get(`/join/${group.code}`);
  t.match(mainOf(door), 'Nhóm đang đủ người');
  t.match(mainOf(await second.follow(await second.submit(door))), 'Tôi đang chờ vào');
  const third = await joiner(site, group, 'Người Cuối');
  await first.post(`/cohorts/${group.id}/departure`);
  t.ok(await memberOf(site, group, second));
  t.notOk(await memberOf(site, group, third));
  await third.submit(await third.get('/cohorts'));
  t.match(mainOf(await third.get('/cohorts')), 'chưa ở trong nhóm học nào', 'and one may stop waiting');
});

t.test('Who is declined is told so, and may ask again', async (t) => {
  const site = await siteWithCourse(t);
  const group = await cohort(site, { isOpen: false });
  const hoa = await mentor(site, group);
  const person = await joiner(site, group);
  const requests = await hoa.get(`/cohorts/${group.id}/requests`);
  const id = byRole(requests.html, 'checkbox', 'Trần Văn Út').getAttribute('value') ?? '';
  await hoa.submit(requests, { fields: { request: [id] }, button: 'Không nhận' });
  t.match(mainOf(await person.get('/cohorts')), 'chưa được nhận');
  const late = await hoa.submit(requests, { fields: { request: [id] }, button: 'Nhận người' });
  t.match(mainOf(await hoa.follow(late)), 'đã được xem xét trước đó');
  await person.post(`/join/${group.code}/request`);
  t.match(mainOf(await person.get('/cohorts')), 'đang chờ');
});

t.test('By hand: the code on a card, once the person has been told who will see what', async (t) => {
  const site = await siteWithCourse(t);
  const group = await cohort(site, { isOpen: false });
  const hoa = await mentor(site, group);
  const person = await signedIn(site, { full_name: 'Thạch Sa Rươl' });
  const code = await learnerCode(site, person);
  const form = await hoa.get(`/cohorts/${group.id}/members/new`);
  const untold = await hoa.submit(form, { fields: { learner_code: code } });
  t.equal(untold.status, 422);
  t.match(mainOf(untold), 'Bạn hãy nói với người ấy trước');
  const wrong = await hoa.submit(form, { fields: { learner_code: '123', told: 'yes' } });
  t.equal(byRole(wrong.html, 'textbox').getAttribute('value'), '123');
  const own = await hoa.submit(form, { fields: { learner_code: await learnerCode(site, hoa), told: 'yes' } });
  t.match(mainOf(own), 'mã của chính bạn');
  await hoa.submit(form, { fields: { learner_code: code, told: 'yes' } });
  await hoa.submit(form, { fields: { learner_code: code, told: 'yes' } });
  t.equal((await memberOf(site, group, person))?.mentor_id, hoa.id);
  t.match(mainOf(await person.get('/')), 'Lê Thị Hoa');
});

t.test(
  'On the spot: somebody without an account is in, and goes in by themselves with a PIN that holds once',
  async (t) => {
    const site = await siteWithCourse(t);
    const group = await cohort(site, { isOpen: false });
    const hoa = await mentor(site, group);
    const form = await hoa.get(`/cohorts/${group.id}/people/new`);
    t.equal((await hoa.submit(form, { fields: { full_name: 'Thạch Thị Mai' } })).status, 422, 'first they are told');
    const fields = { full_name: 'Thạch Thị Mai', told: 'yes' };
    const done = await hoa.submit(form, { fields });
    t.match(mainOf(done), /Thạch Thị Mai.*Đã thêm vào nhóm/);
    const again = await hoa.submit(form, { fields });
    const [code = '', pin = ''] = again.html.querySelectorAll('.code').map((one) => one.text.replace(/\D/g, ''));
    const steps = await signIn(client(site.app), code, pin);
    const newcomer = client(site.app);
    const first = await signIn(newcomer, code, pin);
    t.equal(first.status, steps.status);
    const namesake = await hoa.submit(await hoa.get(`/cohorts/${group.id}/people/new`), { fields });
    t.match(mainOf(namesake), 'đã có 1 người tên như vậy');
    t.notMatch(namesake.body, code, 'of whom a mentor learns no more');

    const card = await newcomer.submit(await newcomer.follow(first), {
      fields: { ...applicant, full_name: 'Thạch Thị Mai' },
    });
    t.ok(codesOn(card).learner_code);
    t.match(mainOf(await newcomer.get('/cohorts')), 'Tổ 5, Long Xuyên');
    const [member] = (await hoa.get(`/cohorts/${group.id}`)).html.querySelectorAll('th a');
    const path = member?.getAttribute('href') ?? '';
    t.notMatch(mainOf(await hoa.get(path)), 'Cấp PIN', 'whoever has been in once is helped by their manager');
    t.equal((await hoa.post(`${path}/one-time-pin`)).status, 404);
    t.equal((await hoa.post(`/cohorts/${group.id}/people`, { ...fields, id: hoa.id, another: 'yes' })).status, 404);
  },
);

t.test('Who tries learner codes one after the other has to wait, and nobody is locked out', async (t) => {
  const site = await siteWithCourse(t);
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  const form = await hoa.get(`/cohorts/${group.id}/members/new`);
  const misses = Array.from({ length: 20 }, () => hoa.submit(form, { fields: { learner_code: nobody, told: 'yes' } }));
  t.strictSame(
    [...new Set((await Promise.all(misses)).map(({ status }) => status))],
    [422],
    'the first misses are free',
  );
  // Of those after them each waits twice as long as the one before: some later, it is minutes.
  await site.db.updateTable('limit_counters').set({ count: 30 }).where('count', '=', 20).execute();
  const lan = await signedIn(site, { full_name: 'Nguyễn Thị Lan' });
  const known = { fields: { learner_code: await learnerCode(site, lan), told: 'yes' } };
  const waiting = await hoa.submit(form, known);
  t.match(waiting, { status: 429, headers: { 'retry-after': /^\d+$/ } });
  t.equal(await memberOf(site, group, lan), undefined);

  const another = await cohort(site);
  const other = await mentor(site, another);
  const theirs = await other.get(`/cohorts/${another.id}/members/new`);
  t.equal((await other.submit(theirs, known)).status, 303, 'others go on');
});
