import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { assertAccessible, assertNoSideScroll, browserPage, screenshot } from '../support/browser.ts';
import { freePort } from '../support/start-server.ts';
import { send } from './browsing.ts';
import { accountsSite, applicant, pin } from './site.ts';

/** A site under a name: browsers make no passkeys for a bare number. */
async function namedSite(t: Test) {
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const site = await accountsSite(t, { PUBLIC_URL: base });
  await site.app.listen({ port, host: '127.0.0.1' });
  return { site, base };
}

/** The phone's own keeper of passkeys, with a finger on it. */
async function attachAuthenticator(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    withdrawFinger: () => session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false }),
  };
}

async function signUp(page: Page, base: string): Promise<string> {
  await page.goto(`${base}/sign-up`);
  await send(page, applicant);
  return (await page.locator('#learner-code').textContent())?.replace(/\D/g, '') ?? '';
}

t.test(
  'With a thumb: added, signed in by it, confirmed by it, a second step by it, refused without the finger',
  async (t) => {
    const { site, base } = await namedSite(t);
    const page = await browserPage(t, { expectedStatuses: [403] });
    const { withdrawFinger } = await attachAuthenticator(page);
    const code = await signUp(page, base);
    const button = (name: string) => page.getByRole('button', { name, exact: true });

    await page.goto(`${base}/account/passkeys`);
    t.notMatch(await page.locator('main').textContent(), 'Trình duyệt này chưa dùng được');
    await button('Thêm khoá truy cập trên máy này').click();
    await page.getByText('Đã thêm khoá truy cập').waitFor();
    await assertAccessible(t, page);
    await assertNoSideScroll(t, page);
    await screenshot(page, 'passkeys');

    await button('Thêm khoá truy cập trên máy này').click();
    await page.getByText('Máy này đã có khoá truy cập của bạn rồi').waitFor();

    await page.context().clearCookies();
    await page.goto(`${base}/sign-in?next=/account/second-factor`);
    await assertAccessible(t, page);
    await screenshot(page, 'passkeys-sign-in');
    await button('Đăng nhập bằng khoá truy cập').click();
    await page.waitForURL(`${base}/account/second-factor`);

    await site.db
      .updateTable('sessions')
      .set({ confirmed_at: new Date(Date.now() - 20 * 60_000) })
      .execute();
    await button('Bật bằng khoá truy cập').click();
    await page.getByRole('heading', { name: 'Xác nhận đó là bạn' }).waitFor();
    await assertAccessible(t, page);
    await assertNoSideScroll(t, page);
    await screenshot(page, 'passkeys-confirmation');
    await button('Dùng khoá truy cập').click();
    await page.locator('form[action="/account/second-factor/passkey"] button').click();
    await page.locator('#second-codes').waitFor();

    await page.context().clearCookies();
    await page.goto(`${base}/sign-in`);
    await send(page, { name: code, secret: pin });
    await assertAccessible(t, page);
    await assertNoSideScroll(t, page);
    await screenshot(page, 'passkeys-second-step');
    await button('Dùng khoá truy cập').click();
    await page.waitForURL(`${base}/`);

    await withdrawFinger();
    await page.context().clearCookies();
    await page.goto(`${base}/sign-in`);
    await button('Đăng nhập bằng khoá truy cập').click();
    await page.getByText('Chưa dùng được khoá truy cập').waitFor();
    t.equal(new URL(page.url()).pathname, '/sign-in');
  },
);

t.test('Without scripts nothing is offered that does not work, and the page says what it takes', async (t) => {
  const { base } = await namedSite(t);
  const page = await browserPage(t, { javaScriptEnabled: false });
  await page.goto(`${base}/sign-in`);
  t.notMatch(await page.locator('main').textContent(), 'khoá truy cập');
  await signUp(page, base);
  await page.goto(`${base}/account/passkeys`);
  t.match(await page.locator('main').textContent(), 'Trình duyệt này chưa dùng được khoá truy cập');
  t.equal(await page.locator('main button').count(), 0);
  await screenshot(page, 'passkeys-without-scripts');
});
