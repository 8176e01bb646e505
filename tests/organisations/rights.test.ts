import { sql } from 'kysely';
import t from 'tap';
import {
  holdsRole,
  holdsRoleAbove,
  manageableOrganisations,
  manageablePersons,
  outranks,
  ownsSite,
  type Role,
} from '../../server/organisations/access.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { type Branch, organisation, rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';

/** domdom > hoi > (tinh > xa), khac */
async function tree(site: TestApp) {
  const hoi = await organisation(site, 'hoi');
  const tinh = await organisation(site, 'tinh', { below: hoi });
  const xa = await organisation(site, 'xa', { below: tinh });
  const khac = await organisation(site, 'khac');
  return { root: await rootOrganisation(site), hoi, tinh, xa, khac };
}

const all: readonly Role[] = ['learner', 'mentor', 'author', 'reviewer', 'manager'];

async function holds({ db }: TestApp, person: { id: string }, roles: readonly Role[], { path }: Branch, above = false) {
  const right = above ? holdsRoleAbove : holdsRole;
  const row = await db
    .selectNoFrom(sql<boolean>`${right(person, roles, sql<string>`${path}::ltree`)}`.as('holds'))
    .executeTakeFirstOrThrow();
  return Boolean(row.holds);
}

async function outranked({ db }: TestApp, manager: { id: string }, person: { id: string }): Promise<boolean> {
  const row = await db
    .selectNoFrom(sql<boolean>`${outranks(manager, sql<string>`${person.id}::uuid`)}`.as('outranks'))
    .executeTakeFirstOrThrow();
  return Boolean(row.outranks);
}

t.test('A role holds where it is held and in all that lies below, and nowhere else', async (t) => {
  const site = await testApp(t);
  const { root, hoi, tinh, xa, khac } = await tree(site);
  for (const role of all) {
    const person = await signedIn(site, { roles: [role], branch: tinh });
    for (const [branch, expected] of [
      [tinh, true],
      [xa, true],
      [hoi, false],
      [root, false],
      [khac, false],
    ] as const) {
      t.equal(await holds(site, person, [role], branch), expected, `${role} at tinh, asked at ${branch.code}`);
      const others = all.filter((other) => other !== role);
      t.equal(await holds(site, person, others, branch), false, 'and no other role comes with it');
    }
    t.equal(await holds(site, person, [role], tinh, true), false, 'strictly above is not at the place itself');
    t.equal(await holds(site, person, [role], xa, true), true);
  }
});

t.test('The owner holds every role everywhere, also strictly above the root', async (t) => {
  const site = await testApp(t);
  const { root, xa } = await tree(site);
  const owner = await signedIn(site, { roles: ['owner'] });
  for (const role of all) t.ok(await holds(site, owner, [role], xa), role);
  t.ok(await holds(site, owner, ['manager'], root, true));
  const manager = await signedIn(site, { roles: ['manager'], branch: root });
  t.notOk(await holds(site, manager, ['manager'], root, true), 'a manager of the root stands not above it');
  const owns = async (person: { id: string }) =>
    (await site.db.selectNoFrom(sql<boolean>`${ownsSite(person)}`.as('owns')).executeTakeFirstOrThrow()).owns;
  t.strictSame([await owns(owner), await owns(manager)], [true, false]);
});

t.test('A role that has ended holds nothing', async (t) => {
  const site = await testApp(t);
  const { tinh } = await tree(site);
  const person = await signedIn(site, { roles: ['manager'], branch: tinh });
  await site.db
    .updateTable('memberships')
    .set({ valid_until: new Date(Date.now() + 1000) })
    .execute();
  t.notOk(await holds(site, person, ['manager'], tinh));
  t.strictSame(await manageableOrganisations(site.db, person).select('code').execute(), []);
});

t.test('A manager manages the branch and sees whoever is anything in it; the owner sees everybody', async (t) => {
  const site = await testApp(t);
  const { tinh, xa, khac } = await tree(site);
  const manager = await signedIn(site, { full_name: 'Quản', roles: ['manager'], branch: tinh });
  await signedIn(site, { full_name: 'Học', roles: ['learner'], branch: xa });
  await signedIn(site, { full_name: 'Hai', roles: ['learner', 'mentor'], branch: xa });
  await signedIn(site, { full_name: 'Xa', roles: ['learner'], branch: khac });
  await signedIn(site, { full_name: 'Không' });
  const owner = await signedIn(site, { full_name: 'Chủ', roles: ['owner'] });
  const codes = await manageableOrganisations(site.db, manager).select('code').orderBy('code').execute();
  t.strictSame(codes, [{ code: 'tinh' }, { code: 'xa' }]);
  const names = async (who: { id: string }) =>
    (await manageablePersons(site.db, who).select('full_name').execute()).map(({ full_name }) => full_name).sort();
  t.strictSame(await names(manager), ['Hai', 'Học', 'Quản'], 'each of them once');
  t.equal((await names(owner)).length, 6);
  t.strictSame(await names(await signedIn(site, { roles: ['mentor'], branch: tinh })), [], 'a mentor manages nobody');
});

t.test(
  'Only who stands strictly above touches the secrets of somebody with a role, and nobody their own',
  async (t) => {
    const site = await testApp(t);
    const { hoi, tinh, xa, khac } = await tree(site);
    const at = (branch: Branch, ...roles: Role[]) => signedIn(site, { roles, branch });
    const manager = await at(tinh, 'manager');
    t.ok(await outranked(site, manager, await at(tinh, 'learner')), 'a learner has no role to stand above');
    t.ok(await outranked(site, manager, await at(xa, 'mentor')));
    t.ok(await outranked(site, manager, await at(xa, 'manager')));
    t.notOk(await outranked(site, manager, await at(tinh, 'mentor')), 'beside each other');
    t.notOk(await outranked(site, manager, await at(tinh, 'manager')));
    t.notOk(await outranked(site, manager, await at(hoi, 'mentor')));
    t.notOk(await outranked(site, manager, await at(khac, 'author')), 'elsewhere');
    t.notOk(await outranked(site, manager, manager), 'oneself');

    const both = await at(xa, 'mentor');
    const more = { id: (await at(khac, 'author')).id };
    await site.db.updateTable('memberships').set({ person_id: both.id }).where('person_id', '=', more.id).execute();
    t.notOk(await outranked(site, manager, both), 'one role elsewhere is enough');

    const owner = await signedIn(site, { roles: ['owner'] });
    t.notOk(await outranked(site, manager, owner));
    t.notOk(
      await outranked(site, await signedIn(site, { roles: ['manager'] }), owner),
      'nor does a manager of the root',
    );
    t.ok(await outranked(site, await signedIn(site, { roles: ['owner'] }), owner));
    t.notOk(await outranked(site, owner, owner));
  },
);
