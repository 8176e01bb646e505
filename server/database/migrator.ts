import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Database } from './connection.ts';

const folder = new URL('../../migrations/', import.meta.url);

/**
 * Brings the database to the newest migration, or to the one named. Kysely holds a lock meanwhile, so that several processes may
 * start at once. In a transaction all of it is part of that.
 */
export async function migrate(db: Kysely<Database>, to?: string): Promise<string[]> {
  const migrator = new Migrator({ db, provider: { getMigrations: readMigrations } });
  const { error, results } = await (to === undefined ? migrator.migrateToLatest() : migrator.migrateTo(to));
  if (error) throw error;
  return (results ?? []).map((result) => result.migrationName);
}

/** All that there are, in order. */
export async function listMigrationNames(): Promise<string[]> {
  const files = await readdir(fileURLToPath(folder));
  return files.flatMap((file) => /^(.*)\.ts$/.exec(file)?.[1] ?? []).sort();
}

async function readMigrations(): Promise<Record<string, Migration>> {
  const migrations: Record<string, Migration> = {};
  for (const name of await listMigrationNames()) {
    const load = () => import(new URL(`${name}.ts`, folder).href);
    migrations[name] = { up: async (db) => (await load()).up(db) };
  }
  return migrations;
}
