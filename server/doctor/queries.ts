import { type Kysely, sql } from 'kysely';
import type { Database } from '../database/connection.ts';
import type { Settings } from './rules.ts';

export async function getSettings(db: Kysely<Database>): Promise<Settings> {
  const { rows } = await sql<Settings>`
    select current_setting('server_version') as version, current_setting('server_encoding') as encoding,
      current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
      current_setting('synchronous_commit') as synchronous_commit,
      array(select extname::text from pg_extension) as extensions,
      exists (select from pg_collation where collname = 'vi-x-icu') as has_collation,
      clock_timestamp() as now
  `.execute(db);
  const [settings] = rows;
  if (settings === undefined) throw new Error('PostgreSQL tells no settings');
  return settings;
}

/** Those of the files that are drawings of certificates, which are made again when they are asked for. */
export async function listDrawings(db: Kysely<Database>, hashes: string[]): Promise<string[]> {
  const rows = await db.selectFrom('certificate_files').select('hash').distinct().where('hash', 'in', hashes).execute();
  return rows.map(({ hash }) => hash);
}
