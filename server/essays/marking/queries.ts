import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { letGo } from '../../assignments/claims/queries.ts';
import { isLiveIn, markedIn } from '../../assignments/queries.ts';
import { type Marking, markAttempt } from '../../attempts/marking.ts';
import { insertMarking, shareKey } from '../../attempts/markings/queries.ts';
import { type Attempt, findAttempt } from '../../attempts/queries.ts';
import { issueWhenComplete } from '../../certificates/issuing.ts';
import type { Config } from '../../config.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { complete, lockEnrolment } from '../../enrolments/queries.ts';
import { holdsRole } from '../../organisations/access.ts';
import { orNotFound } from '../../platform/errors.ts';
import type { Language } from '../../platform/i18n.ts';
import { guidedIn } from '../../sign-offs/queries.ts';
import { attemptsToMark, type EssayMark } from '../queries.ts';

type Somebody = { id: string };

/** An attempt with essays, for who may mark them. Times as ISO text out of nested rows. */
export interface EssaySubmission {
  id: string;
  number: number;
  person_id: string;
  enrolment_id: string;
  item_id: string;
  slug: string;
  submitted_at: Date;
  full_name: string | null;
  /** All that was given for it, what counts first. */
  markings: {
    id: string;
    marked_at: string;
    marker_name: string | null;
    marks: EssayMark[];
    points: number;
    max_points: number;
    passed: boolean;
  }[];
  claim: {
    claimed_by_id: string;
    claimed_at: string;
    full_name: string | null;
    is_live: boolean;
    is_own: boolean;
  } | null;
  /** Where the reader knows the learner from; null for the provider's people. */
  cohort: { id: string; name: string } | null;
}

/** @throws NotFound for who may not mark it: all but mentors and managers of their cohorts, and the provider's people as with sign-offs */
export async function getEssays(db: Kysely<Database>, reader: Somebody, id: string): Promise<EssaySubmission> {
  const { rows } = await sql<EssaySubmission>`
    select attempts.id, attempts.number, attempts.person_id, attempts.enrolment_id, attempts.item_id, courses.slug,
      submitted_at, learner.full_name, ${markingLog} as markings, ${claimFor(reader)} as claim,
      (
        select json_build_object('id', cohorts.id, 'name', cohorts.name) from ${markedIn(reader)}
        order by cohort_members.joined_at desc limit 1
      ) as cohort
    from attempts
    join submissions on submissions.attempt_id = attempts.id
    join enrolments on enrolments.id = attempts.enrolment_id and ended_at is null
    join courses on courses.id = enrolments.course_id
    join course_versions on course_versions.id = enrolments.version_id
    join organisations as provider on provider.id = course_versions.provider_id
    left join person_details as learner on learner.person_id = attempts.person_id
    where ${hasId('attempts.id', id)} and attempts.person_id <> ${reader.id}
      and (
        exists (select from unmarked_essays where unmarked_essays.attempt_id = attempts.id)
        or exists (select from essay_markings where essay_markings.attempt_id = attempts.id)
      )
      and (exists (select from ${markedIn(reader)}) or ${ofProvider(reader)})
  `.execute(db);
  return orNotFound(rows[0]);
}

/** As with sign-offs: the provider's managers, and its mentors for who has none. On joined rows of `enrolments` and `provider`. */
function ofProvider(reader: Somebody): RawBuilder<boolean> {
  return sql<boolean>`(
    ${holdsRole(reader, ['manager'], sql.ref('provider.path'))}
    or ${holdsRole(reader, ['mentor'], sql.ref('provider.path'))} and not exists (select from ${guidedIn})
  )`;
}

const markingLog = sql`(
  select coalesce(json_agg(json_build_object(
    'id', essay_markings.id, 'marked_at', essay_markings.marked_at, 'marker_name', marker.full_name,
    'points', whole.points, 'max_points', whole.max_points, 'passed', whole.passed,
    'marks', (
      select coalesce(json_agg(json_build_object('question_id', question_id, 'points', essay_marks.points, 'comment', comment)), '[]')
      from essay_marks where marking_id = essay_markings.id
    )
  ) order by essay_markings.number desc), '[]')
  from essay_markings
  join markings as whole on whole.attempt_id = essay_markings.attempt_id and whole.number = essay_markings.marking_number
  left join person_details as marker on marker.person_id = essay_markings.marked_by_id
  where essay_markings.attempt_id = attempts.id
)`;

function claimFor(reader: Somebody): RawBuilder<unknown> {
  return sql`(
    select json_build_object(
      'claimed_by_id', claimed_by_id, 'claimed_at', claimed_at, 'full_name', claimer.full_name,
      'is_live', ${isLiveIn('essay_claims')}, 'is_own', claimed_by_id = ${reader.id}
    )
    from essay_claims left join person_details as claimer on claimer.person_id = claimed_by_id
    where submission_id = attempts.id
  )`;
}

