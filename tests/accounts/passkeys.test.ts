import t, { type Test } from 'tap';
import { passkeySite } from '../../server/accounts/passkeys/ceremony.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { authenticator } from './authenticator.ts';
import { accountsSite, isSignedIn, type Learner, pass, pin, type Site, signedUp, signIn } from './site.ts';

t.test('Passkeys need https and a name, or this very machine', async (t) => {
  const isPossible = (url: string) => passkeySite(new URL(url)) !== null;
  t.ok(isPossible('https://hoc.example.vn/'));
  t.ok(isPossible('http://localhost:3000/'));
  t.notOk(isPossible('http://hoc.example.vn/'));
  t.notOk(isPossible('http://127.0.0.1:3000/'));
  t.notOk(isPossible('https://192.0.2.7/'));
  t.notOk(isPossible('https://[2001:db8::1]/'));
});

async function addPasskey(person: Client, phone = authenticator()) {
  const credential = phone.make(await person.post('/account/passkeys/challenge'));
  return { phone, credential, answer: await person.post('/account/passkeys', { credential }) };
}

async function withPasskey(t: Test) {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  return { site, lan, ...(await addPasskey(lan)) };
}

async function enterBy(visitor: Client, credential: (options: Page) => string, fields: Record<string, string> = {}) {
  const options = await visitor.post('/sign-in/passkey/challenge');
  return visitor.post('/sign-in/passkey', { credential: credential(options), ...fields });
}

const passkeys = ({ db }: Site) => db.selectFrom('passkeys').selectAll().execute();

t.test('A passkey is added, named and removed, and its owner hears of it', async (t) => {
  const { site, lan, answer } = await withPasskey(t);
  t.match(answer, { status: 303, headers: { location: '/account/passkeys' } });
  const page = await lan.get('/account/passkeys');
  t.match(page.html.text, 'chưa dùng lần nào');
  const [passkey] = await passkeys(site);
  t.equal((await site.db.selectFrom('mails').select('letter').execute())[0]?.letter, 'passkey_added');

  const rename = `/account/passkeys/${passkey?.id}/name`;
  const refused = await lan.submit(page, { form: rename, fields: { name: '' } });
  t.equal(refused.status, 422);
  t.match(textOf(refused.html.querySelector('details[open]') ?? refused.html), /Gõ một cái tên/);
  await lan.submit(page, { form: rename, fields: { name: 'Máy của mẹ' } });
  const named = await lan.get('/account/passkeys');
  t.match(named.html.text, 'Máy của mẹ');

  await lan.submit(named, { form: `/account/passkeys/${passkey?.id}/remove` });
  t.strictSame(await passkeys(site), []);
  const events = await site.db.selectFrom('audit_events').select('verb').where('verb', 'like', 'passkey%').execute();
  t.strictSame(events.map(({ verb }) => verb).sort(), ['passkey.added', 'passkey.removed']);
});

t.test(
  'Whoever shows it is in, without a name, a secret or a second step, and back where they were going',
  async (t) => {
    const { site, lan, phone } = await withPasskey(t);
    await lan.post('/account/second-factor/passkey');
    const visitor = client(site.app);
    const answer = await enterBy(visitor, (options) => phone.use(options), { next: '/learning' });
    t.match(answer, { status: 303, headers: { location: '/learning' } });
    t.ok(await isSignedIn(visitor));
    t.match((await visitor.get('/account/passkeys')).html.text, 'dùng lần cuối ngày');
  },
);

