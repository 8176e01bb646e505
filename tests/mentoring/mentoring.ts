import { v7 as newId } from 'uuid';
import { cohort, mentor, putIn, type TestCohort } from '../cohorts/cohorts.ts';
import type { TestApp } from '../support/app.ts';
import { learner } from '../support/learners.ts';
import { organisation } from '../support/organisations.ts';
import { signedIn } from '../support/people.ts';

type Site = Pick<TestApp, 'app' | 'db'>;

/** A cohort of a branch of its own, its mentor, its manager, and somebody who learns there. */
export async function guidedGroup(site: Site, { full_name = 'Lê Thị Hoa' }: { full_name?: string } = {}) {
  const branch = await organisation(site, `to${newId().slice(-8)}`);
  // So that a second mentor may begin.
  await site.db.insertInto('cohort_settings').values({ organisation_id: branch.id, minimum_mentees: 1 }).execute();
  const group = await cohort(site, { branch });
  const hoa = await mentor(site, group, { full_name, branch });
  const manager = await signedIn(site, { full_name: 'Trần Văn Quản', roles: ['manager'], branch });
  const lan = await learner(site, { full_name: 'Nguyễn Thị Lan' });
  const member = await putIn(site, group, lan, hoa, { daysAgo: 40 });
  const home = `/cohorts/${group.id}`;
  return { branch, group, hoa, manager, lan, member, home, facts: `/mentoring/${hoa.id}/cohorts/${group.id}` };
}

/** A talk, straight into the database. @returns the entry's id */
export async function talk(
  { db }: Site,
  member_id: string,
  author: { id: string },
  fields: Partial<{ met_on: string; minutes: number | null; channel: string }> = {},
): Promise<string> {
  const entry_id = newId();
  const { person_id } = await db
    .selectFrom('cohort_members')
    .select('person_id')
    .where('id', '=', member_id)
    .executeTakeFirstOrThrow();
  const row = { entry_id, revision: 0, member_id, person_id, author_id: author.id, is_private: true };
  await db
    .insertInto('check_ins')
    .values({ ...row, channel: 'call', met_on: '2026-01-15', private_note: 'Chuyện kín', ...fields })
    .execute();
  return entry_id;
}

/** As the mentor says of themselves, of a meeting that has begun. */
export async function wasThere(
  { db }: Site,
  { id: cohort_id }: Pick<TestCohort, 'id'>,
  meeting_id: string,
  { id: person_id }: { id: string },
): Promise<void> {
  await db.insertInto('meeting_mentors').values({ meeting_id, cohort_id, person_id, was_there: true }).execute();
}

/** Somebody waits to mentor the small course. @returns the offer's id */
export async function mentoringOffer(
  { db }: Pick<Site, 'db'>,
  { id: person_id }: { id: string },
  { id: organisation_id }: { id: string },
): Promise<string> {
  const id = newId();
  const course = await db.selectFrom('courses').select('id').where('slug', '=', 'small').executeTakeFirstOrThrow();
  await db.insertInto('mentoring_offers').values({ id, person_id, organisation_id, course_id: course.id }).execute();
  return id;
}

/** Somebody at home, straight into the database. @returns their id */
export async function householdMember(
  { db }: Pick<Site, 'db'>,
  { id: person_id }: { id: string },
  name = 'Bà ngoại',
): Promise<string> {
  const id = newId();
  await db.insertInto('household_members').values({ id, person_id, name }).execute();
  return id;
}
