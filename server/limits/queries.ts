import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../database/connection.ts';
import { inBatches } from '../platform/batches.ts';

/**
 * Counts of failures and misses, in the database so that they hold across processes. A key names what is counted
 * ("sign-in address 192.0.2.7"); it is stored hashed, because what people type wrongly may be a secret.
 */
export interface Limit {
  key: string;
  /** So many within an hour are free of any wait. */
  free: number;
  /** Past the free ones each further failure doubles the wait, up to this. */
  longestWaitSeconds: number;
}

/** Seconds until the next try is heard: 0 when it may go ahead. One statement for all limits. */
export async function secondsToWait(db: Kysely<Database>, limits: Limit[]): Promise<number> {
  if (limits.length === 0) return 0;
  const rows = await db
    .selectFrom('limit_counters')
    .select(['key', 'count', 'last_at', sql<Date>`now()`.as('now')])
    .where('key', '=', sql<string>`any(${limits.map((limit) => hashed(limit.key))}::text[])`)
    .where('since', '>', sql<Date>`now() - interval '1 hour'`)
    .execute();
  const waits = limits.map((limit) => {
    const row = rows.find(({ key }) => key === hashed(limit.key));
    return row === undefined ? 0 : waitOf(limit, row);
  });
  return Math.ceil(Math.max(0, ...waits));
}

function waitOf(limit: Limit, row: { count: number; last_at: Date; now: Date }): number {
  if (row.count < limit.free) return 0;
  const wait = Math.min(2 ** Math.min(row.count - limit.free, 30), limit.longestWaitSeconds);
  return wait - (row.now.getTime() - row.last_at.getTime()) / 1000;
}

export async function countFailure(db: Kysely<Database>, limits: Limit[]): Promise<void> {
  if (limits.length === 0) return;
  // In order, so that two requests with keys in common wait for each other instead of locking up.
  const keys = limits.map((limit) => hashed(limit.key)).sort();
  await sql`
    insert into limit_counters (key, count, since, last_at)
    select key, 1, now(), now() from unnest(${keys}::text[]) as key
    on conflict (key) do update set
      count = case when limit_counters.since > now() - interval '1 hour' then limit_counters.count + 1 else 1 end,
      since = case when limit_counters.since > now() - interval '1 hour' then limit_counters.since else now() end,
      last_at = now()
  `.execute(db);
}

/** Undoes one count: of a try that was counted in advance, so that many tries at once are no way round, and then was right. */
export async function takeBackFailure(db: Kysely<Database>, limit: Limit): Promise<void> {
  await db
    .updateTable('limit_counters')
    .set(({ eb }) => ({ count: eb('count', '-', 1) }))
    .where('key', '=', hashed(limit.key))
    .where('count', '>', 0)
    .execute();
}

/** Those that no limit looks at any more. */
export async function removeOldCounts(db: Kysely<Database>): Promise<number> {
  return inBatches((limit) =>
    db
      .deleteFrom('limit_counters')
      .where('key', 'in', (eb) =>
        eb
          .selectFrom('limit_counters')
          .select('key')
          .where('since', '<', sql<Date>`now() - interval '1 hour'`)
          .limit(limit),
      )
      // One that has begun anew meanwhile stays.
      .where('since', '<', sql<Date>`now() - interval '1 hour'`)
      .executeTakeFirst(),
  );
}

function hashed(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