t.test('What does not hold opens nothing, and says so', async (t) => {
  const { site, lan, phone } = await withPasskey(t);
  const mai = await signedUp(site, { full_name: 'Lê Thị Mai' });
  const other = await addPasskey(mai);
  const hostile: Record<string, (options: Page) => string> = {
    'another site’s page': (options) => phone.use(options, { origin: 'https://evil.example' }),
    'another site’s key': (options) => phone.use(options, { site: 'evil.example' }),
    'another challenge': (options) => phone.use(options, { challenge: 'A'.repeat(43) }),
    'the making of one': (options) => phone.use(options, { type: 'webauthn.create' }),
    'no finger': (options) => phone.use(options, { isUnverified: true }),
    'a count that goes back': (options) => phone.use(options, { counter: 0 }),
    'somebody else’s name for the key': (options) => phone.use(options, { id: JSON.parse(other.credential).id }),
    'somebody else’s hand': (options) => phone.use(options, { userHandle: 'AAAAAAAAAAAAAAAAAAAAAA' }),
    'a key nobody has': (options) => authenticator().use(options, { userHandle: null }),
    nothing: () => '',
    'half of it': (options) => phone.use(options).slice(0, 300),
    'no object': () => '[1, "2", null]',
    'a challenge without words': (options) => {
      const used = JSON.parse(phone.use(options));
      return JSON.stringify({ ...used, response: { ...used.response, clientDataJSON: 'AAAA' } });
    },
    'ten thousand letters': (options) => {
      const used = JSON.parse(phone.use(options));
      return JSON.stringify({ ...used, response: { ...used.response, signature: 'A'.repeat(10_000) } });
    },
  };
  await enterBy(client(site.app), (options) => phone.use(options));
  for (const [what, credential] of Object.entries(hostile)) {
    const visitor = client(site.app);
    const answer = await enterBy(visitor, credential);
    t.equal(answer.status, 422, what);
    t.match(textOf(byRole(answer.html, 'alert')), 'Khoá truy cập này không mở được tài khoản nào', what);
    t.notOk(await isSignedIn(visitor), what);
  }
  t.ok(await isSignedIn(lan));
});

t.test('An answer is heard once, within five minutes, and only for what was asked', async (t) => {
  const { site, lan, phone } = await withPasskey(t);
  let sent = '';
  t.equal((await enterBy(client(site.app), (options) => (sent = phone.use(options)))).status, 303);
  t.equal((await client(site.app).post('/sign-in/passkey', { credential: sent })).status, 422, 'again');

  const twice = phone.use(await client(site.app).post('/sign-in/passkey/challenge'));
  const answers = await Promise.all([1, 2].map(() => client(site.app).post('/sign-in/passkey', { credential: twice })));
  t.strictSame(answers.map(({ status }) => status).sort(), [303, 422], 'two at once');

  const late = phone.use(await client(site.app).post('/sign-in/passkey/challenge'));
  await site.db
    .updateTable('passkey_challenges')
    .set({ expires_at: new Date(Date.now() - 1000) })
    .execute();
  t.equal((await client(site.app).post('/sign-in/passkey', { credential: late })).status, 422, 'late');

  const forConfirming = phone.use(await lan.post('/account/confirmation/challenge'));
  t.equal((await client(site.app).post('/sign-in/passkey', { credential: forConfirming })).status, 422, 'for another');
});

t.test('What was not made for this person, here and now, is not added', async (t) => {
  const { site, lan, credential } = await withPasskey(t);
  const mai = await signedUp(site, { full_name: 'Lê Thị Mai' });
  const made = (deviations: Parameters<ReturnType<typeof authenticator>['make']>[1]) => async () =>
    authenticator().make(await mai.post('/account/passkeys/challenge'), deviations);
  const hostile: Record<string, () => Promise<string>> = {
    'sent again': async () => credential,
    'asked for by another': async () => authenticator().make(await lan.post('/account/passkeys/challenge')),
    'on another page': made({ origin: 'https://evil.example' }),
    'for another site': made({ site: 'evil.example' }),
    'without a finger': made({ isUnverified: true }),
    'using instead of making': made({ type: 'webauthn.get' }),
    'not at all': async () => '{}',
  };
  for (const [what, send] of Object.entries(hostile)) {
    const answer = await mai.post('/account/passkeys', { credential: await send() });
    t.equal(answer.status, 422, what);
    t.match(textOf(byRole(answer.html, 'alert')), 'Chưa thêm được khoá truy cập', what);
  }
  t.equal((await passkeys(site)).length, 1);
});

