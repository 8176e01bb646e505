import { type Kysely, sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { getManagedCohort } from '../../server/cohorts/access.ts';
import { matchAll, slots, type Wishes } from '../../server/cohorts/matching/matching.ts';
import { applyPart, insertPlacement } from '../../server/cohorts/placements/queries.ts';
import type { Database } from '../../server/database/connection.ts';
import { long } from '../budgets/learner.ts';
import { cohort, cohortRequest, startGuiding } from '../cohorts/cohorts.ts';
import { rootOrganisation } from '../support/organisations.ts';

/** Milliseconds for 1,000 who wait and 200 mentors. */
export interface MatchingTimes {
  /** All of them at once, without a database. */
  rule: number;
  /** In two cohorts, as many as they can be: worked out and stored. */
  proposed: number;
  placed: number;
}

const [cohorts, waiting, mentors] = [2, 500, 100];

/** On the database of the bench: people without accounts, who wish for this and that. */
export async function measureMatching(db: Kysely<Database>): Promise<MatchingTimes> {
  const times = { rule: timeRule(), proposed: 0, placed: 0 };
  const before = await countMentorships(db);
  const owner = { id: newId() };
  await db.insertInto('persons').values(owner).execute();
  await giveRole(db, [owner], 'owner');
  for (let number = 0; number < cohorts; number += 1) {
    const { id } = await peopledCohort(db);
    const group = await getManagedCohort(db, owner, id);
    const begun = performance.now();
    const placement = await insertPlacement(db, group, owner);
    const proposed = performance.now();
    let isLast = false;
    while (!isLast) isLast = await db.transaction().execute((trx) => applyPart(trx, group, placement, owner));
    times.proposed += proposed - begun;
    times.placed += performance.now() - proposed;
  }
  const placed = (await countMentorships(db)) - before;
  if (placed !== cohorts * waiting) throw new Error(`${placed} were placed`);
  return times;
}

async function countMentorships(db: Kysely<Database>): Promise<number> {
  const { count } = await db
    .selectFrom('mentorships')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

function timeRule(): number {
  const learners = Array.from({ length: cohorts * waiting }, (_, index) => ({
    id: `l${index}`,
    wishes: wishes(index),
  }));
  const load = { mentees: 0, mentees_here: 0, capacity: 10, leaving: false, may_guide: true };
  const guides = Array.from({ length: cohorts * mentors }, (_, index) => ({
    id: `m${index}`,
    ...load,
    wishes: wishes(7 * index),
  }));
  const begun = performance.now();
  matchAll(learners, guides, { minimum: 5, topics: [] });
  return performance.now() - begun;
}

/** Another combination for each number, the same in every run. */
function wishes(number: number): Wishes {
  const some = <T>(all: readonly T[], bits: number) => all.filter((_, index) => (bits >> index) & 1);
  const languages = some(['vi', 'km', 'hmn', 'tyz'], (number * 5) % 16);
  return { languages, places: [], hours: some(slots, (number * 11) % 16), topics: [] };
}

async function peopledCohort(db: Kysely<Database>): Promise<{ id: string }> {
  const group = await cohort({ db }, { isOpen: false });
  await db
    .insertInto('cohort_courses')
    .columns(['cohort_id', 'course_id', 'position'])
    .expression(({ selectFrom, val }) =>
      selectFrom('courses')
        .where('slug', '=', long.slug)
        .select([val(group.id).as('cohort_id'), 'courses.id as course_id', sql<number>`1`.as('position')]),
    )
    .execute();
  const guides = await wishingPeople(db, mentors);
  await giveRole(db, guides, 'mentor');
  for (const guide of guides) await startGuiding({ db }, group, guide);
  for (const person of await wishingPeople(db, waiting)) await cohortRequest({ db }, group, person);
  // As autovacuum does within a minute: until then plans are those for empty tables.
  await sql`analyze`.execute(db);
  return group;
}

async function wishingPeople(db: Kysely<Database>, count: number): Promise<{ id: string }[]> {
  const people = Array.from({ length: count }, () => ({ id: newId() }));
  await db.insertInto('persons').values(people).execute();
  const rows = people.map(({ id: person_id }, index) => {
    const { languages, hours } = wishes(index);
    return { person_id, languages, hours };
  });
  await db.insertInto('guidance_wishes').values(rows).execute();
  return people;
}

async function giveRole(db: Kysely<Database>, people: { id: string }[], role: 'owner' | 'mentor'): Promise<void> {
  const { id: organisation_id } = await rootOrganisation({ db });
  const rows = people.map(({ id: person_id }) => ({ id: newId(), person_id, organisation_id, role }));
  await db.insertInto('memberships').values(rows).execute();
}
