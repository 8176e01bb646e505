import { sql } from 'kysely';
import pg from 'pg';
import t from 'tap';
import { testApp } from '../support/app.ts';
import { holds, temporaryFolder } from '../support/child.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { learner, publish } from '../support/learners.ts';
import { appWithoutDatabase } from './without-database.ts';

const headingOf = ({ html }: Page) => textOf(byRole(html, 'heading', /./));
const form = { 'content-type': 'application/x-www-form-urlencoded' };

t.test('While the database is gone a page says so, and when to try again', async (t) => {
  // Nothing listens there; and there is no socket in that folder.
  for (const host of ['127.0.0.1', await temporaryFolder(t)]) {
    const visitor = client(await appWithoutDatabase(t, host));
    visitor.cookies.set('session', 'x'.repeat(40));
    for (const path of ['/', '/courses', '/learning', '/account', '/courses/small/lessons/first']) {
      const page = await visitor.get(path);
      t.equal(page.status, 503, path);
      t.equal(page.headers['retry-after'], '10');
      t.equal(headingOf(page), 'Máy chủ đang bận');
    }
    t.equal((await visitor.post('/sign-out')).status, 503);
    t.match(headingOf(await visitor.get('/courses?lang=en')), 'busy');
  }
});

t.test('What needs no database is served without one', async (t) => {
  const visitor = client(await appWithoutDatabase(t, '127.0.0.1'));
  t.equal((await visitor.get('/sign-in')).status, 200);
  t.equal((await visitor.get('/healthz')).status, 200);
  t.equal((await visitor.get('/nowhere')).status, 404);
});

