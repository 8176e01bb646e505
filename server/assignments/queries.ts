import { expressionBuilder, type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres';
import { v7 as newId } from 'uuid';
import { mayAsk } from '../cohorts/access.ts';
import { doneItems, readableCourses, versionRead } from '../courses/queries.ts';
import { hasId } from '../database/by-id.ts';
import type { Database } from '../database/connection.ts';
import { gathered } from '../database/prepared.ts';
import { lockEnrolment } from '../enrolments/queries.ts';
import { holdsRole } from '../organisations/access.ts';
import type { Language } from '../platform/i18n.ts';
import { getTask, getVersion } from '../versions/reading.ts';
import type { WorkFile } from './files.ts';
import { taskIn } from './task.ts';
import { uploadsReady } from './uploads/queries.ts';

type Somebody = { id: string };

/** Whoever has begun to mark has it for so long. */
export const minutesToMark = 60;

export type Claims = 'assignment_claims' | 'essay_claims';

export const isLiveIn = (claims: Claims) =>
  sql<boolean>`${sql.ref(`${claims}.claimed_at`)} > now() - make_interval(mins => ${sql.lit(minutesToMark)})`;

export const isClaimLive = isLiveIn('assignment_claims');

/** A subquery on an `assignment_submissions` row of the statement around it. */
export function filesHandedIn() {
  const eb = expressionBuilder<Database, 'assignment_submissions'>();
  return jsonArrayFrom(
    eb
      .selectFrom('assignment_files')
      .whereRef('assignment_files.submission_id', '=', 'assignment_submissions.id')
      .where('hash', 'is not', null)
      .select(['assignment_files.id', 'kind', 'name'])
      .orderBy('position'),
  );
}

/** All markings of a submission, the one that counts first; as above. */
export function markingsOf() {
  const eb = expressionBuilder<Database, 'assignment_submissions'>();
  return jsonArrayFrom(
    eb
      .selectFrom('assignment_markings')
      .leftJoin('person_details as marker', 'marker.person_id', 'assignment_markings.marked_by_id')
      .whereRef('assignment_markings.submission_id', '=', 'assignment_submissions.id')
      .select(['assignment_markings.id', 'points', 'max_points', 'passed', 'comment', 'marked_at'])
      .select('marker.full_name as marker_name')
      .select((inner) =>
        jsonArrayFrom(
          inner
            .selectFrom('assignment_marks')
            .whereRef('assignment_marks.marking_id', '=', 'assignment_markings.id')
            .select(['criterion_id', 'level', 'assignment_marks.comment']),
        ).as('marks'),
      )
      .orderBy('assignment_markings.number', 'desc'),
  );
}

const assignmentByKey = gathered({ person: 'uuid', slug: 'text', key: 'text' }, (db, { person, slug, key }) =>
  readableCourses(db, person)
    .innerJoin('items', (join) => join.on('items.version_id', '=', versionRead))
    .where('courses.slug', '=', slug)
    .where('items.key', '=', key)
    .where('items.kind', '=', 'assignment')
    .select(['courses.slug', 'enrolments.id as enrolment_id', 'items.id', 'items.version_id'])
    .select(mayAsk(person).as('has_mentor'))
    .select(sql<boolean>`items.id = any(${doneItems})`.as('is_done'))
    .select(uploadsReady().as('uploads'))
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('assignment_submissions')
          .whereRef('assignment_submissions.enrolment_id', '=', 'enrolments.id')
          .whereRef('assignment_submissions.item_id', '=', 'items.id')
          .select(['assignment_submissions.id', 'assignment_submissions.number', 'words', 'link', 'submitted_at'])
          .select([filesHandedIn().as('files'), markingsOf().as('markings')])
          .select((inner) =>
            jsonObjectFrom(
              inner
                .selectFrom('assignment_claims')
                .leftJoin('person_details as claimer', 'claimer.person_id', 'assignment_claims.claimed_by_id')
                .whereRef('assignment_claims.submission_id', '=', 'assignment_submissions.id')
                .where(isClaimLive)
                .select(['claimer.full_name', 'claimed_at']),
            ).as('claim'),
          )
          .orderBy('assignment_submissions.number', 'desc'),
      ).as('submissions'),
    ),
);

/** An assignment of a course that the person may see, with what they have handed in, newest first. */
export async function findAssignment(
  db: Kysely<Database>,
  person: Somebody,
  slug: string,
  key: string,
  language: Language,
) {
  const found = await assignmentByKey(db, { person: person.id, slug, key });
  if (found === undefined) return undefined;
  const version = await getVersion(db, found.version_id, language);
  const item = version.items.find(({ id }) => id === found.id);
  if (item === undefined) return undefined;
  return {
    ...item,
    ...found,
    person_id: person.id,
    course_title: version.title,
    task: taskIn(await getTask(db, found), version.language),
  };
}

