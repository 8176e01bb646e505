import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { backUp } from '../../server/backups/backing-up.ts';
import { type Restored, restore } from '../../server/backups/restoring.ts';
import { type FileStore, folderStore } from '../../server/files/store.ts';
import { temporaryFolder } from '../support/child.ts';
import { dropDatabase } from '../support/database.ts';
import { run, urlTo } from '../support/test-postgres.ts';

/** Where a site keeps what it knows. */
export interface Instance {
  url: string;
  dataDir: string;
  files: FileStore;
}

let count = 0;

/** An empty database on the same server, without a single table, and an empty folder. */
export async function emptyInstance(t: Test, serverUrl: string): Promise<Instance> {
  count += 1;
  const name = `test_${process.pid}_empty_${count}`;
  await run(serverUrl, `create database ${name} template template0`);
  t.teardown(() => dropDatabase(serverUrl, name));
  const dataDir = await temporaryFolder(t);
  return { url: urlTo(serverUrl, name), dataDir, files: folderStore(join(dataDir, 'files')) };
}

export function backUpFrom({ url, files }: Pick<Instance, 'url' | 'files'>, path: string) {
  const silent = { advance() {}, end() {} };
  return backUp({ connection: { connectionString: url }, files }, path, () => silent);
}

export function restoreInto(
  { url, files, dataDir }: Instance,
  path: string,
  { replace = false } = {},
): Promise<Restored> {
  return restore({ connection: { connectionString: url }, files, dataDir, replace }, path);
}

/** All rows of every table, as they are written, and the rules of the database: by what they are of. */
export async function contentsOf(url: string): Promise<Record<string, unknown>> {
  const tables = await run(
    url,
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r' and relpersistence = 'p' and relname not like 'kysely%'`,
  );
  const contents: Record<string, unknown> = {};
  for (const { name } of tables) {
    const [row] = await run(
      url,
      `select count(*) as count, md5(string_agg(t::text, e'\\n' order by t::text collate "C")) as sum from ${name} t`,
    );
    contents[String(name)] = row;
  }
  return contents;
}

/** What the migrations have made, as PostgreSQL describes it. */
export async function rulesOf(url: string): Promise<string[]> {
  const rows = await run(
    url,
    `select line from (
       select format('%s.%s %s %s %s %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull,
         attgenerated, pg_get_expr(adbin, adrelid)) as line
       from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
       where attnum > 0 and attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r')
       union all select format('%s %s', relname, relacl) from pg_class where relnamespace = 'public'::regnamespace
       union all select format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
       from pg_constraint where connamespace = 'public'::regnamespace
       union all select pg_get_indexdef(indexrelid)
       from pg_index join pg_class on oid = indexrelid where relnamespace = 'public'::regnamespace
       union all select format('%s %s', pg_get_triggerdef(oid), tgenabled) from pg_trigger where not tgisinternal
       union all select pg_get_functiondef(oid) from pg_proc where proname in ('fold', 'refuse_change')
       union all select name from kysely_migration
     ) as lines order by line`,
  );
  return rows.map(({ line }) => String(line));
}

/** Every file below the folder, by its place. */
export async function filesIn(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const sums: Record<string, string> = {};
  for (const name of names.sort()) {
    sums[name.slice(folder.length)] = createHash('sha256')
      .update(await readFile(name))
      .digest('hex');
  }
  return sums;
}
