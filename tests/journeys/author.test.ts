import t from 'tap';
import { soundCourse } from '../courses/folder.ts';
import { draft } from '../publishing/drafts.ts';
import { assertAccessible, assertNoSideScroll, browserPage } from '../support/browser.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { smallCourse } from '../support/small-course.ts';
import { listeningSite, type Site } from './site.ts';

async function browserOf(t: Parameters<typeof browserPage>[0], { origin }: Site, person: SignedIn, status: number[]) {
  const page = await browserPage(t, { expectedStatuses: status });
  await page.context().addCookies([...person.cookies].map(([name, value]) => ({ name, value, url: origin })));
  return page;
}

t.test('On a phone an author’s text saves itself while it is typed, and never over somebody else’s', async (t) => {
  const site = await listeningSite(t);
  const [author, second] = [await signedIn(site, { roles: ['author'] }), await signedIn(site, { roles: ['author'] })];
  const { id } = await draft(site, author, { slug: 'moi', files: soundCourse });
  const address = `${site.origin}/publishing/${id}/text?path=vi/first.md`;
  const page = await browserOf(t, site, author, [409]);
  await page.goto(address);
  await page.locator('#content').fill('# Bài đầu\n\nTự lưu nhé.');
  await page.locator('#save-state', { hasText: 'Đã tự lưu lúc' }).waitFor();
  await page.locator('#notice', { hasText: 'Đã tự lưu lúc' }).waitFor({ state: 'attached' });
  await page.locator('#content').fill('# Bài đầu\n\nTự lưu lần nữa.');
  await page.waitForResponse((response) => response.request().method() === 'POST' && response.ok());

  const other = await second.get(`/publishing/${id}/text?path=vi/first.md`);
  t.match(other.html.querySelector('#content')?.text, 'Tự lưu lần nữa.');
  await second.submit(other, { form: '#text', fields: { content: '# Bài đầu\n\nCủa người khác.' }, button: 'Lưu' });
  await page.locator('#content').fill('# Bài đầu\n\nGõ tiếp.');
  await page.locator('#save-state', { hasText: 'người khác vừa sửa' }).waitFor();
  await page.locator('main button.next').click();
  await page.locator('#conflict').waitFor();
  t.match(await page.locator('#theirs').textContent(), 'Của người khác.');
});

t.test('On a phone the forms of an author fit, are accessible, and take one more answer', async (t) => {
  const site = await listeningSite(t);
  const author = await signedIn(site, { roles: ['author'] });
  const yaml = `${smallCourse['course.yaml']}`.replace('id: small', 'id: moi');
  const files = { ...soundCourse, ...smallCourse, 'course.yaml': yaml } as Record<string, string>;
  const { id } = await draft(site, author, { slug: 'moi', files });
  const page = await browserOf(t, site, author, []);
  const home = `${site.origin}/publishing/${id}`;
  const ends = ['one', 'several', 'true', 'number', 'pairs', 'blank'].map((key) => `/quizzes/final/questions/${key}`);
  for (const end of [
    ...ends,
    '/quizzes/final',
    '/items/final/settings',
    '/completion',
    '/removed-items',
    '/settings',
  ]) {
    await page.goto(home + end);
    await assertNoSideScroll(t, page);
    await assertAccessible(t, page);
  }
  await page.goto(`${home}/quizzes/final/questions/one`);
  await page.locator('#text').fill('Một cộng một?');
  await page.locator('button[value=more]').click();
  await page.locator('#text_3').fill('Năm');
  t.equal(await page.locator('#text').inputValue(), 'Một cộng một?');
  await page.locator('#text_3').press('Enter');
  await page.waitForURL(/\/quizzes\/final\?language=vi$/);
  t.match(await page.locator('#question-1').textContent(), 'Một cộng một?');
});
