import t from 'tap';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole } from '../support/html.ts';
import { signedIn } from '../support/people.ts';

const languageOf = ({ html }: Page) => html.querySelector('html')?.getAttribute('lang');

t.test(
  'A signed-in person changes the language on any page, comes back to it, and finds it so elsewhere',
  async (t) => {
    const site = await testApp(t);
    const lan = await signedIn(site);
    const page = await lan.get('/courses?topic=data&sort=title');
    const answer = await lan.submit(page, { form: '/preferences/language' });
    t.match(answer, { status: 303, headers: { location: '/courses?topic=data&sort=title' } });
    t.equal(languageOf(await lan.follow(answer)), 'en');

    const { language } = await site.db.selectFrom('persons').select('language').executeTakeFirstOrThrow();
    t.equal(language, 'en');
    lan.cookies.delete('language');
    t.equal(languageOf(await lan.get('/account')), 'en', 'on another phone too');
  },
);

t.test('A visitor’s language is kept in the browser alone', async (t) => {
  const site = await testApp(t);
  const lan = await signedIn(site, { language: 'vi' });
  const visitor = client(site.app);
  await visitor.post('/preferences/language', { language: 'en' });
  t.equal(languageOf(await visitor.get('/')), 'en');
  t.equal(languageOf(await lan.get('/')), 'vi');
});

t.test('Saving data is a switch in the footer, signed in or not', async (t) => {
  const site = await testApp(t);
  for (const visitor of [client(site.app), await signedIn(site)]) {
    const page = await visitor.get('/verify?code=1');
    const answer = await visitor.submit(page, { form: '/preferences/data-saving' });
    t.match(answer, { status: 303, headers: { location: '/verify?code=1' } });
    const saving = await visitor.follow(answer);
    t.equal(saving.html.querySelectorAll('script').length, 0);
    t.equal(allByRole(saving.html, 'button', 'Tắt tiết kiệm dữ liệu').length, 1);
    const back = await visitor.follow(await visitor.submit(saving, { form: '/preferences/data-saving' }));
    t.equal(back.html.querySelectorAll('script').length, 1);
  }
});

t.test('A choice is kept for a year, and no script and no other site needs to read it', async (t) => {
  const { app } = await testApp(t);
  for (const [path, fields] of [
    ['/preferences/language', 'language=en'],
    ['/preferences/data-saving', 'saving=on'],
  ] as const) {
    const headers = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' };
    const { cookies } = await app.inject({ method: 'POST', url: path, payload: fields, headers });
    t.match(cookies, [{ path: '/', sameSite: 'Lax', maxAge: 31_536_000 }]);
  }
});

t.test('On https every cookie, also of a choice and of a sentence shown once, is bound to this host', async (t) => {
  const visitor = client((await testApp(t, { PUBLIC_URL: 'https://learn.example.org' })).app);
  const answers = [
    await visitor.post('/preferences/language', { language: 'en' }),
    await visitor.post('/preferences/data-saving', { saving: 'on' }),
    await visitor.get('/sign-in?lang=en'),
    await visitor.post('/sign-out'),
  ];
  const set = answers.flatMap(({ headers }) => [headers['set-cookie'] ?? []].flat().map(String));
  const names = set.map((cookie) => cookie.split('=', 1)[0]);
  const bound = ['__Host-language', '__Host-saving', '__Host-language', '__Host-session', '__Host-flash'];
  t.strictSame(names.sort(), bound.sort());
  for (const cookie of set) {
    for (const attribute of [/; Path=\//, /; HttpOnly/, /; Secure/, /; SameSite=Lax/]) t.match(cookie, attribute);
    t.notMatch(cookie, /; Domain/);
  }
  const page = await visitor.get('/courses');
  t.strictSame([languageOf(page), page.html.querySelectorAll('script').length], ['en', 0], 'and they are understood');
  t.ok(page.html.getElementById('flash'));
  t.notOk(visitor.cookies.has('__Host-flash'), 'the sentence goes with its cookie');
});

t.test('A choice that does not exist chooses nothing', async (t) => {
  const site = await testApp(t);
  const lan = await signedIn(site, { language: 'vi' });
  for (const language of ['km', '', 'EN', ['fr', 'en'], 'constructor']) {
    const answer = await lan.post('/preferences/language', { language, back: '/courses' });
    t.match(answer, { status: 303, headers: { location: '/courses', 'set-cookie': undefined } });
  }
  t.equal(languageOf(await lan.get('/courses')), 'vi');
  const answer = await lan.post('/preferences/data-saving', { saving: 'maybe' });
  t.match(answer, { status: 303, headers: { location: '/', 'set-cookie': undefined } });
});

t.test('The way back is a page of ours, or the front page', async (t) => {
  const visitor = client((await testApp(t)).app);
  const ways = [
    ['/courses?q=m%E1%BA%A1ng', '/courses?q=m%E1%BA%A1ng'],
    ['http://localhost/account', '/account'],
    ['https://evil.example/', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/x\r\nset-cookie: a=b', '/xset-cookie:%20a=b'],
    ['', '/'],
  ];
  for (const [back = '', location = ''] of ways) {
    for (const [path, fields] of [
      ['/preferences/language', { language: 'en' }],
      ['/preferences/data-saving', { saving: 'on' }],
    ] as const) {
      const answer = await visitor.post(path, { ...fields, back });
      t.match(answer, { status: 303 });
      t.equal(answer.headers.location, location, JSON.stringify(back));
    }
  }
});

t.test('A page with a very long address can be changed all the same', async (t) => {
  const visitor = client((await testApp(t)).app);
  const page = await visitor.get(`/courses?q=${'x'.repeat(5000)}`);
  const answer = await visitor.submit(page, { form: '/preferences/data-saving' });
  t.equal(answer.status, 303);
  t.equal(visitor.cookies.get('saving'), 'on');
});

t.test('Another site chooses nothing for anybody', async (t) => {
  const visitor = client((await testApp(t)).app);
  const page = await visitor.post('/preferences/data-saving', { saving: 'on' }, { 'sec-fetch-site': 'cross-site' });
  t.equal(page.status, 403);
  t.equal(byRole(page.html, 'button', 'Bật tiết kiệm').localName, 'button', 'still off');
});
