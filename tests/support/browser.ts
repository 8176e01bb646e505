import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import tap, { type Test } from 'tap';
import { launchOptions } from './chromium.ts';

interface Viewer {
  javaScriptEnabled?: boolean;
  /** CSS pixels */
  width?: number;
  colorScheme?: 'light' | 'dark';
  locale?: 'vi' | 'en';
  /** Statuses from 400 that this test brings about on purpose: the browser logs each as an error. A refused form is always one. */
  expectedStatuses?: number[];
  /** This test cuts the connection: whatever could not be fetched is no fault. */
  losesConnection?: boolean;
}

/** A page of a browser of its own. Whatever it logs as an error, and every request that leaves this machine, fails the test. */
export async function browserPage(t: Test, viewer: Viewer = {}): Promise<Page> {
  const {
    javaScriptEnabled = true,
    width = 320,
    colorScheme = 'light',
    locale = 'vi',
    expectedStatuses = [],
    losesConnection = false,
  } = viewer;
  const context = await (await browser()).newContext({
    javaScriptEnabled,
    colorScheme,
    locale: locale === 'vi' ? 'vi-VN' : 'en-GB',
    timezoneId: 'Asia/Ho_Chi_Minh',
    viewport: { width, height: width < 700 ? 640 : 800 },
  });
  // On a machine with much else to do; what never comes is still told.
  context.setDefaultTimeout(30_000);

  const faults: string[] = [];
  context.on('request', (request) => {
    if (isElsewhere(request.url())) faults.push(`asked another machine: ${request.url()}`);
  });
  context.on('weberror', (webError) => faults.push(`script failed: ${webError.error().message}`));
  context.on('console', (message) => {
    if (message.type() !== 'error' || isExpected(message.text(), [422, ...expectedStatuses])) return;
    if (losesConnection && /net::ERR_|Failed to fetch/.test(message.text())) return;
    faults.push(`console: ${message.text()} (${message.location().url})`);
  });
  t.teardown(async () => {
    await context.close();
    if (faults.length > 0) throw new Error(`The browser ${faults.join('\n')}`);
  });
  return context.newPage();
}

/**
 * No rule of WCAG 2.2 AA, and none of the best practices, is broken on the page as it stands. Needs JavaScript on.
 * @param rules only these, by the names that axe gives them
 */
export async function assertAccessible(t: Test, page: Page, rules?: string[]): Promise<void> {
  if (await page.evaluate('matchMedia("(scripting: none)").matches'))
    throw new Error('axe needs a page with JavaScript on');
  // Evaluated from outside, so the page's Content-Security-Policy stays as it is.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    (options) => (globalThis as unknown as { axe: typeof axe }).axe.run(options),
    { runOnly: rules ?? ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  );
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' ')}`);
  t.strictSame(found, [], `${new URL(page.url()).pathname} is accessible`);
}

/** Nothing is wider than the screen, so nobody has to scroll sideways. */
export async function assertNoSideScroll(t: Test, page: Page): Promise<void> {
  const wide: string[] = await page.evaluate(`(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    return [...document.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth)
      .map((element) => element.outerHTML.slice(0, 120));
  })()`);
  t.strictSame(wide, [], `${new URL(page.url()).pathname} fits a screen of ${page.viewportSize()?.width} pixels`);
}

/** Writes `<SCREENSHOTS>/<name>.png` when SCREENSHOTS names a folder. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

let started: Promise<Browser> | undefined;

function browser(): Promise<Browser> {
  started ??= launch();
  return started;
}

async function launch(): Promise<Browser> {
  const launched = await chromium.launch(await launchOptions());
  tap.teardown(() => launched.close());
  return launched;
}

function isElsewhere(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return /^(http|ws)s?:$/.test(protocol) && !['127.0.0.1', 'localhost'].includes(hostname);
}

function isExpected(message: string, statuses: number[]): boolean {
  return statuses.some((status) =>
    message.startsWith(`Failed to load resource: the server responded with a status of ${status} `),
  );
}
