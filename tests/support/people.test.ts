import t from 'tap';
import { testApp } from './app.ts';
import { client } from './client.ts';
import { signedIn } from './people.ts';

t.test('The app knows a signed-in person by name and roles', async (t) => {
  const site = await testApp(t);
  const owner = await signedIn(site, { full_name: 'Trần Văn Bình', roles: ['owner', 'author'] });
  const { user } = await site.app.sessions.validateSession(owner.cookies.get('session') ?? '');
  t.match(user, { id: owner.id, full_name: 'Trần Văn Bình', roles: ['author', 'owner'] });
});

t.test('What a person chooses is kept with that person, and a stranger changes nobody', async (t) => {
  const site = await testApp(t);
  const lan = await signedIn(site);
  const binh = await signedIn(site, { full_name: 'Trần Văn Bình', language: 'vi' });
  const stranger = client(site.app);
  for (const visitor of [lan, stranger]) {
    t.equal((await visitor.post('/preferences/language', { language: 'en' })).status, 303);
  }
  const rows = await site.db.selectFrom('persons').select(['id', 'language']).orderBy('created_at').execute();
  t.same(rows, [
    { id: lan.id, language: 'en' },
    { id: binh.id, language: 'vi' },
  ]);
});
