import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { jsonObjectFrom } from 'kysely/helpers/postgres';
import { issueWhenComplete } from '../../certificates/issuing.ts';
import type { Cohort } from '../../cohorts/access.ts';
import type { Config } from '../../config.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { complete, lockEnrolment } from '../../enrolments/queries.ts';
import { orNotFound } from '../../platform/errors.ts';
import { letGo } from '../claims/queries.ts';
import { filesHandedIn, isClaimLive, markingsOf } from '../queries.ts';
import type { MarkingFields } from './forms.ts';

type Somebody = { id: string };

const pageSize = 30;

/** What the members of a cohort have handed in, in its courses; nobody marks their own. */
function submissionsIn(db: Kysely<Database>, cohort: { id: string }, reader: Somebody) {
  return db
    .selectFrom('cohort_members')
    .innerJoin('cohort_courses', 'cohort_courses.cohort_id', 'cohort_members.cohort_id')
    .innerJoin('enrolments', (join) =>
      join
        .onRef('enrolments.course_id', '=', 'cohort_courses.course_id')
        .onRef('enrolments.person_id', '=', 'cohort_members.person_id')
        .on('enrolments.ended_at', 'is', null),
    )
    .innerJoin('assignment_submissions', (join) =>
      join
        .onRef('assignment_submissions.enrolment_id', '=', 'enrolments.id')
        .onRef('assignment_submissions.person_id', '=', 'enrolments.person_id'),
    )
    .leftJoin('person_details as learner', 'learner.person_id', 'cohort_members.person_id')
    .where('cohort_members.cohort_id', '=', cohort.id)
    .where('cohort_members.left_at', 'is', null)
    .where('cohort_members.person_id', '<>', reader.id);
}

/** The newest of an assignment, which nobody has marked; where the assignment is not passed already. */
const waits = sql<boolean>`not exists (
  select from assignment_submissions as newer
  where newer.person_id = assignment_submissions.person_id and newer.item_id = assignment_submissions.item_id
    and newer.enrolment_id = assignment_submissions.enrolment_id and newer.number > assignment_submissions.number
) and not exists (
  select from assignment_markings where assignment_markings.submission_id = assignment_submissions.id
) and not exists (
  select from completions
  where completions.person_id = assignment_submissions.person_id
    and completions.enrolment_id = assignment_submissions.enrolment_id
    and completions.item_id = assignment_submissions.item_id
)`;

const titles = sql<Record<string, string>>`(
  select json_object_agg(language, title) from item_texts where item_texts.item_id = assignment_submissions.item_id
)`;

/** Whoever has waited longest first. */
export async function listWaiting(db: Kysely<Database>, cohort: Cohort, reader: Somebody, page: number) {
  const rows = await submissionsIn(db, cohort, reader)
    .leftJoin('assignment_claims', (join) =>
      join.onRef('assignment_claims.submission_id', '=', 'assignment_submissions.id').on(isClaimLive),
    )
    .leftJoin('person_details as claimer', 'claimer.person_id', 'assignment_claims.claimed_by_id')
    .where(waits)
    .select(['assignment_submissions.id', 'assignment_submissions.number', 'submitted_at', 'learner.full_name'])
    .select([titles.as('titles'), 'claimed_at', 'claimer.full_name as claimer_name'])
    .select(sql<number>`count(*) over ()`.as('total'))
    .orderBy('submitted_at')
    .orderBy('assignment_submissions.id')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  const total = rows[0]?.total ?? 0;
  return { rows, total, pages: Math.ceil(total / pageSize) };
}

/** To look at again, or to correct. */
export async function listMarkedLately(db: Kysely<Database>, cohort: Cohort, reader: Somebody) {
  return submissionsIn(db, cohort, reader)
    .innerJoin('assignment_markings', 'assignment_markings.submission_id', 'assignment_submissions.id')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('assignment_markings as newer')
            .whereRef('newer.supersedes_id', '=', 'assignment_markings.id')
            .select('newer.id'),
        ),
      ),
    )
    .select(['assignment_submissions.id', 'learner.full_name', 'marked_at', 'passed', titles.as('titles')])
    .orderBy('marked_at', 'desc')
    .orderBy('assignment_submissions.id')
    .limit(10)
    .execute();
}

/** The assignments that wait to be marked. A subquery on an `enrolments` row of the statement around it. */
export const waitingItems = sql<string[]>`(
  select coalesce(json_agg(item_id), '[]') from assignment_submissions
  where assignment_submissions.enrolment_id = enrolments.id and assignment_submissions.person_id = enrolments.person_id and ${waits}
)`;

