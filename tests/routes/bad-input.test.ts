import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { project } from '../support/child.ts';
import { client, type Page } from '../support/client.ts';
import { formFields } from '../support/html.ts';
import { learner, publish, startAttempt } from '../support/learners.ts';
import { signedIn } from '../support/people.ts';
import { type Route, testAppWithRoutes } from './route-list.ts';

/** Every name that a field has on some page. */
const names = new Set(
  globSync('views/**/*.eta', { cwd: project }).flatMap((file) =>
    Array.from(
      readFileSync(join(project, file), 'utf8').matchAll(/\bname(?:: '|=")([a-z_]+)['"]/g),
      ([, name = '']) => name,
    ),
  ),
);

const texts = [
  '',
  '<script>alert(1)</script>"\'><img src=x onerror=alert(1)>',
  "' or 1=1; drop table persons; --",
  '\u202e\u200b\ufeff',
  '-1',
  '9'.repeat(400),
  '1e309',
  'ế'.repeat(1000),
  'x'.repeat(10_000),
  '😀\ud83d',
  '//evil.example',
  'javascript:alert(1)',
  '__proto__',
  'NaN',
  '%',
  '\\',
];

function address({ name }: Route, value: string, own: Record<string, string>): string {
  const path = name.replace(/^\w+ /, '');
  return path.replace(/:(\w+)/g, (_, part: string) => own[part] ?? encodeURIComponent(value.toWellFormed()));
}

function isClear({ status, body }: Page): boolean {
  return status < 500 && !body.includes('<script>alert') && !body.includes('<img src=x');
}

t.test('Whatever is in an address, the answer is clear', async (t) => {
  const site = await testAppWithRoutes(t);
  await publish(t, site);
  const visitors = [client(site.app), await learner(site), await signedIn(site, { roles: ['owner'] })];
  for (const route of site.routes.filter(({ method }) => method === 'GET')) {
    const unclear: string[] = [];
    for (const text of texts) {
      const value = encodeURIComponent(text.toWellFormed()).slice(0, 100);
      const query = Array.from(names, (name) => `${name}=${value}`).join('&');
      for (const visitor of visitors) {
        for (const path of [address(route, text, {}), `${address(route, text, { slug: 'small' })}?${query}`]) {
          const page = await visitor.get(path);
          if (!isClear(page)) unclear.push(`${page.status} ${path.slice(0, 200)}`);
        }
      }
    }
    t.strictSame(unclear, [], route.name);
  }
});

t.test('Whatever is in a form, the answer is clear', async (t) => {
  const site = await testAppWithRoutes(t);
  await publish(t, site);
  const secret_hash = await site.app.hasher.hash('thuyền giấy qua sông');
  for (const route of site.routes.filter(({ method }) => method === 'POST')) {
    const unclear: string[] = [];
    const person = await learner(site);
    await site.db.updateTable('person_details').set({ secret_hash }).execute();
    const attempt = await startAttempt(person);
    const questions = formFields((await person.get(`${attempt}?question=all`)).html).map(([name]) => name);
    const some = route.name.includes('/attempts/') ? [...names, ...questions] : [...names];
    const own = { slug: 'small', key: 'second', id: attempt.split('/').at(-1) ?? '' };
    const session = person.cookies.get('session') ?? '';
    for (const text of texts) {
      // Of what is long a few at a time: all of them would be too large a body.
      const groups = text.length > 1000 ? some.slice(0, 12).map((name) => [name]) : [some];
      for (const group of groups) {
        const once = group.map((name): [string, string] => [name, text]);
        const odd = ['__proto__', 'constructor', 'a[b]'].map((name): [string, string] => [name, text]);
        person.cookies.set('session', session);
        for (const page of [
          await client(site.app).post(address(route, text, own), once),
          await person.post(address(route, text, own), [...once, ...once, ...odd]),
        ]) {
          if (!isClear(page)) unclear.push(`${page.status} ${JSON.stringify(text.slice(0, 50))}`);
        }
      }
    }
    t.strictSame(unclear, [], route.name);
  }
});
