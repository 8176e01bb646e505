import type { Readable, Writable } from 'node:stream';
import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Database } from './connection.ts';

/** One connection, for work that copies whole tables in or out in the midst of a transaction. */
export interface Single {
  /** Whatever fails in it ends the connection, so that half a copy is nobody's to finish, and is thrown as it was. */
  transaction<T>(work: (trx: Transaction<Database>) => Promise<T>, kind?: 'snapshot'): Promise<T>;
  copyOut(statement: string): Readable & { rowCount: number };
  copyIn(statement: string): Writable & { rowCount: number };
  close(): Promise<void>;
}

export async function connectOnce({ max: _, ...config }: pg.PoolConfig): Promise<Single> {
  const client = new pg.Client({ connectionTimeoutMillis: 10_000, ...config });
  client.on('error', () => {});
  await client.connect();
  const lent = Object.assign(client, { release() {} });
  const pool = { connect: async () => lent, end: async () => {}, options: {} };
  const db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });

  return {
    async transaction(work, kind) {
      let failure: { error: unknown } | undefined;
      const transaction = db.transaction();
      const settled =
        kind === 'snapshot' ? transaction.setIsolationLevel('repeatable read').setAccessMode('read only') : transaction;
      try {
        return await settled.execute((trx) =>
          work(trx).catch(async (error) => {
            failure = { error };
            await client.end();
            throw error;
          }),
        );
      } catch (error) {
        throw failure === undefined ? error : failure.error;
      }
    },
    // A connection that ends is told to both; where nobody listens any more, that would end the process.
    copyOut: (statement) => client.query(copyTo(statement)).on('error', () => {}),
    copyIn: (statement) => client.query(copyFrom(statement)).on('error', () => {}),
    close: () => client.end(),
  };
}
