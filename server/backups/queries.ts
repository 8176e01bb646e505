import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../database/connection.ts';
import type { Single } from '../database/single.ts';

/** A table as it is backed up. */
export interface Table {
  name: string;
  columns: string[];
  /** On the disk, about. */
  bytes: number;
}

type Tx = Transaction<Database>;

/** What is written by one server is to be read by another, whatever their settings; and takes as long as it takes. */
export async function settle(trx: Tx): Promise<void> {
  await sql`
    set local statement_timeout = 0;
    set local lock_timeout = 0;
    set local idle_in_transaction_session_timeout = 0;
    set local search_path = public;
    set local timezone = 'UTC';
    set local datestyle = 'ISO, YMD';
    set local intervalstyle = 'postgres';
    set local bytea_output = 'hex';
    set local extra_float_digits = 3
  `.execute(trx);
}

/** All tables of ours but those whose rows may be lost, and without columns that are computed. */
export async function listTables(db: Kysely<Database>): Promise<Table[]> {
  const { rows } = await sql<Table>`
    select relname as name, pg_table_size(pg_class.oid) as bytes,
      array_agg(attname::text order by attnum) filter (where attgenerated = '') as columns
    from pg_class join pg_attribute on attrelid = pg_class.oid
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
      and relpersistence = 'p' and relname not like 'kysely\\_%' and ${isOurs('pg_class')}
      and attnum > 0 and not attisdropped
    group by pg_class.oid
    order by relname
  `.execute(db);
  return rows;
}

/** The migrations that the database has gone through; none where it is empty. */
export async function listMigrations(db: Kysely<Database>): Promise<string[]> {
  const { rows: tables } = await sql`select where to_regclass('public.kysely_migration') is not null`.execute(db);
  if (tables.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from public.kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}

/** Those that were ever used; a restored one goes on after the value. */
export async function listSequences(trx: Tx) {
  const { rows } = await sql<{ name: string; value: number }>`
    select sequencename as name, last_value as value
    from pg_sequences where schemaname = 'public' and last_value is not null
    order by 1
  `.execute(trx);
  return rows;
}

export async function setSequence(trx: Tx, { name, value }: { name: string; value: number }): Promise<void> {
  await sql`select setval(${quoted(name)}::regclass, ${value})`.execute(trx);
}

/** The files that the database names, in order of their hashes. */
export async function listFiles(db: Kysely<Database>, after: string, limit: number) {
  return db
    .selectFrom('files')
    .select(['hash', 'bytes'])
    .where('hash', '>', after)
    .orderBy('hash')
    .limit(limit)
    .execute();
}

export async function countFileBytes(db: Kysely<Database>): Promise<number> {
  const { bytes } = await db
    .selectFrom('files')
    .select(({ fn }) => fn.coalesce(fn.sum<number>('bytes'), sql<number>`0`).as('bytes'))
    .executeTakeFirstOrThrow();
  return bytes;
}

/** A query, because a table with partitions cannot be copied by its name. */
export function copyOut({ copyOut }: Pick<Single, 'copyOut'>, { name, columns }: Pick<Table, 'name' | 'columns'>) {
  return copyOut(`copy (select ${columns.map(quoted).join(', ')} from public.${quoted(name)}) to stdout`);
}

export function copyIn({ copyIn }: Pick<Single, 'copyIn'>, { name, columns }: Pick<Table, 'name' | 'columns'>) {
  return copyIn(`copy public.${quoted(name)} (${columns.map(quoted).join(', ')}) from stdin`);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export async function hasPeople(trx: Tx): Promise<boolean> {
  const { rows: tables } = await sql`select where to_regclass('public.persons') is not null`.execute(trx);
  if (tables.length === 0) return false;
  return (await trx.selectFrom('persons').select('id').limit(1).execute()).length > 0;
}

/** Whether the database has tables, of ours or of somebody else. */
export async function hasTables(trx: Tx): Promise<boolean> {
  const { rows } = await sql`
    select from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and ${isOurs('pg_class')}
    limit 1
  `.execute(trx);
  return rows.length > 0;
}

export async function mayMakeTables(trx: Tx): Promise<boolean> {
  const { rows } = await sql<{ may: boolean }>`select has_schema_privilege('public', 'create') as may`.execute(trx);
  return rows[0]?.may === true;
}

/** How many others of our name are connected to this database. */
export async function countOthers(trx: Tx): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and usename = current_user
      and backend_type = 'client backend'
  `.execute(trx);
  return rows[0]?.count ?? 0;
}

/** Everything goes but the extensions, which may be somebody else's. What goes along with an earlier thing is no longer there. */
export async function removeEverything(trx: Tx): Promise<void> {
  const { rows } = await sql<{ statement: string }>`
    select format('drop %s if exists %s cascade', kind, name) as statement from (
      select 1 as turn, case relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
          when 'c' then 'type' else 'table' end as kind, format('public.%I', relname) as name
      from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'S', 'c') and ${isOurs('pg_class')}
      union all
      select 2, 'type', format('public.%I', typname)
      from pg_type
      where typnamespace = 'public'::regnamespace and typtype in ('d', 'e', 'r') and ${isOurs('pg_type')}
      union all
      select 3, 'routine', oid::regprocedure::text
      from pg_proc where pronamespace = 'public'::regnamespace and ${isOurs('pg_proc')}
    ) as things
    order by turn
  `.execute(trx);
  for (const { statement } of rows) await sql.raw(statement).execute(trx);
}

/** Not brought by an extension. */
function isOurs(catalogue: 'pg_class' | 'pg_type' | 'pg_proc') {
  return sql<boolean>`not exists (
    select from pg_depend
    where classid = ${sql.lit(catalogue)}::regclass and objid = ${sql.ref(`${catalogue}.oid`)} and deptype = 'e'
  )`;
}

/**
 * Lets tables be filled in any order, rows that point to each other included, and quickly; only facts are inserted, so
 * no trigger of ours has a word in it.
 * @returns what puts the rules back, each checked for all rows
 */
export async function liftRules(trx: Tx, tables: Pick<Table, 'name'>[]): Promise<() => Promise<void>> {
  const { rows: references } = await sql<{ owner: string; name: string; definition: string }>`
    select conrelid::regclass::text as owner, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
    from pg_constraint
    where contype = 'f' and connamespace = 'public'::regnamespace and conparentid = 0
    order by 1, 2
  `.execute(trx);
  for (const { owner, name } of references) {
    await sql.raw(`alter table ${owner} drop constraint ${name}`).execute(trx);
  }
  const setTriggers = async (state: 'enable' | 'disable') => {
    for (const { name } of tables)
      await sql.raw(`alter table public.${quoted(name)} ${state} trigger user`).execute(trx);
  };
  await setTriggers('disable');

  return async () => {
    await setTriggers('enable');
    for (const { owner, name, definition } of references) {
      await sql.raw(`alter table ${owner} add constraint ${name} ${definition}`).execute(trx);
    }
  };
}

/** What a migration has put into a table is in the backup too, as it became. */
export async function emptyTables(trx: Tx, tables: Pick<Table, 'name'>[]): Promise<void> {
  for (const { name } of tables) {
    const { rows } = await sql`select from public.${sql.id(name)} limit 1`.execute(trx);
    if (rows.length > 0) await sql`delete from public.${sql.id(name)}`.execute(trx);
  }
}

/** Without it the first queries would be planned as if the tables were empty. */
export async function analyse(trx: Tx): Promise<void> {
  await sql`analyze`.execute(trx);
}
