import { type Kysely, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { newestAnswer } from '../../attempts/answers/queries.ts';
import { newestMarking } from '../../attempts/markings/queries.ts';
import { insertAuditEvent } from '../../audit/queries.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { holdsRole } from '../../organisations/access.ts';
import { Forbidden, orNotFound } from '../../platform/errors.ts';
import type { VersionQuestion } from '../../versions/reading.ts';
import type { Key } from '../key.ts';
import { correctionsOf, keyLock } from '../queries.ts';
import type { Alike } from './preview.ts';

type Somebody = { id: string };

/**
 * A quiz of a version with all that was corrected in it, for whoever works on the course: to correct a key is for those who review it.
 * @param number of the version; null: the one that readers see now
 */
export async function getCorrectableQuiz(
  db: Kysely<Database>,
  person: Somebody,
  { slug, key }: { slug: string; key: string },
  number: number | null,
) {
  const quiz = orNotFound(
    await db
      .selectFrom('courses')
      .innerJoin('organisations', 'organisations.id', 'courses.owner_organisation_id')
      .innerJoin('course_versions', 'course_versions.course_id', 'courses.id')
      .innerJoin('items', 'items.version_id', 'course_versions.id')
      .where('courses.slug', '=', slug)
      .where('items.key', '=', key)
      .where('items.kind', '=', 'quiz')
      .where(({ ref }) => holdsRole(person, ['author', 'reviewer', 'manager'], ref('organisations.path')))
      .$if(number === null, (query) => query.whereRef('course_versions.id', '=', 'courses.current_version_id'))
      .$if(number !== null, (query) => query.where('course_versions.number', '=', number))
      .select(['courses.id as course_id', 'courses.slug', 'items.id', 'items.key', 'course_versions.id as version_id'])
      .select(['course_versions.number', correctionsOf(sql.ref('items.id')).as('corrections')])
      .select(({ ref }) => holdsRole(person, ['reviewer'], ref('organisations.path')).as('may_correct'))
      .select((eb) => [
        // Those that have this quiz.
        sql<number[]>`array(
          select version.number from course_versions as version join items as same on same.version_id = version.id
          where version.course_id = courses.id and same.key = items.key and same.kind = 'quiz'
          order by version.number desc
        )`.as('versions'),
        jsonArrayFrom(
          eb
            .selectFrom('corrected_questions')
            .innerJoin('key_corrections', 'key_corrections.id', 'corrected_questions.correction_id')
            .innerJoin('key_correction_runs as run', 'run.correction_id', 'key_corrections.id')
            .leftJoin('person_details as reviewer', 'reviewer.person_id', 'corrected_by_id')
            .whereRef('corrected_questions.item_id', '=', 'items.id')
            .select(['corrected_questions.question_id', 'reason', 'corrected_at', 'changed', 'finished_at'])
            .select(['reviewer.full_name', sql<boolean>`key is null`.as('is_void')])
            .orderBy('corrected_questions.number', 'desc'),
        ).as('history'),
      ])
      .executeTakeFirst(),
  );
  if (!quiz.may_correct) throw new Forbidden();
  return quiz;
}

export type CorrectableQuiz = Awaited<ReturnType<typeof getCorrectableQuiz>>;

/**
 * The same question wherever it stands in the course: its key is the same, its quiz's too, and in each language that both versions have, so
 * are its texts and the key it was published with. Asked in other words it is another.
 */
function sameQuestions(db: Kysely<Database>, quiz: { course_id: string; key: string }, question: { id: string }) {
  return db
    .selectFrom('questions')
    .innerJoin('items', 'items.id', 'questions.item_id')
    .innerJoin('course_versions', 'course_versions.id', 'items.version_id')
    .where('course_versions.course_id', '=', quiz.course_id)
    .where('items.key', '=', quiz.key)
    .where('items.kind', '=', 'quiz')
    .where(sql<boolean>`questions.key = (select key from questions where id = ${question.id})`)
    .where(isUnchangedFrom(sql`${question.id}::uuid`));
}

/** Of a `questions` row of the statement around it. Where it stands in its file says nothing of a question, nor do the tags it is drawn by. */
function isUnchangedFrom(questionId: ReturnType<typeof sql>) {
  return sql<boolean>`(
    select coalesce(bool_and(mine.body - array['line', 'tags'] = theirs.body - array['line', 'tags']), false)
    from question_texts as mine join question_texts as theirs using (language)
    where mine.question_id = questions.id and theirs.question_id = ${questionId}
  )`;
}

/** All attempts that were marked in which the question stands, those alike counted. */
export async function listAlike(
  db: Kysely<Database>,
  quiz: { course_id: string; key: string },
  question: { id: string },
): Promise<Alike[]> {
  return (
    sameQuestions(db, quiz, question)
      .innerJoin('attempts', 'attempts.item_id', 'items.id')
      // Drawn for others, it was nothing to them.
      .where(sql<boolean>`coalesce(questions.id = any(attempts.question_ids), true)`)
      .innerJoin('persons', 'persons.id', 'attempts.person_id')
      .where('persons.erased_at', 'is', null)
      .innerJoinLateral(newestMarking(), (join) => join.onTrue())
      .leftJoin('marks', (join) =>
        join
          .onRef('marks.attempt_id', '=', 'attempts.id')
          .onRef('marks.marking_number', '=', 'marking.number')
          .onRef('marks.question_id', '=', 'questions.id'),
      )
      .leftJoinLateral(newestAnswer(), (join) => join.onTrue())
      .select((eb) => [
        'questions.id as question_id',
        eb.ref('items.quiz').$castTo<Alike['settings']>().as('settings'),
        'newest.response',
        'newest.language',
        eb.fn.coalesce('marks.points', sql<number>`0`).as('mark'),
        'marking.points',
        'max_points',
        'passed',
        eb.fn.countAll<number>().as('count'),
      ])
      .groupBy(['questions.id', 'items.quiz', 'newest.response', 'newest.language', 'marks.points', 'marking.points'])
      .groupBy(['max_points', 'passed'])
      .execute()
  );
}

export interface NewCorrection {
  /** From the form: sent twice, it is one. */
  id: string;
  key: Key | null;
  reason: string;
  may_fail: boolean;
  /** How many corrections of this question the form knew. */
  known: number;
}

/**
 * Records a correction for every version in which the question stands unchanged; marking again comes after.
 * @returns false when another one was made since the form was drawn
 */
export async function recordCorrection(
  trx: Transaction<Database>,
  reviewer: Somebody,
  quiz: CorrectableQuiz,
  question: Pick<VersionQuestion, 'id' | 'key'>,
  { id, key, reason, may_fail, known }: NewCorrection,
): Promise<boolean> {
  // No version is published meanwhile, and no other correction made.
  await trx.selectFrom('courses').select('id').where('id', '=', quiz.course_id).forNoKeyUpdate().execute();
  const done = await trx.selectFrom('key_corrections').select('id').where(hasId('id', id)).executeTakeFirst();
  if (done) return true;
  const { before } = await trx
    .selectFrom('corrected_questions')
    .where('question_id', '=', question.id)
    .where('item_id', '=', quiz.id)
    .select(({ fn }) => fn.countAll<number>().as('before'))
    .executeTakeFirstOrThrow();
  if (before !== known) return false;
  const places = await sameQuestions(trx, quiz, question)
    .select(['questions.id as question_id', 'questions.item_id'])
    .orderBy('questions.item_id')
    .execute();
  // Whoever is handing in now is done before this goes on; whoever comes later reads the correction.
  for (const { item_id } of places) await sql`select pg_advisory_xact_lock(${keyLock(sql`${item_id}`)})`.execute(trx);
  await trx
    .insertInto('key_corrections')
    .values({
      ...{ id, course_id: quiz.course_id, question_id: question.id, reason, may_fail, corrected_by_id: reviewer.id },
      key: key === null ? null : JSON.stringify(key),
    })
    .execute();
  await trx
    .insertInto('corrected_questions')
    .columns(['item_id', 'number', 'question_id', 'correction_id'])
    .expression((eb) =>
      eb
        .selectFrom('questions')
        .where(
          'questions.id',
          'in',
          places.map(({ question_id }) => question_id),
        )
        .select((of) => [
          'questions.item_id',
          sql<number>`(
            select coalesce(max(number), 0) + 1 from corrected_questions as earlier where earlier.item_id = questions.item_id
          )`.as('number'),
          'questions.id',
          of.val(id).$castTo<string>().as('correction_id'),
        ]),
    )
    .execute();
  await trx.insertInto('key_correction_runs').values({ correction_id: id }).execute();
  await insertAuditEvent(trx, {
    ...{ actor_id: reviewer.id, subject_id: null, verb: 'quiz.corrected', channel: 'web' },
    facts: {
      correction: id,
      course: quiz.slug,
      quiz: quiz.key,
      question: question.key,
      is_void: key === null,
      may_fail,
    },
  });
  return true;
}

/**
 * A new version asks the same question with the same mistake: its correction goes on with it. Called when the course's row is locked by the
 * publication.
 */
export async function carryCorrections(trx: Transaction<Database>, version: { id: string }): Promise<void> {
  await sql`
    insert into corrected_questions (item_id, number, question_id, correction_id)
    select questions.item_id, row_number() over (partition by questions.item_id order by newest.number), questions.id, newest.correction_id
    from items
    join course_versions on course_versions.id = items.version_id
    join questions on questions.item_id = items.id
    join lateral (
      select corrected_questions.number, corrected_questions.correction_id
      from course_versions as earlier
      join items as before on before.version_id = earlier.id and before.key = items.key and before.kind = 'quiz'
      join questions as asked on asked.item_id = before.id and asked.key = questions.key
      join corrected_questions on corrected_questions.item_id = before.id and corrected_questions.question_id = asked.id
      join key_corrections on key_corrections.id = corrected_questions.correction_id
      where earlier.course_id = course_versions.course_id and earlier.id <> course_versions.id and ${isUnchangedFrom(sql.ref('asked.id'))}
      order by key_corrections.corrected_at desc
      limit 1
    ) as newest on true
    where items.version_id = ${version.id} and items.kind = 'quiz'
  `.execute(trx);
}
