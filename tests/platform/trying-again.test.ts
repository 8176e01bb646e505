import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import t from 'tap';
import type { Database } from '../../server/database/connection.ts';
import { testApp } from '../support/app.ts';
import { type Client, client, type Page } from '../support/client.ts';
import { allByRole, byRole, formFields, textOf } from '../support/html.ts';
import { learner, publish, questionId, startAttempt } from '../support/learners.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { appWithoutDatabase } from './without-database.ts';

const withSession = (visitor: Client): Client => {
  visitor.cookies.set('session', 'x'.repeat(40));
  return visitor;
};
const keptIn = ({ html }: Page) => {
  const form = html.querySelector('main form');
  return form === null ? null : formFields(form);
};

t.test('A form that the database was not there for comes back with what was typed, to be sent again', async (t) => {
  const visitor = withSession(client(await appWithoutDatabase(t)));
  const fields = { body: 'Dòng một\r\nDòng “hai” <b>&', to: ['lan', 'mai'], empty: '' };
  const page = await visitor.post('/messages/new?to=lan', fields);
  t.match(page, { status: 503, headers: { 'retry-after': '10', 'cache-control': 'no-store' } });
  t.equal(textOf(byRole(page.html, 'heading', /./)), 'Máy chủ đang bận');
  t.match(textOf(byRole(page.html, 'main')), 'Chúng tôi vẫn giữ những gì bạn đã gõ');
  t.equal(page.html.querySelector('main form')?.getAttribute('action'), '/messages/new?to=lan');
  t.strictSame(keptIn(page), [
    ['body', 'Dòng một\r\nDòng “hai” <b>&'],
    ['to', 'lan'],
    ['to', 'mai'],
    ['empty', ''],
  ]);
  byRole(page.html, 'button', 'Thử lại');

  t.strictSame(keptIn(await visitor.submit(page)), keptIn(page), 'as often as it takes');
  const english = await visitor.post('/messages/new?lang=en', fields);
  t.match(textOf(byRole(english.html, 'main')), 'What you typed is kept here');
  byRole(english.html, 'button', 'Try again');
  const secret = await visitor.post('/sign-in', { name: 'lan', secret: '123456', code: '1' });
  const shown = [page, english, secret, await visitor.get('/courses')];
  await assertValidHtml(t, new Map(shown.map(({ body }, index) => [`page ${index}`, body])));
});

t.test('A page that could not be shown has a link to itself, and to no other site', async (t) => {
  const visitor = withSession(client(await appWithoutDatabase(t)));
  const linkOn = ({ html }: Page) => byRole(html, 'link', 'Thử lại').getAttribute('href');
  t.equal(linkOn(await visitor.get('/courses?q=a&page=2')), '/courses?q=a&page=2');
  for (const address of ['//evil.example/courses', '/\\evil.example']) {
    const page = await visitor.get(address);
    if (page.status === 503) t.equal(linkOn(page), '/');
    t.notMatch(page.body, /(?:href|action)="[/\\]{2}evil/);
  }
});

t.test('What another site sends is refused before, and shown to nobody', async (t) => {
  const visitor = withSession(client(await appWithoutDatabase(t)));
  const page = await visitor.post('/account/name', { full_name: 'Gài vào' }, { 'sec-fetch-site': 'cross-site' });
  t.equal(page.status, 403);
  t.notMatch(page.body, 'Gài vào');
});

t.test('Secrets are typed anew: none that a form of ours asks for is written into the page', async (t) => {
  const visitor = withSession(client(await appWithoutDatabase(t)));
  const names = secretFields();
  t.ok(names.length >= 3);
  const fields = Object.fromEntries(names.map((name) => [name, `typed-${name}`]));
  const page = await visitor.post('/sign-in', { name: 'lan@example.com', ...fields });
  t.equal(page.status, 503);
  t.notMatch(page.body, 'typed-');
  t.strictSame(
    keptIn(page)?.filter(([, value]) => value !== ''),
    [['name', 'lan@example.com']],
  );
  const asked = page.html.querySelectorAll('main form [required]').map((field) => field.getAttribute('name'));
  t.strictSame(asked.toSorted(), names);
  t.equal(page.html.querySelector('[name=secret]')?.getAttribute('type'), 'password');
  t.strictSame(keptIn(await visitor.post('/sign-in', { name: 'lan', code: '' })), [
    ['name', 'lan'],
    ['code', ''],
  ]);
});

t.test('Files, and what is no form of ours, are sent again from the page they are on', async (t) => {
  const app = await appWithoutDatabase(t);
  const visitor = withSession(client(app));
  const unkept = [
    await visitor.upload('/verify', { note: 'Ghi chú' }, { name: 'anh.png', bytes: 'bytes-of-the-file' }),
    await visitor.post('/messages/new', { body: 'x'.repeat(200_000) }),
    await visitor.post('/messages/new', { body: 'a\0b' }),
    await visitor.post('/messages/new', {}, { 'content-type': 'application/json' }),
  ];
  for (const page of unkept) {
    t.equal(page.status, 503);
    t.equal(keptIn(page), null);
    t.match(textOf(byRole(page.html, 'main')), 'quay lại trang trước rồi gửi lần nữa');
    t.notMatch(page.body, 'bytes-of-the-file');
  }
});

const faults: [what: string, code: string][] = [
  ['a full disk', '53100'],
  ['too many connections', '53300'],
  ['a disk that fails', '58030'],
  ['a database that is shutting down', '57P01'],
  ['a database that only reads, as a standby does', '25006'],
  ['a deadlock', '40P01'],
  ['a lock that somebody keeps', '55P03'],
];

t.test('An answer that the database could not take is kept in the page, and saved once when it can', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  const person = await learner(site);
  const attempt = await startAttempt(person);
  const question = questionId(await person.get(`${attempt}?question=all`), 'Thủ đô');
  for (const [index, [what, code]] of faults.entries()) {
    await refuse(site, 'answers', code);
    const typed = `Huế ${index}`;
    const page = await person.post(`${attempt}/answers`, {
      place: 'all',
      [`r_${question}`]: String(index),
      [`q_${question}`]: typed,
    });
    t.match(page, { status: 503, headers: { 'retry-after': '10' } }, what);
    t.match(textOf(byRole(page.html, 'main')), typed);
    t.equal(await answersOf(site), index, 'nothing is half saved');
    t.equal((await person.get(`${attempt}?question=all`)).status, 200, 'what is there is shown meanwhile');

    await accept(site, 'answers');
    for (const _ of ['once', 'twice']) t.equal((await person.submit(page)).status, 303, what);
    t.equal(await answersOf(site), index + 1, 'pressed twice, saved once');
  }
});

