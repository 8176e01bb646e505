import { type Kysely, sql, type Transaction } from 'kysely';
import { coursesFound, listedIn } from '../courses/queries.ts';
import { hasId } from '../database/by-id.ts';
import type { Database } from '../database/connection.ts';
import { thisMoment } from '../database/moment.ts';
import { type Branch, insertDeed } from '../organisations/managing/queries.ts';
import type { Language } from '../platform/i18n.ts';
import type { Cohort } from './access.ts';
import { enrolMembers, fillPlaces } from './admitting/queries.ts';
import { mostMembers } from './limits.ts';
import { lockMentors } from './mentors/queries.ts';
import type { Question } from './requests/questions.ts';

type Somebody = { id: string };

// Subqueries on a `cohorts` row of the statement around them.
export const members = sql<number>`(
  select count(*)::integer from cohort_members where cohort_id = cohorts.id and left_at is null
)`;
export const waitingToJoin = sql<number>`(
  select count(*)::integer from join_requests where cohort_id = cohorts.id and outcome is null
)`;

/** A longer list is searched. */
const mostChoices = 50;

/**
 * To choose from: what is open to everyone and has these words, what the form or the cohort has already.
 * @param chosen courses by id, in the form so far
 */
export async function listCourseChoices(
  db: Kysely<Database>,
  cohort: { id: string } | null,
  { language, q, chosen }: { language: Language; q: string; chosen: string[] },
) {
  const shown = sql.val(language);
  const found = coursesFound(db, shown, { q, limit: mostChoices + 1 }).as('found');
  const own = db
    .selectFrom('cohort_courses')
    .select('course_id')
    .where('cohort_id', '=', cohort?.id ?? null);
  const picked = db
    .selectFrom('courses')
    .select('id as course_id')
    .where(({ or }) => or(chosen.map((id) => hasId('id', id))));
  const rows = await db
    .selectFrom('courses')
    .innerJoin('course_listings', 'course_listings.course_id', 'courses.id')
    .leftJoin('cohort_courses', (join) =>
      join.onRef('cohort_courses.course_id', '=', 'courses.id').on('cohort_courses.cohort_id', '=', cohort?.id ?? null),
    )
    .where('courses.id', 'in', db.selectFrom(found).select('found.course_id').union(own).union(picked))
    .where((eb) => eb.or([eb('audience', '=', 'everyone'), eb('cohort_courses.position', 'is not', null)]))
    .where(listedIn(shown))
    .select(['courses.id', 'courses.slug', 'course_listings.title', 'cohort_courses.position'])
    .orderBy(sql`title collate "vi-x-icu"`)
    .orderBy('courses.id')
    .execute();
  return { rows, q, is_searched: q !== '' || rows.length > mostChoices };
}

export interface Description {
  name: string;
  place_code: string | null;
  starts_on: string | null;
  ends_on: string | null;
  language: string;
  seats: number | null;
  cost_note: string | null;
  is_open: boolean;
  questions: Question[];
}

/** @param id the form sent again makes no second one */
export async function insertCohort(
  trx: Transaction<Database>,
  branch: Branch,
  { id, questions, ...description }: Description & { id: string },
  courseIds: string[],
  manager: Somebody,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('cohorts')
    .values({
      id,
      organisation_id: branch.id,
      ...description,
      questions: JSON.stringify(questions),
      created_by_id: manager.id,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return;
  await setCourses(trx, { id }, courseIds);
  await insertDeed(trx, manager, 'cohort.created', { cohort: id, organisation: branch.code });
}

/** @returns false when more people are in it than there would be seats */
export async function updateCohort(
  trx: Transaction<Database>,
  cohort: Cohort,
  { questions, ...description }: Description,
  courseIds: string[],
  manager: Somebody,
): Promise<boolean> {
  await lockMentors(trx, cohort);
  const { numUpdatedRows } = await trx
    .updateTable('cohorts')
    .set({ ...description, questions: JSON.stringify(questions) })
    .where('id', '=', cohort.id)
    .where('closed_at', 'is', null)
    .where(sql<boolean>`${members} <= ${description.seats ?? mostMembers}`)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await setCourses(trx, cohort, courseIds);
  await enrolMembers(trx, cohort);
  await insertDeed(trx, manager, 'cohort.changed', { cohort: cohort.id });
  await fillPlaces(trx, cohort);
  return true;
}

async function setCourses(trx: Transaction<Database>, cohort: { id: string }, courseIds: string[]): Promise<void> {
  await trx.deleteFrom('cohort_courses').where('cohort_id', '=', cohort.id).execute();
  const rows = courseIds.map((course_id, index) => ({ cohort_id: cohort.id, course_id, position: index + 1 }));
  if (rows.length > 0) await trx.insertInto('cohort_courses').values(rows).execute();
}

/** Everybody goes, their courses stay with them; nobody is told of them any more. */
export async function closeCohort(trx: Transaction<Database>, cohort: Cohort, manager: Somebody): Promise<void> {
  // Before the rest, as somebody does who joins by one.
  await trx
    .updateTable('join_codes')
    .set({ closed_at: thisMoment })
    .where('cohort_id', '=', cohort.id)
    .where('closed_at', 'is', null)
    .execute();
  await lockMentors(trx, cohort);
  const { numUpdatedRows: members } = await trx
    .updateTable('cohort_members')
    .set({ left_at: thisMoment, mentor_reasons: null })
    .where('cohort_id', '=', cohort.id)
    .where('left_at', 'is', null)
    .executeTakeFirst();
  await trx
    .updateTable('mentorships')
    .set({ valid_until: thisMoment })
    .where('cohort_id', '=', cohort.id)
    .where('valid_until', 'is', null)
    .execute();
  await trx
    .updateTable('help_requests')
    .from('cohort_members')
    .whereRef('cohort_members.id', '=', 'help_requests.member_id')
    .where('cohort_members.cohort_id', '=', cohort.id)
    .where('help_requests.closed_at', 'is', null)
    .set({ closed_at: thisMoment })
    .execute();
  await trx
    .updateTable('join_requests')
    .set({ outcome: 'declined', decided_at: thisMoment, decided_by_id: manager.id })
    .where('cohort_id', '=', cohort.id)
    .where('outcome', 'is', null)
    .execute();
  const { numUpdatedRows } = await trx
    .updateTable('cohorts')
    .set({ closed_at: thisMoment })
    .where('id', '=', cohort.id)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  // After the cohort itself: by that one sees who guided it to its end.
  await trx
    .updateTable('cohort_mentors')
    .set({ valid_until: thisMoment })
    .where('cohort_id', '=', cohort.id)
    .where('valid_until', 'is', null)
    .execute();
  if (numUpdatedRows > 0n)
    await insertDeed(trx, manager, 'cohort.closed', { cohort: cohort.id, members: Number(members) });
}
