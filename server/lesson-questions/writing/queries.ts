import { sql, type Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import type { Part, Question, Room } from '../queries.ts';

type Somebody = { id: string };

const questionsADay = 10;
const answersADay = 60;
const day = sql<Date>`now() - interval '1 day'`;

export type Outcome = 'written' | 'written before' | 'closed' | 'too many';

/** @param question its id comes from the form: sent twice, it is one */
export async function ask(
  trx: Transaction<Database>,
  { cohort, reader }: Room,
  question: { id: string; course_id: string; item_key: string; words: string },
): Promise<Outcome> {
  await lockPerson(trx, reader);
  const before = await trx
    .selectFrom('lesson_questions')
    .where('person_id', '=', reader.id)
    .where('written_at', '>', day)
    .select(sql<number>`count(*)::integer`.as('count'))
    .select(sql<boolean>`coalesce(bool_or(id = ${question.id}), false)`.as('has_this'))
    .executeTakeFirstOrThrow();
  if (before.has_this) return 'written before';
  if (before.count >= questionsADay) return 'too many';
  const place = await trx
    .selectFrom('cohorts')
    .innerJoin('cohort_members', 'cohort_members.cohort_id', 'cohorts.id')
    .where('cohorts.id', '=', cohort.id)
    .where('closed_at', 'is', null)
    .where('person_id', '=', reader.id)
    .where('left_at', 'is', null)
    .select(['cohort_members.id', 'person_id'])
    .forShare()
    .executeTakeFirst();
  if (place === undefined) return 'closed';
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('lesson_questions')
    .values({ ...question, cohort_id: cohort.id, member_id: place.id, person_id: place.person_id })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 0n ? 'written before' : 'written';
}

/** Whoever guides there answers as such, even if they are a member too. Who asked has read what stood there before they answered. */
export async function answer(
  trx: Transaction<Database>,
  room: Room,
  question: { id: string },
  { id, words, seen }: { id: string; words: string; seen: number },
): Promise<Outcome> {
  const { cohort, reader, isGuide } = room;
  await lockPerson(trx, reader);
  const { is_open } = await hold(trx, question);
  const before = await trx
    .selectFrom('lesson_answers')
    .where('person_id', '=', reader.id)
    .where('written_at', '>', day)
    .select(sql<number>`count(*)::integer`.as('count'))
    .select(sql<boolean>`coalesce(bool_or(id = ${id}), false)`.as('has_this'))
    .executeTakeFirstOrThrow();
  if (before.has_this) return 'written before';
  if (!is_open || !(await isStillInside(trx, room))) return 'closed';
  if (before.count >= answersADay) return 'too many';
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('lesson_answers')
    .values({
      id,
      words,
      question_id: question.id,
      number: sql<number>`(select coalesce(max(number), 0) + 1 from lesson_answers where question_id = ${question.id})`,
      member_id: isGuide ? null : cohort.member_id,
      person_id: reader.id,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return 'written before';
  await markSeen(trx, question, reader, seen);
  return 'written';
}

/** "I have read the answers": of who asked, never backwards and never past what there is. */
export async function markSeen(
  trx: Transaction<Database>,
  { id }: { id: string },
  reader: Somebody,
  seen: number,
): Promise<void> {
  await trx
    .updateTable('lesson_questions')
    .set({
      asker_seen: sql<number>`greatest(asker_seen, least(${seen}::integer, (
        select coalesce(max(number), 0) from lesson_answers where question_id = lesson_questions.id
      )))`,
    })
    .where('id', '=', id)
    .where('person_id', '=', reader.id)
    .execute();
}

/** Solved by one of the answers, or without any. @returns false when that answer has gone meanwhile */
export async function solve(trx: Transaction<Database>, question: Question, answerId: string | null): Promise<boolean> {
  await hold(trx, question);
  const { numUpdatedRows } = await trx
    .updateTable('lesson_questions')
    .set({ solved_at: sql<Date>`now()`, solution_id: answerId })
    .where('id', '=', question.id)
    .where('withdrawn_at', 'is', null)
    .where('hidden_id', 'is', null)
    .$if(answerId !== null, (query) =>
      query.where(
        sql<boolean>`exists (
          select from lesson_answers where id = ${answerId} and question_id = lesson_questions.id
            and lesson_answers.withdrawn_at is null and lesson_answers.hidden_id is null
        )`,
      ),
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function reopen(trx: Transaction<Database>, { id }: { id: string }): Promise<void> {
  await trx.updateTable('lesson_questions').set({ solved_at: null, solution_id: null }).where('id', '=', id).execute();
}

/** One's own words, as long as nobody has reported them. @returns false when it is too late */
export async function correct(
  trx: Transaction<Database>,
  { question, answerId, text }: Part,
  words: string,
): Promise<boolean> {
  await hold(trx, question);
  const { numUpdatedRows } = await trx
    .updateTable(tableOf(answerId))
    .set({ words, changed_at: sql<Date>`now()` })
    .where(sql.ref('id'), '=', text.id)
    .where('withdrawn_at', 'is', null)
    .where('hidden_id', 'is', null)
    // A little before the trigger would refuse.
    .where('written_at', '>', sql<Date>`now() - interval '14 minutes 50 seconds'`)
    .where(
      sql<boolean>`not exists (
        select from lesson_reports where question_id = ${question.id} and answer_id is not distinct from ${answerId}::uuid
      )`,
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Leaves a line that something stood there. The words go at once, unless somebody has still to look into them. */
export async function withdraw(trx: Transaction<Database>, { question, answerId, text }: Part): Promise<void> {
  await hold(trx, question);
  await trx
    .updateTable(tableOf(answerId))
    .set({ withdrawn_at: sql<Date>`now()` })
    .where(sql.ref('id'), '=', text.id)
    .where('withdrawn_at', 'is', null)
    .execute();
  await forgetWords(trx, sql<boolean>`id = ${text.id}`);
  await forgetSolution(trx, question, text.id);
}

export function tableOf(answerId: string | null) {
  return answerId === null ? ('lesson_questions' as const) : ('lesson_answers' as const);
}

/** What has gone solves nothing any more. */
export async function forgetSolution(
  trx: Transaction<Database>,
  { id }: { id: string },
  answerId: string,
): Promise<void> {
  await trx
    .updateTable('lesson_questions')
    .set({ solved_at: null, solution_id: null })
    .where('id', '=', id)
    .where('solution_id', '=', answerId)
    .execute();
}

/** Of somebody who is erased. What was reported stays as evidence while somebody looks into it, and for good once it is hidden. */
export async function forgetLessonWords(trx: Transaction<Database>, personId: string): Promise<void> {
  await forgetWords(trx, sql<boolean>`person_id = ${personId}`);
  await trx.updateTable('lesson_reports').set({ reason: null }).where('person_id', '=', personId).execute();
}

/** Words of those that were withdrawn, and of those who are erased, where nothing needs them as evidence. */
export async function forgetWords(trx: Transaction<Database>, which: ReturnType<typeof sql<boolean>>): Promise<void> {
  for (const table of ['lesson_questions', 'lesson_answers'] as const) {
    await trx
      .updateTable(table)
      .set({ words: null })
      .where(which)
      .where('words', 'is not', null)
      .where('hidden_id', 'is', null)
      .where(sql<boolean>`(withdrawn_at is not null or exists (
        select from persons where persons.id = person_id and erased_at is not null
      ))`)
      .where(sql<boolean>`not exists (
        select from lesson_reports where moderation_id is null and ${
          table === 'lesson_questions'
            ? sql`question_id = lesson_questions.id and answer_id is null`
            : sql`answer_id = lesson_answers.id`
        }
      )`)
      .execute();
  }
}

/** Whatever else changes about the question waits. */
export async function hold(trx: Transaction<Database>, question: { id: string }): Promise<{ is_open: boolean }> {
  return trx
    .selectFrom('lesson_questions')
    .innerJoin('cohorts', 'cohorts.id', 'lesson_questions.cohort_id')
    .where('lesson_questions.id', '=', question.id)
    .select(sql<boolean>`num_nonnulls(closed_at, locked_id, hidden_id, withdrawn_at) = 0`.as('is_open'))
    .forShare('cohorts')
    .forNoKeyUpdate('lesson_questions')
    .executeTakeFirstOrThrow();
}

/** Whoever leaves, or stops guiding, while they write. */
async function isStillInside(trx: Transaction<Database>, { cohort, reader, isGuide }: Room): Promise<boolean> {
  const place = isGuide
    ? trx.selectNoFrom(sql.lit(1).as('one')).where(sql<boolean>`may_guide(${reader.id}, ${cohort.id})`)
    : trx
        .selectFrom('cohort_members')
        .select(sql.lit(1).as('one'))
        .where('id', '=', cohort.member_id)
        .where('left_at', 'is', null)
        .forShare();
  return (await place.executeTakeFirst()) !== undefined;
}

/** So that what they send at once is counted one after the other. */
async function lockPerson(trx: Transaction<Database>, { id }: Somebody): Promise<void> {
  await trx.selectFrom('persons').select('id').where('id', '=', id).forNoKeyUpdate().execute();
}
