import t from 'tap';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { publish } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';

const site = await testApp(t);
await publish(t, site);
const shared = [
  '/',
  '/courses',
  '/courses?q=khoa',
  '/courses/small',
  '/courses/small/lessons/first',
  '/organisations/domdom',
];
const held = 'public, max-age=0, s-maxage=60';
const forOne = 'private, no-cache';

t.test('A proxy may hold for a minute what every visitor gets, by all that the page depends on', async (t) => {
  for (const path of shared) {
    const { headers } = await client(site.app).get(path);
    t.equal(headers['cache-control'], held, path);
    t.match(headers.etag, /^"[\w-]+"$/, path);
    for (const name of ['cookie', 'accept-language', 'save-data', 'accept-encoding', 'hx-request-type'])
      t.match(headers.vary, name, path);
  }
});

t.test('The page of somebody signed in is for them alone', async (t) => {
  const person = await signedIn(site);
  for (const path of shared) t.equal((await person.get(path)).headers['cache-control'], forOne, path);
});

t.test('So is an answer that sets a cookie: the choice of a language, a sentence shown once', async (t) => {
  const visitor = client(site.app);
  const chosen = await visitor.get('/courses?lang=en');
  t.ok(chosen.headers['set-cookie']);
  t.equal(chosen.headers['cache-control'], forOne);
  visitor.cookies.set('flash', 'good courses.enrolled');
  const told = await visitor.get('/courses');
  t.ok(told.headers['set-cookie']);
  t.equal(told.headers['cache-control'], forOne);
  t.equal((await visitor.get('/courses')).headers['cache-control'], held);
});

t.test('So is a page with a form of one’s own, and a page that is not there', async (t) => {
  for (const path of ['/sign-in', '/sign-up', '/courses/nothing', '/courses/small/lessons/nothing'])
    t.equal((await client(site.app).get(path)).headers['cache-control'], forOne, path);
});

t.test('A change of language or of saving data has a tag of its own', async (t) => {
  const tags = new Set<unknown>();
  const visitors: Record<string, string>[] = [
    { 'accept-language': 'vi' },
    { 'accept-language': 'en' },
    { 'save-data': 'on' },
  ];
  for (const headers of visitors) tags.add((await client(site.app).get('/courses', headers)).headers.etag);
  t.equal(tags.size, visitors.length);
});
