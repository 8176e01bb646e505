import { expressionBuilder, type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres';
import { mayAskIn } from '../../cohorts/access.ts';
import type { Database } from '../../database/connection.ts';
import { type Placeholders, prepared } from '../../database/prepared.ts';
import { isMarkedAgain, keyLock } from '../../key-corrections/queries.ts';
import type { Marking } from '../marking.ts';
import { type Attempt, isAtQuiz } from '../queries.ts';

// The lock is shared by all who hand in and waits for whoever corrects a key: what is read after it knows the correction, and what was read
// before is there when marking again begins.
const moveToSubmissions = prepared((db, { id }: Placeholders<{ id: string }>) =>
  db
    .with('closed', (cte) =>
      cte
        .deleteFrom('open_attempts')
        .where('attempt_id', '=', id)
        .returning(['attempt_id', 'ends_at'])
        .returning(sql`pg_advisory_xact_lock_shared(${keyLock(sql.ref('item_id'))})`.as('held')),
    )
    .insertInto('submissions')
    .columns(['attempt_id', 'submitted_at'])
    // Whoever hands in what is over, and when: it was over when its time was.
    .expression((eb) => eb.selectFrom('closed').select(['attempt_id', sql<Date>`least(now(), ends_at)`.as('at')]))
    .returning('submitted_at'),
);

/** Closes the attempt. @returns since when it is handed in; null when it was closed before */
export async function closeAttempt(trx: Transaction<Database>, attempt: { id: string }): Promise<Date | null> {
  const [closed] = await moveToSubmissions(trx, attempt);
  return closed?.submitted_at ?? null;
}

/** What a marking by a person shares with handing in: a correction that it does not know waits until it is there to be marked again. */
export async function shareKey(trx: Transaction<Database>, item: { id: string }): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(${keyLock(sql`${item.id}`)})`.execute(trx);
}

export interface MarkingPlace {
  number: number;
  /** How many corrections of its quiz it knew. */
  key_number: number;
  /** Null: it came of handing in, or of somebody who marked essays. */
  correction_id: string | null;
}

type NewMarking = Placeholders<
  MarkingPlace & { id: string; points: number; max_points: number; passed: boolean; marks: string }
>;

const markingOfAttempt = prepared((db, values: NewMarking) => {
  const { id, number, key_number, correction_id, points, max_points, passed, marks } = values;
  const cause = sql<string>`case when ${correction_id}::uuid is null then 'submission' else 'correction' end`;
  return db
    .with('marking', (cte) =>
      cte
        .insertInto('markings')
        .values({ attempt_id: id, number, key_number, correction_id, cause, points, max_points, passed })
        .returning(['attempt_id', 'number']),
    )
    .insertInto('marks')
    .columns(['attempt_id', 'marking_number', 'question_id', 'points'])
    .expression((eb) =>
      eb
        .selectFrom([
          'marking',
          sql<{ question_id: string; points: number }>`jsonb_to_recordset(${marks}::jsonb)`.as<'mark'>(
            sql`mark (question_id uuid, points numeric)`,
          ),
        ])
        .select(['marking.attempt_id', 'marking.number', 'mark.question_id', 'mark.points']),
    );
});

/** From now on they are on the lists of those who mark. */
export async function askToMark(trx: Transaction<Database>, attempt: { id: string }): Promise<void> {
  await trx.insertInto('unmarked_essays').values({ attempt_id: attempt.id }).execute();
}

export async function insertMarking(
  trx: Transaction<Database>,
  attempt: { id: string },
  { marks, ...totals }: Marking,
  place: MarkingPlace,
): Promise<void> {
  await markingOfAttempt(trx, { id: attempt.id, ...totals, ...place, marks: JSON.stringify(marks) });
}

/**
 * The newest marking of an attempt, null while its essays wait; what it was before keys were corrected; and how often its learner tried this
 * quiz so far, in whichever version.
 */
export async function getMarking(db: Kysely<Database>, attempt: Pick<Attempt, 'id' | 'enrolment_id' | 'item_id'>) {
  return db
    .selectFrom('submissions')
    .leftJoin('markings', 'markings.attempt_id', 'submissions.attempt_id')
    .where('submissions.attempt_id', '=', attempt.id)
    .select(['number', 'points', 'max_points', 'passed', 'marked_at'])
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('marks')
          .whereRef('marks.attempt_id', '=', 'markings.attempt_id')
          .whereRef('marks.marking_number', '=', 'markings.number')
          .select(['question_id', 'marks.points']),
      ).as('marks'),
      jsonObjectFrom(
        eb
          .selectFrom('markings as before')
          .where('before.attempt_id', '=', attempt.id)
          .where('before.correction_id', 'is', null)
          .where('markings.correction_id', 'is not', null)
          .select(({ ref }) => [
            ref('before.points').$notNull().as('points'),
            ref('before.max_points').$notNull().as('max_points'),
          ])
          .orderBy('before.number', 'desc')
          .limit(1),
      ).as('original'),
      isMarkedAgain(sql`${attempt.item_id}::uuid`).as('is_marked_again'),
    ])
    .select((eb) =>
      jsonObjectFrom(
        eb
          .selectFrom('attempts')
          .where('attempts.enrolment_id', '=', attempt.enrolment_id)
          .where(isAtQuiz(sql`${attempt.item_id}::uuid`))
          // A pass stays when somebody marks an essay anew; only a correction takes it.
          .leftJoin('markings as standing', (join) =>
            join.onRef('standing.attempt_id', '=', 'attempts.id').on(
              sql<boolean>`not exists (
                select from markings as newer
                where newer.attempt_id = standing.attempt_id and newer.number > standing.number and newer.cause = 'correction'
              )`,
            ),
          )
          .select((inner) => [
            inner.fn.count<number>('attempts.id').distinct().as('used'),
            inner.fn.coalesce(inner.fn.agg<boolean>('bool_or', ['standing.passed']), sql<boolean>`false`).as('passed'),
          ]),
      )
        .$notNull()
        .as('tries'),
    )
    .select((eb) =>
      eb
        .selectFrom('certificates')
        .where('enrolment_id', '=', attempt.enrolment_id)
        .where('successor_id', 'is', null)
        .select('code')
        .as('certificate_code'),
    )
    .select(mayAskIn(attempt.enrolment_id).as('may_ask'))
    .select(scoreBefore(attempt).as('before'))
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
}

/** What the same learner had before the lessons, where this is the test after them; null where they skipped that. */
function scoreBefore({ enrolment_id, item_id }: Pick<Attempt, 'enrolment_id' | 'item_id'>) {
  return sql<{ points: number; max_points: number } | null>`(
    select json_build_object('points', newest.points, 'max_points', newest.max_points)
    from attempts join items on items.id = attempts.item_id and items.quiz ->> 'role' = 'pre-test'
    join lateral (
      select points, max_points from markings where attempt_id = attempts.id order by number desc limit 1
    ) as newest on true
    where attempts.enrolment_id = ${enrolment_id}
      and (select after.quiz ->> 'role' from items as after where after.id = ${item_id}) = 'post-test'
    order by attempts.number limit 1
  )`;
}

/** The marking of an `attempts` row that counts: for a lateral join. */
export function newestMarking() {
  const eb = expressionBuilder<Database, 'attempts'>();
  return eb
    .selectFrom('markings')
    .whereRef('markings.attempt_id', '=', 'attempts.id')
    .select(['markings.number', 'markings.key_number', 'markings.points', 'markings.max_points', 'markings.passed'])
    .orderBy('markings.number', 'desc')
    .limit(1)
    .as('marking');
}

/** Of the markings of an attempt the one that counts: a condition on that table under its name in the statement around it. */
export function isNewest(markings: string): RawBuilder<boolean> {
  const column = (name: string) => sql.ref(`${markings}.${name}`);
  return sql<boolean>`not exists (
    select from markings as newer where newer.attempt_id = ${column('attempt_id')} and newer.number > ${column('number')}
  )`;
}
