import t, { type Test } from 'tap';
import { startChild } from '../support/child.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { accountsSite, type Site, signedUp } from './site.ts';

t.test('An operator lets in whom nobody else can help, and they see that it was done', async (t) => {
  const site = await accountsSite(t);
  const owner = await signedUp(site);
  t.match(await domdom(t, site, ['person', 'reset-second-factor', owner.learner_code]), {
    code: 0,
    said: /have neither/,
  });

  const { said } = await domdom(t, site, ['person', 'one-time-pin', owner.learner_code.replace(/^(...)/, '$1 ')]);
  const [, oneTimePin = ''] = /^(\d{6}) opens the account once, within 24 hours/m.exec(said) ?? [];
  const browser = client(site.app);
  const signIn = await browser.get('/sign-in');
  const choosing = await browser.submit(signIn, { fields: { name: owner.learner_code, secret: oneTimePin } });
  byRole(choosing.html, 'heading', 'PIN hoặc mật khẩu mới');
  await browser.submit(choosing, { fields: { secret: 'nắng vàng trên đồi chè' } });
  t.match(textOf((await browser.get('/account/data')).html), 'Người vận hành trang: cấp PIN một lần');
  const again = await client(site.app).submit(signIn, { fields: { name: owner.learner_code, secret: oneTimePin } });
  t.equal(again.status, 422, 'it works once');
});

t.test('What it cannot do it says in a sentence', async (t) => {
  const site = await accountsSite(t);
  for (const verb of ['one-time-pin', 'reset-second-factor']) {
    t.match(await domdom(t, site, ['person', verb]), { code: 1, said: /^Say whose: .*LEARNER-CODE$/m });
    t.match(await domdom(t, site, ['person', verb, '1234567890']), { code: 1, said: /^Nobody has the learner code/m });
  }
});

async function domdom(t: Test, { url }: Pick<Site, 'url'>, args: string[]) {
  const child = startChild(t, [process.execPath, 'server/start.js', 'cli', ...args], { env: { DATABASE_URL: url } });
  return { code: await child.ended, said: child.said() };
}
