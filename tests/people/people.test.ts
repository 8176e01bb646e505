import t, { type Test } from 'tap';
import { extractText } from 'unpdf';
import { type TestApp, testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { type Branch, organisation } from '../support/organisations.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

async function school(t: Test) {
  const site = await testApp(t);
  const branch = await organisation(site, 'school');
  const other = await organisation(site, 'other');
  const manager = await signedIn(site, { roles: ['manager'], branch, full_name: 'Lê Văn Quản' });
  return { site, branch, other, manager };
}

const peoplePath = '/admin/organisations/school/people';

async function register(manager: SignedIn, fields: Record<string, string> = {}): Promise<string> {
  const form = await manager.get(`${peoplePath}/new`);
  const done = await manager.submit(form, { fields: { full_name: 'Nguyễn Thị Lan', ...fields } });
  return String(done.headers.location);
}

/** @returns the learner code and the one-time PIN */
async function openDoor(manager: SignedIn, person: string): Promise<{ code: string; pin: string; page: Page }> {
  const page = await manager.submit(await manager.get(person), { form: `${person}/one-time-pin` });
  const [code = '', pin = ''] = page.html.querySelectorAll('#pins td').map((cell) => cell.text.replace(/\D/g, ''));
  return { code, pin, page };
}

async function signInWith(site: TestApp, name: string, secret: string) {
  const visitor = client(site.app);
  return { visitor, page: await visitor.submit(await visitor.get('/sign-in'), { fields: { name, secret } }) };
}

t.test(
  'A helper registers somebody, who comes in with a one-time PIN, says who they are, and gets a card',
  async (t) => {
    const { site, manager } = await school(t);
    const person = await register(manager);
    const { code, pin, page } = await openDoor(manager, person);
    t.match(page.headers['cache-control'], 'no-store');
    t.match(pin, /^\d{6}$/);

    const { visitor, page: first } = await signInWith(site, code, pin);
    t.ok(byRole(first.html, 'heading', 'Chào bạn mới'));
    t.equal(byRole(first.html, 'textbox', 'Họ và tên').getAttribute('value'), 'Nguyễn Thị Lan');
    const empty = await visitor.submit(first, { fields: { secret: '839204' } });
    t.equal(empty.status, 422);
    const fields = { birth_month: '9', birth_year: '2001', secret: '839204', consent: 'yes' };
    const easy = await visitor.submit(empty, { fields: { ...fields, secret: '123456' } });
    t.equal(easy.status, 422);
    const card = await visitor.submit(easy, { fields });
    t.equal(card.status, 200);
    const recovery = card.html.querySelector('#recovery-code')?.text;
    t.ok(recovery);
    const again = await visitor.submit(easy, { fields });
    t.equal(again.html.querySelector('#recovery-code')?.text, recovery, 'a second tap shows the same card');
    t.equal((await visitor.get('/account')).status, 200);

    t.equal((await signInWith(site, code, pin)).page.status, 422, 'the PIN worked once');
    t.equal((await signInWith(site, code, '839204')).page.status, 303);
    const { html: own } = await visitor.get('/account/data');
    t.match(
      own.text,
      /Lê Văn Quản: cấp PIN một lần.*Lê Văn Quản: ghi tên/s,
      'the learner sees who wrote them down, and who opened the door',
    );
    const consents = await site.db.selectFrom('consents').selectAll().execute();
    t.match(consents, [{ purpose: 'learning', given_by: 'self', granted: true }]);
    t.match((await manager.get(person)).html.text, 'Lê Văn Quản ghi tên tại chỗ');
  },
);

t.test('A one-time PIN opens the door of whoever forgot theirs; the old secret works until then', async (t) => {
  const { site, manager } = await school(t);
  const person = await register(manager);
  const first = await openDoor(manager, person);
  const { visitor, page } = await signInWith(site, first.code, first.pin);
  const fields = { birth_month: '9', birth_year: '2001', secret: '839204', consent: 'yes' };
  await visitor.submit(page, { fields });

  const { code, pin } = await openDoor(manager, person);
  t.equal((await visitor.get('/account')).status, 200, 'nobody is shut out by it');
  const again = await signInWith(site, code, pin);
  t.equal(textOf(byRole(again.page.html, 'heading')), 'PIN hoặc mật khẩu mới');
  t.notOk(again.page.html.querySelector('[name=birth_year]'), 'who they are is known');
  t.equal((await again.visitor.submit(again.page, { fields: { secret: '274913' } })).status, 200);
  t.equal((await visitor.get('/account')).status, 303, 'whoever knew the old one is out');
  t.equal((await signInWith(site, code, '274913')).page.status, 303);
});

t.test('A one-time PIN runs out after a day, and a new one takes the place of the old', async (t) => {
  const { site, manager } = await school(t);
  const person = await register(manager);
  const old = await openDoor(manager, person);
  const { code, pin } = await openDoor(manager, person);
  t.equal((await signInWith(site, code, old.pin)).page.status, 422);
  const { visitor, page } = await signInWith(site, code, pin);
  t.equal(page.status, 200);
  await site.db
    .updateTable('one_time_pins')
    .set({ expires_at: new Date(0) })
    .execute();
  t.equal((await signInWith(site, code, pin)).page.status, 422);
  const fields = { birth_month: '9', birth_year: '2001', secret: '839204', consent: 'yes' };
  t.match(await visitor.submit(page, { fields }), { status: 303, headers: { location: '/sign-in' } });
});

t.test('Only a manager of their branch sees somebody, and nobody helps upwards or sideways', async (t) => {
  const { site, branch, other, manager } = await school(t);
  const person = await register(manager);
  const sibling = await signedIn(site, { roles: ['manager'], branch: other });
  const mentor = await signedIn(site, { roles: ['mentor'], branch });
  for (const stranger of [sibling, mentor]) {
    t.equal((await stranger.get(person)).status, 404);
    t.equal((await stranger.post(`${person}/one-time-pin`)).status, 404);
    t.equal((await stranger.get(peoplePath)).status, 404);
    t.equal((await stranger.get('/admin/organisations/school/cards.pdf')).status, 404);
  }
  const peer = await signedIn(site, { roles: ['manager'], branch });
  t.equal((await manager.get(`/admin/people/${peer.id}`)).status, 200);
  t.equal((await manager.post(`/admin/people/${peer.id}/one-time-pin`)).status, 403);
  t.equal((await manager.post(`/admin/people/${manager.id}/one-time-pin`)).status, 403);
  const owner = await signedIn(site, { roles: ['owner'] });
  t.equal((await owner.post(`/admin/people/${peer.id}/one-time-pin`)).status, 200);
});

t.test(
  'Before a second person of that name is made, the first is shown; the same form sent twice makes one',
  async (t) => {
    const { site, manager } = await school(t);
    const form = await manager.get(`${peoplePath}/new`);
    for (let tap = 0; tap < 2; tap += 1) {
      t.equal((await manager.submit(form, { fields: { full_name: 'Trần Minh' } })).status, 303);
    }
    const second = await manager.get(`${peoplePath}/new`);
    const asked = await manager.submit(second, { fields: { full_name: 'tran minh' } });
    t.equal(asked.status, 422);
    t.match(asked.html.text, 'Đã có người cùng tên');
    t.equal((await manager.submit(asked, { fields: { another: 'yes' } })).status, 303);
    const names = await site.db.selectFrom('registrations').select('person_id').execute();
    t.equal(names.length, 2);
  },
);

t.test('A phone is kept of a grown-up only', async (t) => {
  const { site, manager } = await school(t);
  await register(manager, { phone: '0912345678' });
  await register(manager, { full_name: 'Trần Minh', phone: '0912345678', birth_month: '1', birth_year: '1990' });
  const phones = await site.db
    .selectFrom('person_details')
    .select(['full_name', 'phone'])
    .orderBy('full_name')
    .execute();
  t.match(phones, [{ phone: null }, { phone: null }, { full_name: 'Trần Minh', phone: '+84912345678' }]);
  const form = await manager.get(`${peoplePath}/new`);
  const half = await manager.submit(form, { fields: { full_name: 'Chi', birth_year: '2001' } });
  t.equal(half.status, 422);
});

function upload(site: TestApp, person: SignedIn, text: string, fields: Record<string, string> = {}) {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = `--b\r\nContent-Disposition: form-data; name="file"; filename="lop.csv"\r\nContent-Type: text/csv\r\n\r\n${text}\r\n`;
  return site.app.inject({
    method: 'POST',
    url: `${peoplePath}/import`,
    headers: {
      'sec-fetch-site': 'same-origin',
      'accept-language': 'vi',
      'content-type': 'multipart/form-data; boundary=b',
    },
    cookies: Object.fromEntries(person.cookies),
    payload: `${parts.join('')}${file}--b--\r\n`,
  });
}

const applyPath = (html: string) => /action="([^"]+\/application)"/.exec(html)?.[1] ?? '';

