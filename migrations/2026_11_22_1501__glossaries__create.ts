import { type Kysely, sql } from 'kysely';

/** The terms that the lessons of a version explain, and where each stands first. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table glossary_terms (
      version_id uuid not null references course_versions,
      language text not null,
      position integer not null check (position > 0),
      term text not null,
      meaning text not null,
      item_id uuid not null references items,
      place text not null,
      primary key (version_id, language, position)
    )
  `.execute(db);
  await sql`comment on column glossary_terms.place is 'id of the element of the lesson in which the term stands first'`.execute(
    db,
  );
  await sql`
    create trigger glossary_terms_immutable before update or delete on glossary_terms
      for each row execute function refuse_change()
  `.execute(db);
}
