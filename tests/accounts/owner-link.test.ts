import t from 'tap';
import { createOwnerLink } from '../../server/accounts/owner-links/queries.ts';
import { client } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { accountsSite, codesOn, isSignedIn, type Site, signIn } from './site.ts';

const owner = {
  full_name: 'Phạm Thị Chủ',
  birth_month: '5',
  birth_year: '1980',
  secret: 'trăng rằm sáng',
  consent: 'yes',
};

async function link({ db }: Site, now?: Date): Promise<string> {
  return `/owner-link/${await createOwnerLink(db, now)}`;
}

async function owners({ db }: Site) {
  return db
    .selectFrom('memberships')
    .innerJoin('organisations', 'organisations.id', 'memberships.organisation_id')
    .select(['code', 'role'])
    .execute();
}

t.test('The link makes its first reader the owner, once', async (t) => {
  const site = await accountsSite(t);
  const path = await link(site);
  const chu = client(site.app);
  const statements = await statementsOf(site, () => chu.get(path));
  t.ok(statements.length <= 4);
  const form = await chu.get(path);
  const card = await chu.submit(form, { fields: { ...owner, email: 'chu@example.com' } });
  t.equal(card.status, 200);
  const { learner_code, recovery_code } = codesOn(card);
  t.match(recovery_code, /^\d{12}$/);
  t.ok(await isSignedIn(chu));
  t.same(await owners(site), [{ code: 'domdom', role: 'owner' }]);
  t.equal((await signIn(client(site.app), learner_code, 'trăng rằm sáng')).status, 303);

  const late = client(site.app);
  t.equal((await late.get(path)).status, 404);
  const again = await late.post(path, { ...owner, secret: 'mây trắng bay' });
  t.equal(again.status, 404);
  t.match(textOf(byRole(again.html, 'main')), /không còn dùng được/);
  t.equal((await owners(site)).length, 1);
  t.equal(await createOwnerLink(site.db), null, 'no further link while there is an owner');
});

t.test('The same form sent twice, or twice at once, makes one owner and shows one card', async (t) => {
  const site = await accountsSite(t);
  const path = await link(site);
  const chu = client(site.app);
  const form = await chu.get(path);
  const [first, second] = await Promise.all([1, 2].map(() => chu.submit(form, { fields: owner })));
  t.match([first?.status, second?.status], [200, 200]);
  t.same(first && codesOn(first), second && codesOn(second));
  const third = await chu.submit(form, { fields: owner });
  t.same(codesOn(third), first && codesOn(first));
  t.equal((await owners(site)).length, 1);
  t.equal((await site.db.selectFrom('persons').select('id').execute()).length, 1);
});

t.test('Two strangers with two links at once: one is the owner, of the other nothing is left', async (t) => {
  const site = await accountsSite(t);
  const paths = [await link(site), await link(site), await link(site)];
  const forms = await Promise.all(
    paths.map(async (path) => {
      const visitor = client(site.app);
      return { visitor, form: await visitor.get(path) };
    }),
  );
  const answers = await Promise.all(
    forms.map(({ visitor, form }, number) =>
      visitor.submit(form, { fields: { ...owner, secret: `trăng rằm sáng ${number}` } }),
    ),
  );
  t.same(answers.map(({ status }) => status).sort(), [200, 404, 404]);
  t.equal((await owners(site)).length, 1);
  t.equal((await site.db.selectFrom('persons').select('id').execute()).length, 1);
});

t.test('A link that ran out, was never made, or comes late opens nothing, and all look alike', async (t) => {
  const site = await accountsSite(t);
  const over = await link(site, new Date(Date.now() - 24 * 60 * 60_000 - 1000));
  const foreign = `/owner-link/${'A'.repeat(43)}`;
  const open = await link(site);
  await signedIn(site, { roles: ['owner'] });
  const pages = await Promise.all([over, foreign, open, '/owner-link/x'].map((path) => client(site.app).get(path)));
  t.same(new Set(pages.map(({ status }) => status)), new Set([404]));
  t.equal(new Set(pages.map(({ html }) => textOf(byRole(html, 'main')))).size, 1);
  for (const path of [over, foreign, open]) t.equal((await client(site.app).post(path, owner)).status, 404);
  t.equal((await site.db.selectFrom('persons').select('id').execute()).length, 1);
});

t.test('The owner needs a password; what was typed stays', async (t) => {
  const site = await accountsSite(t);
  const chu = client(site.app);
  const form = await chu.get(await link(site));
  const page = await chu.submit(form, { fields: { ...owner, secret: '402957' } });
  t.equal(page.status, 422);
  t.match(textOf(byRole(page.html, 'alert')), /cần mật khẩu/);
  t.equal(byRole(page.html, 'textbox', 'Họ và tên').getAttribute('value'), owner.full_name);
  t.equal((await chu.submit(page, { fields: { secret: owner.secret, consent: 'yes' } })).status, 200);
});

t.test('The token is kept only as a hash', async (t) => {
  const site = await accountsSite(t);
  const token = await createOwnerLink(site.db);
  t.match(token, /^[\w-]{43}$/);
  const rows = await site.db.selectFrom('owner_links').selectAll().execute();
  t.equal(rows.length, 1);
  t.notMatch(JSON.stringify(rows), String(token));
});
