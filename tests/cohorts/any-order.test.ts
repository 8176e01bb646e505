import fc from 'fast-check';
import { sql, type Transaction } from 'kysely';
import t from 'tap';
import { v7 as newId } from 'uuid';
import { getManagedCohort } from '../../server/cohorts/access.ts';
import { fillPlaces } from '../../server/cohorts/admitting/queries.ts';
import { beginLeaving, handOver, stay } from '../../server/cohorts/handing-over/queries.ts';
import { leave } from '../../server/cohorts/members/queries.ts';
import { addMentor, setCapacity } from '../../server/cohorts/mentors/queries.ts';
import { askToJoin } from '../../server/cohorts/requests/queries.ts';
import type { Database } from '../../server/database/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import { testDatabase } from '../support/database.ts';
import { rootOrganisation } from '../support/organisations.ts';
import { cohort, startGuiding, type TestCohort } from './cohorts.ts';

type Db = TestDatabase['db'];
type Trx = Transaction<Database>;

const [cohorts, mentors, learners] = [2, 4, 14];

/** What somebody does, by number: of the cohort, of the mentor, of the learner. */
const deed = fc.oneof(
  { weight: 6, arbitrary: fc.record({ deed: fc.constant('join' as const), in: nat(cohorts), who: nat(learners) }) },
  { weight: 2, arbitrary: fc.record({ deed: fc.constant('leave' as const), in: nat(cohorts), who: nat(learners) }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('go' as const), in: nat(cohorts), who: nat(mentors) }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('hand over' as const), in: nat(cohorts), who: nat(mentors) }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('lose role' as const), in: nat(1), who: nat(mentors) }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('take' as const), in: nat(cohorts), who: nat(mentors) }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('stay' as const), in: nat(cohorts), who: nat(mentors) }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('return' as const), in: nat(cohorts), who: nat(mentors) }) },
  { weight: 1, arbitrary: fc.record({ deed: fc.constant('regain role' as const), in: nat(1), who: nat(mentors) }) },
  {
    weight: 1,
    arbitrary: fc.record({ deed: fc.constant('take the rest' as const), in: nat(cohorts), who: nat(mentors) }),
  },
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
        const before = await guiding(db);
        await Promise.all(batch.map((one) => perform(db, world, one)));
        t.strictSame(await brokenRules(db), []);
        t.strictSame(await lost(db, world, batch), [], 'who asks is in, or waits');
        // A race of joins, or whatever one deed brings about: nobody's load falls after a mentor was opened.
        if (batch.length === 1 || batch.every(({ deed }) => deed === 'join'))
          t.strictSame(openedTooSoon(before, await guiding(db)), []);
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 6) },
  );
});

interface World {
  organisation_id: string;
  manager: { id: string };
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
  const [manager = { id: '' }] = await persons(db, 1);
  await db
    .insertInto('memberships')
    .values({ id: newId(), person_id: manager.id, organisation_id, role: 'manager' })
    .execute();
  for (const group of groups)
    for (const [index, guide] of guides.entries()) await startGuiding({ db }, group, guide, 3 + index);
  // One more who learns in the cohorts is a mentor there: nobody guides themselves.
  return {
    organisation_id,
    manager,
    cohorts: groups,
    mentors: guides,
    learners: [...(await persons(db, learners - 1)), ...guides.slice(0, 1)],
  };
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
    if (deed === 'lose role' || deed === 'regain role') await changeRole(trx, world, mentor, deed);
    else if (deed === 'join') {
      const code = await trx.selectFrom('join_codes').select('id').where('cohort_id', '=', group.id).executeTakeFirst();
      await askToJoin(trx, { id: group.id, is_open: true }, learner, { joinCodeId: code?.id ?? '' });
    } else if (deed === 'leave') {
      const members = trx.selectFrom('cohort_members').select(['id', 'person_id']).where('cohort_id', '=', group.id);
      const member = await members.where('person_id', '=', learner.id).where('left_at', 'is', null).executeTakeFirst();
      if (member) await leave(trx, group, member, learner);
    } else await guideOtherwise(trx, world, { group, mentor, deed, capacity: 1 + who });
  });
}

