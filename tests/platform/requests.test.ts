import t from 'tap';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { signedIn } from '../support/people.ts';

const languageOf = ({ html }: Page) => html.querySelector('html')?.getAttribute('lang');
const isSaving = ({ html }: Page) => html.querySelectorAll('script').length === 0;

t.test('The language is that of the account, else of the cookie, else of the browser, else Vietnamese', async (t) => {
  const site = await testApp(t);
  const english = { 'accept-language': 'en-GB, vi;q=0.5' };
  const visitor = client(site.app);
  t.equal(languageOf(await visitor.get('/sign-in', { 'accept-language': 'fr' })), 'vi');
  t.equal(languageOf(await visitor.get('/sign-in', english)), 'en');
  t.equal(languageOf(await visitor.get('/sign-in?lang=vi', english)), 'vi');
  t.equal(languageOf(await visitor.get('/sign-in', english)), 'vi', 'the choice is remembered');

  const lan = await signedIn(site, { language: 'en' });
  t.equal(languageOf(await lan.get('/account')), 'en');
  t.equal(languageOf(await lan.get('/account?lang=vi')), 'en');
  const binh = await signedIn(site);
  t.equal(languageOf(await binh.get('/account', english)), 'en', 'an account without a choice follows the browser');
});

t.test('A language that is none chooses nothing and is not remembered', async (t) => {
  const visitor = client((await testApp(t)).app);
  for (const query of ['lang=km', 'lang=', 'lang=vi&lang=en', 'lang[]=en', 'lang=__proto__', 'lang=en%00']) {
    const page = await visitor.get(`/sign-in?${query}`, { 'accept-language': 'en' });
    t.equal(page.headers['set-cookie'], undefined, query);
    t.equal(languageOf(page), 'en', query);
  }
  visitor.cookies.set('language', 'xx');
  t.equal(languageOf(await visitor.get('/sign-in')), 'vi');
});

t.test('Data are saved when the browser says so, unless the visitor has chosen', async (t) => {
  const visitor = client((await testApp(t)).app);
  t.equal(isSaving(await visitor.get('/sign-in')), false);
  t.equal(isSaving(await visitor.get('/sign-in', { 'save-data': 'on' })), true);
  t.equal(isSaving(await visitor.get('/sign-in', { 'save-data': 'On' })), true);
  t.equal(isSaving(await visitor.get('/sign-in', { 'save-data': 'off' })), false);
  visitor.cookies.set('saving', 'off');
  t.equal(isSaving(await visitor.get('/sign-in', { 'save-data': 'on' })), false);
  visitor.cookies.set('saving', 'on');
  t.equal(isSaving(await visitor.get('/sign-in')), true);
});

t.test('A form from another site changes nothing and is explained', async (t) => {
  const { app } = await testApp(t);
  const visitor = client(app);
  const page = await visitor.post('/preferences/language', { language: 'en' }, { 'sec-fetch-site': 'cross-site' });
  t.equal(page.status, 403);
  t.match(textOf(byRole(page.html, 'heading')), 'Chúng tôi chưa nhận biểu mẫu này');
  t.notOk(visitor.cookies.has('language'));
});

t.test('A form is heard from every browser that people have, without scripts too', async (t) => {
  const { app } = await testApp(t);
  const send = (headers: Record<string, string>) =>
    app.inject({
      method: 'POST',
      url: '/preferences/language',
      payload: 'language=en&back=/courses',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    });
  const status = async (headers: Record<string, string>) => (await send(headers)).statusCode;
  t.equal(await status({ 'sec-fetch-site': 'same-origin', origin: 'http://localhost' }), 303, 'a new browser');
  t.equal(await status({ origin: 'http://localhost', referer: 'http://localhost/' }), 303, 'one of 2017');
  t.equal(await status({ referer: 'http://localhost/courses', 'user-agent': 'Lynx/2.9.2' }), 303, 'lynx');
  t.equal(await status({ 'user-agent': 'curl/8' }), 403, 'no browser');
  t.equal(await status({ origin: 'null' }), 403, 'a form in a sandbox');
  t.equal(await status({ referer: 'http://localhost:8080/' }), 403, 'another port');
  t.equal(await status({ host: 'evil.example', referer: 'http://evil.example/' }), 403, 'Host proves nothing');
});

