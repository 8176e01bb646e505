import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { browserPage } from '../support/browser.ts';
import { siteWithCourses } from '../support/library.ts';
import { type LearnerPage, walk } from './learner.ts';

const site = await siteWithCourses(t);
const { pages } = await walk(site);
const origin = await site.app.listen({ host: '127.0.0.1', port: 0 });

interface Fetched {
  path: string;
  /** as they went out, headers included */
  bytes: number;
}
const answered: Fetched[] = [];
site.app.server.on('request', ({ socket, url: path = '' }: IncomingMessage, response: ServerResponse) => {
  const before = socket.bytesWritten;
  response.once('close', () => answered.push({ path, bytes: socket.bytesWritten - before }));
});

for (const page of ['front, signed out', 'course, signed out', 'lesson', 'all questions', 'certificate'].map(named)) {
  t.test(`A browser that was never here fetches little for this page: ${page.name}`, async (t) => {
    const browser = await browserFor(t, page);
    const fetched = await fetchedBy(() => browser.goto(origin + page.path, { waitUntil: 'networkidle' }));
    t.equal(fetched[0]?.path, page.path);
    t.ok(fetched.length <= 4, `${fetched.length} requests`);
    const bytes = fetched.reduce((sum, one) => sum + one.bytes, 0);
    t.ok(bytes <= 30_000, `${bytes} bytes`);
  });
}

t.test('A browser that was here fetches the next page and nothing besides', async (t) => {
  const [here, next] = [named('my courses'), named('lesson')];
  const browser = await browserFor(t, here);
  await browser.goto(origin + here.path, { waitUntil: 'networkidle' });
  const fetched = await fetchedBy(() => browser.goto(origin + next.path, { waitUntil: 'networkidle' }));
  t.strictSame(
    fetched.map(({ path }) => path),
    [next.path],
  );
});

function named(name: string): LearnerPage {
  const page = pages.find((one) => one.name === name);
  if (page === undefined) throw new Error(`The way has no page ${name}`);
  return page;
}

/** A browser with an empty cache, signed in where the page is; the helper fails the test for a request to anywhere else. */
async function browserFor(t: Test, { headers }: LearnerPage): Promise<Page> {
  const browser = await browserPage(t);
  const cookies = new URLSearchParams(headers.cookie?.replaceAll('; ', '&'));
  await browser.context().addCookies([...cookies].map(([name, value]) => ({ name, value, url: origin })));
  return browser;
}

/** What the work makes browsers fetch, the pictures of lessons aside. */
async function fetchedBy(work: () => Promise<unknown>): Promise<Fetched[]> {
  answered.length = 0;
  await work();
  return answered.filter(({ path }) => !path.includes('/pictures/'));
}
