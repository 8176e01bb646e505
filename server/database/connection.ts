import { createHash } from 'node:crypto';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { early } from './early.ts';
import type { DB } from './schema.ts';

export type Database = DB;

// numeric as a number: ours are points, hours and shares of a few digits. int8 as a number: counts stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number);
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

const statementNames = new Map<string, string>();
/** What is named is kept, here and in each connection of PostgreSQL; lists of another length each time are other statements. */
const mostNames = 3_000;

function statementName(text: string): string | undefined {
  let name = statementNames.get(text);
  if (name === undefined && statementNames.size < mostNames) {
    name = createHash('sha1').update(text).digest('base64url');
    statementNames.set(text, name);
  }
  return name;
}

/** Ends with the statement that is never answered: its connection would be lent to the next one who asks, and keep them waiting as well. */
class PatientClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: pg declares ten overloads of query; Kysely uses the one with text and values.
  override query(...args: any[]): any {
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const answer = (super.query as any)(...args);
    if (answer instanceof Promise)
      answer.catch(({ message }: Error) => {
        if (message === 'Query read timeout') this.connection.stream.destroy();
      });
    return answer;
  }
}

/**
 * Names every parametrised statement, so that PostgreSQL parses and plans it once a connection: the largest single gain in speed.
 * A PgBouncer older than 1.21 in transaction mode cannot carry names: add `?prepare=off` to DATABASE_URL there.
 */
class NamingClient extends PatientClient {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  override query(...args: any[]): any {
    const [text, values, ...rest] = args;
    const isParametrised = typeof text === 'string' && Array.isArray(values) && values.length > 0;
    const name = isParametrised ? statementName(text) : undefined;
    return super.query(...(name === undefined ? args : [{ name, text, values }, ...rest]));
  }
}

export interface Connection {
  db: Kysely<Database>;
  pool: pg.Pool;
}

/**
 * @param options `patience`: milliseconds for which somebody may have waited for a connection before all who come are refused at once
 * @param onStatement told the text of every statement sent and its values, for counting and explaining them
 */
export function connect(
  options: pg.PoolConfig & { prepare?: boolean; patience?: number },
  onStatement?: (sql: string, values: readonly unknown[]) => void,
): Connection {
  const { prepare = true, patience = Number.POSITIVE_INFINITY, ...config } = options;
  const pool = new pg.Pool({
    max: 10,
    connectionTimeoutMillis: 10_000,
    // A new connection has every statement to parse and plan again.
    min: 2,
    idleTimeoutMillis: 300_000,
    statement_timeout: 30_000,
    // For a network that swallows the answer: longer than PostgreSQL itself would work on it.
    query_timeout: 35_000,
    keepAlive: true,
    ...config,
    Client: prepare ? NamingClient : PatientClient,
  });
  // A connection that breaks is dropped by the pool, and its statement fails; without listeners, idle or busy, it would end the process.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<Database>({
    dialect: new PostgresDialect({ pool: early(pool, patience) }),
    ...(onStatement ? { log: (event) => onStatement(event.query.sql, event.query.parameters) } : {}),
  });
  return { db, pool };
}