export type Assignment = NonNullable<Awaited<ReturnType<typeof findAssignment>>>;
export type Try = Assignment['submissions'][number];

/** A file by the hash under which it is kept. */
export type KeptFile = Pick<WorkFile, 'kind' | 'name'> & { hash: string };

export interface NewSubmission {
  id: string;
  words: string | null;
  link: string | null;
  files: KeptFile[];
}

/** More that nobody has looked at are no tries any more. */
const mostUnmarked = 5;

/** @param submission its id comes from the form: sent twice, it is one */
export async function insertSubmission(
  trx: Transaction<Database>,
  assignment: Assignment & { enrolment_id: string },
  { id, words, link, files }: NewSubmission,
): Promise<'saved' | 'passed' | 'claimed' | 'many'> {
  const { enrolment_id, person_id, id: item_id } = assignment;
  await lockEnrolment(trx, enrolment_id);
  const before = await trx
    .selectFrom('assignment_submissions')
    .leftJoin('assignment_markings as marking', (join) =>
      join.onRef('marking.submission_id', '=', 'assignment_submissions.id').on('marking.number', '=', 1),
    )
    .leftJoin('assignment_claims', 'assignment_claims.submission_id', 'assignment_submissions.id')
    .where('enrolment_id', '=', enrolment_id)
    .where('item_id', '=', item_id)
    .select(['assignment_submissions.id', 'assignment_submissions.number', 'marking.id as marking_id'])
    .select(sql<boolean>`coalesce(${isClaimLive}, false)`.as('is_claimed'))
    .orderBy('assignment_submissions.number', 'desc')
    .execute();
  if (before.some((one) => one.id === id)) return 'saved';
  if (await isDone(trx, { person_id, enrolment_id, item_id })) return 'passed';
  const [last] = before;
  if (last?.is_claimed && last.marking_id === null) return 'claimed';
  const unmarked = before.findIndex(({ marking_id }) => marking_id !== null);
  if ((unmarked === -1 ? before.length : unmarked) >= mostUnmarked) return 'many';

  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('assignment_submissions')
    .values({ id, person_id, enrolment_id, item_id, number: (last?.number ?? 0) + 1, words, link })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 1n && files.length > 0) {
    const rows = files.map((file, index) => ({
      ...{ id: newId(), submission_id: id, person_id, position: index + 1 },
      ...file,
    }));
    await trx.insertInto('assignment_files').values(rows).execute();
  }
  return 'saved';
}

async function isDone(
  trx: Transaction<Database>,
  { person_id, enrolment_id, item_id }: { person_id: string; enrolment_id: string; item_id: string },
): Promise<boolean> {
  const row = await trx
    .selectFrom('completions')
    .select('item_id')
    .where('person_id', '=', person_id)
    .where('enrolment_id', '=', enrolment_id)
    .where('item_id', '=', item_id)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Whether somebody may mark what the row of `assignment_submissions` around it holds: a mentor of a cohort in which its person learns that
 * course, or a manager there; nobody their own.
 */
function mayMark(reader: Somebody): RawBuilder<boolean> {
  return sql<boolean>`(assignment_submissions.person_id <> ${reader.id} and exists (
    select from enrolments
    where enrolments.id = assignment_submissions.enrolment_id and exists (select from ${markedIn(reader)})
  ))`;
}

/** The cohorts through which they may mark what the `enrolments` row of the statement around it has: to follow `from`. */
export function markedIn(reader: Somebody): RawBuilder<unknown> {
  return sql`cohort_courses
    join cohort_members on cohort_members.cohort_id = cohort_courses.cohort_id and cohort_members.left_at is null
    join cohorts on cohorts.id = cohort_members.cohort_id
    join organisations on organisations.id = cohorts.organisation_id
    where cohort_courses.course_id = enrolments.course_id and cohort_members.person_id = enrolments.person_id and (
      ${holdsRole(reader, ['manager'], sql.ref('organisations.path'))}
      or exists (
        select from cohort_mentors
        where cohort_mentors.cohort_id = cohorts.id and cohort_mentors.person_id = ${reader.id} and valid_until is null
      ) and ${holdsRole(reader, ['mentor'], sql.ref('organisations.path'))}
    )`;
}

/** A file that somebody handed in, for them and for who may mark it. */
export async function findFile(db: Kysely<Database>, reader: Somebody, submissionId: string, fileId: string) {
  return db
    .selectFrom('assignment_files')
    .innerJoin('assignment_submissions', 'assignment_submissions.id', 'assignment_files.submission_id')
    .innerJoin('files', 'files.hash', 'assignment_files.hash')
    .where(hasId('assignment_submissions.id', submissionId))
    .where(hasId('assignment_files.id', fileId))
    .where(({ or, eb }) => or([eb('assignment_submissions.person_id', '=', reader.id), mayMark(reader)]))
    .select(['assignment_files.kind', 'assignment_files.name', 'files.hash', 'files.media_type'])
    .executeTakeFirst();
}
