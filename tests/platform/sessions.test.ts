import t, { type Test } from 'tap';
import { type TestApp, testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { signedIn } from '../support/people.ts';

const https = { PUBLIC_URL: 'https://learn.example.org' };
const minute = 60_000;
const day = 24 * 60 * minute;

/** What a page of the person’s answers, as a browser with this session would get it. */
async function cookieOf(site: TestApp, headers: { cookie: string }) {
  const answer = await site.app.inject({ url: '/account', headers });
  return { status: answer.statusCode, cookies: answer.cookies };
}

async function sessionEnd({ db }: TestApp): Promise<number> {
  const { expires_at } = await db.selectFrom('sessions').select('expires_at').executeTakeFirstOrThrow();
  return expires_at.getTime() - Date.now();
}

async function endIn({ db }: TestApp, milliseconds: number): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ expires_at: new Date(Date.now() + milliseconds) })
    .execute();
}

t.test('On https the cookie of a session is bound to this host; in a village on http it works too', async (t) => {
  for (const [settings, name, secure] of [
    [{}, 'session', undefined],
    [https, '__Host-session', true],
  ] as const) {
    const site = await testApp(t, settings);
    const { cookies } = await signUp(t, site);
    const cookie = cookies.find((one) => one.name === name);
    t.match(cookie, { path: '/', httpOnly: true, sameSite: 'Lax', maxAge: 30 * 24 * 60 * 60 });
    t.equal(cookie?.secure, secure);
    t.notOk(cookie?.domain, 'no other host of the same domain gets it');
  }
});

t.test('On a shared phone the browser forgets the session when it closes', async (t) => {
  const { cookies } = await signUp(t, await testApp(t), { shared_phone: 'yes' });
  const cookie = cookies.find(({ name }) => name === 'session');
  t.strictSame([cookie?.maxAge, cookie?.expires], [undefined, undefined]);
});

t.test('The database never holds what opens a session', async (t) => {
  const site = await testApp(t);
  const lan = await signedIn(site);
  const { id } = await site.db.selectFrom('sessions').select('id').executeTakeFirstOrThrow();
  t.match(id, /^[0-9a-f]{64}$/);
  lan.cookies.set('session', id);
  t.equal((await lan.get('/account')).status, 303, 'the hash opens nothing');
});

t.test('A session is known by 200 random bits, another at each sign-in', async (t) => {
  const site = await testApp(t);
  const ids = [await signedIn(site), await signedIn(site)].map(({ cookies }) => cookies.get('session'));
  for (const id of ids) t.match(id, /^[a-z2-7]{40}$/);
  t.not(ids[0], ids[1]);
});

t.test('A session in the second half of its life is renewed, an earlier one is left alone', async (t) => {
  const site = await testApp(t);
  const lan = await signedIn(site);
  const cookie = `session=${lan.cookies.get('session')}`;
  t.strictSame(await cookieOf(site, { cookie }), { status: 200, cookies: [] });
  await endIn(site, 14 * day);
  const { cookies } = await cookieOf(site, { cookie });
  t.match(cookies, [{ name: 'session', maxAge: 30 * 24 * 60 * 60 }]);
  t.ok((await sessionEnd(site)) > 29 * day);
});

t.test('A session on a shared phone lives thirty minutes from the last page', async (t) => {
  const site = await testApp(t);
  const lan = await signedIn(site);
  await site.db.updateTable('sessions').set({ shared_phone: true }).execute();
  const cookie = `session=${lan.cookies.get('session')}`;

  await endIn(site, 29.5 * minute);
  await cookieOf(site, { cookie });
  t.ok((await sessionEnd(site)) < 29.6 * minute, 'not written anew for each page');
  await endIn(site, 10 * minute);
  t.strictSame(await cookieOf(site, { cookie }), { status: 200, cookies: [] });
  t.ok((await sessionEnd(site)) > 29 * minute);
  await endIn(site, -1);
  t.match(await cookieOf(site, { cookie }), { status: 303 });
});

t.test('A session that is over opens nothing', async (t) => {
  const site = await testApp(t);
  const lan = await signedIn(site);
  await endIn(site, -1);
  t.match(await lan.get('/account'), { status: 303, headers: { location: '/sign-in?next=%2Faccount' } });
  t.equal((await lan.get('/')).status, 200, 'a page for everyone is shown as to a visitor');
});

t.test('A cookie that is no session is as none', async (t) => {
  const site = await testApp(t);
  const visitor = client(site.app);
  for (const value of ['', 'x', "' or 1=1 --", 'x'.repeat(4000), '%00', '%ff']) {
    visitor.cookies.set('session', value);
    t.equal((await visitor.get('/account')).status, 303, value.slice(0, 20));
  }
});

t.test('One statement tells who is there; for a visitor without the cookie there is none', async (t) => {
  const site = await testApp(t);
  const lan = await signedIn(site);
  const before = site.statements.length;
  await client(site.app).get('/sign-in');
  t.equal(site.statements.length - before, 0);
  await lan.get('/account/secret');
  t.equal(site.statements.length - before, 1);
});

async function signUp(t: Test, { app }: TestApp, more: Record<string, string> = {}) {
  const fields = {
    full_name: 'Nguyễn Thị Lan',
    birth_month: '9',
    birth_year: '2005',
    secret: 'thuyền giấy qua sông',
    consent: 'yes',
    ...more,
  };
  const answer = await app.inject({
    method: 'POST',
    url: '/sign-up',
    payload: new URLSearchParams(fields).toString(),
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
  });
  t.equal(answer.statusCode, 200);
  return answer;
}

t.test('A cookie of somebody else’s on this host, broken or not, keeps nobody out', async (t) => {
  const site = await testApp(t);
  const person = await signedIn(site);
  const own = `session=${person.cookies.get('session')}`;
  for (const foreign of ['other=%zz', '__proto__=x', 'constructor=%', 'x="', '=', 'session_2=%ff']) {
    t.equal((await cookieOf(site, { cookie: `${foreign}; ${own}` })).status, 200, foreign);
    t.equal((await site.app.inject({ url: '/courses', headers: { cookie: foreign } })).statusCode, 200, foreign);
  }
  for (const broken of ['%zz', '%', '"', '%00', 'x'.repeat(4000)])
    t.equal((await cookieOf(site, { cookie: `session=${broken}` })).status, 303, broken.slice(0, 10));
});