t.test('Two hundred people with faults: shown first, then done once, and nobody is taken away', async (t) => {
  const { site, manager } = await school(t);
  await register(manager, { full_name: 'Đã Có Sẵn', birth_month: '1', birth_year: '1990' });
  const known = await site.db
    .selectFrom('person_details')
    .select('learner_code')
    .where('full_name', '=', 'Đã Có Sẵn')
    .executeTakeFirstOrThrow();
  const rows = Array.from({ length: 200 }, (_, index) => `Học Viên ${index};0${(index % 9) + 1}/2001;`);
  rows[17] = ';05/2001;';
  rows[50] = 'Sai Mã;;1234567890';
  rows[70] = 'Học Viên 69;1/07/2001;';
  rows[99] = `Đã Có Sẵn;;${known.learner_code}`;
  const shown = await upload(site, manager, `\ufeffHọ và tên;Ngày sinh;Mã học viên\r\n${rows.join('\r\n')}`);
  t.equal(shown.statusCode, 200, shown.body.slice(0, 200));
  t.match(shown.body, 'Dòng 19');
  t.match(shown.body, 'Dòng 52');
  const noted = shown.body.match(/<ul class="rows" id="noted">.*?<\/ul>/s)?.[0];
  t.strictSame(noted?.match(/Dòng \d+/g), ['Dòng 72'], 'the one like another stands before the rest');
  t.equal((await site.db.selectFrom('registrations').select('person_id').execute()).length, 1, 'nothing is done yet');

  const path = applyPath(shown.body);
  const answers = await Promise.all([manager.post(path), manager.post(path)]);
  const [done, twice] = [await manager.follow(answers[0]), await manager.follow(answers[1])];
  t.equal(done.status, 200);
  t.match(done.html.text, '197 người mới');
  t.match(twice.html.text, '197 người mới', 'the second tap says the same');
  t.equal((await site.db.selectFrom('registrations').select('person_id').execute()).length, 198);
  t.strictSame(
    await site.db.selectFrom('people_imports').select('rows').execute(),
    [{ rows: null }],
    'no names are left in it',
  );

  const list = await manager.get(`${peoplePath}?state=new`);
  t.match(list.html.text, '198 người');
  t.equal(list.html.querySelectorAll('#people > li').length, 50);
  const again = await upload(site, manager, `Họ và tên;Ngày sinh\nHọc Viên 1;02/2001\nHọc Viên 2;03/2001`);
  t.match(again.body, /Người mới<\/dt><dd>0</, 'the same people again are known');
});

