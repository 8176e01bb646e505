import pg from 'pg';
import { PlainError } from '../platform/plain-error.ts';

/**
 * How to connect to the PostgreSQL that DATABASE_URL names, once it has answered and will do.
 * @throws PlainError when it cannot be reached, is too old, or cannot hold Vietnamese
 */
export async function reachDatabase(url: string): Promise<pg.PoolConfig & { prepare: boolean }> {
  const { version, encoding } = await ask(url);
  const major = Math.floor(version / 10_000);
  if (major < 15) {
    throw new PlainError(
      `The database of DATABASE_URL is PostgreSQL ${major}, and Đom Đóm needs 15 or later. Upgrade it, or name another.`,
    );
  }
  if (encoding !== 'UTF8') {
    throw new PlainError(
      `The database of DATABASE_URL keeps text as ${encoding}, which cannot hold Vietnamese. Make one with: create database domdom encoding 'UTF8' template template0`,
    );
  }
  return connectionTo(url);
}

/** For one that may be away: it is asked nothing before its first statement, and nobody waits long for it. */
export function replicaConnection(url: string): pg.PoolConfig & { prepare: boolean } {
  return { ...connectionTo(url), min: 0, connectionTimeoutMillis: 2_000 };
}

function connectionTo(url: string): pg.PoolConfig & { prepare: boolean } {
  return { connectionString: url, prepare: !/[?&]prepare=off(&|$)/.test(url) };
}

async function ask(url: string): Promise<{ version: number; encoding: string }> {
  let client: pg.Client | undefined;
  try {
    client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query(
      "select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding",
    );
    return rows[0];
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    // The password is in the address: it is told in parts.
    const place = client ? `${client.database} at ${client.host}:${client.port}` : 'of DATABASE_URL';
    throw new PlainError(
      `The database ${place} does not let us in (${message || code}). Start it, or correct DATABASE_URL.`,
    );
  } finally {
    await client?.end().catch(() => {});
  }
}
