import fc from 'fast-check';
import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { countBranches, keptByBranch, keptByPlace } from '../../server/organisations/counting/queries.ts';
import { largeOnly } from '../../server/organisations/counting/size.ts';
import { coverageByBranch, coverageByPlace } from '../../server/organisations/coverage/queries.ts';
import { getBranch } from '../../server/organisations/managing/queries.ts';
import { ensureProvinces } from '../../server/places/provinces.ts';
import { type TestApp, testApp } from '../support/app.ts';
import type { Page } from '../support/client.ts';
import { allByRole, byRole, textOf } from '../support/html.ts';
import { organisation, rootOrganisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';
import { statementsOf } from '../support/statements.ts';
import { assertValidHtml } from '../support/valid-html.ts';
import { manyBranches, sources } from './many.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main')).replaceAll('\u00a0', ' ');
const rowsOf = ({ html }: Page) => allByRole(html, 'row', /./).slice(1).map(textOf);
const yesterday = () => new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);

/** A tree with places, and people of whom some are in several branches. */
async function tree(t: Test) {
  const site = await testApp(t);
  await ensureProvinces(site.db);
  const root = await rootOrganisation(site);
  const hoi = await organisation(site, 'hoi', { name: 'Hội' });
  const bac = await organisation(site, 'bac', { below: hoi, name: 'Nhánh Bắc' });
  const xa = await organisation(site, 'xa', { below: bac, name: 'Xã' });
  const nam = await organisation(site, 'nam', { below: hoi, name: 'Nhánh Nam' });
  await sql`
    insert into places (code, parent_code) values ('08001', '08'), ('08002', '08');
  `.execute(site.db);
  await sql`
    insert into place_names (id, place_code, name, kind, valid_from)
    values (gen_random_uuid(), '08001', 'Na Hang', 'commune', '2020-01-01'), (gen_random_uuid(), '08002', 'Đồng Văn', 'commune', '2020-01-01')
  `.execute(site.db);
  for (const [code, place] of [
    ['bac', '08'],
    ['xa', '08001'],
    ['nam', '46'],
  ] as const)
    await site.db.updateTable('organisations').set({ place_code: place }).where('code', '=', code).execute();
  const owner = await signedIn(site, { roles: ['owner'] });
  await signedIn(site, { roles: ['manager'], branch: hoi });
  await signedIn(site, { roles: ['learner', 'mentor'], branch: xa });
  await signedIn(site, { roles: ['learner'], branch: hoi });
  for (const branch of [bac, nam]) await signedIn(site, { roles: ['learner'], branch });
  const both = await signedIn(site, { roles: ['learner'], branch: bac });
  await sql`
    insert into memberships (id, person_id, organisation_id, role)
    values (gen_random_uuid(), ${both.id}, ${nam.id}, 'learner'), (gen_random_uuid(), ${both.id}, ${root.id}, 'mentor')
  `.execute(site.db);
  return { ...site, root, hoi, bac, xa, nam, owner };
}

t.test('What the clock counts is what a small branch counts for itself, by branch and by place', async (t) => {
  const { db, owner, nam } = await tree(t);
  await db.updateTable('organisations').set({ closed_at: new Date() }).where('id', '=', nam.id).execute();
  t.equal(await countBranches(db), 5);
  t.equal(await countBranches(db), 5, 'counted again it is the same');
  for (const code of ['domdom', 'hoi', 'bac', 'xa', 'nam']) {
    const branch = await getBranch(db, owner, code);
    const moment = new Date();
    const [total, ...lines] = await coverageByBranch(db, branch, moment);
    t.strictSame((await keptByBranch(db, branch, 1, 50)).lines, lines, `${code} by branch`);
    const kept = await db
      .selectFrom('branch_counts')
      .select(['organisations', 'learners', 'mentors'])
      .where('organisation_id', '=', branch.id)
      .executeTakeFirst();
    t.match(total, kept ?? {}, `${code} in all`);
    for (const within of [null, '08', '46', '08001'])
      t.strictSame(
        (await keptByPlace(db, branch, within)).map((row) => ({ ...row })),
        (await coverageByPlace(db, branch, moment, within)).map((row) => ({ ...row })),
        `${code} by place in ${within}`,
      );
  }
});

