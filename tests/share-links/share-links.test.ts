import { sql } from 'kysely';
import t from 'tap';
import { v7 } from 'uuid';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { type Someone, signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { share, sharedBy, withdraw } from './links.ts';

const publicUrl = 'https://hoc.example.org';
const site = await testApp(t, { PUBLIC_URL: publicUrl });
const { db } = site;
await publish(t, site);
await publish(t, site, {}, 'other');
const stranger = () => client(site.app);
const name = 'Huỳnh Thị Kim Phượng';
const childBorn = new Date().getFullYear() - 14;

async function graduate(someone: Someone = {}) {
  const person = await learner(site, { full_name: name, ...someone });
  return { person, code: await finish(person) };
}

/** All that reaches a visitor: head and body. */
async function received(path: string): Promise<string> {
  const { headers, body } = await stranger().get(path);
  return JSON.stringify(headers) + body;
}

t.test('An employer sees what was chosen, and in the whole answer nothing beside', async (t) => {
  const { person, code } = await graduate();
  const { learner_code } = await db
    .selectFrom('person_details')
    .select('learner_code')
    .where('person_id', '=', person.id)
    .executeTakeFirstOrThrow();
  const bare = await received(await sharedBy(person, { name: 'Siêu thị Long Xuyên' }));
  t.match(bare, 'Phượng H. T. K.');
  t.match(bare, 'Khoá nhỏ');
  t.match(bare, 'Có hiệu lực');
  for (const hidden of [name, 'Huỳnh', code, learner_code, person.id, 'Siêu thị', 'kết quả 100', '2005', '/learning']) {
    t.notOk(bare.includes(hidden), hidden);
  }
  const named = await received(await sharedBy(person, { full_name: true }));
  t.match(named, name);
  t.notOk(named.includes(code), 'whose public page has a score that was not chosen');
  const all = await received(await sharedBy(person, { full_name: true, scores: true }));
  t.match(all, `/certificates/${code}`);
  t.match(all, /kết quả \d+/);
});

t.test('The record of learning has scores and names only where they were chosen', async (t) => {
  const { person, code } = await graduate();
  await person.post('/courses/other/enrolment');
  const bare = await received(await sharedBy(person, { certificates: false, transcript: true }));
  t.match(bare, 'Bảng kết quả học tập');
  t.match(bare, 'xong 0/');
  for (const hidden of [name, code, 'Bài cuối', '\u00a0%']) t.notOk(bare.includes(hidden), hidden);
  const all = await received(await sharedBy(person, { transcript: true, scores: true, full_name: true }));
  t.match(all, name);
  t.match(all, code);
});

t.test('No search engine and no cache keeps it, and it is asked for with few statements', async (t) => {
  const { person } = await graduate();
  const path = await sharedBy(person, { transcript: true });
  for (const address of [path, `${path}/transcript.pdf`, '/shared/x']) {
    const { headers } = await stranger().get(address);
    t.equal(headers['cache-control'], 'no-store', address);
    t.match(headers['x-robots-tag'], 'noindex', address);
  }
  const visitor = stranger();
  t.ok((await statementsOf(site, () => visitor.get(path))).length <= 4);
  t.ok((await statementsOf(site, () => person.get('/learning/shared'))).length <= 4);
  t.ok((await statementsOf(site, () => person.get('/learning/shared/new'))).length <= 4);
  t.ok((await statementsOf(site, () => person.get('/learning/transcript'))).length <= 4);
});

t.test('Openings by others are counted, and nothing is kept of who they were', async (t) => {
  const { person } = await graduate();
  const path = await sharedBy(person);
  t.match(textOf((await person.get('/learning/shared')).html), 'Chưa ai mở');
  await person.get(path);
  for (const _ of [1, 2]) await stranger().get(path);
  t.match(textOf((await person.get('/learning/shared')).html), 'Đã mở 2 lần');
});

t.test('Its owner finds the address once, as text and QR code, and the list has it not', async (t) => {
  const { person } = await graduate();
  const answer = await share(person);
  t.equal(answer.status, 303);
  const path = String(answer.headers.location);
  t.match(path, /^\/shared\/[A-Z2-9]{26}$/);
  const own = await person.get(path);
  t.match(own.body, publicUrl + path);
  byRole(own.html, 'img', 'Mã QR của liên kết này');
  const token = path.split('/').at(-1) ?? '';
  t.notOk((await person.get('/learning/shared')).body.includes(token));
  const rows = JSON.stringify(await db.selectFrom('share_links').selectAll().execute());
  t.notOk(rows.includes(token), 'kept as a hash alone');
  t.equal((await stranger().get(path.toLowerCase())).status, 200, 'also as typed from paper');
});

t.test('The same form sent twice makes one link, and sent by somebody else it makes theirs', async (t) => {
  const { person } = await graduate();
  const form = await person.get('/learning/shared/new');
  const certificate = form.html.querySelector('input[name=certificate]')?.getAttribute('value') ?? '';
  const fields = { name: 'Một lần', certificate, days: '7' };
  const [first, second] = [await person.submit(form, { fields }), await person.submit(form, { fields })];
  t.equal(first.headers.location, second.headers.location);
  t.equal(await countOf(person), 1);
  const other = (await graduate()).person;
  const form_token = form.html.querySelector('input[name=form_token]')?.getAttribute('value') ?? '';
  const stolen = await other.post('/learning/shared', { ...fields, form_token });
  t.equal(stolen.status, 422, 'of others’ certificates nobody makes a link');
  const theirs = await other.post('/learning/shared', { ...fields, form_token, transcript: 'yes' });
  t.not(theirs.headers.location, first.headers.location);
  t.notOk((await received(String(theirs.headers.location))).includes('Có hiệu lực'));
});

t.test('Withdrawn it is over at once, expired it is over too: with a page that says whom to ask', async (t) => {
  const { person } = await graduate();
  const path = await sharedBy(person, { transcript: true });
  t.equal((await withdraw(person)).status, 303);
  for (const address of [path, `${path}/transcript.pdf`]) {
    const gone = await stranger().get(address);
    t.equal(gone.status, 410);
    t.match(textOf(gone.html), 'hỏi người đã gửi cho bạn');
    t.notMatch(gone.body, /Phượng|Khoá nhỏ/);
  }
  t.match(textOf((await person.get('/learning/shared')).html), 'đã rút');

  const short = await sharedBy(person);
  await setClockOn();
  t.equal((await stranger().get(short)).status, 410);
  t.equal((await stranger().get('/shared/ABCDEFGHJKMNPQRSTUVWXYZ234')).status, 404);
});

t.test('Nobody withdraws the link of another, and once withdrawn it stays so', async (t) => {
  const { person } = await graduate();
  await share(person);
  const { id } = await newestOf(person);
  const other = await signedIn(site);
  t.equal((await other.post(`/learning/shared/${id}/withdrawal`)).status, 404);
  await person.post(`/learning/shared/${id}/withdrawal`);
  const { withdrawn_at } = await newestOf(person);
  t.equal((await person.post(`/learning/shared/${id}/withdrawal`)).status, 303);
  t.strictSame((await newestOf(person)).withdrawn_at, withdrawn_at);
  const change = (changes: object) => db.updateTable('share_links').set(changes).where('id', '=', id).execute();
  for (const changes of [{ withdrawn_at: null }, { full_name: true }, { expires_at: new Date() }]) {
    await t.rejects(change(changes), { code: '23001' });
  }
});

t.test('What is left out or too much is told, and what was typed stays', async (t) => {
  const { person } = await graduate();
  const form = await person.get('/learning/shared/new');
  const nothing = await person.submit(form, { fields: { name: 'Thư viện', days: '90' } });
  t.equal(nothing.status, 422);
  t.match(textOf(nothing.html), 'Bạn chọn ít nhất một giấy chứng nhận');
  t.equal(nothing.html.querySelector('input[name=name]')?.getAttribute('value'), 'Thư viện');
  const wrong = await person.post('/learning/shared', { name: '', days: '4000', transcript: 'yes' });
  t.equal(wrong.status, 422);
  t.equal(await countOf(person), 0);
});

t.test(
  'Of a child no more is shown than in public until both have agreed, and again when one takes it back',
  async (t) => {
    const { person, code } = await graduate({ birth_year: childBorn });
    const form = await person.get('/learning/shared/new');
    t.same(allByRole(form.html, 'checkbox', 'Họ tên đầy đủ'), []);
    const [certificate] = await db.selectFrom('certificates').select('id').where('code', '=', code).execute();
    const forced = await person.post('/learning/shared', {
      ...{ name: 'Trường', days: '7', certificate: certificate?.id ?? '' },
      ...{ transcript: 'yes', scores: 'yes', full_name: 'yes' },
    });
    const path = String(forced.headers.location);
    const shown = await received(path);
    t.match(shown, 'Phượng H. T. K.');
    for (const hidden of [name, 'Bảng kết quả', 'kết quả 100']) t.notOk(shown.includes(hidden), hidden);

    await agree(person.id, true);
    const more = await sharedBy(person, { transcript: true, full_name: true, scores: true });
    t.match(await received(more), name);
    t.match(await received(more), code);
    await agree(person.id, false);
    const less = await received(more);
    for (const hidden of [name, 'Bảng kết quả']) t.notOk(less.includes(hidden), hidden);
    t.equal((await stranger().get(`${more}/transcript.pdf`)).status, 404);
  },
);

t.test('What is revoked later says so, on the card, in the record and in its PDF', async (t) => {
  const { person, code } = await graduate();
  const path = await sharedBy(person, { transcript: true, full_name: true, scores: true });
  t.match(await received(path), 'Đến nay không giấy chứng nhận nào nêu ở đây bị thu hồi');
  const owner = await signedIn(site, { roles: ['owner'] });
  await owner.post(`/admin/certificates/${code}/revocation`, { reason: 'Cấp nhầm người.' });
  const shown = textOf((await stranger().get(path)).html);
  t.match(shown, 'Từ đó đến nay 1 giấy chứng nhận nêu ở đây đã bị thu hồi');
  t.match(shown, /đã bị thu hồi ngày \d\d\/\d\d\/20\d\d/);
  t.notMatch(shown, 'Có hiệu lực');
});

t.test('With the person their links go', async (t) => {
  const { person } = await graduate();
  const path = await sharedBy(person, { transcript: true, full_name: true });
  const page = await person.get('/account/deletion');
  await person.submit(page, { fields: { sure: 'yes', certificates: 'keep' } });
  t.equal((await stranger().get(path)).status, 404);
  t.equal(await countOf(person), 0);
});

t.test('A merger takes links along, and undoing it brings them back', async (t) => {
  const { person: merged } = await graduate({ roles: ['learner'] });
  const kept = await signedIn(site, { full_name: 'Huỳnh Thị Phượng', roles: ['learner'] });
  const path = await sharedBy(merged);
  const owner = await signedIn(site, { roles: ['owner'] });
  await owner.post(`/admin/people/${kept.id}/merger`, { other: merged.id });
  t.equal(await countOf(kept), 1);
  t.match(await received(path), 'Khoá nhỏ');
  const { id } = await db.selectFrom('person_mergers').select('id').executeTakeFirstOrThrow();
  await owner.post(`/admin/people/${kept.id}/mergers/${id}/remove`);
  t.equal(await countOf(merged), 1);
  t.match(await received(path), 'Khoá nhỏ');
});

async function countOf({ id }: { id: string }): Promise<number> {
  return (await db.selectFrom('share_links').select('id').where('person_id', '=', id).execute()).length;
}

async function newestOf({ id }: { id: string }) {
  return db
    .selectFrom('share_links')
    .selectAll()
    .where('person_id', '=', id)
    .orderBy('created_at', 'desc')
    .executeTakeFirstOrThrow();
}

/** As if all terms had passed: what is kept cannot be changed, so the rule against it rests meanwhile. */
async function setClockOn(): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`alter table share_links disable trigger share_links_stay`.execute(trx);
    await sql`update share_links set created_at = created_at - interval '400 days', expires_at = expires_at - interval '400 days'`.execute(
      trx,
    );
    await sql`alter table share_links enable trigger share_links_stay`.execute(trx);
  });
}

async function agree(person_id: string, granted: boolean): Promise<void> {
  const word = { purpose: 'full_name_on_certificates', text_version: '1', channel: 'web' };
  for (const given_by of ['self', 'representative']) {
    await db
      .insertInto('consents')
      .values({ id: v7(), person_id, granted, given_by, ...word })
      .execute();
  }
}
