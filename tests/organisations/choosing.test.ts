import t, { type Test } from 'tap';
import { findChoice, listChoices } from '../../server/organisations/choices/queries.ts';
import { testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { byRole, type HTMLElement, textOf } from '../support/html.ts';
import { organisation, rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { manyBranches, sources } from './many.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');
const optionsOf = (page: Page) => page.html.querySelectorAll('select[name=organisation] option').map(textOf);
const chosenIn = ({ html }: Page) => html.querySelector('select[name=organisation] option[selected]') as HTMLElement;

/** An author high in a large tree, and of one school in it. */
async function site(t: Test) {
  const app = await testApp(t);
  const hoi = await organisation(app, 'hoi', { name: 'Hội' });
  await organisation(app, 'khac', { name: 'Hội khác' });
  const vung = await organisation(app, 'vung', { below: hoi, name: 'Vùng cao' });
  await manyBranches(app, vung, 120);
  const author = await signedIn(app, { roles: ['author', 'manager'], branch: hoi });
  const { id } = await app.db
    .selectFrom('organisations')
    .select('id')
    .where('code', '=', 'truong_90')
    .executeTakeFirstOrThrow();
  return { ...app, hoi, vung, author, school: id };
}

t.test(
  'A new course is given by one of fifty: one’s own first, others found by name, and nothing typed is lost',
  async (t) => {
    const { author, school, db, ...app } = await site(t);
    const form = '#new-course';
    const blank = await author.get('/publishing/new');
    t.strictSame(optionsOf(blank).slice(0, 3), ['Hội', 'Trường 001', 'Trường 002']);
    t.equal(optionsOf(blank).length, 50);
    t.notOk(optionsOf(blank).includes('Hội khác'), 'of others’ branches there is none');
    const fields = { title: 'Khoá của tôi', slug: 'khoa-cua-toi', q: 'truong 090' };
    const found = await author.submit(blank, { form, fields, button: 'Tìm tổ chức' });
    t.equal(found.status, 200);
    t.strictSame(optionsOf(found), ['Hội', 'Trường 090'], 'and the one that stood in the form');
    t.equal(found.html.querySelector('#title')?.getAttribute('value'), 'Khoá của tôi');
    const again = await author.submit(found, {
      form,
      fields: { organisation: school, q: 'không có' },
      button: 'Tìm tổ chức',
    });
    t.match(mainOf(again), 'Không có tổ chức nào tên như vậy');
    t.equal(textOf(chosenIn(again)), 'Trường 090', 'the chosen one stays, whatever is looked for');
    t.equal(optionsOf(again).length, 51);
    const refused = await author.submit(again, { form, fields: { title: '' } });
    t.equal(refused.status, 422);
    t.equal(textOf(chosenIn(refused)), 'Trường 090');
    const made = await author.submit(refused, { form, fields: { title: 'Khoá của tôi' } });
    t.equal(made.status, 303);
    await author.submit(refused, { form, fields: { title: 'Khoá của tôi' } });
    t.match(await db.selectFrom('drafts').select(['organisation_id', 'slug']).execute(), [{ organisation_id: school }]);
    const statements = await statementsOf({ db, ...app }, () => author.get('/publishing/new'));
    t.ok(statements.length <= 4, `${statements.length} statements`);
    await assertValidHtml(t, sources([blank, found, again]));
  },
);

t.test('So is a bank for pasted questions, and for a new one', async (t) => {
  const { author, ...app } = await site(t);
  const gift = 'Lá màu gì?{=Xanh ~Đỏ}';
  const blank = await author.get('/publishing/bank/gift');
  t.equal(optionsOf(blank).length, 50);
  const found = await author.submit(blank, { fields: { gift, q: 'TRUONG_77' }, button: 'Tìm tổ chức' });
  t.strictSame([found.status, optionsOf(found)], [200, ['Hội', 'Trường 077']]);
  t.match(found.html.querySelector('textarea')?.text, gift);
  const sent = await author.submit(found, { fields: { organisation: 'truong_77' } });
  t.equal(sent.headers.location, '/publishing/bank?organisation=truong_77');
  const bank = await author.get('/publishing/bank?of=zzz&organisation=truong_77');
  t.equal(textOf(chosenIn(bank)), 'Trường 077');
  t.match(mainOf(bank), 'Không có tổ chức nào tên như vậy');
  const one = await author.get('/publishing/bank?of=090');
  t.strictSame(optionsOf(one), ['Tất cả', 'Trường 090', 'Trường 090'], 'to look in, and to write in');
  const statements = await statementsOf(app, () => author.get('/publishing/bank'));
  t.ok(statements.length <= 4, `${statements.length} statements`);
  t.equal((await author.post('/publishing/bank/gift', { organisation: 'khac', language: 'vi', gift })).status, 422);
  t.equal((await author.get('/publishing/bank/new-question?organisation=truong_3')).status, 200);
  t.equal((await author.get('/publishing/bank/new-question?organisation=khac')).status, 404);
  await assertValidHtml(t, sources([blank, found, bank]));
});

t.test('For a file the organisation is found first, for no browser keeps a file that was chosen', async (t) => {
  const { author, school } = await site(t);
  const page = await author.get('/publishing/uploads');
  t.equal(optionsOf(page).length, 50);
  const found = await author.submit(page, { form: '#search', fields: { q: 'Trường 11' } });
  t.strictSame(optionsOf(found).slice(0, 2), ['Trường 011', 'Trường 110']);
  const refused = await author.upload('/publishing/uploads', { organisation: school, language: '' }, null);
  t.equal(refused.status, 422);
  t.equal(textOf(chosenIn(refused)), 'Trường 090');
  await assertValidHtml(t, sources([page, found]));
});

t.test('Somewhere to move to is found the same way, and never lies within what is moved', async (t) => {
  const { author, vung } = await site(t);
  const page = await author.get('/admin/organisations/truong_5/moves');
  t.equal(page.html.querySelectorAll('main .rows a').length, 20);
  t.match(mainOf(page), /Hội Tổ chức đối tác · Đom Đóm .*Vùng cao .*20/);
  const found = await author.get('/admin/organisations/truong_5/moves?q=truong+11');
  t.match(mainOf(found), /Trường 110 Trường học · Đom Đóm › Hội › Vùng cao .*Trường 119/);
  const inside = await author.get(`/admin/organisations/${vung.code}/moves`);
  t.strictSame(inside.html.querySelectorAll('main .rows a').map(textOf), ['Hội']);
  t.match(mainOf(await author.get(`/admin/organisations/${vung.code}/moves?q=truong`)), 'Không tìm thấy tổ chức nào');
});

t.test('A choice is open, one’s own to make, and whole while it is short', async (t) => {
  const app = await testApp(t);
  const { db } = app;
  const hoi = await organisation(app, 'hoi', { name: 'Hội' });
  const bac = await organisation(app, 'bac', { below: hoi, name: 'Bắc' });
  const xa = await organisation(app, 'xa', { below: bac, name: 'An' });
  const dong = await organisation(app, 'dong', { below: hoi, name: 'Cũ' });
  const nhap = await organisation(app, 'nhap', { below: hoi, name: 'Đã nhập' });
  await db.updateTable('organisations').set({ closed_at: new Date() }).where('id', '=', dong.id).execute();
  await db.updateTable('organisations').set({ merged_into_id: hoi.id }).where('id', '=', nhap.id).execute();
  const names = async (person: { id: string }, asked = {}) =>
    (await listChoices(db, person, 'author', asked)).rows.map(({ name }) => name);
  const author = await signedIn(app, { roles: ['author'], branch: hoi });
  t.strictSame(await names(author), ['Hội', 'An', 'Bắc'], 'their own, and then by name');
  t.strictSame(await names(author, { q: 'cu' }), ['Hội', 'An', 'Bắc'], 'what is closed is not found');
  const two = await signedIn(app, { roles: ['author'], branch: xa });
  await db
    .insertInto('memberships')
    .values({ id: crypto.randomUUID(), person_id: two.id, organisation_id: hoi.id, role: 'author' })
    .execute();
  t.strictSame(await names(two), ['An', 'Hội', 'Bắc'], 'of two one of which lies in the other each comes once');
  t.strictSame(await names(await signedIn(app, { roles: ['owner'] })), ['Đom Đóm', 'An', 'Bắc', 'Hội']);
  for (const person of [await signedIn(app), await signedIn(app, { roles: ['learner', 'manager'], branch: hoi })]) {
    t.strictSame(await names(person, { q: 'hoi', chosen: hoi.id }), []);
    t.equal(await findChoice(db, person, 'author', hoi.id), undefined);
  }
  t.match(await findChoice(db, author, 'author', bac.id), { code: 'bac' });
  t.match(await findChoice(db, author, 'author', 'bac'), { id: bac.id });
  for (const wrong of [dong.id, 'nhap', '', "'", (await rootOrganisation(app)).id])
    t.equal(await findChoice(db, author, 'author', wrong), undefined, wrong);
});
