import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { insertAuditEvent } from '../../audit/queries.ts';
import { issueWhenComplete } from '../../certificates/issuing.ts';
import type { Config } from '../../config.ts';
import { doneItems } from '../../courses/queries.ts';
import type { Database } from '../../database/connection.ts';
import { lockEnrolment } from '../../enrolments/queries.ts';
import { attemptsToMark } from '../../essays/queries.ts';
import type { Language } from '../../platform/i18n.ts';
import { listVersions } from '../reading.ts';
import { mappingObstacle, type Obstacle } from './mapping.ts';

type Somebody = { id: string };

/** Somebody's enrolment where its course has a newer version: what there is to choose. */
export async function findMove(db: Kysely<Database>, person: Somebody, slug: string, language: Language) {
  const move = await db
    .selectFrom('enrolments')
    .innerJoin('courses', 'courses.id', 'enrolments.course_id')
    .innerJoin('course_versions as pinned', 'pinned.id', 'enrolments.version_id')
    .where('enrolments.person_id', '=', person.id)
    .where('courses.slug', '=', slug)
    .where('ended_at', 'is', null)
    .whereRef('courses.current_version_id', '<>', 'enrolments.version_id')
    .select(['enrolments.id', 'enrolments.person_id', 'courses.slug', 'enrolments.version_id'])
    .select([sql<string>`courses.current_version_id`.as('to_id'), doneItems.as('done')])
    .select([hasCertificate.as('has_certificate'), hasOpenAttempt.as('has_attempt'), hasOpenWork.as('has_work')])
    .select(changedKeys.as('changed'))
    .select((eb) =>
      // Since the version that they learn, the newest first.
      jsonArrayFrom(
        eb
          .selectFrom('course_versions as since')
          .whereRef('since.course_id', '=', 'courses.id')
          .whereRef('since.number', '>', 'pinned.number')
          .where('since.changes', 'is not', null)
          .select(['since.number', ({ ref }) => ref('since.changes').$notNull().as('note')])
          .orderBy('since.number', 'desc')
          .limit(10),
      ).as('notes'),
    )
    .executeTakeFirst();
  if (move === undefined) return undefined;
  const versions = await listVersions(db, [move.version_id, move.to_id], language);
  const [from, to] = [versions.get(move.version_id), versions.get(move.to_id)];
  if (from === undefined || to === undefined) return undefined;
  const { has_attempt, has_work, ...facts } = move;
  const later: Obstacle | null = has_attempt ? 'attempt' : has_work ? 'work' : null;
  return { ...facts, from, to, obstacle: mappingObstacle(from.items, to.items, move) ?? later };
}

export type Move = NonNullable<Awaited<ReturnType<typeof findMove>>>;

/**
 * Moves an enrolment to the version that its learner was shown, in one transaction with all that was done.
 * @returns what stands in the way by now; moving twice is moving once
 */
export async function moveTo(
  trx: Transaction<Database>,
  { person, slug, language }: { person: Somebody; slug: string; language: Language },
  shown: { id: string; to_id: string },
  config: Pick<Config, 'publicUrl'>,
): Promise<Obstacle | 'newer' | null> {
  await lockEnrolment(trx, shown.id);
  const move = await findMove(trx, person, slug, language);
  // Another request has moved them there.
  if (move === undefined) return null;
  if (move.to_id !== shown.to_id) return 'newer';
  if (move.obstacle !== null) return move.obstacle;
  const { id, person_id, version_id, to_id } = move;
  await recordChoice(trx, move, 'moved');
  await trx.updateTable('enrolments').set({ version_id: to_id }).where('id', '=', id).execute();
  // When something was done stays what it was.
  await sql`
    insert into completions (person_id, enrolment_id, item_id, cause, completed_at)
    select ${person_id}::uuid, ${id}::uuid, items.id, 'moved', min(completed_at)
    from completions
    join items as done on done.id = completions.item_id
    join items on items.version_id = ${to_id} and items.key = done.key and items.kind = done.kind
    where completions.enrolment_id = ${id} and completions.person_id = ${person_id}
    group by items.id
    on conflict do nothing
  `.execute(trx);
  await insertAuditEvent(trx, {
    ...{ actor_id: person.id, subject_id: person.id, verb: 'enrolment.moved', channel: 'web' },
    facts: { course: slug, from: version_id, to: to_id },
  });
  await issueWhenComplete(trx, { id, person_id }, config);
  return null;
}

/** A choice made twice is one. */
export async function recordChoice(
  db: Kysely<Database>,
  { id, person_id, version_id, to_id }: Pick<Move, 'id' | 'person_id' | 'version_id' | 'to_id'>,
  choice: 'moved' | 'stayed',
): Promise<void> {
  await db
    .insertInto('version_choices')
    .values({ person_id, enrolment_id: id, from_version_id: version_id, to_version_id: to_id, choice })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

// Subqueries on an `enrolments` row of the statement around them, where `courses` is its course.

const hasCertificate = sql<boolean>`exists (
  select from certificates where certificates.enrolment_id = enrolments.id and successor_id is null and revoked_at is null
)`;

const hasOpenAttempt = sql<boolean>`exists (select from open_attempts where open_attempts.enrolment_id = enrolments.id)`;

/** Work that waits to be marked, or was given back; essays that wait. */
const hasOpenWork = sql<boolean>`(exists (select from ${attemptsToMark} where attempts.enrolment_id = enrolments.id) or exists (
  select from assignment_submissions as work
  where work.enrolment_id = enrolments.id and work.person_id = enrolments.person_id and not exists (
    select from completions
    where completions.enrolment_id = enrolments.id and completions.person_id = enrolments.person_id
      and completions.item_id = work.item_id
  )
))`;

/** Items that both versions have, in other words. Where a question stands in its file says nothing of it. */
const changedKeys: RawBuilder<string[]> = sql<string[]>`array(
  select items.key
  from items join items as before on before.version_id = enrolments.version_id
    and before.key = items.key and before.kind = items.kind
  where items.version_id = courses.current_version_id and (
    items.quiz is distinct from before.quiz or items.assignment is distinct from before.assignment
    or exists (
      select from item_texts join item_texts as earlier using (language)
      where item_texts.item_id = items.id and earlier.item_id = before.id
        and (item_texts.title, item_texts.html) <> (earlier.title, earlier.html)
    )
    or (
      select array_agg(body - 'line' order by position, language)
      from questions join question_texts on question_id = questions.id where questions.item_id = items.id
    ) is distinct from (
      select array_agg(body - 'line' order by position, language)
      from questions join question_texts on question_id = questions.id where questions.item_id = before.id
    )
  )
  order by items.position
)`;
