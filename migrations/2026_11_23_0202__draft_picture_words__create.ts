import { type Kysely, sql } from 'kysely';

/** What a picture of a draft shows, in words, as its author gave them with it: they stand in the Markdown that is offered for each language. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table draft_picture_words (
      draft_id uuid not null,
      path text not null,
      language text not null check (length(language) between 2 and 20),
      words text not null check (length(words) between 1 and 250),
      primary key (draft_id, path, language),
      foreign key (draft_id, path) references draft_files (draft_id, path)
    )
  `.execute(db);
}