t.test('A sign-up that the database could not take keeps all but the secret', async (t) => {
  const site = await testApp(t);
  const visitor = client(site.app);
  await refuse(site, 'persons', '53100');
  const form = await visitor.get('/sign-up');
  const fields = { full_name: 'Nguyễn Thị Lan', birth_month: '9', birth_year: '2005', secret: 'thuyền giấy qua sông' };
  const page = await visitor.submit(form, { fields: { ...fields, consent: 'yes' } });
  t.equal(page.status, 503);
  t.notMatch(page.body, 'thuyền giấy');
  t.ok(keptIn(page)?.some(([name, value]) => name === 'full_name' && value === 'Nguyễn Thị Lan'));
  await accept(site, 'persons');
  const again = await visitor.submit(page, { fields: { secret: fields.secret } });
  t.ok([200, 303].includes(again.status), `${again.status}`);
  const { count } = await site.db
    .selectFrom('persons')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  t.equal(count, 1);
  t.equal(allByRole(again.html, 'button', 'Thử lại').length, 0);
});

type Site = Awaited<ReturnType<typeof testApp>>;

/** From now on PostgreSQL refuses to write into the table, as it does for that reason. */
async function refuse({ db }: Site, table: keyof Database, code: string): Promise<void> {
  await sql`create or replace function refuse() returns trigger language plpgsql as
    ${sql.lit(`begin raise exception 'refused' using errcode = '${code}'; end`)}`.execute(db);
  await sql`create trigger a_refusal before insert on ${sql.table(table)} for each row execute function refuse()`.execute(
    db,
  );
}

async function accept({ db }: Site, table: keyof Database): Promise<void> {
  await sql`drop trigger a_refusal on ${sql.table(table)}`.execute(db);
}

async function answersOf({ db }: Site): Promise<number> {
  return (await db.selectFrom('answers').selectAll().execute()).length;
}

/** The names of all fields that a form reads as a secret or a page asks for as a password. */
function secretFields(): string[] {
  const project = fileURLToPath(new URL('../../', import.meta.url));
  const namesIn = (files: string, pattern: RegExp) =>
    globSync(files, { cwd: project }).flatMap((file) =>
      [...readFileSync(`${project}/${file}`, 'utf8').matchAll(pattern)].map(([, name = '']) => name),
    );
  const read = namesIn('server/**/*.ts', /(\w+): (?:field\.optional\()?(?:field\.secret|ask\.(?:newS|s)ecret)\(/g);
  const asked = namesIn('views/**/*.eta', /name: '(\w+)', type: 'password'/g);
  const codes = namesIn('server/**/*.ts', /(recovery_code): field/g);
  return [...new Set([...read, ...asked, ...codes])].filter((name) => name !== 'newSecret').sort();
}
