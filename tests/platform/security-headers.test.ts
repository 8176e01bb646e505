import t from 'tap';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { finish, learner, publish } from '../support/learners.ts';

const drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 6"><rect width="8" height="6"/></svg>';
const withPicture = { 'images/box.svg': drawing, 'vi/first.md': '# Bài đầu\n\n![Khung](../images/box.svg)\n' };

function missingIn({ headers }: Page): string[] {
  const wanted = {
    'content-security-policy':
      /^default-src 'none'; style-src 'self' 'sha256-[^']+'; script-src 'self'; .*frame-ancestors 'none'; base-uri 'none'$/,
    'referrer-policy': /^same-origin$/,
    'x-content-type-options': /^nosniff$/,
    'x-frame-options': /^DENY$/,
    'cross-origin-opener-policy': /^same-origin$/,
    'cross-origin-resource-policy': /^same-origin$/,
    'permissions-policy': /geolocation=\(\)/,
  };
  return Object.entries(wanted).flatMap(([name, value]) => (value.test(String(headers[name])) ? [] : [name]));
}

t.test('Answers of every kind tell the browser what it must not do', async (t) => {
  const site = await testApp(t);
  await publish(t, site, withPicture);
  const person = await learner(site);
  const code = await finish(person);
  const lesson = await person.get('/courses/small/lessons/first');
  const picture = lesson.html.querySelector('img')?.getAttribute('src') ?? '';
  const script = lesson.html.querySelector('script')?.getAttribute('src') ?? '';
  const answers: [status: number, type: RegExp, page: Page][] = [
    [200, /^text\/html; charset=utf-8$/, await person.get('/')],
    [200, /^text\/html; charset=utf-8$/, lesson],
    [200, /^image\/png/, await person.get(picture)],
    [200, /^text\/javascript; charset=utf-8$/, await person.get(script)],
    [200, /^application\/pdf/, await person.get(`/certificates/${code}.pdf`)],
    [200, /^image\/png/, await person.get(`/certificates/${code}.png`)],
    [200, /^text\/plain; charset=utf-8$/, await person.get('/healthz')],
    [303, /^undefined/, await client(site.app).get('/learning')],
    [404, /^text\/html; charset=utf-8$/, await person.get('/nowhere')],
    [404, /^text\/html; charset=utf-8$/, await person.get('/%E0%A4%A')],
    [404, /^text\/html; charset=utf-8$/, await person.get('/assets/nothing.js')],
    [403, /^text\/html; charset=utf-8$/, await person.post('/sign-in', {}, { 'sec-fetch-site': 'cross-site' })],
    [422, /^text\/html; charset=utf-8$/, await client(site.app).post('/sign-up')],
    [413, /^text\/html; charset=utf-8$/, await person.post('/sign-in', { name: 'x'.repeat(300_000) })],
  ];
  for (const [status, type, page] of answers) {
    t.equal(page.status, status, page.url);
    t.match(String(page.headers['content-type']), type, page.url);
    t.notOk(page.headers['access-control-allow-origin'], 'and no other site may read it');
    t.strictSame(missingIn(page), [], page.url);
    t.notOk(page.headers['strict-transport-security'], 'on plain http nobody is sent to https');
  }
});

t.test('No script but our own file may run, and none is asked for when data are saved', async (t) => {
  const { app } = await testApp(t);
  const { headers } = await client(app).get('/');
  t.notMatch(headers['content-security-policy'], /unsafe|https?:|\*/);
  t.equal((await client(app, { headers: { 'save-data': 'on' } }).get('/')).html.querySelectorAll('script').length, 0);
});

t.test('A site on https keeps browsers there', async (t) => {
  const { app } = await testApp(t, { PUBLIC_URL: 'https://learn.example.org' });
  t.equal((await client(app).get('/')).headers['strict-transport-security'], 'max-age=31536000');
});