t.test('A database that goes away in the middle of a page is a database that is gone', async (t) => {
  const site = await testApp(t);
  const other = new pg.Client(site.url);
  await other.connect();
  t.teardown(() => other.end());
  await other.query('begin; lock table course_listings in access exclusive mode');

  const page = client(site.app).get('/courses');
  const endWaiting = sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where wait_event_type = 'Lock' and datname = current_database()`;
  const isEnded = async () => (await endWaiting.execute(site.db)).rows.length > 0;
  t.ok(await holds(isEnded, 10_000));
  t.match(await page, { status: 503, headers: { 'retry-after': '10' } });
  await other.query('rollback');
  t.ok(await holds(async () => (await client(site.app).get('/courses')).status === 200, 10_000), 'it is found again');
});

t.test('A fault of ours shows a code to tell us, and nothing of what happened inside', async (t) => {
  const site = await testApp(t);
  await site.db.schema.alterTable('course_listings').renameTo('gone').execute();
  const page = await client(site.app).get('/courses');
  t.equal(page.status, 500);
  t.equal(headingOf(page), 'Trang này đang trục trặc');
  t.match(textOf(byRole(page.html, 'main')), /mã này: [0-9a-f-]{36}/);
  t.notMatch(page.body, /course_listings|does not exist|queries\.ts|node_modules/);
});

t.test('It is logged as one line of JSON, by that code, without what the browser sent along', async (t) => {
  const site = await testApp(t, { LOG_LEVEL: 'error' });
  await site.db.schema.alterTable('course_listings').renameTo('gone').execute();
  const written = t.capture(process.stderr, 'write');
  const visitor = client(site.app, { headers: { 'user-agent': 'a-browser\n{"level":60}' }, address: '192.0.2.7' });
  visitor.cookies.set('session', 'a-session-of-somebody');
  const page = await visitor.get('/courses?q=mot-cau-hoi');
  const lines = written().map(({ args }) => String(args[0]));
  t.equal(lines.length, 1);
  const entry = JSON.parse(lines[0] ?? '');
  t.match(entry, { level: 50, msg: 'request failed', time: Number, err: { stack: /course_listings/ } });
  t.match(textOf(byRole(page.html, 'main')), entry.reqId);
  t.notMatch(lines[0], /a-browser|192\.0\.2\.7|a-session-of-somebody/);
});

t.test('What does not exist is not found, in the reader’s language, with a search for courses', async (t) => {
  const visitor = client((await testApp(t)).app);
  const page = await visitor.get('/nowhere');
  t.equal(page.status, 404);
  t.equal(headingOf(page), 'Không tìm thấy trang này');
  t.equal(page.html.querySelector('main form[role=search]')?.getAttribute('action'), '/courses');
  t.equal(allByRole(page.html, 'link', 'Về trang đầu').length, 1);
  t.match(headingOf(await visitor.get('/nowhere?lang=en')), 'no page here');
});

t.test('An address that cannot be read, or is too long to be one, is not found', async (t) => {
  const visitor = client((await testApp(t)).app);
  const addresses = [
    '/%',
    '/%zz',
    '/courses/%E0%A4%A',
    '/courses/%ff',
    '/courses/%C0%AF',
    '/courses/%ED%A0%80',
    '/courses/x/lessons/%',
    '/%ff?q=%ff',
    `/courses/${'x'.repeat(10_000)}`,
    `/certificates/${'x'.repeat(10_000)}`,
    `/${'x/'.repeat(4000)}`,
    '/courses/%2e%2e%2f%2e%2e%2fpackage.json',
    '/courses//welcome',
    '/courses/welcome/../../etc/passwd',
    "/courses/'; drop table courses; --",
    '/courses/\\',
    '/courses/😀',
  ];
  for (const address of addresses) {
    const page = await visitor.get(address);
    t.equal(page.status, 404, address.slice(0, 60));
    t.equal(page.html.querySelector('html')?.getAttribute('lang'), 'vi');
  }
  t.equal((await visitor.get('/courses?q=%ff%')).status, 200, 'a search for bytes that are no text finds nothing');
});

t.test('A body too large is refused by size, whatever is in it', async (t) => {
  const { app } = await testApp(t);
  const visitor = client(app);
  const page = await visitor.post('/sign-up', { full_name: 'x'.repeat(256 * 1024) });
  t.equal(page.status, 413);
  t.equal(headingOf(page), 'Nội dung gửi lên quá lớn');
  t.equal((await visitor.post('/sign-up', { full_name: 'x'.repeat(200 * 1024) })).status, 422);
});

t.test('A body of another kind than a form is a bad request', async (t) => {
  const { app } = await testApp(t);
  const send = (type: string | undefined, payload: string | Buffer) =>
    app.inject({
      method: 'POST',
      url: '/sign-up',
      payload,
      headers: { 'sec-fetch-site': 'same-origin', ...(type === undefined ? {} : { 'content-type': type }) },
    });
  const bad: [string, string | Buffer][] = [
    ['application/xml', '<a/>'],
    ['multipart/form-data; boundary=x', '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'],
    ['image/png', Buffer.from([0x89, 0x50, 0, 0xff])],
    ['nonsense', 'a=b'],
    ['application/json', '{"a":'],
    ['application/json', '{"full_name":"Lan"}'],
    ['text/plain', 'full_name=Lan'],
  ];
  for (const [type, payload] of bad) {
    const answer = await send(type, payload);
    t.equal(answer.statusCode, 400, type);
    t.match(answer.headers['content-type'], /^text\/html/);
    t.match(answer.body, 'Chúng tôi không đọc được nội dung vừa gửi');
  }
});

t.test('A form with bytes that are no text is answered like any other', async (t) => {
  const { app } = await testApp(t);
  for (const payload of ['full_name=%ff%fe', Buffer.from('full_name=L\xe0n', 'latin1'), 'full_name=%', '&&&==&%00']) {
    const headers = { 'sec-fetch-site': 'same-origin', ...form };
    const { statusCode } = await app.inject({ method: 'POST', url: '/sign-up', payload, headers });
    t.ok([400, 422].includes(statusCode), `${statusCode}`);
  }
});

t.test('A method that no page has finds nothing', async (t) => {
  const { app } = await testApp(t);
  for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'] as const) {
    const headers = { 'sec-fetch-site': 'same-origin' };
    t.equal((await app.inject({ method, url: '/courses', headers })).statusCode, 404, method);
    t.equal((await app.inject({ method, url: '/courses' })).statusCode, 403, `${method} from nowhere`);
  }
  t.equal((await client(app).post('/courses')).status, 404);
  const head = await app.inject({ method: 'HEAD', url: '/courses' });
  t.strictSame([head.statusCode, head.body], [200, '']);
});

t.test('May see but not change: the person is told so', async (t) => {
  const site = await testApp(t);
  await publish(t, site);
  await publish(t, site, {}, 'other');
  const person = await learner(site, { slug: 'other' });
  const page = await person.post('/courses/small/lessons/first/completion');
  t.equal(page.status, 403);
  t.equal(headingOf(page), 'Bạn chưa được phép làm việc này');
});
