import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../database/connection.ts';
import type { FileStore } from './store.ts';

/** First the bytes, then the row: a row never points to nothing. */
export async function keepFile(
  db: Kysely<Database>,
  files: FileStore,
  bytes: Uint8Array,
  mediaType: string,
): Promise<string> {
  return db.transaction().execute(async (trx) => {
    await holdFiles(trx);
    const hash = await files.put(bytes);
    await trx
      .insertInto('files')
      .values({ hash, bytes: bytes.byteLength, media_type: mediaType })
      // From now on it is young again: whoever keeps it has yet to name it.
      .onConflict((conflict) => conflict.column('hash').doUpdateSet({ created_at: sql`now()` }))
      .execute();
    return hash;
  });
}

/** Until the end of the transaction no file is removed. */
export async function holdFiles(trx: Transaction<Database>): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(hashtext('files'))`.execute(trx);
}

/**
 * Removes what nothing names any more: a certificate that was withdrawn, an import that failed. First the bytes whose rows an
 * earlier call has removed, for a backup that began before that still reads them; and drafts that a crash has left.
 * @returns how many bytes' names were removed; null when the files are in use, and the next night will do
 */
export async function removeUnnamedFiles(
  db: Kysely<Database>,
  files: FileStore,
  olderThan: Date,
): Promise<number | null> {
  let removed = 0;
  for await (const names of inGroups(files.listOlder(olderThan), 500)) {
    if ((await withoutRows(db, names)).length === 0) continue;
    const strays = await alone(db, async (trx) => {
      // Again, now that nobody can be just about to keep one of them.
      const found = await withoutRows(trx, names);
      for (const name of found) await files.remove(name);
      return found.length;
    });
    if (strays === null) return null;
    removed += strays;
  }
  const rows = await alone(db, (trx) => removeUnnamedRows(trx, olderThan));
  return rows === null ? null : removed;
}

/**
 * Removes at once, instead of at night, those among them that nothing names. Only for bytes that nobody else can be just about to keep.
 * While the files are in use they are left for the night.
 */
export async function dropFiles(db: Kysely<Database>, files: FileStore, hashes: string[]): Promise<void> {
  if (hashes.length === 0) return;
  await alone(db, async (trx) => {
    const unnamed = await listUnnamed(trx, hashes);
    if (unnamed.length === 0) return;
    await trx.deleteFrom('files').where('hash', 'in', unnamed).execute();
    for (const hash of unnamed) await files.remove(hash);
  });
}

/** null: the files are held by somebody. */
async function alone<T>(db: Kysely<Database>, work: (trx: Transaction<Database>) => Promise<T>): Promise<T | null> {
  return db.transaction().execute(async (trx) => {
    const { rows } = await sql<{ held: boolean }>`
      select pg_try_advisory_xact_lock(hashtext('files')) as held
    `.execute(trx);
    return rows[0]?.held ? work(trx) : null;
  });
}

async function withoutRows(db: Kysely<Database>, names: string[]): Promise<string[]> {
  const rows = await db.selectFrom('files').select('hash').where('hash', 'in', names).execute();
  const known = new Set(rows.map(({ hash }) => hash));
  return names.filter((name) => !known.has(name));
}

async function* inGroups(names: AsyncIterable<string>, size: number): AsyncGenerator<string[]> {
  let group: string[] = [];
  for await (const name of names) {
    if (group.push(name) < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

async function removeUnnamedRows(trx: Transaction<Database>, olderThan: Date): Promise<void> {
  const isNamed = await namedAnywhere(trx);
  await sql`
    delete from files
    where hash in (
      select hash from files where created_at < ${olderThan} and not (${isNamed}) limit 1000
    )
  `.execute(trx);
}

/** Those among them that nothing names any more. */
export async function listUnnamed(trx: Transaction<Database>, hashes: string[]): Promise<string[]> {
  if (hashes.length === 0) return [];
  const isNamed = await namedAnywhere(trx);
  const { rows } = await sql<{ hash: string }>`
    select hash from files where hash = any(${hashes}) and not (${isNamed})
  `.execute(trx);
  return rows.map(({ hash }) => hash);
}

/** Whatever tables there are that name files: a reference says so by itself. A condition on the `files` row of the statement around it. */
async function namedAnywhere(trx: Transaction<Database>): Promise<RawBuilder<unknown>> {
  const { rows: references } = await sql<{ owner: string; column: string }>`
    select conrelid::regclass::text as owner, quote_ident(attname) as column
    from pg_constraint join pg_attribute on attrelid = conrelid and attnum = conkey[1]
    where contype = 'f' and confrelid = 'files'::regclass
  `.execute(trx);
  const isNamed = references.map(
    ({ owner, column }) => sql<boolean>`exists (select from ${sql.raw(owner)} where ${sql.raw(column)} = files.hash)`,
  );
  return sql.join(isNamed, sql` or `);
}