t.test('A file cannot fish for people of elsewhere', async (t) => {
  const { site, other, manager } = await school(t);
  const stranger = await signedIn(site, { roles: ['learner'], branch: other, full_name: 'Người Lạ' });
  const { learner_code } = await site.db
    .selectFrom('person_details')
    .select('learner_code')
    .where('person_id', '=', stranger.id)
    .executeTakeFirstOrThrow();
  const byCode = await upload(site, manager, `Họ tên,Mã học viên\nNgười Lạ,${learner_code}`);
  t.equal(byCode.statusCode, 422);
  t.match(byCode.body, 'Không có học viên nào của bạn mang mã này');
  const byName = await upload(site, manager, 'Họ tên,Ngày sinh\nNgười Lạ,9/2005');
  t.match(byName.body, /Người mới<\/dt><dd>1</);
});

t.test('A file that is none, or no table of people, is told in a sentence', async (t) => {
  const { site, manager } = await school(t);
  for (const text of ['', '\u0000\u0001', 'a,b\n1,2', '"chưa đóng\nAn']) {
    const page = await upload(site, manager, text);
    t.equal(page.statusCode, 422, JSON.stringify(text));
  }
  const utf16 = await upload(site, manager, 'Họ tên\nAn', { order: 'nonsense' });
  t.equal(utf16.statusCode, 200);
  t.equal((await manager.post(`${peoplePath}/import`)).status, 422);
  t.equal((await manager.post(`${peoplePath}/imports/x/application`)).status, 404);
});

