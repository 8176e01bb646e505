import t from 'tap';
import { ensureRootOrganisation } from '../../server/organisations/queries.ts';
import { testApp } from '../support/app.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { statementsOf } from '../support/statements.ts';

t.test('Everybody can read what is kept, why, for how long and who sees it, in either language', async (t) => {
  const site = await testApp(t);
  await ensureRootOrganisation(site.db);
  await site.db.updateTable('organisations').set({ name: 'Mạng học tập Sông Hồng' }).execute();
  const visitor = client(site.app);
  const page = await visitor.get('/privacy');
  const text = textOf(byRole(page.html, 'main'));
  for (const words of [
    '91/2025/QH15',
    'Giữ gì, và vì sao',
    'Giữ bao lâu',
    'Ai xem được',
    'Bạn có quyền',
    'Mạng học tập Sông Hồng',
  ])
    t.match(text, words);
  t.equal(byRole(page.html, 'link', 'liên hệ').getAttribute('href'), '/organisations/domdom');
  t.match(textOf(byRole((await visitor.get('/privacy?lang=en')).html, 'main')), /What is kept, and why/);
  t.ok((await statementsOf(site, () => visitor.get('/privacy'))).length <= 4);
});
