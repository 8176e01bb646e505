import { sql } from 'kysely';
import t from 'tap';
import { handOver } from '../../server/cohorts/handing-over/queries.ts';
import { leave } from '../../server/cohorts/members/queries.ts';
import { askToJoin } from '../../server/cohorts/requests/queries.ts';
import { endRole } from '../../server/organisations/roles/queries.ts';
import type { TestApp } from '../support/app.ts';
import { testApp } from '../support/app.ts';
import { signedIn } from '../support/people.ts';
import { cohort, memberOf, mentor, putIn, startGuiding, type TestCohort } from './cohorts.ts';

t.test('Who began before somebody joined, and came after them, can still end it', async (t) => {
  const site = await testApp(t);
  const { db } = site;
  const group = await cohort(site);
  const [hoa, binh] = [await signedIn(site, { roles: ['mentor'] }), await signedIn(site, { roles: ['mentor'] })];
  const row_id = await startGuiding(site, group, hoa);
  await startGuiding(site, group, binh);
  const [an, chi] = [await signedIn(site), await signedIn(site)];

  await db.transaction().execute(async (trx) => {
    await sql`select now()`.execute(trx);
    await putIn(site, group, an, hoa);
    await putIn(site, group, chi, hoa);
    const member = await memberOf(site, group, an);
    if (member === undefined) throw new Error('they are in');
    t.ok(await leave(trx, group, { ...member, person_id: an.id }, an), 'left');
    t.strictSame(await handOver(trx, group, { id: hoa.id, row_id }, null, hoa), { placed: 1, left: 0 });
  });
  t.notOk(await memberOf(site, group, an));
  t.equal((await memberOf(site, group, chi))?.mentor_id, binh.id);
  const periods = await db
    .selectFrom('mentorships')
    .select(['valid_from', 'valid_until'])
    .select(sql<boolean>`valid_until < valid_from`.as('is_backward'))
    .execute();
  t.equal(periods.filter(({ is_backward }) => is_backward).length, 0);
});

t.test('Whoever joins while their mentor-to-be loses the role comes to another', async (t) => {
  const site = await testApp(t);
  const { db } = site;
  const group = await cohort(site);
  const hoa = await mentor(site, group);
  await putIn(site, group, await signedIn(site), hoa);
  const binh = await mentor(site, group);
  const an = await signedIn(site);
  const role = await db
    .selectFrom('memberships')
    .where('person_id', '=', hoa.id)
    .select(['id', 'person_id', 'role'])
    .executeTakeFirstOrThrow();

  const joining = await db.transaction().execute(async (trx) => {
    t.ok(await endRole(trx, role, 'VN-1', binh));
    const joined = join(site, group, an);
    t.equal(await Promise.race([joined, isWaited(site)]), 'waited for');
    return { joined };
  });
  t.equal(await joining.joined, 'member');
  t.equal((await memberOf(site, group, an))?.mentor_id, binh.id, 'not to who may guide no more');
});

async function join({ db }: TestApp, group: TestCohort, person: { id: string }) {
  const { id } = await db
    .selectFrom('join_codes')
    .select('id')
    .where('cohort_id', '=', group.id)
    .executeTakeFirstOrThrow();
  return db.transaction().execute((trx) => askToJoin(trx, { id: group.id, is_open: true }, person, { joinCodeId: id }));
}

/** Until some statement of this database waits for a lock. */
async function isWaited({ db }: TestApp): Promise<string> {
  for (;;) {
    const { rows } = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
    `.execute(db);
    if (rows.length > 0) return 'waited for';
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
