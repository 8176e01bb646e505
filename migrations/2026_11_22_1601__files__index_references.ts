import { type Kysely, sql } from 'kysely';

/** Whether a file is still named: asked before its row is removed, and by the references themselves. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const table of ['course_version_files', 'version_pictures', 'certificate_files']) {
    await sql`create index ${sql.id(`${table}_hash`)} on ${sql.id(table)} (hash)`.execute(db);
  }
}
