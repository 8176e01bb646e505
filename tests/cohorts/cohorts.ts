import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { beginMentorship, endMentorship } from '../../server/cohorts/mentorships/queries.ts';
import type { TestApp } from '../support/app.ts';
import { nextDigitCode } from '../support/codes.ts';
import { type Branch, rootOrganisation } from '../support/organisations.ts';
import { type SignedIn, signedIn } from '../support/people.ts';

type Site = Pick<TestApp, 'app' | 'db'>;

export interface TestCohort {
  id: string;
  code: string;
}

/** A cohort with a code to join by; its course is the small one, where that has been published. */
export async function cohort(
  { db }: Pick<Site, 'db'>,
  { branch, isOpen = true, seats = null }: { branch?: Branch; isOpen?: boolean; seats?: number | null } = {},
): Promise<TestCohort> {
  const organisation_id = (branch ?? (await rootOrganisation({ db }))).id;
  const id = newId();
  const code = nextDigitCode(8);
  await db
    .insertInto('cohorts')
    .values({ id, organisation_id, name: 'Tổ 5, Long Xuyên', language: 'vi', is_open: isOpen, seats })
    .execute();
  await db
    .insertInto('cohort_courses')
    .columns(['cohort_id', 'course_id', 'position'])
    .expression(({ selectFrom, val }) =>
      selectFrom('courses')
        .where('slug', '=', 'small')
        .select([val(id).as('cohort_id'), 'courses.id as course_id', sql<number>`1`.as('position')]),
    )
    .execute();
  await db.insertInto('join_codes').values({ id: newId(), code, cohort_id: id }).execute();
  return { id, code };
}

/** A further course of the cohort. */
export async function alsoLearns(
  { db }: Pick<Site, 'db'>,
  { id: cohort_id }: Pick<TestCohort, 'id'>,
  slug: string,
  position: number,
): Promise<void> {
  const course = await db.selectFrom('courses').select('id').where('slug', '=', slug).executeTakeFirstOrThrow();
  await db.insertInto('cohort_courses').values({ cohort_id, course_id: course.id, position }).execute();
}

/** Somebody who guides there. */
export async function mentor(
  site: Site,
  group: TestCohort,
  { capacity = 10, full_name = 'Lê Thị Hoa', branch }: { capacity?: number; full_name?: string; branch?: Branch } = {},
): Promise<SignedIn> {
  const person = await signedIn(site, { full_name, roles: ['mentor'], ...(branch ? { branch } : {}) });
  await startGuiding(site, group, person, capacity);
  return person;
}

/** Makes a mentor of somebody who has the role; in another cohort as well. @returns the row that says so */
export async function startGuiding(
  { db }: Pick<Site, 'db'>,
  { id: cohort_id }: Pick<TestCohort, 'id'>,
  { id: person_id }: { id: string },
  capacity = 10,
): Promise<string> {
  const id = newId();
  await db
    .insertInto('mentors')
    .values({ person_id, capacity })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await db.insertInto('cohort_mentors').values({ id, cohort_id, person_id }).execute();
  return id;
}

/** Straight into the database, for what only needs somebody to be there. @returns the member's id */
export async function putIn(
  { db }: Pick<Site, 'db'>,
  { id: cohort_id }: Pick<TestCohort, 'id'>,
  { id: person_id }: { id: string },
  { id: mentor_id }: { id: string },
  { daysAgo = 0 }: { daysAgo?: number } = {},
): Promise<string> {
  const id = newId();
  const joined_at = new Date(Date.now() - daysAgo * 86_400_000);
  await db.transaction().execute(async (trx) => {
    await trx.insertInto('cohort_members').values({ id, cohort_id, person_id, joined_at }).execute();
    await trx.insertInto('mentorships').values({ id: newId(), member_id: id, cohort_id, mentor_id }).execute();
  });
  return id;
}

/** Of one learner, as a hand-over does it. */
export async function handedTo({ db }: Pick<Site, 'db'>, memberId: string, to: { id: string }): Promise<void> {
  const { cohort_id } = await db
    .selectFrom('cohort_members')
    .select('cohort_id')
    .where('id', '=', memberId)
    .executeTakeFirstOrThrow();
  await db.transaction().execute(async (trx) => {
    await endMentorship(trx, memberId);
    await beginMentorship(trx, { id: cohort_id }, memberId, { mentorId: to.id, reasons: [] });
  });
}

