import fc from 'fast-check';
import { sql } from 'kysely';
import t from 'tap';
import { v7 as newId } from 'uuid';
import { beginLeaving, handOver } from '../../server/cohorts/handing-over/queries.ts';
import { leave } from '../../server/cohorts/members/queries.ts';
import { setCapacity } from '../../server/cohorts/mentors/queries.ts';
import { askToJoin } from '../../server/cohorts/requests/queries.ts';
import type { TestDatabase } from '../support/database.ts';
import { testDatabase } from '../support/database.ts';
import { rootOrganisation } from '../support/organisations.ts';
import { cohort, startGuiding, type TestCohort } from './cohorts.ts';

type Db = TestDatabase['db'];

const [cohorts, mentors, learners] = [2, 4, 14];

/** What somebody does, by number: of the cohort, of the mentor, of the learner. */
const deed = fc.oneof(
  { weight: 6, arbitrary: fc.record({ deed: fc.constant('join' as const), in: nat(cohorts), who: nat(learners) }) },
  { weight: 2, arbitrary: fc.record({ deed: fc.constant('leave' as const), in: nat(cohorts), who: nat(learners) }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('go' as const), in: nat(cohorts), who: nat(mentors) }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('hand over' as const), in: nat(cohorts), who: nat(mentors) }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('lose role' as const), in: nat(1), who: nat(mentors) }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('take' as const), in: nat(cohorts), who: nat(mentors) }) },
);
type Deed = typeof deed extends fc.Arbitrary<infer D> ? D : never;

function nat(below: number) {
  return fc.nat({ max: below - 1 });
}

t.test('Joins, leavings and hand-overs in any order, three at a time, break no rule and fail nobody', async (t) => {
  const { db } = await testDatabase(t);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(deed, { minLength: 1, maxLength: 3 }), { maxLength: 20 }), async (batches) => {
      const world = await newWorld(db);
      for (const batch of batches) {
        await Promise.all(batch.map((one) => perform(db, world, one)));
        t.strictSame(await brokenRules(db), []);
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 6) },
  );
});

interface World {
  cohorts: TestCohort[];
  mentors: { id: string }[];
  learners: { id: string }[];
}

async function newWorld(db: Db): Promise<World> {
  const groups = [await cohort({ db }), await cohort({ db }, { seats: 6 })];
  const guides = await persons(db, mentors);
  const { id: organisation_id } = await rootOrganisation({ db });
  await db
    .insertInto('memberships')
    .values(guides.map(({ id }) => ({ id: newId(), person_id: id, organisation_id, role: 'mentor' })))
    .execute();
  for (const group of groups)
    for (const [index, guide] of guides.entries()) await startGuiding({ db }, group, guide, 3 + index);
  // One more who learns in the cohorts is a mentor there: nobody guides themselves.
  return { cohorts: groups, mentors: guides, learners: [...(await persons(db, learners - 1)), ...guides.slice(0, 1)] };
}

async function persons(db: Db, count: number): Promise<{ id: string }[]> {
  const rows = Array.from({ length: count }, () => ({ id: newId() }));
  await db.insertInto('persons').values(rows).execute();
  return rows;
}

async function perform(db: Db, world: World, { deed, in: number, who }: Deed): Promise<void> {
  const group = world.cohorts[number];
  const learner = world.learners[who];
  const mentor = world.mentors[who % mentors];
  if (group === undefined || learner === undefined || mentor === undefined) throw new Error('nobody is there');
  await db.transaction().execute(async (trx) => {
    if (deed === 'lose role') {
      await trx
        .updateTable('memberships')
        .set({ valid_until: sql<Date>`now()` })
        .where('person_id', '=', mentor.id)
        .where('valid_until', 'is', null)
        .execute();
    } else if (deed === 'join') {
      const code = await trx.selectFrom('join_codes').select('id').where('cohort_id', '=', group.id).executeTakeFirst();
      await askToJoin(trx, { id: group.id, is_open: true }, learner, { joinCodeId: code?.id ?? '' });
    } else if (deed === 'leave') {
      const members = trx.selectFrom('cohort_members').select(['id', 'person_id']).where('cohort_id', '=', group.id);
      const member = await members.where('person_id', '=', learner.id).where('left_at', 'is', null).executeTakeFirst();
      if (member) await leave(trx, group, member, learner);
    } else {
      const rows = trx.selectFrom('cohort_mentors').select('id').where('cohort_id', '=', group.id);
      const row = await rows.where('person_id', '=', mentor.id).where('valid_until', 'is', null).executeTakeFirst();
      const guide = { id: mentor.id, row_id: row?.id ?? '' };
      if (row && deed === 'go') await beginLeaving(trx, group, guide, mentor);
      if (row && deed === 'take') await setCapacity(trx, group, mentor, 1 + who, mentor);
      if (row && deed === 'hand over') await handOver(trx, group, guide, null, mentor);
    }
  });
}

/** What must never be, asked of the rows themselves. */
async function brokenRules(db: Db): Promise<unknown[]> {
  const { rows } = await sql`
    select 'above capacity' as rule, mentors.person_id as id from mentors where capacity < (
      select count(*) from mentorships where mentor_id = mentors.person_id and valid_until is null
    )
    union all
    select 'a member without one mentor', id from cohort_members where (left_at is null) <> (1 = (
      select count(*) from mentorships where member_id = cohort_members.id and valid_until is null
    ))
    union all
    select 'guided by nobody of the cohort', mentorships.id from mentorships where valid_until is null and not exists (
      select from cohort_mentors
      where cohort_id = mentorships.cohort_id and person_id = mentor_id and cohort_mentors.valid_until is null
    )
    union all
    select 'guides themselves', mentorships.id from mentorships
    join cohort_members on cohort_members.id = member_id where mentor_id = person_id
    union all
    select 'more than seats', cohorts.id from cohorts where seats < (
      select count(*) from cohort_members where cohort_id = cohorts.id and left_at is null
    )
    union all
    select 'a member who waits', join_requests.id from join_requests
    join cohort_members using (cohort_id, person_id) where outcome is null and left_at is null
  `.execute(db);
  return rows;
}
