import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { progress } from '../../enrolments/queries.ts';
import { fewest } from '../../results/reports/sharing.ts';
import { countGain } from './gains/queries.ts';
import { inTenThousandths, isFirst } from './shares/queries.ts';

const batch = 500;
/** Without anything on record for so long somebody has stopped. */
const stoppedDays = 30;

/** Counts what was handed in since. @returns how many submissions, and how many quizzes were counted anew */
export async function countSubmissions(db: Kysely<Database>): Promise<{ submissions: number; recounts: number }> {
  const asked = await db.selectFrom('recounts').select('item_id').orderBy('asked_at').execute();
  for (const { item_id } of asked) await db.transaction().execute((trx) => recountQuiz(trx, { id: item_id }));
  let submissions = 0;
  let taken: number;
  do {
    taken = await db.transaction().execute(countBatch);
    submissions += taken;
  } while (taken === batch);
  return { submissions, recounts: asked.length };
}

/** Takes some off the list and adds them up, or neither. @returns how many */
export async function countBatch(trx: Transaction<Database>): Promise<number> {
  await countAlone(trx);
  const { rows } = await sql<{ taken: number }>`
    with taken as (
      delete from uncounted_submissions
      where attempt_id in (
        select attempt_id from uncounted_submissions as waiting
        -- What people mark has no score before they have.
        where not exists (select from unmarked_essays where unmarked_essays.attempt_id = waiting.attempt_id)
        order by attempt_id limit ${batch}
      )
      returning attempt_id
    ),
    counted as (
      select attempts.id, attempts.person_id
      from taken
      join attempts on attempts.id = taken.attempt_id
      join enrolments on enrolments.id = attempts.enrolment_id
      join items on items.id = attempts.item_id
      where ${isFirst}
    ),
    ${addedUp}
    select count(*) as taken from taken
  `.execute(trx);
  return rows[0]?.taken ?? 0;
}

/**
 * The sums of a quiz from scratch, of all that is counted so far. Of one question alone it would not do: a mark that has changed changes
 * the rest of all the others.
 */
export async function recountQuiz(trx: Transaction<Database>, quiz: { id: string }): Promise<void> {
  // As many rows as people have tried it.
  await sql`set local statement_timeout = 0`.execute(trx);
  await countAlone(trx);
  await trx.deleteFrom('recounts').where('item_id', '=', quiz.id).execute();
  for (const table of ['question_sums', 'option_sums', 'typed_sums', 'blank_sums'] as const) {
    await trx
      .deleteFrom(table)
      .where('question_id', 'in', (eb) => eb.selectFrom('questions').select('id').where('item_id', '=', quiz.id))
      .execute();
  }
  await sql`
    with counted as (
      select attempts.id, attempts.person_id
      from items
      join attempts on attempts.item_id = items.id
      join enrolments on enrolments.id = attempts.enrolment_id
      join submissions on submissions.attempt_id = attempts.id
      where items.id = ${quiz.id} and ${isFirst}
        and not exists (select from uncounted_submissions as waiting where waiting.attempt_id = attempts.id)
    ),
    ${addedUp}
    select
  `.execute(trx);
}