t.test('A large branch tells what was counted last and when; a small one what is so now', async (t) => {
  const site = await tree(t);
  const { db, owner, hoi } = site;
  await manyBranches(site, hoi, 101);
  const home = '/admin/organisations/hoi';
  t.notMatch(mainOf(await owner.get(home)), 'mỗi giờ', 'what nobody has counted yet is counted now');
  await countBranches(db);
  await signedIn(site, { roles: ['learner'], branch: hoi });
  await signedIn(site, { roles: ['learner'], branch: site.xa });

  const overview = await owner.get(home);
  t.match(mainOf(overview), /Học viên ?5 .*Quản lý ?1 .*các con số được đếm mỗi giờ một lần, gần nhất lúc/);
  t.match(mainOf(overview), '103 tổ chức', 'of the tree all is told at once');
  t.match(mainOf(await owner.get('/admin/organisations/bac')), /Học viên ?4 /);
  t.notMatch(mainOf(await owner.get('/admin/organisations/bac')), 'mỗi giờ');

  const coverage = await owner.get(`${home}/coverage`);
  t.match(mainOf(coverage), /Tổ chức ?105 Học viên ?5 Người hướng dẫn ?1 .*đếm mỗi giờ một lần, gần nhất lúc/);
  t.match(rowsOf(coverage).slice(0, 4), [/^Hội \(không kể nhánh\) ?1 ?1 ?0/, /^Nhánh Bắc ?2 ?3 ?1/, /Nam/, /001/]);
  t.equal(rowsOf(coverage).length, 51, 'itself and fifty branches');
  const last = await owner.get(`${home}/coverage?page=3`);
  t.match(rowsOf(last), [/^Trường 099/, /^Trường 100/, /^Trường 101/]);
  const places = await owner.get(`${home}/coverage?by=place`);
  t.match(rowsOf(places).slice(0, 2), [/^Thành phố Huế ?1 ?2 ?0/, /^Tỉnh Tuyên Quang ?2 ?3 ?1/]);
  const within = await owner.get(`${home}/coverage?by=place&in=08`);
  t.match(mainOf(within), /Tổ chức ?1 Học viên ?1 Người hướng dẫn ?1/);

  const past = await owner.get(`${home}/coverage?date=${yesterday()}`);
  t.match(mainOf(past), /chỉ cho xem hôm nay.*tải bảng bên dưới/);
  const file = byRole(past.html, 'link', 'Tải bảng (CSV)').getAttribute('href') ?? '';
  t.match(file, `date=${yesterday()}`);
  t.equal((await owner.get(file)).status, 200);
  const now = await owner.get(`${home}/coverage.csv`);
  t.match(now.body, /,Tất cả,105,7,1,/, 'the file reads all, and is of this moment');
  for (const path of [home, `${home}/coverage`, `${home}/coverage?by=place&in=08`]) {
    const statements = await statementsOf(site, () => owner.get(path));
    t.ok(statements.length <= 4, `${path}: ${statements.length}`);
  }
  await assertValidHtml(t, sources([overview, coverage, places, past]));
});

t.test('It is large by its people or by its organisations', async (t) => {
  const none = {
    organisations: 1,
    learners: 0,
    mentors: 0,
    authors: 0,
    reviewers: 0,
    managers: 0,
    waiting: 0,
    offers: 0,
  };
  const counted = { ...none, counted_at: new Date() };
  t.equal(largeOnly({ ...none, counted_at: null }), null);
  t.equal(largeOnly({ ...counted, learners: 900, mentors: 100, organisations: 100 }), null);
  t.ok(largeOnly({ ...counted, learners: 900, mentors: 101 }));
  t.ok(largeOnly({ ...counted, organisations: 101 }));
});

t.test('However the tree is changed, each organisation knows how many lie below it', async (t) => {
  const site = await testApp(t);
  const { db } = site;
  const root = await rootOrganisation(site);
  const branches = [root];
  for (const code of ['a1', 'b1', 'c1', 'd1', 'e1', 'f1'])
    branches.push(await organisation(site, code, { below: branches[branches.length >> 1] ?? root }));
  const step = fc.record({ deed: fc.constantFrom('move', 'merge', 'add', 'close'), one: fc.nat(), other: fc.nat() });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      for (const { deed, one, other } of steps) {
        const rows = await db
          .selectFrom('organisations')
          .where('merged_into_id', 'is', null)
          .select(['id', 'code', 'path'])
          .orderBy('code')
          .execute();
        const a = rows[one % rows.length] ?? root;
        const b = rows[other % rows.length] ?? root;
        const isInside = `${b.path}.`.startsWith(`${a.path}.`);
        if (deed === 'add') await organisation(site, `n${rows.length}_${Date.now() % 1e9}_${one % 1000}`, { below: a });
        if (deed === 'close')
          await db.updateTable('organisations').set({ closed_at: new Date() }).where('id', '=', a.id).execute();
        if (a.id === root.id || isInside) continue;
        if (deed === 'move')
          await sql`
          update organisations set path = ${b.path}::ltree || subpath(path, nlevel(${a.path}::ltree) - 1),
            parent_id = case when id = ${a.id} then ${b.id}::uuid else parent_id end
          where path <@ ${a.path}::ltree
        `.execute(db);
        const hasBelow = rows.some(({ path, id }) => id !== a.id && `${path}.`.startsWith(`${a.path}.`));
        if (deed === 'merge' && !hasBelow && rows.length > 3)
          await db.updateTable('organisations').set({ merged_into_id: b.id }).where('id', '=', a.id).execute();
      }
      t.strictSame(await sizes(site, 'kept'), await sizes(site, 'facts'));
    }),
    { numRuns: 25 },
  );
});

async function sizes({ db }: Pick<TestApp, 'db'>, from: 'kept' | 'facts') {
  const { rows } =
    from === 'kept'
      ? await sql`select organisation_id as id, children, below from branch_sizes order by 1`.execute(db)
      : await sql`
          select top.id, count(*) filter (where one.parent_id = top.id)::integer as children, count(one.id)::integer as below
          from organisations as top
          left join organisations as one on one.path <@ top.path and one.id <> top.id and one.merged_into_id is null
          group by top.id order by 1
        `.execute(db);
  return rows;
}
