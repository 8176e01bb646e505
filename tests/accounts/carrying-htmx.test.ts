import t from 'tap';
import { browserPage } from '../support/browser.ts';
import { expireSessions, listen, send } from './browsing.ts';
import { accountsSite, applicant, pin } from './site.ts';

t.test('With htmx too, a session that has ended leads through sign-in to what was sent, in a whole page', async (t) => {
  const site = await accountsSite(t);
  const base = await listen(site);
  const page = await browserPage(t, { expectedStatuses: [401] });
  await page.goto(`${base}/sign-up`);
  await send(page, applicant);
  const code = (await page.locator('#learner-code').textContent())?.replace(/\D/g, '') ?? '';
  await page.goto(`${base}/account/name`);
  await page.evaluate(`(() => {
    const form = document.querySelector('main form');
    for (const [name, value] of [['hx-post', '/account/name'], ['hx-target', '#full_name-field']]) form.setAttribute(name, value);
    htmx.process(form);
  })()`);
  await expireSessions(site);
  await page.locator('[name=full_name]').fill('Lan Anh');
  await page.locator('main form .button').first().click();
  await page.locator('form[action="/sign-in"]').waitFor();
  t.equal(await page.locator('main').count(), 1);
  t.equal(await page.locator('#full_name-field').count(), 0);
  await send(page, { name: code, secret: pin });
  t.match(await page.locator('h1').textContent(), /Bạn vừa định làm việc này/);
  await page.locator('main form .button').first().click();
  await page.waitForURL(`${base}/account`);
  t.match(await page.locator('main').textContent(), /Lan Anh/);
});
