import t from 'tap';
import { client } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { accountsSite, isSignedIn, pin, signedUp, signIn } from './site.ts';

const androidChrome =
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36';

t.test('One sees where one is signed in, which of them is here, and signs out there', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const phone = client(site.app, { headers: { 'user-agent': androidChrome } });
  await signIn(phone, lan.learner_code, pin, { shared_phone: 'yes' });

  const page = await lan.get('/account/sessions');
  const items = allByRole(byRole(page.html, 'main'), 'listitem')
    .map(textOf)
    .filter((text) => text.includes('đăng nhập lúc'));
  t.equal(items.length, 2);
  t.match(items[0], /Chrome, Android.*máy chung.*Cho thoát ở đó/);
  t.match(items[1], /Thiết bị chưa rõ loại Chính là đây.*Thoát$/);

  const form = byRole(page.html, 'main').querySelector('form[action$="/remove"]')?.getAttribute('action') ?? '';
  for (let tap = 0; tap < 2; tap += 1) {
    t.match(await lan.post(form), { status: 303, headers: { location: '/account/sessions' } });
  }
  t.notOk(await isSignedIn(phone));
  t.ok(await isSignedIn(lan));
});

t.test('Nobody can end the session of somebody else, nor use what the page shows of it', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  const minh = await signedUp(site);
  const { id } = await site.db
    .selectFrom('sessions')
    .innerJoin('person_details', 'person_details.person_id', 'sessions.person_id')
    .select('sessions.id')
    .where('learner_code', '=', lan.learner_code)
    .executeTakeFirstOrThrow();
  await minh.post(`/account/sessions/${id}/remove`);
  await minh.post('/account/sessions/all/remove');
  t.ok(await isSignedIn(lan));
  t.equal((await client(site.app).post(`/account/sessions/${id}/remove`)).status, 401);
  const thief = client(site.app);
  thief.cookies.set('session', id);
  t.notOk(await isSignedIn(thief));
});

t.test('A manager of the branch ends the sessions of somebody, who sees it; one of elsewhere cannot', async (t) => {
  const site = await accountsSite(t);
  const branch = await organisation(site, 'school');
  const manager = await signedIn(site, { roles: ['manager'], branch });
  const stranger = await signedIn(site, { roles: ['manager'], branch: await organisation(site, 'other') });
  const lan = await signedIn(site, { roles: ['learner'], branch });
  const path = `/admin/people/${lan.id}/sessions/remove`;
  t.equal((await stranger.post(path)).status, 404);
  t.ok(await isSignedIn(lan));
  t.equal((await manager.post(path)).status, 303);
  t.notOk(await isSignedIn(lan));
  const events = await site.db.selectFrom('audit_events').select(['verb', 'actor_id', 'subject_id']).execute();
  t.strictSame(events, [{ verb: 'sessions.ended', actor_id: manager.id, subject_id: lan.id }]);
});

t.test('Sessions that have ended are not listed', async (t) => {
  const site = await accountsSite(t);
  const lan = await signedUp(site);
  await signIn(client(site.app), lan.learner_code, pin, { shared_phone: 'yes' });
  await site.db
    .updateTable('sessions')
    .set({ expires_at: new Date(0) })
    .where('shared_phone', '=', true)
    .execute();
  const page = await lan.get('/account/sessions');
  t.notMatch(textOf(byRole(page.html, 'main')), /máy chung/);
});