async function changeRole(trx: Trx, { organisation_id }: World, { id: person_id }: { id: string }, deed: Deed['deed']) {
  const own = { person_id, organisation_id, role: 'mentor' };
  if (deed === 'lose role') {
    const rows = trx.updateTable('memberships').set({ valid_until: sql<Date>`now()` });
    await rows.where('person_id', '=', person_id).where('valid_until', 'is', null).execute();
  } else {
    const insert = trx.insertInto('memberships').values({ id: newId(), ...own });
    await insert.onConflict((conflict) => conflict.doNothing()).execute();
  }
}

/** Goes, stays, comes back, hands over or takes another number; the manager is the one who takes the rest. */
async function guideOtherwise(
  trx: Trx,
  { manager, mentors }: World,
  {
    group,
    mentor,
    deed,
    capacity,
  }: { group: TestCohort; mentor: { id: string }; deed: Deed['deed']; capacity: number },
): Promise<void> {
  const managed = await getManagedCohort(trx, manager, group.id);
  if (deed === 'return') {
    if (await addMentor(trx, managed, mentor.id, manager)) await fillPlaces(trx, managed);
    return;
  }
  const rows = trx.selectFrom('cohort_mentors').select('id').where('cohort_id', '=', group.id);
  const row = await rows.where('person_id', '=', mentor.id).where('valid_until', 'is', null).executeTakeFirst();
  if (row === undefined) return;
  const guide = { id: mentor.id, row_id: row.id };
  const beside = mentors.find(({ id }) => id !== mentor.id)?.id ?? '';
  if (deed === 'go') await beginLeaving(trx, group, guide, mentor);
  if (deed === 'stay') await stay(trx, managed, guide, mentor);
  if (deed === 'hand over') await handOver(trx, group, guide, null, mentor);
  if (deed === 'take the rest') await handOver(trx, group, guide, beside, manager);
  if (deed === 'take' && (await setCapacity(trx, group, mentor, capacity, mentor))) await fillPlaces(trx, group);
}

interface Guiding {
  cohort_id: string;
  person_id: string;
  mentees_here: number;
  /** Fewer than the least, over all cohorts, and somebody could come to them. */
  has_too_few: boolean;
}

function guiding(db: Db): Promise<Guiding[]> {
  return sql<Guiding>`
    select cohort_mentors.cohort_id, person_id, (
        select count(*)::integer from mentorships
        where mentor_id = person_id and mentorships.cohort_id = cohort_mentors.cohort_id and valid_until is null
      ) as mentees_here,
      leaving_at is null and may_guide(person_id, cohort_id)
        and count_mentees(person_id) < least(minimum_mentees(cohort_id), capacity) as has_too_few
    from cohort_mentors join mentors using (person_id) where valid_until is null
  `
    .execute(db)
    .then(({ rows }) => rows);
}

/** In a cohort where a further mentor was opened: who has fewer than the least, though only the last to be opened may. */
function openedTooSoon(before: Guiding[], after: Guiding[]): Guiding[] {
  const begun = after.filter(({ mentees_here }) => mentees_here > 0);
  const hadBegun = ({ cohort_id, person_id }: Guiding) =>
    before.some((known) => known.cohort_id === cohort_id && known.person_id === person_id && known.mentees_here > 0);
  return begun.filter((one) => {
    const here = begun.filter(({ cohort_id }) => cohort_id === one.cohort_id);
    const opened = here.filter((other) => !hadBegun(other));
    const isLast = opened.includes(one) && opened.every((other) => other === one || !other.has_too_few);
    return opened.length > 0 && one.has_too_few && !isLast;
  });
}

/** Who asked to join, did not leave meanwhile, and is neither a member nor on the list. */
async function lost(db: Db, world: World, batch: Deed[]): Promise<unknown[]> {
  const asked = batch.flatMap(({ deed, in: number, who }) => {
    const [group, person] = [world.cohorts[number], world.learners[who]];
    const left = batch.some((one) => one.deed === 'leave' && one.in === number && one.who === who);
    return deed === 'join' && !left && group && person ? [{ cohort_id: group.id, person_id: person.id }] : [];
  });
  const { rows } = await sql`
    select asked.* from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as asked (cohort_id uuid, person_id uuid)
    where not exists (
      select from cohort_members as own
      where own.cohort_id = asked.cohort_id and own.person_id = asked.person_id and left_at is null
    ) and not exists (
      select from join_requests as own
      where own.cohort_id = asked.cohort_id and own.person_id = asked.person_id and outcome is null
    )
  `.execute(db);
  return rows;
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
