import t from 'tap';
import { v7 } from 'uuid';
import { ensureRootOrganisation } from '../../server/organisations/queries.ts';
import { client } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { statementsOf } from '../support/statements.ts';
import { accountsSite, isSignedIn, nobody, pass, pin, type Site, signedUp, signIn } from './site.ts';

const phone = '0912 345 678';

async function giveRole({ db }: Site, role: 'mentor' | 'learner' | 'owner'): Promise<void> {
  const organisation_id = await ensureRootOrganisation(db);
  const { id: person_id } = await db.selectFrom('persons').select('id').executeTakeFirstOrThrow();
  await db.insertInto('memberships').values({ id: v7(), person_id, organisation_id, role }).execute();
}

t.test('One signs in by learner code, phone or e-mail, however they are written', async (t) => {
  const site = await accountsSite(t);
  const { learner_code } = await signedUp(site, { phone, email: 'lan@example.com' });
  const spaced = `${learner_code.slice(0, 3)} ${learner_code.slice(3, 6)}-${learner_code.slice(6)}`;
  for (const name of [learner_code, spaced, '+84 912 345 678', '0912345678', 'LAN@example.com']) {
    const visitor = client(site.app);
    const answer = await signIn(visitor, name);
    t.match(answer, { status: 303, headers: { location: '/' } }, name);
    t.ok(await isSignedIn(visitor), name);
  }
});