/** How many wait in a cohort; null where its courses have no such work. A subquery on a `cohorts` row of the statement around it. */
export function countWaiting(reader: Somebody): RawBuilder<number | null> {
  return sql<number | null>`(
    select case when exists (
      select from cohort_courses join courses on courses.id = cohort_courses.course_id
      join items on items.version_id = courses.current_version_id
      where cohort_courses.cohort_id = cohorts.id and items.kind = 'assignment'
    ) or count(*) > 0 then count(*)::integer end
    from cohort_members
    join cohort_courses on cohort_courses.cohort_id = cohort_members.cohort_id
    join enrolments on enrolments.course_id = cohort_courses.course_id
      and enrolments.person_id = cohort_members.person_id and enrolments.ended_at is null
    join assignment_submissions on assignment_submissions.enrolment_id = enrolments.id
      and assignment_submissions.person_id = enrolments.person_id
    where cohort_members.cohort_id = cohorts.id and cohort_members.left_at is null
      and cohort_members.person_id <> ${reader.id} and ${waits}
  )`;
}

/** @throws NotFound for what is nobody's of this cohort */
export async function getSubmission(db: Kysely<Database>, cohort: Cohort, reader: Somebody, id: string) {
  const submission = await submissionsIn(db, cohort, reader)
    .where(hasId('assignment_submissions.id', id))
    .select(['assignment_submissions.id', 'assignment_submissions.number', 'words', 'link', 'submitted_at'])
    .select([
      'assignment_submissions.item_id',
      'assignment_submissions.enrolment_id',
      'assignment_submissions.person_id',
    ])
    .select(['learner.full_name', 'cohort_members.id as member_id'])
    .select([filesHandedIn().as('files'), markingsOf().as('markings')])
    .select((eb) => [
      jsonObjectFrom(
        eb
          .selectFrom('assignment_claims')
          .leftJoin('person_details as claimer', 'claimer.person_id', 'claimed_by_id')
          .whereRef('assignment_claims.submission_id', '=', 'assignment_submissions.id')
          .select(['claimed_by_id', 'claimed_at', 'claimer.full_name', isClaimLive.as('is_live')])
          .select((inner) => inner('claimed_by_id', '=', reader.id).$castTo<boolean>().as('is_own')),
      ).as('claim'),
      eb
        .selectFrom('assignment_submissions as newer')
        .whereRef('newer.enrolment_id', '=', 'assignment_submissions.enrolment_id')
        .whereRef('newer.item_id', '=', 'assignment_submissions.item_id')
        .whereRef('newer.number', '>', 'assignment_submissions.number')
        .select('newer.id')
        .orderBy('newer.number', 'desc')
        .limit(1)
        .as('newer_id'),
    ])
    .executeTakeFirst();
  return orNotFound(submission);
}

export type Submission = Awaited<ReturnType<typeof getSubmission>>;

interface NewMarking extends MarkingFields {
  /** Out of the form: sent twice, it is one marking. */
  id: string;
  /** The one that counted when the page was drawn; null: there was none. */
  supersedes_id: string | null;
}

/** Records, completes and certifies in one transaction. Who marks has it, and has seen what counts now. */
export async function insertMarking(
  trx: Transaction<Database>,
  submission: Submission,
  { marks, ...marking }: NewMarking,
  mentor: Somebody,
  config: Pick<Config, 'publicUrl'>,
): Promise<'recorded' | 'claim_lost' | 'marked_meanwhile' | 'newer'> {
  const { id: submission_id, enrolment_id, person_id, item_id } = submission;
  await lockEnrolment(trx, enrolment_id);
  const before = await trx
    .selectFrom('assignment_markings')
    .where('submission_id', '=', submission_id)
    .select(['id', 'number'])
    .orderBy('number', 'desc')
    .execute();
  if (before.some(({ id }) => id === marking.id)) return 'recorded';
  const held = await trx
    .selectFrom('assignment_claims')
    .where('submission_id', '=', submission_id)
    .select('claimed_by_id')
    .forUpdate()
    .executeTakeFirst();
  if (held?.claimed_by_id !== mentor.id)
    return before[0]?.id === marking.supersedes_id ? 'claim_lost' : 'marked_meanwhile';
  if ((before[0]?.id ?? null) !== marking.supersedes_id) return 'marked_meanwhile';
  if (before.length === 0 && (await hasNewer(trx, submission))) return 'newer';

  await trx
    .insertInto('assignment_markings')
    .values({ ...marking, submission_id, person_id, number: before.length + 1, marked_by_id: mentor.id })
    .execute();
  const rows = marks.map((mark) => ({ ...mark, marking_id: marking.id, person_id }));
  if (rows.length > 0) await trx.insertInto('assignment_marks').values(rows).execute();
  await letGo(trx, submission, mentor);
  if (!marking.passed) return 'recorded';
  const enrolment = { id: enrolment_id, person_id };
  await complete(trx, enrolment, { id: item_id }, 'passed');
  await issueWhenComplete(trx, enrolment, config);
  return 'recorded';
}

async function hasNewer(
  trx: Transaction<Database>,
  { id, enrolment_id, item_id, number }: Submission,
): Promise<boolean> {
  const row = await trx
    .selectFrom('assignment_submissions')
    .select('id')
    .where('enrolment_id', '=', enrolment_id)
    .where('item_id', '=', item_id)
    .where('number', '>', number)
    .where('id', '<>', id)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
