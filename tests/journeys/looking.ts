import type { Page as BrowserPage } from 'playwright-core';
import type { Test } from 'tap';
import type { Language } from '../../server/platform/i18n.ts';
import { type EveryPage, everyPage } from '../routes/every-page.ts';
import { assertAccessible, assertNoSideScroll, browserPage, screenshot } from '../support/browser.ts';
import type { Page } from '../support/client.ts';
import { assertValidHtml } from '../support/valid-html.ts';

/** Milliseconds: there are many pages, and a machine may be busy. */
export const patience = 1_200_000;

/** Shows every page on a small phone and checks that everybody can read and use it. */
export async function lookAtEveryPage(t: Test, language: Language): Promise<void> {
  const everything = await everyPage(t, language);
  const { pages } = everything;
  const refusals = [...new Set(pages.map(({ status }) => status).filter((status) => status >= 400))];
  const browser = await browserPage(t, { locale: language, expectedStatuses: refusals });
  const show = await viewer(browser, everything);
  const sources = new Map<string, string>();
  for (const [index, page] of pages.entries()) {
    const name = `${index} ${page.status} ${page.url}`;
    sources.set(name, page.body);
    await show(page);
    await t.test(name, async (t) => {
      const picture = `${language}-${name.replace(/[\w-]{14,}|\W+/g, '-')}`;
      await lookByDay(t, browser, picture);
      // The night changes nothing but colours, and those are the same in every language.
      if (language === 'vi') await lookByNight(t, browser, picture);
    });
  }
  await assertValidHtml(t, sources);
}

async function lookByDay(t: Test, browser: BrowserPage, picture: string): Promise<void> {
  await browser.emulateMedia({ colorScheme: 'light' });
  await assertNoSideScroll(t, browser);
  await assertAccessible(t, browser);
  await assertThumbSize(t, browser);
  await screenshot(browser, `${picture}-light`);
}

async function lookByNight(t: Test, browser: BrowserPage, picture: string): Promise<void> {
  await browser.emulateMedia({ colorScheme: 'dark' });
  await assertAccessible(t, browser, ['color-contrast']);
  await screenshot(browser, `${picture}-dark`);
}

/** What is not a link within a sentence can be hit by a thumb. */
async function assertThumbSize(t: Test, browser: BrowserPage): Promise<void> {
  const small: string[] = await browser.evaluate(`(() => {
    const controls = 'button, select, summary, textarea, input:not([type=hidden], [type=radio], [type=checkbox]), .button, .choice, nav a, .chips a, .links a, .rows > li > a';
    return [...document.querySelectorAll(controls)].flatMap((element) => {
      const { width, height } = element.getBoundingClientRect();
      return height > 0 && (height < 47.5 || width < 24) ? [Math.round(width) + ' × ' + Math.round(height) + ': ' + element.outerHTML.slice(0, 120)] : [];
    });
  })()`);
  t.strictSame(small, [], 'everything is large enough for a thumb');
}

/** @returns what shows a page that the app has answered already, whoever it was for and however they came there */
async function viewer(browser: BrowserPage, { app }: EveryPage): Promise<(page: Page) => Promise<void>> {
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  let shown: Page | undefined;
  await browser.route('**/*', (route) => {
    if (shown === undefined || !route.request().isNavigationRequest()) return route.continue();
    const { status, headers, body } = shown;
    const kept = ['content-type', 'content-security-policy'].map((name) => [name, String(headers[name])]);
    return route.fulfill({ status, headers: Object.fromEntries(kept), body });
  });
  return async (page) => {
    shown = page;
    await browser.goto(origin + page.url);
  };
}
