import { sql } from 'kysely';
import type { Files } from '../courses/folder.ts';
import type { TestApp } from '../support/app.ts';
import { courseYaml } from '../support/small-course.ts';

/** The small course, whose final quiz takes 20 minutes at most. */
export const timed: Files = { 'course.yaml': courseYaml().replace('minutes: 6,', 'minutes: 6, time_limit: 20,') };

export const idOf = (attempt: string) => attempt.split('/').at(-1) ?? '';

/** As if the attempt had begun so long ago that it ends in so many seconds, or ended then. @param attempt its address */
export async function endsIn({ db }: Pick<TestApp, 'db'>, attempt: string, seconds: number): Promise<void> {
  const id = idOf(attempt);
  await db.transaction().execute(async (trx) => {
    await sql`alter table attempts disable trigger user`.execute(trx);
    const sooner = sql`(ends_at - now() - make_interval(secs => ${seconds}))`;
    await sql`update attempts set started_at = started_at - ${sooner}, ends_at = ends_at - ${sooner} where id = ${id}`.execute(
      trx,
    );
    await sql`alter table attempts enable trigger user`.execute(trx);
    // Copies the end.
    await sql`update open_attempts set attempt_id = attempt_id where attempt_id = ${id}`.execute(trx);
  });
}