t.test('The same key is not on two accounts, and what is another’s is not found', async (t) => {
  const { site, phone } = await withPasskey(t);
  const mai = await signedUp(site, { full_name: 'Lê Thị Mai' });
  t.equal((await addPasskey(mai, phone)).answer.status, 422);
  const [passkey] = await passkeys(site);
  t.equal((await mai.post(`/account/passkeys/${passkey?.id}/name`, { name: 'Của tôi' })).status, 404);
  t.equal((await mai.post(`/account/passkeys/${passkey?.id}/remove`)).status, 404);
  t.equal((await passkeys(site)).length, 1);
});

async function toSecondStep(site: Site, lan: Learner) {
  const visitor = client(site.app);
  const page = await signIn(visitor, lan.learner_code);
  const passed = page.html.querySelector('input[name=passed]')?.getAttribute('value') ?? '';
  return { visitor, page, passed, challenge: () => visitor.post('/sign-in/second-factor/challenge', { passed }) };
}

t.test('A passkey is a second step by itself, with backup codes for those whose phone is lost', async (t) => {
  const { site, lan, phone } = await withPasskey(t);
  const codes = await lan.submit(await lan.get('/account/second-factor'), { form: '/account/second-factor/passkey' });
  const [backup = ''] = codes.html.querySelectorAll('#second-codes li').map((item) => item.text.replace(/\D/g, ''));

  const first = await toSecondStep(site, lan);
  t.match(first.page.html.text, 'Gõ một mã dự phòng bạn đã cất', 'also in a browser without scripts');
  const options = await first.challenge();
  t.equal(JSON.parse(options.body).allowCredentials.length, 1);
  const answer = await first.visitor.post('/sign-in/second-factor', {
    passed: first.passed,
    credential: phone.use(options),
  });
  t.equal(answer.status, 303);
  t.ok(await isSignedIn(first.visitor));

  const second = await toSecondStep(site, lan);
  t.equal((await second.visitor.submit(second.page, { fields: { code: '000000' } })).status, 422);
  t.equal((await second.visitor.submit(second.page, { fields: { code: backup } })).status, 303);

  const [passkey] = await passkeys(site);
  const kept = await lan.follow(await lan.post(`/account/passkeys/${passkey?.id}/remove`));
  t.match(kept.html.text, 'Bảo vệ hai lớp đang dùng khoá này');
  t.equal((await passkeys(site)).length, 1);
});

t.test('Another’s passkey does no second step, and guessing has to wait', async (t) => {
  const { site, lan, phone } = await withPasskey(t);
  const mai = await signedUp(site, { full_name: 'Lê Thị Mai' });
  const { phone: other } = await addPasskey(mai);
  await lan.post('/account/second-factor/passkey');
  const { visitor, passed, challenge } = await toSecondStep(site, lan);
  const show = async (from: typeof phone) =>
    visitor.post('/sign-in/second-factor', { passed, credential: from.use(await challenge()) });
  for (let count = 0; count < 5; count += 1) t.equal((await show(other)).status, 422);
  t.equal((await show(phone)).status, 429);
  await pass(site, 2);
  t.equal((await show(phone)).status, 303);
  t.equal((await client(site.app).post('/sign-in/second-factor/challenge', { passed: 'x' })).status, 404);
});