t.test('Cards are eight to a sheet, with the name and the code', async (t) => {
  const { site, branch, manager } = await school(t);
  for (let count = 0; count < 9; count += 1) {
    await signedIn(site, {
      roles: ['learner'],
      branch,
      full_name: count === 0 ? 'Nguyễn Thị Ánh Nguyệt Trường An' : `Trần Văn ${count}`,
    });
  }
  const [name = '', value = ''] = [...manager.cookies][0] ?? [];
  const answer = await site.app.inject({ url: '/admin/organisations/school/cards.pdf', cookies: { [name]: value } });
  t.equal(answer.headers['content-type'], 'application/pdf');
  const bytes = new Uint8Array(answer.rawPayload);
  const { totalPages, text } = await extractText(bytes, { mergePages: true });
  t.equal(totalPages, 2);
  const { learner_code } = await site.db
    .selectFrom('person_details')
    .select('learner_code')
    .where('full_name', 'like', 'Nguyễn Thị Ánh%')
    .executeTakeFirstOrThrow();
  t.match(text.replace(/\s+/g, ' '), 'Nguyễn Thị Ánh Nguyệt Trường An');
  t.match(text.replace(/\s/g, ''), learner_code);
});

t.test('The code on a card stands in the sign-in form already', async (t) => {
  const { site } = await school(t);
  const page = await client(site.app).get('/sign-in?name=1234567890');
  t.equal(page.html.querySelector('input[name=name]')?.getAttribute('value'), '1234567890');
});

async function twins(t: Test) {
  const { site, branch, manager } = await school(t);
  await publish(t, site);
  await publish(t, site, {}, 'other');
  const asLearner = async (full_name: string) => {
    const person = await learner(site, { full_name, roles: ['learner'], branch });
    const { learner_code } = await site.db
      .selectFrom('person_details')
      .select('learner_code')
      .where('person_id', '=', person.id)
      .executeTakeFirstOrThrow();
    return { ...person, learner_code };
  };
  const kept = await asLearner('Nguyễn Thị Lan');
  const merged = await asLearner('Nguyen Thi Lan');
  await merged.post('/courses/other/enrolment');
  const code = await finish(merged);
  const merge = async () => {
    const page = await manager.get(`/admin/people/${kept.id}/merger?with=${merged.learner_code}`);
    return manager.submit(page, { form: `form[method="post"][action="/admin/people/${kept.id}/merger"]` });
  };
  return { site, branch, manager, kept, merged, code, merge };
}

const enrolmentsOf = async ({ db }: TestApp, person: { id: string }) =>
  (
    await db
      .selectFrom('enrolments')
      .select(['id', 'ended_at'])
      .where('person_id', '=', person.id)
      .orderBy('id')
      .execute()
  ).map(({ ended_at }) => (ended_at === null ? 'open' : 'ended'));

t.test('Two records of one person are shown side by side, then are one: all learning goes over', async (t) => {
  const { site, manager, kept, merged, code, merge } = await twins(t);
  const page = await manager.get(`/admin/people/${kept.id}/merger?with=${merged.learner_code}`);
  t.match(page.html.text, code);
  const before = await site.db.selectFrom('completions').select('item_id').where('person_id', '=', merged.id).execute();
  t.equal((await merge()).status, 303);
  t.strictSame(
    await enrolmentsOf(site, kept),
    ['ended', 'open', 'open'],
    'of the same course the one that has done more goes on',
  );
  t.strictSame(await enrolmentsOf(site, merged), []);
  const after = await site.db.selectFrom('completions').select('item_id').where('person_id', '=', kept.id).execute();
  t.equal(after.length, before.length);
  const learning = await kept.get('/learning');
  t.ok(learning.html.querySelector(`a[href="/certificates/${code}"]`));
  t.equal((await merged.get('/account')).status, 303, 'the merged record is signed out');
  t.equal((await manager.get(`/admin/people/${merged.id}`)).status, 404);
  t.match((await manager.get(peoplePath)).html.text, '2 người', 'the manager and one learner');
});

