import t from 'tap';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { finish, learner, publish } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';

const site = await testApp(t, { PUBLIC_URL: 'https://hoc.example.org' });
await publish(t, site);
const reason = 'Cấp nhầm người.';

t.test('A manager of the issuing organisation revokes a certificate, for all to see at once', async (t) => {
  const { code } = await graduate();
  const manager = await manages();
  const page = await manager.get(`/certificates/${code}`);
  const form = await manager.get(byRole(page.html, 'link', 'Sửa tên hoặc thu hồi giấy này').getAttribute('href') ?? '');
  const stranger = client(site.app);
  const before = await Promise.all(['pdf', 'png', 'svg'].map((kind) => stranger.get(`/certificates/${code}.${kind}`)));

  const answer = await manager.submit(form, { form: `/admin/certificates/${code}/revocation`, fields: { reason } });
  t.match(answer, { status: 303, headers: { location: `/certificates/${code}` } });
  const shown = await stranger.get(`/certificates/${code}`);
  byRole(shown.html, 'heading', /^Không còn hiệu lực/);
  t.match(textOf(shown.html), `Lý do: ${reason}`);
  for (const [index, kind] of ['pdf', 'png', 'svg'].entries()) {
    const after = await stranger.get(`/certificates/${code}.${kind}`);
    t.equal(after.status, 200);
    t.not(after.body, before[index]?.body, kind);
  }
  t.strictSame(await deeds(code), ['certificate.revoked']);
});

t.test('Revoking twice keeps the first reason', async (t) => {
  const { code } = await graduate();
  const manager = await manages();
  await manager.post(`/admin/certificates/${code}/revocation`, { reason });
  const again = await manager.follow(await manager.post(`/admin/certificates/${code}/revocation`, { reason: 'Khác' }));
  t.match(textOf(again.html), 'Giấy này đã bị thu hồi.');
  t.match(textOf(again.html), reason);
  t.strictSame(await deeds(code), ['certificate.revoked']);
});

t.test('A reason must be given, and what was typed elsewhere stays', async (t) => {
  const { code } = await graduate();
  const manager = await manages();
  const page = await manager.post(`/admin/certificates/${code}/revocation`, { reason: ' ' });
  t.equal(page.status, 422);
  t.equal(byRole(page.html, 'textbox', 'Lý do thu hồi').getAttribute('aria-invalid'), 'true');
  const long = 'x'.repeat(301);
  const other = await manager.post(`/admin/certificates/${code}/revocation`, { reason: long });
  t.equal(byRole(other.html, 'textbox', 'Lý do thu hồi').getAttribute('value'), long);
  t.strictSame(await deeds(code), []);
});

t.test('Correcting the name issues a successor, and each leads to the other', async (t) => {
  const { code, person } = await graduate({ full_name: 'Nguyen Thi Lan' });
  const manager = await manages();
  const full_name = 'Nguyễn Thị  Lan';
  const answer = await manager.post(`/admin/certificates/${code}/correction`, { full_name });
  const successor = String(answer.headers.location).replace('/certificates/', '');
  t.match(successor, /^[A-Z2-9]{14}$/);

  const stranger = client(site.app);
  const [old, fresh] = [await stranger.get(`/certificates/${code}`), await stranger.get(`/certificates/${successor}`)];
  byRole(old.html, 'heading', /^Không còn hiệu lực/);
  t.equal(byRole(old.html, 'link', /Mở bản mới/).getAttribute('href'), `/certificates/${successor}`);
  byRole(fresh.html, 'heading', /^Có hiệu lực/);
  t.match(textOf(fresh.html), 'Nguyễn Thị Lan');
  t.equal(byRole(fresh.html, 'link', 'Mở giấy trước').getAttribute('href'), `/certificates/${code}`);
  const own = await person.get('/learning');
  t.match(own.body, successor);
  t.notMatch(own.body, code);
  const credential = JSON.parse((await stranger.get(`/certificates/${successor}.json`)).body);
  t.equal(credential.credentialSubject.identifier[0].identityHash, 'Nguyễn Thị Lan');
  t.strictSame(await deeds(code), ['certificate.corrected']);
});