/** Somebody waits to join. */
export async function cohortRequest(
  { db }: Pick<Site, 'db'>,
  { id: cohort_id }: Pick<TestCohort, 'id'>,
  { id: person_id }: { id: string },
): Promise<void> {
  await db
    .insertInto('join_requests')
    .columns(['id', 'cohort_id', 'person_id', 'join_code_id'])
    .expression(({ selectFrom, val }) =>
      selectFrom('join_codes')
        .where('cohort_id', '=', cohort_id)
        .select([val(newId()).as('id'), 'cohort_id', val(person_id).as('person_id'), 'join_codes.id as join_code_id']),
    )
    .execute();
}

/** A proposal for whoever waits, which nobody has taken over yet. @returns its id */
export async function proposal(
  { db }: Pick<Site, 'db'>,
  { id: cohort_id }: Pick<TestCohort, 'id'>,
  { id: created_by_id }: { id: string },
): Promise<string> {
  const id = newId();
  await db.insertInto('cohort_placements').values({ id, cohort_id, created_by_id, pairs: '[]', total: 0 }).execute();
  return id;
}

/** Asked some hours ago, to be answered within a day. @returns its id */
export async function helpRequest(
  { db }: Pick<Site, 'db'>,
  memberId: string,
  { hoursAgo = 1, words = 'Nút này ở đâu?' }: { hoursAgo?: number; words?: string } = {},
): Promise<string> {
  const id = newId();
  const asked_at = new Date(Date.now() - hoursAgo * 3_600_000);
  const due_at = new Date(asked_at.getTime() + 24 * 3_600_000);
  await db
    .insertInto('help_requests')
    .columns(['id', 'member_id', 'person_id', 'course_id', 'item_key', 'words', 'asked_at', 'due_at'])
    .expression(({ selectFrom, val }) =>
      selectFrom('cohort_members')
        .innerJoin('cohort_courses', 'cohort_courses.cohort_id', 'cohort_members.cohort_id')
        .where('cohort_members.id', '=', memberId)
        .where('position', '=', 1)
        .select([val(id).as('id'), 'cohort_members.id as member_id', 'person_id', 'course_id'])
        .select([val('first').as('item_key'), val(words).as('words')])
        .select([val(asked_at).as('asked_at'), val(due_at).as('due_at')]),
    )
    .execute();
  return id;
}

/** The row that makes somebody a mentor of the cohort. */
export async function rowOf({ db }: Pick<Site, 'db'>, { id }: Pick<TestCohort, 'id'>, mentor: { id: string }) {
  const row = await db
    .selectFrom('cohort_mentors')
    .select('id')
    .where('cohort_id', '=', id)
    .where('person_id', '=', mentor.id)
    .where('valid_until', 'is', null)
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Somebody who has joined by the code. */
export async function joiner(site: Site, { code }: TestCohort, full_name = 'Trần Văn Út'): Promise<SignedIn> {
  const person = await signedIn(site, { full_name });
  await person.post(`/join/${code}/request`);
  return person;
}

export async function memberOf({ db }: Pick<Site, 'db'>, { id }: TestCohort, person: { id: string }) {
  return db
    .selectFrom('cohort_members')
    .leftJoin('mentorships', (join) =>
      join.onRef('mentorships.member_id', '=', 'cohort_members.id').on('mentorships.valid_until', 'is', null),
    )
    .select(['cohort_members.id', 'mentor_id'])
    .where('cohort_members.cohort_id', '=', id)
    .where('cohort_members.person_id', '=', person.id)
    .where('left_at', 'is', null)
    .executeTakeFirst();
}

/** How many each of them guides. */
export async function loads({ db }: Pick<Site, 'db'>, mentors: { id: string }[]): Promise<number[]> {
  const rows = await db
    .selectFrom('mentorships')
    .where('valid_until', 'is', null)
    .select(['mentor_id', ({ fn }) => fn.countAll<number>().as('count')])
    .groupBy('mentor_id')
    .execute();
  return mentors.map(({ id }) => rows.find(({ mentor_id }) => mentor_id === id)?.count ?? 0);
}