t.test('The way back is kept if it is ours', async (t) => {
  const site = await accountsSite(t);
  const { learner_code } = await signedUp(site);
  const fields = { name: learner_code, secret: pin };
  for (const [next, location] of [
    ['/courses?q=m%E1%BA%A1ng', '/courses?q=m%E1%BA%A1ng'],
    ['//evil.example/', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example/', '/'],
    [`/${'a'.repeat(3000)}`, '/'],
  ] as const) {
    const visitor = client(site.app);
    const form = await visitor.get(`/sign-in?next=${encodeURIComponent(next)}`);
    t.equal((await visitor.submit(form, { fields })).headers.location, location, next);
  }
});

t.test('An unknown name and a wrong secret get the same answer after the same work', async (t) => {
  const site = await accountsSite(t);
  const { learner_code } = await signedUp(site, { phone });
  for (const [known, unknown, work] of [
    [learner_code, nobody, 1],
    ['0912345678', '0912345679', 5],
    ['lan@example.com', 'minh@example.com', 5],
  ] as const) {
    const answers = [];
    for (const name of [known, unknown]) {
      const before = site.comparisons();
      const { status, body } = await signIn(client(site.app), name, '839204');
      answers.push({ status, body: body.replaceAll(name, 'NAME') });
      t.equal(site.comparisons() - before, work, name);
    }
    t.same(answers[0], answers[1]);
    t.equal(answers[0]?.status, 422);
  }
});

t.test('What was typed stays, but for the secret; and no session starts', async (t) => {
  const site = await accountsSite(t);
  const { learner_code } = await signedUp(site);
  const visitor = client(site.app);
  const page = await signIn(visitor, learner_code, '839204', { shared_phone: 'yes' });
  t.equal(byRole(page.html, 'textbox', 'Mã học viên').getAttribute('value'), learner_code);
  t.ok(byRole(page.html, 'checkbox', 'máy chung').hasAttribute('checked'));
  t.notMatch(page.body, '839204');
  t.notOk(await isSignedIn(visitor));
});

t.test('What can be nobody’s name is told at once, without any work', async (t) => {
  const site = await accountsSite(t);
  const visitor = client(site.app);
  for (const name of ['Lan', '1234567890', 'lan@', '09123']) {
    const page = await signIn(visitor, name);
    t.equal(page.status, 422);
    t.match(textOf(byRole(page.html, 'alert')), /mã học viên 10 chữ số/);
  }
  t.equal(site.comparisons(), 0);
});

t.test('Of those who share a phone the secret finds its own person', async (t) => {
  const site = await accountsSite(t);
  await signedUp(site, { full_name: 'Lê Văn Đức', phone });
  await signedUp(site, { full_name: 'Lê Thị Ánh', phone, secret: '839204' });
  const visitor = client(site.app);
  await signIn(visitor, '0912345678', '839204');
  t.match(textOf(byRole((await visitor.get('/account')).html, 'main')), /Lê Thị Ánh/);
});

t.test(
  'Where the secret fits several who share a phone, they alone are offered, and each gets into their own account',
  async (t) => {
    const site = await accountsSite(t);
    await signedUp(site, { full_name: 'Lê Văn Đức', phone });
    await signedUp(site, { full_name: 'Lê Thị Ánh', phone });
    await signedUp(site, { full_name: 'Lê Văn Út', phone, secret: '839204' });
    for (const name of ['Lê Văn Đức', 'Lê Thị Ánh']) {
      const visitor = client(site.app);
      const who = await signIn(visitor, '0912345678', pin, { shared_phone: 'yes' });
      t.equal(who.status, 200);
      const names = allByRole(byRole(who.html, 'main'), 'button').map(textOf);
      t.same(names, ['Lê Văn Đức', 'Lê Thị Ánh']);
      t.notOk(await isSignedIn(visitor), 'not before the choice');
      t.equal((await visitor.submit(who, { button: name })).status, 303);
      const account = await visitor.get('/account');
      t.match(textOf(byRole(account.html, 'main')), name);
      t.match(textOf(byRole(account.html, 'banner')), /Xong, thoát/);
    }
  },
);

t.test('The choice cannot be forged, stretched to others, or put off', async (t) => {
  const site = await accountsSite(t);
  await signedUp(site, { full_name: 'Lê Văn Đức', phone });
  await signedUp(site, { full_name: 'Lê Thị Ánh', phone });
  const visitor = client(site.app);
  const who = await signIn(visitor, '0912345678');
  const passed = who.html.querySelector('[name=passed]')?.getAttribute('value') ?? '';
  for (const fields of [
    { passed, person: '2' },
    { passed, person: '-1' },
    { passed, person: 'length' },
    { passed },
    { passed: `${passed.slice(0, -3)}AAA`, person: '0' },
    { passed: '', person: '0' },
    { person: '0' },
  ]) {
    t.equal((await visitor.post('/sign-in/person', fields)).headers.location, '/sign-in');
    t.notOk(await isSignedIn(visitor));
  }
  const elsewhere = await visitor.post('/sign-in/password', { passed, secret: 'trăng rằm sáng' });
  t.equal(elsewhere.headers.location, '/sign-in', 'what lets one choose does not let one set a password');
});

t.test('Between the steps a change of language leads to the beginning, not to nowhere', async (t) => {
  const site = await accountsSite(t);
  for (const step of ['person', 'password']) {
    t.match(await client(site.app).get(`/sign-in/${step}?lang=en`), { status: 303, headers: { location: '/sign-in' } });
  }
});

t.test('The sixth who shares a phone signs in by learner code', async (t) => {
  const site = await accountsSite(t);
  for (const secret of ['402957', '839204', '582041', '704183', '620815']) await signedUp(site, { phone, secret });
  const { learner_code } = await signedUp(site, { phone, secret: '915703' });
  t.equal((await signIn(client(site.app), '0912345678', '915703')).status, 422);
  t.equal((await signIn(client(site.app), learner_code, '915703')).status, 303);
});

t.test('After five wrong tries the next waits, keeps what was typed, and costs no work', async (t) => {
  const site = await accountsSite(t);
  const { learner_code } = await signedUp(site);
  for (const name of [learner_code, nobody]) {
    const stranger = client(site.app);
    for (let count = 0; count < 5; count += 1) t.equal((await signIn(stranger, name, '839204')).status, 422);
    const before = site.comparisons();
    const page = await signIn(stranger, name);
    t.equal(page.status, 429, 'whether or not there is such a person');
    t.match(page.headers, { 'retry-after': '1' });
    t.match(textOf(page.html.querySelector('#wait') ?? page.html), /thử lại sau 1 giây nữa.*Không có gì bị khoá/);
    t.equal(byRole(page.html, 'textbox', 'Mã học viên').getAttribute('value'), name);
    t.equal(site.comparisons(), before);
  }
  await pass(site, 2);
  t.equal((await signIn(client(site.app), learner_code)).status, 303, 'it was a delay, not a lock');
});

t.test('A stranger’s guesses do not hold up a browser that signed in before, which has its own count', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  await lan.post('/sign-out');
  const stranger = client(site.app);
  for (let count = 0; count < 6; count += 1) await signIn(stranger, lan.learner_code, '839204');
  t.equal((await signIn(stranger, lan.learner_code)).status, 429);
  t.equal((await signIn(lan, lan.learner_code)).status, 303);

  await lan.post('/sign-out');
  for (let count = 0; count < 5; count += 1) t.equal((await signIn(lan, lan.learner_code, '839204')).status, 422);
  t.equal((await signIn(lan, lan.learner_code)).status, 429, 'a brother at the same phone may not guess for ever');
});

t.test('Having an account on somebody’s phone number does not let one guess at theirs', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site, { phone });
  const thief = await signedUp(site, { phone, secret: '704183' });
  await thief.post('/sign-out');
  for (let count = 0; count < 5; count += 1) await signIn(thief, '0912345678', '839204');
  const before = site.comparisons();
  const guess = await signIn(thief, '0912345678', pin);
  t.equal(guess.status, 422, 'a known browser is heard');
  t.equal(site.comparisons() - before, 5);
  t.notOk(await isSignedIn(thief), 'but only on its own person');
  t.equal((await lan.post('/sign-in', { name: '0912345678', secret: pin })).status, 303, 'and the owner goes on');
});

t.test('One PIN tried on account after account has to wait', async (t) => {
  const site = await accountsSite(t);
  const { learner_code } = await signedUp(site);
  for (let number = 0; number < 20; number += 1) {
    await signIn(client(site.app, { address: `198.51.100.${number}` }), `09000000${10 + number}`, '582041');
  }
  t.equal((await signIn(client(site.app), learner_code, '582041')).status, 429);
  t.equal((await signIn(client(site.app), learner_code, pin)).status, 303);
});