const pageSize = 30;

interface WaitingEssays {
  id: string;
  full_name: string | null;
  submitted_at: Date;
  titles: Record<string, string>;
  claimed_at: Date | null;
  claimer_name: string | null;
  total: number;
}

/** What waits in courses of providers whose person the reader is, of learners whom nobody guides; who has waited longest first. */
export async function listUnguided(db: Kysely<Database>, reader: Somebody, page: number) {
  const { rows } = await sql<WaitingEssays>`
    select attempts.id, learner.full_name, submitted_at, claimed_at, claimer.full_name as claimer_name,
      (select json_object_agg(language, title) from item_texts where item_texts.item_id = attempts.item_id) as titles,
      count(*) over () as total
    from ${attemptsToMark}
    join enrolments on enrolments.id = attempts.enrolment_id and ended_at is null
    join course_versions on course_versions.id = enrolments.version_id
    join organisations as provider on provider.id = course_versions.provider_id
    left join person_details as learner on learner.person_id = attempts.person_id
    left join essay_claims on essay_claims.submission_id = attempts.id and ${isLiveIn('essay_claims')}
    left join person_details as claimer on claimer.person_id = claimed_by_id
    where attempts.person_id <> ${reader.id} and ${holdsRole(reader, ['mentor', 'manager'], sql.ref('provider.path'))}
      and not exists (select from ${guidedIn})
    order by submitted_at, attempts.id
    limit ${pageSize} offset ${(page - 1) * pageSize}
  `.execute(db);
  const total = rows[0]?.total ?? 0;
  return { rows, total, pages: Math.ceil(total / pageSize) };
}

interface NewMarking {
  /** Out of the form: sent twice, it is one marking. */
  id: string;
  /** The one that counted when the page was drawn; null: there was none. */
  supersedes_id: string | null;
  marks: EssayMark[];
}

/** Records, marks the whole attempt, completes and certifies in one transaction. Who marks has it, and has seen what counts now. */
export async function insertEssayMarking(
  trx: Transaction<Database>,
  { id: attempt_id, person_id, enrolment_id, item_id }: EssaySubmission,
  { id, supersedes_id, marks }: NewMarking,
  mentor: Somebody,
  { config, language }: { config: Pick<Config, 'publicUrl'>; language: Language },
): Promise<'recorded' | 'claim_lost' | 'marked_meanwhile'> {
  await lockEnrolment(trx, enrolment_id);
  const before = await trx
    .selectFrom('essay_markings')
    .where('attempt_id', '=', attempt_id)
    .select('id')
    .orderBy('number', 'desc')
    .execute();
  if (before.some((one) => one.id === id)) return 'recorded';
  const held = await trx
    .selectFrom('essay_claims')
    .where('submission_id', '=', attempt_id)
    .select('claimed_by_id')
    .forUpdate()
    .executeTakeFirst();
  if ((before[0]?.id ?? null) !== supersedes_id) return 'marked_meanwhile';
  if (held?.claimed_by_id !== mentor.id) return 'claim_lost';

  await shareKey(trx, { id: item_id });
  const attempt = orNotFound(await findAttempt(trx, { id: person_id }, attempt_id, language));
  const questions = attempt.questions.map((question) => ({
    ...question,
    essay_mark: marks.find(({ question_id }) => question_id === question.id) ?? question.essay_mark,
  }));
  const whole = markAttempt({ ...attempt, questions });
  const marking_number = await insertWhole(trx, attempt, whole);
  await trx
    .insertInto('essay_markings')
    .values({
      ...{ id, attempt_id, person_id, number: before.length + 1, supersedes_id, marking_number },
      marked_by_id: mentor.id,
    })
    .execute();
  await trx
    .insertInto('essay_marks')
    .values(marks.map((mark) => ({ ...mark, marking_id: id, person_id })))
    .execute();
  await trx.deleteFrom('unmarked_essays').where('attempt_id', '=', attempt_id).execute();
  await letGo(trx, 'essay_claims', { id: attempt_id }, mentor);
  if (!whole.passed) return 'recorded';
  const enrolment = { id: enrolment_id, person_id };
  await complete(trx, enrolment, { id: item_id }, 'passed');
  await issueWhenComplete(trx, enrolment, config);
  return 'recorded';
}

/** A corrected key may have marked it before: the highest number counts. */
async function insertWhole(trx: Transaction<Database>, { id, key_number }: Attempt, whole: Marking): Promise<number> {
  const { last } = await trx
    .selectFrom('markings')
    .where('attempt_id', '=', id)
    .select(({ fn }) => fn.max('number').as('last'))
    .executeTakeFirstOrThrow();
  const number = (last ?? 0) + 1;
  await insertMarking(trx, { id }, whole, { number, key_number, correction_id: null });
  return number;
}