t.test('Of corrections at once one is made, and a corrected one can be corrected again', async (t) => {
  const { code, person } = await graduate();
  const manager = await manages();
  const correct = (of: string, full_name: string) =>
    manager.post(`/admin/certificates/${of}/correction`, { full_name });
  const answers = await Promise.all([correct(code, 'Lê Lan'), correct(code, 'Lê Lan'), correct(code, 'Lê Lan')]);
  const [successor, ...others] = new Set(
    answers.map(({ headers }) => String(headers.location).split('/').at(-1) ?? ''),
  );
  t.strictSame(others, []);
  await correct(successor ?? '', 'Lê Thị Lan');
  const rows = await site.db
    .selectFrom('certificates')
    .where('person_id', '=', person.id)
    .select(['successor_id', 'revoked_at'])
    .execute();
  t.equal(rows.length, 3);
  t.equal(rows.filter(({ successor_id, revoked_at }) => successor_id === null && revoked_at === null).length, 1);
});

t.test('Completing the course once more after a correction makes no second certificate', async (t) => {
  const { code, person } = await graduate();
  const manager = await manages();
  await manager.post(`/admin/certificates/${code}/correction`, { full_name: 'Lê Thị Lan' });
  await person.post('/courses/small/lessons/first/completion');
  const rows = await site.db.selectFrom('certificates').where('person_id', '=', person.id).select('id').execute();
  t.equal(rows.length, 2);
});

t.test('For others there is no such page, and no link to one', async (t) => {
  const { code, person } = await graduate();
  const partner = await organisation(site, 'partner');
  const elsewhere = await signedIn(site, { roles: ['manager'], branch: partner });
  for (const who of [elsewhere, person, await signedIn(site, { roles: ['author'] })]) {
    t.equal((await who.get(`/admin/certificates/${code}`)).status, 404);
    t.equal((await who.post(`/admin/certificates/${code}/revocation`, { reason })).status, 404);
    t.equal((await who.post(`/admin/certificates/${code}/correction`, { full_name: 'Lê Lan' })).status, 404);
    t.notMatch((await who.get(`/certificates/${code}`)).body, '/admin/certificates');
  }
  t.equal((await client(site.app).post(`/admin/certificates/${code}/revocation`, { reason })).status, 401);
  t.strictSame(await deeds(code), []);
});

t.test('Whoever has not just shown that it is them is asked first', async (t) => {
  const { code } = await graduate();
  const manager = await manages();
  const longAgo = { confirmed_at: new Date(0) };
  await site.db.updateTable('sessions').set(longAgo).where('person_id', '=', manager.id).execute();
  const page = await manager.post(`/admin/certificates/${code}/revocation`, { reason });
  t.equal(page.status, 403);
  t.strictSame(await deeds(code), []);
});

t.test('A certificate’s page costs a manager at most 4 statements too', async (t) => {
  const { code } = await graduate();
  const manager = await manages();
  for (const path of [`/certificates/${code}`, `/admin/certificates/${code}`]) {
    const statements = await statementsOf(site, () => manager.get(path));
    t.ok(statements.length <= 4, statements.join('\n'));
  }
});

async function graduate(someone: { full_name?: string } = {}) {
  const person = await learner(site, someone);
  return { person, code: await finish(person) };
}

function manages(): Promise<SignedIn> {
  return signedIn(site, { roles: ['manager'] });
}

async function deeds(code: string): Promise<string[]> {
  const rows = await site.db.selectFrom('audit_events').select(['verb', 'facts']).execute();
  return rows.filter(({ facts }) => JSON.stringify(facts).includes(code)).map(({ verb }) => verb);
}
