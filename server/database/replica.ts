import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  sql,
} from 'kysely';
import type { Database } from './connection.ts';

/** Milliseconds that what is read from the replica may be old: as many as a proxy may hold a page. */
const mostLag = 60_000;
/** Milliseconds between two looks at how far the replica is; nobody waits for one. */
const betweenLooks = 5_000;

/**
 * For reading what may be a minute old: answers by the replica while that is known to be no older, else by the primary. A statement that fails on
 * the replica is asked of the primary, so that nobody who reads notices when it goes, or takes back the rows that are being read.
 *
 * @param tell what the operator should know, once each time it changes
 */
export function readingFrom(
  replica: Kysely<Database>,
  primary: Kysely<Database>,
  tell: (words: string) => void,
): Kysely<Database> {
  const looks: { at: number; bytes: number }[] = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  let freshUntil = Number.NEGATIVE_INFINITY;
  let wasFresh: boolean | undefined;

  async function ask<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    if (!isFresh()) return primary.executeQuery<Row>(query as CompiledQuery<Row>);
    try {
      return await replica.executeQuery<Row>(query as CompiledQuery<Row>);
    } catch {
      freshUntil = Number.NEGATIVE_INFINITY;
      return primary.executeQuery<Row>(query as CompiledQuery<Row>);
    }
  }

  function isFresh(): boolean {
    const now = performance.now();
    if (now - lookedAt > betweenLooks) {
      lookedAt = now;
      look(now);
    }
    return now < freshUntil;
  }

  /** As old as the newest of our looks at the primary that the replica has caught up with. */
  async function look(at: number): Promise<void> {
    freshUntil = await Promise.all([writtenBytes(primary), replayedBytes(replica)]).then(
      ([written, replayed]) => {
        looks.push({ at, bytes: written });
        while (looks[0] !== undefined && at - looks[0].at > mostLag) looks.shift();
        const caughtUp = looks.findLast(({ bytes }) => replayed !== null && bytes <= replayed);
        return caughtUp === undefined ? Number.NEGATIVE_INFINITY : caughtUp.at + mostLag;
      },
      () => Number.NEGATIVE_INFINITY,
    );
    const fresh = at < freshUntil;
    if (fresh === wasFresh) return;
    wasFresh = fresh;
    tell(
      fresh
        ? 'Public pages are read from the replica.'
        : 'The replica is away or behind: all is read from the primary.',
    );
  }

  return new Kysely<Database>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new ReadingDriver({ executeQuery: ask, streamQuery: refuse }),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

/** How far its log goes: bytes. */
export async function writtenBytes(primary: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`
    select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as bytes
  `.execute(primary);
  return rows[0]?.bytes ?? Number.NaN;
}

/** How far it has followed the log of its primary: bytes; null where it follows none. */
export async function replayedBytes(replica: Kysely<Database>): Promise<number | null> {
  const { rows } = await sql<{ bytes: number | null }>`
    select case when pg_is_in_recovery() then pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') end as bytes
  `.execute(replica);
  return rows[0]?.bytes ?? null;
}

/** Each statement by itself, on whichever connection comes: there is nothing here to hold or to end. */
class ReadingDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  async init() {}
  acquireConnection = async () => this.#connection;
  async releaseConnection() {}
  beginTransaction = refuse;
  commitTransaction = refuse;
  rollbackTransaction = refuse;
  async destroy() {}
}

function refuse(): never {
  throw new Error('this database is for single statements that read');
}
