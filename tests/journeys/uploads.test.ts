import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page, Request } from 'playwright-core';
import t, { type Test } from 'tap';
import { photo, task, withWork } from '../assignments/work.ts';
import { assertAccessible, assertNoSideScroll, browserPage, screenshot } from '../support/browser.ts';
import { temporaryFolder } from '../support/child.ts';
import { learner, publish } from '../support/learners.ts';
import { listeningSite } from './site.ts';

const site = await listeningSite(t);
await publish(t, site, withWork);
const folder = await temporaryFolder(t);
// Letters that every file system and locale knows: names with others are tested without a browser.
const [pdf, picture] = [join(folder, 'bai.pdf'), join(folder, 'IMG_1.jpg')];
const bytes = randomBytes(2_500_000);
await writeFile(pdf, bytes);
await writeFile(picture, await photo());

/** At the assignment, with something written. */
async function atTheTask(t: Test, javaScriptEnabled = true) {
  const lan = await learner(site);
  const page = await browserPage(t, { javaScriptEnabled, losesConnection: true });
  await page.context().addCookies([...lan.cookies].map(([name, value]) => ({ name, value, url: site.origin })));
  await page.goto(site.origin + task);
  return { lan, page };
}

async function handIn(page: Page, files: string[]): Promise<void> {
  await page.getByLabel('Bài làm của tôi').fill('Bà tôi kể.');
  await page.getByLabel('Ảnh và tệp').setInputFiles(files);
  await page.getByRole('button', { name: 'Nộp bài' }).click();
}

async function assertHandedIn(t: Test, { page, lan }: Awaited<ReturnType<typeof atTheTask>>, names: string[]) {
  await page.getByText('Đã nhận bài của bạn').waitFor();
  const work = await site.db
    .selectFrom('assignment_submissions')
    .innerJoin('assignment_files', 'submission_id', 'assignment_submissions.id')
    .where('assignment_submissions.person_id', '=', lan.id)
    .select(['number', 'words', 'name', 'hash'])
    .orderBy('position')
    .execute();
  t.match(
    work,
    names.map((name) => ({ number: 1, words: 'Bà tôi kể.', name })),
  );
  t.equal(work.length, names.length, 'once');
  const last = work.find(({ name }) => name === 'bai.pdf');
  t.ok((await site.app.files.get(last?.hash ?? '')).equals(bytes), 'whole');
}

/** Before the third part on its way, once. */
async function atThirdPart(page: Page, work: () => Promise<void>): Promise<Request[]> {
  const requests: Request[] = [];
  await page.route(/\/uploads(\/|$)/, async (route) => {
    requests.push(route.request());
    const parts = requests.filter((one) => one.method() === 'PATCH');
    if (parts.length === 3 && route.request() === parts[2]) await work();
    await route.continue();
  });
  return requests;
}

t.test(
  'Where the link is cut while photos are sent, the page says so, goes on by itself, and hands them in once',
  async (t) => {
    const visit = await atTheTask(t);
    const { page } = visit;
    const requests = await atThirdPart(page, () => page.context().setOffline(true));
    await handIn(page, [picture, pdf]);
    const status = page.getByRole('status').filter({ hasText: 'Mất kết nối. Phần đã gửi không mất' });
    await status.waitFor();
    await assertAccessible(t, page);
    await assertNoSideScroll(t, page);
    await screenshot(page, 'uploads-waiting');
    await page.context().setOffline(false);
    await assertHandedIn(t, visit, ['IMG_1.jpg', 'bai.pdf']);
    const offsets = requests.filter((one) => one.method() === 'PATCH').map((one) => one.headers()['upload-offset']);
    t.equal(offsets.filter((offset) => offset === '0').length, 2, 'each file began once');
  },
);

t.test('After a reload the same file goes on from where it came to', async (t) => {
  const visit = await atTheTask(t);
  const { page } = visit;
  await atThirdPart(page, () => page.context().setOffline(true));
  await handIn(page, [pdf]);
  await page.getByText('Mất kết nối').waitFor();
  await page.context().setOffline(false);
  await page.unroute(/\/uploads(\/|$)/);
  await page.goto(site.origin + task);
  const after: string[] = [];
  page.on('request', (one) => {
    if (one.method() === 'PATCH') after.push(one.headers()['upload-offset'] ?? '');
  });
  await handIn(page, [pdf]);
  await assertHandedIn(t, visit, ['bai.pdf']);
  t.ok(after.length > 0 && !after.includes('0'), String(after));
});

t.test('Without scripts the files go with the form', async (t) => {
  const visit = await atTheTask(t, false);
  await handIn(visit.page, [picture, pdf]);
  await assertHandedIn(t, visit, ['IMG_1.jpg', 'bai.pdf']);
});
