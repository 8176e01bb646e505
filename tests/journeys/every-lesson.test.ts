import t from 'tap';
import { languages } from '../../server/platform/i18n.ts';
import type { TestApp } from '../support/app.ts';
import { assertAccessible, assertNoSideScroll, browserPage, screenshot } from '../support/browser.ts';
import type { Client } from '../support/client.ts';
import { startAttempt } from '../support/learners.ts';
import { siteWithCourses } from '../support/library.ts';
import { signedIn } from '../support/people.ts';
import { assertValidHtml } from '../support/valid-html.ts';

/** What an author's text could break; all else is the same on every page, and looked at there. */
const contentRules = [
  ...['image-alt', 'heading-order', 'empty-heading', 'link-name', 'list', 'listitem', 'target-size'],
  ...['empty-table-header', 'th-has-data-cells', 'scrollable-region-focusable', 'duplicate-id-aria'],
];

t.test('Every lesson and quiz of the courses that come along can be read by everybody on a small phone', async (t) => {
  const site = await siteWithCourses(t);
  const origin = await site.app.listen({ host: '127.0.0.1', port: 0 });
  const person = await signedIn(site);
  const page = await browserPage(t);
  const sources = new Map<string, string>();
  for (const path of await everyItem(site, person)) {
    for (const language of languages) {
      const cookies = [...person.cookies, ['language', language] as const];
      await page.context().addCookies(cookies.map(([name, value]) => ({ name, value, url: origin })));
      const answer = await page.goto(origin + path);
      sources.set(`${path} in ${language}`, (await answer?.text()) ?? '');
      await assertNoSideScroll(t, page);
      await assertAccessible(t, page, contentRules);
      await screenshot(page, `${language}${path.replace(/\W+/g, '-')}`);
    }
  }
  await assertValidHtml(t, sources);
});

/** The address of every lesson, and of an attempt at every quiz with all its questions, for a person who enrols in everything. */
async function everyItem({ db }: TestApp, person: Client): Promise<string[]> {
  const items = await db
    .selectFrom('courses')
    .innerJoin('items', 'items.version_id', 'courses.current_version_id')
    .select(['slug', 'key', 'kind'])
    .orderBy('slug')
    .orderBy('position')
    .execute();
  for (const slug of new Set(items.map((item) => item.slug))) await person.post(`/courses/${slug}/enrolment`);
  const paths: string[] = [];
  for (const { slug, key, kind } of items) {
    const isQuiz = kind === 'quiz';
    paths.push(isQuiz ? `${await startAttempt(person, key, slug)}?question=all` : `/courses/${slug}/lessons/${key}`);
  }
  return paths;
}
