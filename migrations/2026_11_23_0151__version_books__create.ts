import { type Kysely, sql } from 'kysely';

/** A version as a book to read without a network, one for each language: drawn once and kept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table version_books (
      version_id uuid not null references course_versions,
      language text not null,
      hash text not null references files,
      primary key (version_id, language),
      foreign key (version_id, language) references course_version_texts (version_id, language)
    )
  `.execute(db);
  // Whether a file is still named.
  await sql`create index version_books_hash on version_books (hash)`.execute(db);
}
