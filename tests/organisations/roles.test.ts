import t, { type Test } from 'tap';
import { accountsSite, pin, signedUp, signIn } from '../accounts/site.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const path = '/admin/organisations/hoi/roles';

async function siteWithManager(t: Test) {
  const site = await accountsSite(t);
  const hoi = await organisation(site, 'hoi', { name: 'Hội' });
  const manager = await signedIn(site, { full_name: 'Trần Bình', roles: ['manager'], branch: hoi });
  const codeOf = async ({ id }: { id: string }) =>
    (
      await site.db
        .selectFrom('person_details')
        .select('learner_code')
        .where('person_id', '=', id)
        .executeTakeFirstOrThrow()
    ).learner_code;
  const give = async (person: { id: string }, role: string, by = manager) =>
    by.post(path, { learner_code: await codeOf(person), role });
  return { ...site, hoi, manager, give };
}

t.test('A manager gives a role to a learner of theirs, and ends it', async (t) => {
  const { hoi, manager, give, ...site } = await siteWithManager(t);
  const learner = await signedIn(site, { full_name: 'Lò Pao', roles: ['learner'], branch: hoi });
  t.equal((await give(learner, 'mentor')).status, 303);
  t.equal((await give(learner, 'mentor')).status, 303, 'sent twice');
  const page = await manager.get(path);
  t.match(mainOf(page), /Lò Pao Người hướng dẫn .*do Trần Bình giao/);
  t.equal((await learner.get('/admin/organisations/hoi/requests')).status, 200, 'the role works');
  const form = page.html.querySelector('form[action$="/remove"]')?.getAttribute('action') ?? '';
  await manager.post(form);
  await manager.post(form);
  t.notMatch(mainOf(await manager.get(path)), 'Lò Pao');
  t.equal((await learner.get('/admin/organisations/hoi/requests')).status, 404);
  const events = await site.db
    .selectFrom('audit_events')
    .select(['verb', 'subject_id', 'facts'])
    .orderBy('id')
    .execute();
  t.strictSame(events, [
    { verb: 'role.granted', subject_id: learner.id, facts: { organisation: 'hoi', role: 'mentor', by: 'manager' } },
    { verb: 'role.ended', subject_id: learner.id, facts: { organisation: 'hoi', role: 'mentor' } },
  ]);
});

t.test('A code of somebody elsewhere is answered as one that nobody has', async (t) => {
  const { hoi, manager, give, ...site } = await siteWithManager(t);
  const elsewhere = await signedIn(site, { full_name: 'Má Thị Dợ' });
  const known = await give(elsewhere, 'mentor');
  const unknown = await manager.post(path, { learner_code: '1000000009', role: 'mentor' });
  t.equal(known.status, 422);
  t.notMatch(known.body, 'Má Thị Dợ');
  t.match(mainOf(known), 'không có ai mang mã này');
  t.equal(unknown.status, 422);
  const owner = await signedIn(site, { roles: ['owner'] });
  t.equal((await give(elsewhere, 'mentor', owner)).status, 303, 'the owner sees everybody');
});

t.test('Nobody raises themselves, an owner is made by an owner, and bad input is told', async (t) => {
  const { manager, give, ...site } = await siteWithManager(t);
  t.match(mainOf(await give(manager, 'author')), 'Không ai tự giao vai trò cho mình');
  const learner = await signedIn(site, { roles: ['learner'], branch: site.hoi });
  t.equal((await give(learner, 'owner')).status, 403);
  t.match(mainOf(await manager.post(path, { learner_code: '1234567890', role: 'mentor' })), 'Mã này chưa đúng');
  t.match(mainOf(await manager.post(path, { learner_code: '' })), /Mã này chưa đúng.*Bạn chọn một vai trò/);
  t.equal((await give(learner, 'king')).status, 422);
});

t.test('A manager’s role is ended by one strictly above, any other by a manager of the branch', async (t) => {
  const { hoi, manager, give, ...site } = await siteWithManager(t);
  const beside = await signedIn(site, { full_name: 'Lê Hai', roles: ['manager'], branch: hoi });
  const learner = await signedIn(site, { full_name: 'Lò Pao', roles: ['learner'], branch: hoi });
  await give(learner, 'author', beside);
  const page = await manager.get(path);
  t.equal(allByRole(page.html, 'button', 'Tôi cho thôi vai trò này').length, 1, 'the author’s');
  const { id } = await site.db
    .selectFrom('memberships')
    .select('id')
    .where('person_id', '=', beside.id)
    .executeTakeFirstOrThrow();
  t.equal((await manager.post(`${path}/${id}/remove`)).status, 403);
  t.equal((await beside.post(`${path}/${id}/remove`)).status, 403, 'not one’s own either: for that there is leaving');
  const owner = await signedIn(site, { roles: ['owner'] });
  t.equal((await owner.post(`${path}/${id}/remove`)).status, 303);
  t.equal((await beside.get(path)).status, 404);
});

t.test('The last owner stays, also when two owners end each other at once', async (t) => {
  const { ...site } = await siteWithManager(t);
  const [first, second] = [await signedIn(site, { roles: ['owner'] }), await signedIn(site, { roles: ['owner'] })];
  const idOf = async (person: { id: string }) =>
    (await site.db.selectFrom('memberships').select('id').where('person_id', '=', person.id).executeTakeFirstOrThrow())
      .id;
  const root = '/admin/organisations/domdom/roles';
  await Promise.all([
    first.post(`${root}/${await idOf(second)}/remove`),
    second.post(`${root}/${await idOf(first)}/remove`),
  ]);
  const left = await site.db
    .selectFrom('memberships')
    .select('id')
    .where('role', '=', 'owner')
    .where('valid_until', 'is', null)
    .execute();
  t.equal(left.length, 1);
});

t.test('Whoever has a PIN is signed out by a role above learner, and chooses a password next time', async (t) => {
  const { hoi, give, ...site } = await siteWithManager(t);
  const person = await signedUp(site);
  const { person_id } = await site.db
    .selectFrom('person_details')
    .select('person_id')
    .where('learner_code', '=', person.learner_code)
    .executeTakeFirstOrThrow();
  const owner = await signedIn(site, { roles: ['owner'] });
  await give({ id: person_id }, 'learner', owner);
  t.equal((await person.get('/account')).status, 200, 'a learner stays signed in');
  await give({ id: person_id }, 'mentor', owner);
  t.equal((await person.get('/account')).status, 303, 'a mentor is led to sign-in');
  const step = await signIn(client(site.app), person.learner_code, pin);
  t.equal(step.html.querySelectorAll('input[type=password]').length, 1);
  t.match(textOf(step.html), /mật khẩu/i);
});
