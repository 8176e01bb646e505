import t from 'tap';
import { accountsSite } from '../accounts/site.ts';
import { client } from '../support/client.ts';

for (const [settings, visitor, isHeard] of [
  [{}, '127.0.0.1', false],
  [{ TRUST_PROXY: 'loopback' }, '192.0.2.7', false],
  [{ TRUST_PROXY: 'loopback' }, '127.0.0.1', true],
] as const) {
  const who = isHeard ? 'A proxy that is named' : `${visitor}, which is no proxy that is named,`;
  t.test(`${who} ${isHeard ? 'says' : 'does not say'} where somebody comes from`, async (t) => {
    const site = await accountsSite(t, settings);
    const flood = client(site.app, { address: visitor });
    const ask = (from: string) => flood.post('/sign-in/passkey/challenge', {}, { 'x-forwarded-for': from });
    await ask('198.51.100.1');
    await site.db.updateTable('limit_counters').set({ count: 320 }).execute();
    t.equal((await ask('198.51.100.1')).status, 429);
    t.equal((await ask('198.51.100.2')).status, isHeard ? 200 : 429);
  });
}
