import type { Test } from 'tap';
import { createOwnerLink } from '../../server/accounts/owner-links/queries.ts';
import { assertAccessible, assertNoSideScroll, browserPage, screenshot } from '../support/browser.ts';
import { expireSessions, listen, send } from './browsing.ts';
import { accountsSite, applicant, pin } from './site.ts';

interface Viewer {
  locale: 'vi' | 'en';
  width: number;
  colorScheme: 'light' | 'dark';
}

/** Walks through every page of accounts and checks that it is accessible and fits. @returns their HTML */
export async function lookAtAll(t: Test, viewer: Viewer): Promise<Map<string, string>> {
  const { locale, width, colorScheme } = viewer;
  const site = await accountsSite(t);
  const base = await listen(site);
  const page = await browserPage(t, { ...viewer, expectedStatuses: [401, 404, 429] });
  const pages = new Map<string, string>();
  const look = async (t: Test, name: string) => {
    await assertAccessible(t, page);
    await assertNoSideScroll(t, page);
    await screenshot(page, `accounts-${name}-${locale}-${width}-${colorScheme}`);
    pages.set(name, await page.content());
  };

  const token = await createOwnerLink(site.db);
  for (const path of ['privacy', 'sign-up', 'sign-in', 'sign-in/recovery', `owner-link/${token}`, 'owner-link/over']) {
    await page.goto(`${base}/${path}`);
    await look(t, path.replace(String(token), 'open'));
  }
  await page.goto(`${base}/sign-up`);
  await send(page, {
    ...applicant,
    full_name: 'Lan 李',
    birth_year: String(new Date().getFullYear() - 9),
    secret: '111111',
  });
  await look(t, 'sign-up-refused');
  await send(page, { secret: pin, phone: '0912345678' });
  await look(t, 'card');
  const code = (await page.locator('#learner-code').textContent())?.replace(/\D/g, '') ?? '';

  for (const path of [
    'account',
    'account/name',
    'account/contact',
    'account/card',
    'account/secret',
    'account/sessions',
    'account/recovery-code',
  ]) {
    await page.goto(`${base}/${path}`);
    await look(t, path);
  }
  await page.goto(`${base}/account/name`);
  await expireSessions(site);
  await send(page, { full_name: 'Lan' });
  await look(t, 'sign-in-kept');
  for (let tries = 0; tries < 5; tries += 1) await send(page, { name: code, secret: '839204' });
  await look(t, 'sign-in-refused');
  await site.db.updateTable('limit_counters').set({ count: 12, last_at: new Date() }).execute();
  await site.db.deleteFrom('known_browsers').execute();
  await send(page, { name: code, secret: pin });
  await look(t, 'sign-in-wait');
  await site.db.deleteFrom('limit_counters').execute();
  await send(page, { name: code, secret: pin, shared_phone: 'yes' });
  await look(t, 'continuation');
  return pages;
}
