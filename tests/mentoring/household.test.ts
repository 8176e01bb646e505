import { sql } from 'kysely';
import t from 'tap';
import { abilities, abilitiesIn } from '../../server/mentoring/household/abilities.ts';
import { gatherRows } from '../../server/my-data/queries.ts';
import { forgetMerged } from '../../server/people/merging/forgetting/queries.ts';
import { testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { publish } from '../support/learners.ts';
import { type SignedIn, signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { guidedGroup } from './mentoring.ts';

const site = await testApp(t);
await publish(t, site);
const { db } = site;
const path = '/mentoring/household';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));
const householdOf = (person: { id: string }) =>
  db.selectFrom('household_members').selectAll().where('person_id', '=', person.id).orderBy('created_at').execute();

async function name(person: SignedIn, words: string): Promise<string> {
  await person.submit(await person.get(path), { form: '#name-somebody', fields: { name: words } });
  return (await householdOf(person)).find((one) => one.name === words)?.id ?? '';
}

t.test('What was ticked is kept in the order of the list, each once, and nothing that is not on it', async (t) => {
  t.strictSame(abilitiesIn(['pay', 'fly', 'call', 'pay']), ['call', 'pay']);
  t.strictSame(abilitiesIn([...abilities].reverse()), [...abilities]);
});

t.test('A learner names somebody at home and ticks what they can do; it counts on the record', async (t) => {
  const lan = await signedIn(site);
  const page = await lan.get(path);
  t.match(mainOf(page), 'Chỉ ghi cách gọi trong nhà');
  t.match(mainOf(await lan.get('/mentoring')), 'Chưa ghi ai');
  const named = { form: '#name-somebody', fields: { name: '  Bà   ngoại ' } };
  for (const _ of [1, 2]) t.equal((await lan.submit(page, named)).status, 303);
  t.match(await householdOf(lan), [{ name: 'Bà ngoại', abilities: [] }]);
  const [{ id } = { id: '' }] = await householdOf(lan);
  await name(lan, 'Ba');

  const list = await lan.get(path);
  const ticks = { form: `${path}/${id}/abilities`, fields: { ability: ['scam', 'call'] } };
  for (const _ of [1, 2]) t.equal((await lan.submit(list, ticks)).status, 303);
  t.match(await householdOf(lan), [{ abilities: ['call', 'scam'], revision: 1 }, { name: 'Ba' }]);
  const after = await lan.get(path);
  t.match(mainOf(after), 'Tự làm được 2 việc');
  t.equal(allByRole(after.html, 'checkbox').filter((box) => box.hasAttribute('checked')).length, 2);
  t.match(mainOf(await lan.get('/mentoring')), '2 người, 2 việc tự làm được');

  const late = await lan.submit(list, { ...ticks, fields: { ability: ['pay'] } });
  t.match(mainOf(await lan.follow(late)), 'Danh sách đã được sửa ở nơi khác');
  t.match((await householdOf(lan))[0], { abilities: ['call', 'scam'] }, 'an older form overwrites nothing');
  await lan.post(`${path}/${id}/abilities`, { drawn_from: '1' });
  t.match((await householdOf(lan))[0], { abilities: [] }, 'and what is unticked goes');
  t.ok((await statementsOf(site, () => lan.get(path))).length <= 4);
  t.ok((await statementsOf(site, () => lan.get('/mentoring'))).length <= 4);
});

t.test('What is no name is refused with a sentence and stays to be mended', async (t) => {
  const lan = await signedIn(site);
  await name(lan, 'Chị 2');
  for (const words of ['', '0912345678', 'Ba 0912 345 678', 'ba@nha.vn', '12', 'x'.repeat(41)]) {
    const refused = await lan.submit(await lan.get(path), { form: '#name-somebody', fields: { name: words } });
    t.equal(refused.status, 422, words);
    t.match(mainOf(refused), 'Bạn hãy ghi cách gọi trong nhà');
    t.equal(byRole(refused.html, 'textbox', 'Ở nhà bạn gọi').getAttribute('value'), words);
  }
  const twice = await lan.submit(await lan.get(path), { form: '#name-somebody', fields: { name: 'CHỊ 2' } });
  t.equal(twice.status, 422);
  t.match(mainOf(twice), 'Bạn đã ghi người này rồi');
  t.equal((await householdOf(lan)).length, 1);
  const row = { id: lan.id, person_id: lan.id, name: 'Ba' };
  const into = (fields: object) =>
    db
      .insertInto('household_members')
      .values({ ...row, ...fields })
      .execute();
  await t.rejects(into({ name: '0912345678' }), /household_members_name/);
  await t.rejects(into({ abilities: ['fly'] }), /household_members_abilities/);
  await t.resolves(into({ abilities: [...abilities] }), 'the whole list is known to the database');
});