t.test('A merger is undone to the last row', async (t) => {
  const { site, manager, kept, merged, merge } = await twins(t);
  const snapshot = async () =>
    Promise.all(
      (['enrolments', 'completions', 'attempts', 'answers', 'certificates', 'memberships'] as const).map(
        async (table) =>
          JSON.stringify(
            (await site.db.selectFrom(table).selectAll().execute()).map((row) => JSON.stringify(row)).sort(),
          ),
      ),
    );
  const before = await snapshot();
  await merge();
  t.not(JSON.stringify(await snapshot()), JSON.stringify(before));
  const page = await manager.get(`/admin/people/${kept.id}`);
  const undo = page.html.querySelector('form[action*="/mergers/"]')?.getAttribute('action') ?? '';
  t.equal((await manager.post(undo)).status, 303);
  t.strictSame(await snapshot(), before);
  t.equal((await manager.get(`/admin/people/${merged.id}`)).status, 200);
  t.match(await manager.follow(await manager.post(undo)), { html: { text: /Không tách được nữa/ } });
});

t.test('The card of a merged record opens the one that was kept', async (t) => {
  const { site, manager, kept, merged, merge } = await twins(t);
  await merge();
  const { pin } = await openDoor(manager, `/admin/people/${kept.id}`);
  const { page } = await signInWith(site, merged.learner_code, pin);
  t.equal(page.status, 200);
  t.equal(page.html.querySelector('[name=full_name]')?.getAttribute('value'), kept.full_name);
});

t.test('Facts change their owner along a merger on record, and in no other way', async (t) => {
  const { site, kept, merged, merge } = await twins(t);
  const take = () =>
    site.db.updateTable('completions').set({ person_id: kept.id }).where('person_id', '=', merged.id).execute();
  await t.rejects(take(), /append-only/);
  await merge();
  await t.rejects(site.db.updateTable('completions').set({ completed_at: new Date() }).execute(), /append-only/);
});

t.test('Nobody merges themselves, a superior, or somebody of elsewhere; two at once are one', async (t) => {
  const { site, branch, manager, kept, merged } = await twins(t);
  const peer = await signedIn(site, { roles: ['manager'], branch });
  for (const other of [peer.id, manager.id, kept.id]) {
    t.equal((await manager.post(`/admin/people/${kept.id}/merger`, { other })).status, 403);
  }
  const stranger = await signedIn(site);
  t.equal((await manager.post(`/admin/people/${kept.id}/merger`, { other: stranger.id })).status, 404);
  const other = merged.id;
  const tap = () => manager.post(`/admin/people/${kept.id}/merger`, { other });
  await Promise.all([tap(), tap(), manager.post(`/admin/people/${other}/merger`, { other: kept.id })]);
  const mergers = await site.db.selectFrom('person_mergers').selectAll().execute();
  t.equal(mergers.length, 1);
});

t.test('Among ten thousand people a page costs at most four statements', async (t) => {
  const { site, branch, manager } = await school(t);
  await insertMany(site, branch, 10_000);
  for (const path of [peoplePath, `${peoplePath}?q=van+77`, `${peoplePath}?page=150&state=new`]) {
    const statements = await statementsOf(site, async () => t.equal((await manager.get(path)).status, 200, path));
    t.ok(statements.length <= 4, `${path}: ${statements.length}`);
  }
});

async function insertMany({ db }: TestApp, branch: Branch, count: number): Promise<void> {
  const { sql } = await import('kysely');
  await sql`
    with made as (insert into persons (id) select gen_random_uuid() from generate_series(1, ${count}) returning id),
    numbered as (select id, row_number() over () as number from made),
    described as (
      insert into person_details (person_id, full_name, learner_code, secret_kind, secret_hash, recovery_hash)
      select id, 'Trần Văn ' || number, (5000000000 + number)::text, 'pin', '', '' from numbered
    )
    insert into memberships (id, person_id, organisation_id, role)
    select gen_random_uuid(), id, ${branch.id}, 'learner' from numbered`.execute(db);
}
