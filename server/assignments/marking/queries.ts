import type { Kysely, Transaction } from 'kysely';
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
import { submissionsIn } from '../waiting/queries.ts';
import type { MarkingFields } from './forms.ts';

type Somebody = { id: string };

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
  await letGo(trx, 'assignment_claims', submission, mentor);
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