t.test('No counted key can be read', async (t) => {
  const site = await accountsSite(t);
  await signIn(client(site.app, { address: '198.51.100.7' }), '0912345678', '839204');
  const kept = JSON.stringify(await site.db.selectFrom('limit_counters').selectAll().execute());
  for (const text of ['912345678', '839204', '198.51']) t.notMatch(kept, text);
});

t.test(
  'On a shared phone the session ends after half an hour without use, and each page offers the way out',
  async (t) => {
    const site = await accountsSite(t);
    const { learner_code } = await signedUp(site);
    const visitor = client(site.app);
    const answer = await signIn(visitor, learner_code, pin, { shared_phone: 'yes' });
    const cookie = [answer.headers['set-cookie']].flat().find((one) => String(one).startsWith('session='));
    t.notMatch(String(cookie), /max-age|expires/i, 'the browser forgets it when it closes');
    t.match(textOf(byRole((await visitor.get('/account')).html, 'banner')), /Xong, thoát/);

    const idle = (minutes: number) =>
      site.db
        .updateTable('sessions')
        .set({ expires_at: new Date(Date.now() + (30 - minutes) * 60_000) })
        .where('shared_phone', '=', true)
        .execute();
    await idle(29);
    t.ok(await isSignedIn(visitor));
    await idle(1.5);
    t.ok(await isSignedIn(visitor), 'use begins the half hour anew');
    const [session] = await site.db
      .selectFrom('sessions')
      .select('expires_at')
      .where('shared_phone', '=', true)
      .execute();
    t.ok((session?.expires_at.getTime() ?? 0) > Date.now() + 29.9 * 60_000);
    await idle(30.1);
    t.notOk(await isSignedIn(visitor));
  },
);

t.test('Signing out ends the session on the server, and twice is once', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site, { shared_phone: 'yes' });
  const cookie = lan.cookies.get('session') ?? '';
  const answer = await lan.post('/sign-out');
  t.match(answer, { status: 303, headers: { location: '/', 'clear-site-data': '"cache"' } });
  t.equal((await lan.post('/sign-out')).status, 303);
  lan.cookies.set('session', cookie);
  t.notOk(await isSignedIn(lan));
});

t.test('Signing in as somebody else ends the session that was there', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const minh = await signedUp(site, { full_name: 'Trần Minh', secret: '839204' });
  const cookie = lan.cookies.get('session') ?? '';
  await lan.post('/sign-in', { name: minh.learner_code, secret: '839204' });
  t.match(textOf(byRole((await lan.get('/account')).html, 'main')), /Trần Minh/);
  lan.cookies.set('session', cookie);
  t.notOk(await isSignedIn(lan));
});

t.test('A role above learner asks for a password before anything else', async (t) => {
  const site = await accountsSite(t);
  const { learner_code } = await signedUp(site);
  await giveRole(site, 'learner');
  t.equal((await signIn(client(site.app), learner_code)).status, 303, 'a learner’s PIN is enough');
  await giveRole(site, 'mentor');

  const visitor = client(site.app);
  const first = await signIn(visitor, learner_code);
  t.match(textOf(byRole(first.html, 'heading', 'đặt mật khẩu')), /./);
  t.notOk(await isSignedIn(visitor));
  const refused = await visitor.submit(first, { fields: { secret: '83920471' } });
  t.equal(refused.status, 422);
  t.match(textOf(byRole(refused.html, 'alert')), /cần mật khẩu/);
  t.equal((await visitor.submit(refused, { fields: { secret: 'trăng rằm sáng' } })).status, 303);
  t.ok(await isSignedIn(visitor));

  t.equal((await visitor.submit(refused, { fields: { secret: 'mây trắng bay' } })).headers.location, '/sign-in');
  t.equal((await signIn(client(site.app), learner_code)).status, 422, 'the PIN is no more');
  t.equal((await signIn(client(site.app), learner_code, 'trăng rằm sáng')).status, 303);
});

t.test('What a browser is known by is a random cookie, of which the database holds a hash', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const token = lan.cookies.get('browser') ?? '';
  t.match(token, /^[\w-]{43}$/);
  const known = await site.db.selectFrom('known_browsers').selectAll().execute();
  t.equal(known.length, 1);
  t.notMatch(JSON.stringify(known), token);
  const https = await accountsSite(t, { PUBLIC_URL: 'https://hoc.example.vn' });
  const minh = await signedUp(https);
  t.same([...minh.cookies.keys()].sort(), ['__Host-browser', '__Host-session']);
});

t.test('The pages of signing in cost next to nothing', async (t) => {
  const site = await accountsSite(t);
  t.same(await statementsOf(site, () => client(site.app).get('/sign-in')), []);
  t.same(await statementsOf(site, () => client(site.app).get('/sign-in/recovery')), []);
});
