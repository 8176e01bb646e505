import { type Kysely, sql } from 'kysely';

/**
 * Which parts of a draft may say no longer what they say in another language. A part is known by the hash of its words, so that what is put
 * in above it moves no mark.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table draft_translation_marks (
      id uuid primary key default gen_random_uuid(),
      draft_id uuid not null references drafts,
      file text not null check (file ~ '^[a-z0-9-]+[.](md|gift)$'),
      language text not null,
      block text,
      source_language text not null,
      source_before text,
      source_after text,
      marked_by_id uuid not null references persons,
      marked_at timestamptz not null default now(),
      settled_how text check (settled_how in ('confirmed', 'rewritten', 'undone')),
      settled_by_id uuid references persons,
      settled_at timestamptz,
      became text,
      constraint draft_translation_marks_other check (language <> source_language),
      constraint draft_translation_marks_about check ((block is null) = (source_before is null)),
      constraint draft_translation_marks_known check (num_nonnulls(block, source_after) > 0),
      constraint draft_translation_marks_settled check (
        (settled_how is null) = (settled_by_id is null) and (settled_how is null) = (settled_at is null)
      ),
      constraint draft_translation_marks_became check (became is null or settled_how = 'rewritten')
    )
  `.execute(db);
  await sql`comment on column draft_translation_marks.block is 'hash of the part that is behind; null: there is none yet'`.execute(
    db,
  );
  await sql`comment on column draft_translation_marks.source_before is 'hash of its partner when the two were last in step'`.execute(
    db,
  );
  await sql`comment on column draft_translation_marks.became is 'hash of what was written in its place'`.execute(db);
  // One for each part and language that it is behind of.
  await sql`
    create unique index draft_translation_marks_open
      on draft_translation_marks (draft_id, file, language, source_language, coalesce(block, source_after))
      where settled_how is null
  `.execute(db);
  // What is said of an item, and what a new draft of the course takes over.
  await sql`create index draft_translation_marks_draft on draft_translation_marks (draft_id, file)`.execute(db);
  await sql`
    create trigger draft_translation_marks_open before insert or update or delete on draft_translation_marks
      for each row execute function hold_draft_open()
  `.execute(db);
  await sql`
    create trigger draft_translation_marks_confirmed before update or delete on draft_translation_marks
      for each row when (old.settled_how = 'confirmed') execute function refuse_change()
  `.execute(db);
}
