import { type Kysely, sql, type Transaction } from 'kysely';
import type { Fault } from '../courses/fault.ts';
import type { Database } from '../database/connection.ts';

/** What the last import of a folder found. */
export async function findImport(db: Kysely<Database>, folder: string) {
  return db
    .selectFrom('course_imports')
    .select('hash')
    .select((eb) => eb.ref('faults').$castTo<Fault[]>().as('faults'))
    .where('folder', '=', folder)
    .executeTakeFirst();
}

/** What readers of a course see now, and the hash of the folder it came from. */
export async function findCurrentVersion(db: Kysely<Database>, slug: string) {
  return db
    .selectFrom('courses')
    .innerJoin('course_versions', 'course_versions.id', 'courses.current_version_id')
    .select(['course_versions.id', 'source_hash', 'published_by_id'])
    .where('slug', '=', slug)
    .executeTakeFirst();
}

export async function listImports(db: Kysely<Database>) {
  return db
    .selectFrom('course_imports')
    .select(['folder', 'imported_at'])
    .select((eb) => eb.ref('faults').$castTo<Fault[]>().as('faults'))
    .orderBy('folder')
    .execute();
}

/** One start at a time imports, so that two processes over one database do not make the same version twice. */
export async function lockImports(trx: Transaction<Database>): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('course imports'))`.execute(trx);
}

export async function recordImport(
  db: Kysely<Database>,
  folder: string,
  outcome: { hash: string; versionId: string | null; faults: Fault[] },
): Promise<void> {
  const row = { hash: outcome.hash, version_id: outcome.versionId, faults: JSON.stringify(outcome.faults) };
  await db
    .insertInto('course_imports')
    .values({ folder, ...row })
    .onConflict((conflict) => conflict.column('folder').doUpdateSet({ ...row, imported_at: sql`now()` }))
    .execute();
}

/** The organisation that a package names as its provider. */
export async function findProvider(db: Kysely<Database>, code: string) {
  return db.selectFrom('organisations').select(['id', 'name']).where('code', '=', code).executeTakeFirst();
}