t.test('No house has more than twenty, however many forms come at once', async (t) => {
  const lan = await signedIn(site);
  for (let number = 1; number < 20; number += 1) await name(lan, `Em ${number}`);
  const sent = await Promise.all(['Cậu', 'Mợ', 'Dì'].map((words) => lan.post(path, { name: words })));
  t.strictSame(sent.map(({ status }) => status).sort(), [303, 422, 422]);
  t.equal((await householdOf(lan)).length, 20);
  const full = await lan.get(path);
  t.match(mainOf(full), 'Bạn đã ghi 20 người');
  t.equal(full.html.querySelector('#name-somebody'), null);
});

t.test('Nobody else reads or changes it; a manager of their cohort sees numbers alone', async (t) => {
  const { hoa, manager, lan } = await guidedGroup(site);
  const id = await name(hoa, 'Bà cố Tám');
  await hoa.post(`${path}/${id}/abilities`, { drawn_from: '0', ability: ['call', 'photo', 'pay'] });
  for (const person of [lan, manager, await signedIn(site)]) {
    t.notMatch((await person.get(path)).body, 'Bà cố Tám');
    t.equal((await person.post(`${path}/${id}/abilities`, { drawn_from: '1', ability: 'pay' })).status, 404);
    await person.post(`${path}/${id}/remove`);
  }
  t.match(await householdOf(hoa), [{ abilities: ['call', 'photo', 'pay'] }]);
  const seen = await manager.get(`/mentoring/${hoa.id}`);
  t.match(mainOf(seen), '1 người, 3 việc tự làm được');
  t.notMatch(seen.body, 'Bà cố Tám');
  t.equal((await hoa.post(`${path}/x/abilities`)).status, 404);
  t.match((await client(site.app).get(path)).headers.location, '/sign-in');
});

t.test('Whom they delete is gone, once or twice; with the account all are', async (t) => {
  const lan = await signedIn(site);
  const id = await name(lan, 'Ông nội');
  await name(lan, 'Bà nội');
  t.match((await gatherRows(db, lan.id)).household_members, [{ name: 'Ông nội' }, { name: 'Bà nội' }], 'in their copy');
  const list = await lan.get(path);
  for (const _ of [1, 2]) t.equal((await lan.submit(list, { form: `${path}/${id}/remove` })).status, 303);
  t.match(await householdOf(lan), [{ name: 'Bà nội' }]);
  const events = await db.selectFrom('audit_events').select('facts').where('subject_id', '=', lan.id).execute();
  t.strictSame(events, [], 'nothing of them is written down elsewhere');
  await lan.submit(await lan.get('/account/deletion'), { fields: { sure: 'yes' } });
  t.strictSame(await householdOf(lan), []);
});

t.test('With a merger they go over, and back; the same name is there once and goes with the old record', async (t) => {
  const [kept, merged] = [await signedIn(site), await signedIn(site)];
  const owner = await signedIn(site, { roles: ['owner'] });
  await name(kept, 'Ba');
  await name(merged, 'ba');
  await name(merged, 'Bà ngoại');
  await owner.post(`/admin/people/${kept.id}/merger`, { other: merged.id });
  const names = async (person: SignedIn) => (await householdOf(person)).map((one) => one.name).sort();
  t.strictSame(await names(kept), ['Ba', 'Bà ngoại']);
  const { id } = await db
    .selectFrom('person_mergers')
    .select('id')
    .where('kept_id', '=', kept.id)
    .executeTakeFirstOrThrow();
  await owner.post(`/admin/people/${kept.id}/mergers/${id}/remove`);
  t.strictSame(await names(merged), ['Bà ngoại', 'ba']);
  await owner.post(`/admin/people/${kept.id}/merger`, { other: merged.id });
  await db
    .updateTable('person_mergers')
    .set({ merged_at: sql<Date>`now() - interval '40 days'` })
    .where('kept_id', '=', kept.id)
    .execute();
  await forgetMerged(db);
  t.strictSame(await names(merged), []);
  t.strictSame(await names(kept), ['Ba', 'Bà ngoại']);
});
