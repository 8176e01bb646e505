import { sql, type Transaction } from 'kysely';
import type { Database } from '../../../database/connection.ts';
import { inTenThousandths, isFirst } from '../shares/queries.ts';

/**
 * Of those who took the test before the lessons and, later in the same term, the one after them: of that the first time alone, as everywhere
 * in statistics. Anew each time, so that corrected keys and merged records need nothing of their own.
 */
export async function countGain(trx: Transaction<Database>, version: { id: string }): Promise<void> {
  await trx.deleteFrom('course_gains').where('version_id', '=', version.id).execute();
  await sql`
    insert into course_gains (version_id, people, before, after)
    select items.version_id, count(*), sum(earlier.score), sum(${inTenThousandths(sql`later.points`, sql`later.max_points`)})
    from items
    join attempts on attempts.item_id = items.id
    join enrolments on enrolments.id = attempts.enrolment_id
    join lateral (
      select points, max_points from markings where attempt_id = attempts.id order by number desc limit 1
    ) as later on true
    join lateral (
      select ${inTenThousandths(sql`newest.points`, sql`newest.max_points`)} as score
      from attempts as first
      join items as test on test.id = first.item_id and test.quiz ->> 'role' = 'pre-test'
      join submissions on submissions.attempt_id = first.id and submitted_at <= attempts.started_at
      join lateral (
        select points, max_points from markings where attempt_id = first.id order by number desc limit 1
      ) as newest on true
      where first.enrolment_id = attempts.enrolment_id
      order by first.number
      limit 1
    ) as earlier on true
    where items.version_id = ${version.id} and items.quiz ->> 'role' = 'post-test' and ${isFirst}
    group by items.version_id
  `.execute(trx);
}
