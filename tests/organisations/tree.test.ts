import fc from 'fast-check';
import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { v7 as newId } from 'uuid';
import { getBranch, insertOrganisation, lockTree } from '../../server/organisations/managing/queries.ts';
import { mergeBranch, moveBranch } from '../../server/organisations/tree/queries.ts';
import { invitationTo } from '../invitations/invitations.ts';
import { joinCode, waitAt } from '../joining/joining.ts';
import { type TestApp, testApp } from '../support/app.ts';
import { client, type Page } from '../support/client.ts';
import { byRole, textOf } from '../support/html.ts';
import { type Branch, organisation, rootOrganisation } from '../support/organisations.ts';
import { type SignedIn, signedIn } from '../support/people.ts';

const mainOf = ({ html }: Page) => textOf(byRole(html, 'main'));

async function siteWithOwner(t: Test): Promise<TestApp & { owner: SignedIn }> {
  const site = await testApp(t);
  return { ...site, owner: await signedIn(site, { roles: ['owner'] }) };
}

async function pathOf({ db }: TestApp, code: string): Promise<string> {
  return (await db.selectFrom('organisations').select('path').where('code', '=', code).executeTakeFirstOrThrow()).path;
}

/** Organisations whose path is not what one gets by walking up from them. */
async function untruePaths({ db }: TestApp): Promise<string[]> {
  const { rows } = await sql<{ code: string }>`
    with recursive walked as (
      select id, code::text as path from organisations where parent_id is null
      union all
      select child.id, walked.path || '.' || child.code from organisations child join walked on walked.id = child.parent_id
    )
    select code from organisations left join walked using (id) where walked.path is distinct from organisations.path::text
  `.execute(db);
  return rows.map(({ code }) => code);
}

async function move(site: TestApp & { owner: SignedIn }, code: string, to: string): Promise<void> {
  await site.db.transaction().execute(async (trx) => {
    await lockTree(trx);
    const branch = await getBranch(trx, site.owner, code);
    await moveBranch(trx, branch, await getBranch(trx, site.owner, to), site.owner);
  });
}

t.test('However branches are moved, every path is the way down from the root', async (t) => {
  const site = await siteWithOwner(t);
  const root = await rootOrganisation(site);
  const codes = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((letter) => `${letter}_`);
  for (const code of codes) await organisation(site, code);
  const someCode = fc.constantFrom(...codes);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(someCode, fc.oneof(someCode, fc.constant(root.code))), { maxLength: 12 }),
      async (moves) => {
        for (const [code, to] of moves) {
          const before = await pathOf(site, to);
          const isInside = before.split('.').includes(code);
          const page = await site.owner.post(`/admin/organisations/${code}/moves`, { to, understood: 'yes' });
          t.equal(page.status, isInside ? 403 : 303, `${code} to ${before}`);
          if (!isInside) t.equal(await pathOf(site, code), `${before}.${code}`);
        }
        return (await untruePaths(site)).length === 0;
      },
    ),
    { numRuns: 12 },
  );
});