/** One counts at a time. Each statement after this sees all that the one before has counted. */
async function countAlone(trx: Transaction<Database>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('statistics'))`.execute(trx);
}

/**
 * The rest of a `with` that begins with `counted`, attempts whose people are not in the sums yet. By the newest marking of each, and the
 * answer that counted. Case does not make two typed answers different; which of their spellings is shown is nobody's merit.
 */
const addedUp = sql`
  facts as materialized (
    select marks.question_id, answer.response,
      ${inTenThousandths(sql`marks.points`, sql`questions.points`)} as score,
      ${inTenThousandths(sql`markings.points - marks.points`, sql`markings.max_points - questions.points`)} as rest
    from counted
    join lateral (
      select number, points, max_points from markings where attempt_id = counted.id order by number desc limit 1
    ) as markings on true
    join marks on marks.attempt_id = counted.id and marks.marking_number = markings.number
    join questions on questions.id = marks.question_id
    left join lateral (
      select response from answers
      where person_id = counted.person_id and attempt_id = counted.id and question_id = marks.question_id
      order by revision desc limit 1
    ) as answer on true
  ),
  added_questions as (
    insert into question_sums as kept (question_id, people, answered, score, score_squared, rest, rest_squared, score_rest)
    select question_id, count(*), count(response), sum(score), sum(score * score), sum(rest), sum(rest * rest), sum(score * rest)
    from facts group by question_id
    on conflict (question_id) do update set
      people = kept.people + excluded.people, answered = kept.answered + excluded.answered,
      score = kept.score + excluded.score, score_squared = kept.score_squared + excluded.score_squared,
      rest = kept.rest + excluded.rest, rest_squared = kept.rest_squared + excluded.rest_squared,
      score_rest = kept.score_rest + excluded.score_rest
  ),
  picked as (
    select question_id, 0 as part, (response ->> 'choice')::integer as position from facts where response ? 'choice'
    union all
    select question_id, 0, value::integer from facts, jsonb_array_elements_text(response -> 'choices')
    union all
    select question_id, 0, (response ->> 'truefalse')::boolean::integer from facts where response ? 'truefalse'
    union all
    select question_id, place - 1, value::integer
    from facts, jsonb_array_elements_text(response -> 'matches') with ordinality as matched (value, place)
    where value is not null
    union all
    select question_id, place - 1, value::integer
    from facts, jsonb_array_elements_text(response -> 'places') with ordinality as placed (value, place)
    where value is not null
    union all
    select question_id, place - 1, value::integer
    from facts, jsonb_array_elements(response -> 'blanks') with ordinality as filled (value, place)
    where jsonb_typeof(value) = 'number'
  ),
  added_options as (
    insert into option_sums as kept (question_id, part, position, people)
    select question_id, part, position, count(*) from picked group by question_id, part, position
    on conflict (question_id, part, position) do update set people = kept.people + excluded.people
  ),
  typed as (
    select question_id, sha256(convert_to(lower(words collate "vi-x-icu"), 'UTF8')) as digest, count(*) as people, min(words collate "C") as words
    from facts cross join lateral (select response ->> 'text' as words) as typed
    where words is not null and score = 0
    group by question_id, digest
  ),
  typed_in as (
    select question_id, part, sha256(convert_to(lower(words collate "vi-x-icu"), 'UTF8')) as digest, count(*) as people, min(words collate "C") as words
    from facts
    cross join lateral (
      select place - 1 as part, value #>> '{}' as words
      from jsonb_array_elements(response -> 'blanks') with ordinality as filled (value, place)
      where jsonb_typeof(value) = 'string'
    ) as typed
    group by question_id, part, digest
  ),
  added_blanks as (
    insert into blank_sums as kept (question_id, part, digest, people, words)
    select question_id, part, digest, all_people, case when all_people >= ${sql.lit(fewest)} then coalesce(before.words, typed_in.words) end
    from typed_in
    left join blank_sums as before using (question_id, part, digest)
    cross join lateral (select typed_in.people + coalesce(before.people, 0) as all_people) as summed
    on conflict (question_id, part, digest) do update set people = excluded.people, words = excluded.words
  ),
  added_words as (
    insert into typed_sums as kept (question_id, digest, people, words)
    select question_id, digest, all_people, case when all_people >= ${sql.lit(fewest)} then coalesce(before.words, typed.words) end
    from typed
    left join typed_sums as before using (question_id, digest)
    cross join lateral (select typed.people + coalesce(before.people, 0) as all_people) as summed
    -- Whoever counts counts alone: what was read just now is what is there.
    on conflict (question_id, digest) do update set people = excluded.people, words = excluded.words
  )
`;

/** How far everybody came, version by version, as it stands now. @returns how many versions */
export async function countFunnels(db: Kysely<Database>): Promise<number> {
  const versions = await db.selectFrom('course_versions').select('id').execute();
  for (const version of versions) await db.transaction().execute((trx) => countFunnel(trx, version));
  return versions.length;
}

/** Made anew each time: that somebody has stopped is nothing that happens, but time that goes by. */
async function countFunnel(trx: Transaction<Database>, version: { id: string }): Promise<void> {
  await sql`set local statement_timeout = 0`.execute(trx);
  await countAlone(trx);
  await trx.deleteFrom('course_funnels').where('version_id', '=', version.id).execute();
  await trx.deleteFrom('course_stops').where('version_id', '=', version.id).execute();
  await countGain(trx, version);
  // A further term is no further learner: it begins with what was read in the one before.
  await sql`
    with ways as materialized (
      select date_trunc('month', enrolled_at at time zone 'Asia/Ho_Chi_Minh')::date as month,
        (progress ->> 'done')::integer as done, (progress ->> 'total')::integer as total,
        last.item_id as last_item_id, deeds.at is not null as has_started,
        exists (
          select from certificates
          where certificates.enrolment_id = enrolments.id and revoked_at is null and successor_id is null
        ) as has_certificate,
        ended_at is not null or coalesce(deeds.at, enrolled_at) < now() - make_interval(days => ${stoppedDays}) as has_stopped
      from enrolments
      cross join lateral (select ${progress} as progress) as counted
      left join lateral (
        select item_id, completed_at
        from completions join items on items.id = completions.item_id and items.version_id = enrolments.version_id
        where completions.person_id = enrolments.person_id and completions.enrolment_id = enrolments.id
        order by completed_at desc, items.position desc
        limit 1
      ) as last on true
      cross join lateral (
        select greatest(
          last.completed_at,
          (select max(started_at) from attempts where attempts.enrolment_id = enrolments.id),
          (select max(submitted_at) from assignment_submissions as work where work.enrolment_id = enrolments.id)
        ) as at
      ) as deeds
      where version_id = ${version.id} and renews_id is null
    ),
    judged as (select *, total > 0 and done >= total as has_finished from ways),
    funnels as (
      insert into course_funnels (version_id, month, enrolled, started, half, finished, certified)
      select ${version.id}::uuid, month, count(*), count(*) filter (where has_started),
        count(*) filter (where total > 0 and 2 * done >= total),
        count(*) filter (where has_finished),
        count(*) filter (where has_finished and has_certificate)
      from judged group by month
    )
    insert into course_stops (version_id, item_id, people)
    select ${version.id}::uuid, last_item_id, count(*)
    from judged where has_stopped and not has_finished group by last_item_id
  `.execute(trx);
}