t.test('A passkey confirms who it is, and what was sent goes on', async (t) => {
  const { site, lan, phone } = await withPasskey(t);
  const leaveOpen = () =>
    site.db
      .updateTable('sessions')
      .set({ confirmed_at: new Date(Date.now() - 20 * 60_000) })
      .execute();
  await leaveOpen();
  t.equal((await lan.post('/account/passkeys/challenge')).status, 403, 'a phone lying open makes none');
  const asked = await lan.post('/account/second-factor/passkey');
  t.equal(asked.status, 403);
  const carried = asked.html.querySelector('input[name=carried]')?.getAttribute('value') ?? '';
  const confirm = async (credential: string) => lan.post('/account/confirmation', { carried, credential });
  t.equal((await confirm('{}')).status, 422);
  const on = await confirm(phone.use(await lan.post('/account/confirmation/challenge')));
  t.equal(on.html.querySelector('main form')?.getAttribute('action'), '/account/second-factor/passkey');
  t.equal((await lan.submit(on)).status, 200);
  await leaveOpen();
  t.equal((await lan.post('/account/confirmation', { secret: pin, code: '000000' })).status, 422, 'else both');
});

t.test('The keys of a record that was merged open nothing, and open it again when that is undone', async (t) => {
  const { site, phone } = await withPasskey(t);
  const kept = await signedIn(site, { full_name: 'Nguyễn Thị Lan' });
  await site.db
    .updateTable('persons')
    .set({ merged_into_id: kept.id })
    .where('id', '=', (await passkeys(site))[0]?.person_id ?? '')
    .execute();
  t.equal((await enterBy(client(site.app), (options) => phone.use(options))).status, 422);
  await site.db.updateTable('persons').set({ merged_into_id: null }).execute();
  t.equal((await enterBy(client(site.app), (options) => phone.use(options))).status, 303);
});

t.test('Who is gone has no passkey left, and nobody’s copy has the key in it', async (t) => {
  const { site, lan, credential } = await withPasskey(t);
  const { gatherRows } = await import('../../server/my-data/queries.ts');
  const [passkey] = await passkeys(site);
  const copy = JSON.stringify(await gatherRows(site.db, passkey?.person_id ?? ''));
  t.match(copy, passkey?.name);
  t.notMatch(copy, JSON.parse(credential).id);
  await lan.post('/account/deletion', { sure: 'yes' });
  t.strictSame(await passkeys(site), []);
});

t.test('Asking for challenges by the hundred has to wait, where one comes from alone', async (t) => {
  const site = await accountsSite(t);
  const flood = client(site.app, { address: '192.0.2.7' });
  await flood.post('/sign-in/passkey/challenge');
  await site.db.updateTable('limit_counters').set({ count: 320 }).execute();
  t.equal((await flood.post('/sign-in/passkey/challenge')).status, 429);
  t.equal((await client(site.app, { address: '192.0.2.8' }).post('/sign-in/passkey/challenge')).status, 200);
});

t.test('Where the site can have no passkeys there are none to ask for', async (t) => {
  const site = await accountsSite(t, { PUBLIC_URL: 'http://192.0.2.7' });
  const visitor = client(site.app, { headers: { origin: 'http://192.0.2.7' } });
  t.equal((await visitor.post('/sign-in/passkey/challenge')).status, 404);
});

t.test('Who has lost phone and backup codes is helped by a manager above them, and hears of it', async (t) => {
  const site = await accountsSite(t);
  const branch = await organisation(site, 'school');
  const manager = await signedIn(site, { roles: ['manager'], branch });
  const lan = await signedIn(site, { roles: ['learner'], branch });
  const colleague = await signedIn(site, { roles: ['manager'], branch });
  await addPasskey(lan);
  await lan.post('/account/second-factor/passkey');
  const page = await manager.get(`/admin/people/${lan.id}`);
  await manager.submit(page, { form: `/admin/people/${lan.id}/second-factor/remove` });
  t.strictSame(await passkeys(site), []);
  t.strictSame(await site.db.selectFrom('second_factors').selectAll().execute(), []);
  t.match((await lan.get('/account/data')).html.text, 'tắt giúp bảo vệ hai lớp');
  const letters = await site.db.selectFrom('mails').select('letter').execute();
  t.ok(letters.some(({ letter }) => letter === 'second_factor_reset'));
  t.equal((await manager.post(`/admin/people/${colleague.id}/second-factor/remove`)).status, 403, 'but no equal');
});