t.test('The database itself refuses a path that is not true, and so every circle', async (t) => {
  const site = await siteWithOwner(t);
  const top = await organisation(site, 'top');
  const low = await organisation(site, 'low', { below: top });
  const set = (code: string, values: { parent_id?: string; path?: string }) =>
    site.db.updateTable('organisations').set(values).where('code', '=', code).execute();
  await t.rejects(set('top', { parent_id: low.id }), /parent's path/);
  await t.rejects(set('top', { parent_id: low.id, path: 'domdom.top.low.top' }), /parent's path/);
  await t.rejects(set('low', { path: 'domdom.low' }), /parent's path/);
  await t.rejects(set('low', { parent_id: low.id }), /parent's path/);
  t.strictSame(await untruePaths(site), []);
});

t.test('A code is for ever: it is never changed, and no organisation is deleted', async (t) => {
  const site = await siteWithOwner(t);
  await organisation(site, 'giay');
  await t.rejects(
    site.db
      .updateTable('organisations')
      .set({ code: 'khac', path: 'domdom.khac' })
      .where('code', '=', 'giay')
      .execute(),
    /permanent/,
  );
  await t.rejects(site.db.deleteFrom('organisations').where('code', '=', 'giay').execute(), /append-only/);
});

t.test('Two moves at once that would close a circle: one of them happens', async (t) => {
  const site = await siteWithOwner(t);
  for (let round = 0; round < 5; round += 1) {
    const [left, right] = [`left_${round}`, `right_${round}`];
    await organisation(site, left);
    await organisation(site, right);
    const pages = await Promise.all([
      site.owner.post(`/admin/organisations/${left}/moves`, { to: right, understood: 'yes' }),
      site.owner.post(`/admin/organisations/${right}/moves`, { to: left, understood: 'yes' }),
    ]);
    t.strictSame(pages.map(({ status }) => status).sort(), [303, 403]);
  }
  t.strictSame(await untruePaths(site), []);
});

t.test('What is made below a branch while it moves goes along', async (t) => {
  const site = await siteWithOwner(t);
  await organisation(site, 'here');
  await organisation(site, 'there');
  await Promise.all([
    move(site, 'here', 'there'),
    ...[1, 2, 3].map((number) =>
      site.db.transaction().execute((trx) => {
        const child = { id: newId(), name: `Con ${number}`, kind: 'school', code: null, place_code: null };
        return insertOrganisation(trx, 'here', child, site.owner);
      }),
    ),
  ]);
  t.strictSame(await untruePaths(site), []);
  t.equal(await pathOf(site, 'con_2'), 'domdom.there.here.con_2');
});

t.test('A move says what it will do, wants to be understood, and does it', async (t) => {
  const site = await siteWithOwner(t);
  const hoi = await organisation(site, 'hoi', { name: 'Hội' });
  await organisation(site, 'to', { below: hoi });
  await organisation(site, 'moi', { name: 'Hội mới' });
  const search = await site.owner.get('/admin/organisations/hoi/moves?q=moi');
  const link = byRole(search.html, 'link', 'Hội mới').getAttribute('href') ?? '';
  const page = await site.owner.get(link);
  t.match(mainOf(page), /Chuyển Hội vào Hội mới\? .*1 tổ chức bên trong đi theo/);
  const unticked = await site.owner.submit(page);
  t.equal(unticked.status, 422);
  t.match(mainOf(unticked), 'đánh dấu vào ô này');
  t.equal(await pathOf(site, 'to'), 'domdom.hoi.to');
  const done = await site.owner.follow(await site.owner.submit(unticked, { fields: { understood: 'yes' } }));
  t.match(textOf(done.html), 'Đã chuyển');
  t.equal(await pathOf(site, 'to'), 'domdom.moi.hoi.to');
  const events = await site.db.selectFrom('audit_events').select(['verb', 'facts']).execute();
  t.match(events.at(-1), { verb: 'organisation.moved', facts: { organisation: 'hoi', to: 'moi' } });
});

t.test('Its own branch, a closed one, one of others, and none are nowhere to move to', async (t) => {
  const site = await siteWithOwner(t);
  const hoi = await organisation(site, 'hoi');
  const tinh = await organisation(site, 'tinh', { below: hoi });
  const xa = await organisation(site, 'xa', { below: tinh });
  const closed = await organisation(site, 'dong', { below: hoi });
  await organisation(site, 'khac');
  await site.db.updateTable('organisations').set({ closed_at: new Date() }).where('id', '=', closed.id).execute();
  const manager = await signedIn(site, { roles: ['manager'], branch: hoi });
  const post = (to: string) => manager.post('/admin/organisations/tinh/moves', { to, understood: 'yes' });
  t.equal((await post('tinh')).status, 403);
  t.equal((await post(xa.code)).status, 403);
  t.equal((await post('dong')).status, 403);
  t.equal((await post('khac')).status, 404);
  t.equal((await post('domdom')).status, 404);
  t.equal((await post('nothing')).status, 404);
  t.equal((await manager.post('/admin/organisations/hoi/moves', { to: 'tinh', understood: 'yes' })).status, 403);
  t.equal((await site.owner.get('/admin/organisations/domdom/moves')).status, 403, 'the root goes nowhere');
  t.strictSame(await pathOf(site, 'tinh'), 'domdom.hoi.tinh');
});

t.test('A merger passes everything on, and the old code leads to the new one for ever', async (t) => {
  const site = await siteWithOwner(t);
  const cu = await organisation(site, 'cu', { name: 'Hội cũ' });
  const moi = await organisation(site, 'moi', { name: 'Hội mới' });
  const con = await organisation(site, 'con', { below: cu });
  const older = await organisation(site, 'older', { below: cu });
  await merge(site, older, cu);
  const both = await signedIn(site, { roles: ['learner'], branch: cu });
  await site.db
    .insertInto('memberships')
    .values({ id: newId(), person_id: both.id, organisation_id: moi.id, role: 'learner' })
    .execute();
  const mentor = await signedIn(site, { roles: ['mentor'], branch: cu });
  const code = await joinCode(site, cu);
  const invitation = await invitationTo(site, cu, site.owner);
  const waiting = await signedIn(site);
  await waitAt(site, waiting, cu);
  await waitAt(site, waiting, moi);

  const page = await site.owner.get('/admin/organisations/cu/merger?to=moi');
  t.match(mainOf(page), /2 người cùng vai trò .* 1 nhánh sang Hội mới.*không tách ra lại được/);
  const done = await site.owner.submit(page, { fields: { understood: 'yes' } });
  t.match(done.headers, { location: '/admin/organisations/moi' });
  t.equal(
    (await site.owner.submit(page, { fields: { understood: 'yes' } })).status,
    303,
    'sent again, it is done already',
  );

  t.equal(await pathOf(site, con.code), 'domdom.moi.con');
  const roles = await site.db
    .selectFrom('memberships')
    .select(['person_id', 'role'])
    .where('organisation_id', '=', moi.id)
    .where('valid_until', 'is', null)
    .execute();
  t.strictSame(roles.map(({ role }) => role).sort(), ['learner', 'mentor'], 'who was a learner of both is one once');
  t.equal((await mentor.get('/admin/organisations/moi/requests')).status, 200);
  const visitor = client(site.app);
  for (const old of ['cu', 'older']) {
    t.match(await visitor.get(`/organisations/${old}`), { status: 301, headers: { location: '/organisations/moi' } });
  }
  t.match(mainOf(await visitor.get(`/join/${code.code}`)), 'Hội mới');
  t.match(mainOf(await visitor.get(`/invitations/${invitation.token}`)), 'Hội mới');
  t.match(await site.owner.get('/admin/organisations/cu'), {
    status: 301,
    headers: { location: '/admin/organisations/moi' },
  });
  const open = await site.db
    .selectFrom('join_requests')
    .select('organisation_id')
    .where('outcome', 'is', null)
    .execute();
  t.strictSame(open, [{ organisation_id: moi.id }], 'who waited at both waits once');
  t.strictSame(await untruePaths(site), []);
});

async function merge(site: TestApp & { owner: SignedIn }, from: Branch, into: Branch): Promise<void> {
  await site.db.transaction().execute(async (trx) => {
    await lockTree(trx);
    const branch = await getBranch(trx, site.owner, from.code);
    await mergeBranch(trx, branch, await getBranch(trx, site.owner, into.code), site.owner);
  });
}

t.test('People who join, accept and are accepted during a merger end up in the successor', async (t) => {
  const site = await siteWithOwner(t);
  const cu = await organisation(site, 'cu');
  const moi = await organisation(site, 'moi');
  const code = await joinCode(site, cu, { isOpen: true });
  const people = await Promise.all([1, 2, 3, 4, 5, 6].map(() => signedIn(site)));
  const requests = await Promise.all(people.slice(0, 2).map((person) => waitAt(site, person, cu)));
  const invitation = await invitationTo(site, cu, site.owner);
  const pages = await Promise.all([
    site.owner.post('/admin/organisations/cu/merger', { to: 'moi', understood: 'yes' }),
    site.owner.post('/admin/organisations/cu/requests', { request: requests, decision: 'accepted' }),
    people[2]?.post(`/invitations/${invitation.token}/acceptance`),
    ...people.slice(3).map((person) => person.post(`/join/${code.code}/request`)),
  ]);
  for (const page of pages) t.ok(page && [303, 404].includes(page.status), `${page?.url} ${page?.status}`);
  const left = await site.db
    .selectFrom('memberships')
    .select('id')
    .where('organisation_id', '=', cu.id)
    .where('valid_until', 'is', null)
    .execute();
  t.strictSame(left, [], 'nobody is left in what has been merged');
  t.equal(
    (await site.db.selectFrom('organisations').select('merged_into_id').where('id', '=', cu.id).executeTakeFirst())
      ?.merged_into_id,
    moi.id,
  );
});

t.test('Closing: first what lies inside, then nobody joins any more, and it can be opened again', async (t) => {
  const site = await siteWithOwner(t);
  const hoi = await organisation(site, 'hoi', { name: 'Hội' });
  await organisation(site, 'con', { below: hoi });
  const code = await joinCode(site, hoi);
  const path = '/admin/organisations/hoi/closing';
  t.match(mainOf(await site.owner.get(path)), 'Bên trong còn 1 tổ chức đang mở');
  await site.owner.post(path);
  t.match(mainOf(await client(site.app).get(`/join/${code.code}`)), 'Hội', 'still open');

  await site.owner.post('/admin/organisations/con/closing');
  await site.owner.submit(await site.owner.get(path));
  const visitor = client(site.app);
  t.equal((await visitor.get(`/join/${code.code}`)).status, 404);
  t.match(mainOf(await visitor.get('/organisations/hoi')), 'đã ngừng hoạt động');
  const form = { parent: 'hoi', name: 'Chi hội', kind: 'school' };
  t.equal((await site.owner.post('/admin/organisations', form)).status, 403);
  t.equal((await site.owner.post('/admin/organisations/hoi/join-codes')).status, 403);
  t.equal((await site.owner.post('/admin/organisations/hoi/invitations', { role: 'mentor' })).status, 403);

  await site.owner.submit(await site.owner.get(path));
  t.equal((await visitor.get(`/join/${code.code}`)).status, 200);
});

t.test('Names and positions are dated, one after the other without a gap', async (t) => {
  const site = await siteWithOwner(t);
  const hoi = await organisation(site, 'hoi', { name: 'Tên đầu' });
  await organisation(site, 'moi');
  const rename = (name: string) =>
    site.db.updateTable('organisations').set({ name }).where('id', '=', hoi.id).execute();
  await rename('Tên hai');
  await rename('Tên hai');
  await move(site, 'hoi', 'moi');
  await site.db.updateTable('organisations').set({ about: 'Khác' }).where('id', '=', hoi.id).execute();
  const periods = await site.db
    .selectFrom('organisation_periods')
    .select(['name', 'path', 'valid_from', 'valid_until'])
    .where('organisation_id', '=', hoi.id)
    .orderBy('valid_from')
    .execute();
  t.strictSame(
    periods.map(({ name, path }) => [name, path]),
    [
      ['Tên đầu', 'domdom.hoi'],
      ['Tên hai', 'domdom.hoi'],
      ['Tên hai', 'domdom.moi.hoi'],
    ],
    'what changes nothing that a report shows begins no period',
  );
  for (const [index, period] of periods.entries()) {
    t.strictSame(period.valid_until, periods[index + 1]?.valid_from ?? null);
  }
  const page = await site.owner.get('/admin/organisations/hoi');
  t.match(mainOf(page), /Tên và vị trí trước đây.*Tên đầu/);
});