t.test('What is no address of a thing is not found, without asking the database', async (t) => {
  const site = await testApp(t);
  const lan = await signedIn(site);
  const ids = [
    '1',
    'x',
    '00000000-0000-0000-0000-00000000000',
    '00000000-0000-0000-0000-000000000000%00',
    "'",
    '..%2f',
  ];
  const wide = 'ＡＡＡＡＡＡＡＡ-0000-0000-0000-000000000000';
  for (const id of [...ids, encodeURIComponent(wide), '0'.repeat(5000), '%F0%9F%98%80']) {
    t.equal((await lan.get(`/attempts/${id}`)).status, 404, id.slice(0, 50));
    t.equal((await lan.post(`/attempts/${id}/answers`)).status, 404, id.slice(0, 50));
  }
});

t.test('NUL, which nobody types, is refused before PostgreSQL would', async (t) => {
  const visitor = client((await testApp(t)).app);
  for (const path of ['/courses/a%00b', '/organisations/%00', '/certificates/%00.pdf', '/owner-link/%00']) {
    t.equal((await visitor.get(path)).status, 404, path);
  }
  for (const path of ['/courses?q=%00', '/courses?%00=1', '/courses?q=a&q=%00', '/verify?code=%00']) {
    t.equal((await visitor.get(path)).status, 400, path);
  }
  t.equal((await visitor.post('/sign-in', { name: 'a\0b', secret: 'x' })).status, 400);
  t.equal((await visitor.post('/sign-up', { 'a\0': 'b' })).status, 400);
  t.equal((await visitor.post('/sign-up', { full_name: ['Lan', '\0'] })).status, 400);
});

t.test('The language link of a page leads to the same page, with what else was asked', async (t) => {
  const visitor = client((await testApp(t)).app);
  const linkOn = ({ html }: Page) => html.querySelector('a[hreflang]')?.getAttribute('href');
  t.equal(linkOn(await visitor.get('/courses?q=a%26b&topic=data')), '/courses?q=a%26b&topic=data&lang=en');
  t.equal(linkOn(await visitor.get('/courses?lang=vi&q=x')), '/courses?q=x&lang=en');
  t.equal(linkOn(await visitor.get('//evil.example/x')), '/?lang=en', 'and to no other site');
  t.equal(linkOn(await visitor.get('/x?"><script>')), '/x?%22%3E%3Cscript%3E&lang=en');
});

t.test('A page that answers a form belongs to the page on which the form stood', async (t) => {
  const visitor = client((await testApp(t)).app);
  const linkAfter = async (referer: Record<string, string>) => {
    const page = await visitor.post('/sign-up', {}, referer);
    t.equal(page.status, 422);
    const { html } = page;
    const back = html.querySelector('footer input[name=back]')?.getAttribute('value');
    return [html.querySelector('a[hreflang]')?.getAttribute('href'), back];
  };
  const next = '/sign-up?next=/courses/welcome';
  t.strictSame(await linkAfter({ referer: `http://localhost${next}` }), [`${next}&lang=en`, next]);
  t.strictSame(await linkAfter({ referer: 'http://evil.example/x' }), ['/?lang=en', '/']);
  t.strictSame(await linkAfter({}), ['/?lang=en', '/']);
});

t.test('A file or a probe asks no database who is there', async (t) => {
  const site = await testApp(t);
  const lan = await signedIn(site);
  const before = site.statements.length;
  await lan.get('/healthz');
  await lan.get('/assets/none.css');
  t.equal(site.statements.length, before);
});
