import { type Kysely, sql } from 'kysely';
import type { Database } from '../database/connection.ts';

export interface JobState {
  name: string;
  schedule: string;
  /** Of its last run, how it ended or whether it has. */
  state: 'created' | 'retry' | 'active' | 'completed' | 'cancelled' | 'failed' | null;
  at: Date | null;
  words: string | null;
  succeeded_at: Date | null;
}

/** Every queue with its last run. The tables are those of pg-boss; none are there before a server has run. */
export async function listJobStates(db: Kysely<Database>): Promise<JobState[]> {
  const { rows: tables } = await sql`select where to_regclass('pgboss.job') is not null`.execute(db);
  if (tables.length === 0) return [];
  const { rows } = await sql<JobState>`
    select schedule.name, schedule.cron as schedule, last.state, last.at, last.words,
      (select max(completed_on) from pgboss.job where job.name = schedule.name and state = 'completed') as succeeded_at
    from pgboss.schedule left join lateral (
      select state::text, coalesce(completed_on, started_on, created_on) as at,
        coalesce(output ->> 'said', output ->> 'message') as words
      from pgboss.job where job.name = schedule.name
      order by created_on desc limit 1
    ) as last on true
    order by schedule.name
  `.execute(db);
  return rows;
}
