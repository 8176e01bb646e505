import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { v7 as newId } from 'uuid';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Database } from '../../database/connection.ts';
import type { Deed } from '../forms.ts';
import type { Part, Room } from '../queries.ts';
import { forgetSolution, forgetWords, hold, tableOf } from '../writing/queries.ts';

const pageSize = 20;

/** Everybody reports a text once, and none that is hidden already. */
export async function insertReport(
  trx: Transaction<Database>,
  { cohort, reader }: Room,
  { question, answerId }: Part,
  report: { id: string; reason: string },
): Promise<void> {
  await hold(trx, question);
  const { rows } = await sql<{ author_id: string }>`
    with text as (
      select person_id, hidden_id from lesson_questions where id = ${question.id} and ${answerId}::uuid is null
      union all
      select person_id, hidden_id from lesson_answers where id = ${answerId}
    ), reported as (
      insert into lesson_reports (id, question_id, answer_id, member_id, person_id, reason)
      select ${report.id}, ${question.id}, ${answerId}, ${cohort.member_id}, ${reader.id}, ${report.reason}
      from text where hidden_id is null
      on conflict do nothing
      returning id
    )
    select text.person_id as author_id from text, reported
  `.execute(trx);
  const [reported] = rows;
  if (reported === undefined) return;
  await insertAuditEvent(trx, {
    actor_id: reader.id,
    subject_id: reported.author_id,
    verb: 'lesson_question.reported',
    channel: 'web',
    facts: { cohort: cohort.id, report: report.id },
  });
}

/** Decides about a text, with all that was reported about it, and puts it on record. @returns false when somebody else did before */
export async function moderate(
  trx: Transaction<Database>,
  { cohort, reader }: Room,
  { question, answerId }: Part,
  { deed, reason }: { deed: Deed; reason: string },
): Promise<boolean> {
  await hold(trx, question);
  const table = tableOf(answerId);
  const textId = answerId ?? question.id;
  const { rows } = await sql<{ author_id: string; may: boolean }>`
    select person_id as author_id, case ${deed}
      when 'hidden' then hidden_id is null
      when 'shown' then hidden_id is not null
      when 'locked' then locked_id is null
      when 'unlocked' then locked_id is not null
      else exists (select from lesson_reports where ${isReportOf(question.id, answerId)} and moderation_id is null)
    end as may
    from (
      select text.person_id, text.hidden_id, lesson_questions.locked_id
      from ${sql.table(table)} as text, lesson_questions
      where text.id = ${textId} and lesson_questions.id = ${question.id}
    ) as text
  `.execute(trx);
  const [text] = rows;
  if (!text?.may) return false;

  const id = newId();
  await trx
    .insertInto('lesson_moderations')
    .values({ id, question_id: question.id, answer_id: answerId, deed, reason, moderator_id: reader.id })
    .execute();
  if (deed === 'locked' || deed === 'unlocked')
    await trx
      .updateTable('lesson_questions')
      .set({ locked_id: deed === 'locked' ? id : null })
      .where('id', '=', question.id)
      .execute();
  if (deed === 'hidden' || deed === 'shown')
    await trx
      .updateTable(table)
      .set({ hidden_id: deed === 'hidden' ? id : null })
      .where(sql.ref('id'), '=', textId)
      .execute();
  if (deed === 'hidden' || deed === 'kept')
    await trx
      .updateTable('lesson_reports')
      .set({ moderation_id: id })
      .where(isReportOf(question.id, answerId))
      .where('moderation_id', 'is', null)
      .execute();
  if (deed === 'hidden' && answerId !== null) await forgetSolution(trx, question, answerId);
  // Whose words stood only as evidence.
  await forgetWords(trx, sql<boolean>`id = ${textId}`);
  await insertAuditEvent(trx, {
    actor_id: reader.id,
    subject_id: text.author_id,
    verb: 'lesson_question.moderated',
    channel: 'web',
    facts: { cohort: cohort.id, question: question.id, answer: answerId, deed },
  });
  return true;
}

function isReportOf(questionId: string, answerId: string | null) {
  return sql<boolean>`question_id = ${questionId} and answer_id is not distinct from ${answerId}::uuid`;
}

/** What was reported about one text, the oldest first. */
export async function listReports(db: Kysely<Database>, questionId: string, answerId: string | null) {
  return db
    .selectFrom('lesson_reports')
    .where(isReportOf(questionId, answerId))
    .where('moderation_id', 'is', null)
    .select(['lesson_reports.id', 'reason', 'reported_at', nameOf('lesson_reports.person_id').as('name')])
    .orderBy('reported_at')
    .limit(50)
    .execute();
}

/** What waits for a decision, but nothing about what the reader wrote; and what was decided, the newest first. */
export async function listModerations(db: Kysely<Database>, { cohort, reader }: Room, page: number) {
  const author = sql<string>`coalesce(lesson_answers.person_id, lesson_questions.person_id)`;
  const { reports, rows } = await db
    .selectNoFrom((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('lesson_reports')
          .innerJoin('lesson_questions', 'lesson_questions.id', 'lesson_reports.question_id')
          .leftJoin('lesson_answers', 'lesson_answers.id', 'lesson_reports.answer_id')
          .where('lesson_questions.cohort_id', '=', cohort.id)
          .where('moderation_id', 'is', null)
          .where(author, '<>', reader.id)
          .select(['lesson_reports.id', 'lesson_reports.question_id', 'answer_id', 'reason', 'reported_at'])
          .select(nameOf('lesson_reports.person_id').as('name'))
          .orderBy('reported_at')
          .limit(50),
      ).as('reports'),
      jsonArrayFrom(
        eb
          .selectFrom('lesson_moderations')
          .innerJoin('lesson_questions', 'lesson_questions.id', 'lesson_moderations.question_id')
          .leftJoin('lesson_answers', 'lesson_answers.id', 'lesson_moderations.answer_id')
          .where('lesson_questions.cohort_id', '=', cohort.id)
          .select(['lesson_moderations.id', 'deed', 'reason', 'done_at', 'lesson_moderations.question_id', 'answer_id'])
          .select(nameOf('lesson_moderations.moderator_id').as('moderator'))
          .select(nameBy(author).as('author'))
          .select(sql<number>`count(*) over ()`.as('total'))
          .orderBy('done_at', 'desc')
          .orderBy('lesson_moderations.id')
          .limit(pageSize)
          .offset((page - 1) * pageSize),
      ).as('rows'),
    ])
    .executeTakeFirstOrThrow();
  return { reports, rows, pages: Math.ceil((rows[0]?.total ?? 0) / pageSize) };
}

function nameOf(column: string) {
  return nameBy(sql.ref<string>(column));
}

function nameBy(id: ReturnType<typeof sql.ref<string>> | ReturnType<typeof sql<string>>) {
  return sql<string | null>`(
    select full_name from persons join person_details on person_details.person_id = coalesce(merged_into_id, persons.id)
    where persons.id = ${id}
  )`;
}
