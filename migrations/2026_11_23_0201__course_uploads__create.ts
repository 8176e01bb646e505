import { type Kysely, sql } from 'kysely';

/**
 * Files that authors bring courses in by, until they have become drafts. The bytes lie in the file store in parts, so that any process can
 * read them; the rows of the parts go as soon as the file has been read, and the bytes with them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table course_uploads (
      id uuid primary key,
      organisation_id uuid not null references organisations,
      made_by_id uuid not null references persons,
      file_name text not null check (length(file_name) between 1 and 120),
      bytes integer not null check (bytes > 0),
      language text check (language ~ '^[a-z]{2,3}$'),
      state text not null default 'waiting' check (state in ('waiting', 'reading', 'keeping', 'done', 'refused')),
      tries integer not null default 0,
      touched_at timestamptz,
      outcome jsonb,
      draft_id uuid unique references drafts,
      made_at timestamptz not null default now(),
      ended_at timestamptz,
      constraint course_uploads_ended check ((ended_at is not null) = (state in ('done', 'refused'))),
      constraint course_uploads_draft check ((draft_id is not null) = (state = 'done')),
      constraint course_uploads_outcome check ((outcome is not null) = (state = 'refused'))
    )
  `.execute(db);
  await sql`comment on column course_uploads.language is 'null: to be told from the words'`.execute(db);
  await sql`comment on column course_uploads.touched_at is 'when whoever reads it was last alive'`.execute(db);
  await sql`comment on column course_uploads.outcome is 'why it became no draft'`.execute(db);
  // What is still to be read, the oldest first.
  await sql`create index course_uploads_waiting on course_uploads (made_at, id) where ended_at is null`.execute(db);
  // Somebody's own, the newest first.
  await sql`create index course_uploads_made_by on course_uploads (made_by_id, made_at desc)`.execute(db);
  // What is old enough to go.
  await sql`create index course_uploads_ended_at on course_uploads (ended_at) where ended_at is not null`.execute(db);
  await sql`create index course_uploads_organisation on course_uploads (organisation_id)`.execute(db);
  await sql`
    create table course_upload_parts (
      upload_id uuid not null references course_uploads on delete cascade,
      position integer not null check (position >= 0),
      hash text not null references files,
      primary key (upload_id, position)
    )
  `.execute(db);
  await sql`create index course_upload_parts_hash on course_upload_parts (hash)`.execute(db);
  await sql`comment on column drafts.report is 'what came over, where it was made from a file'`.execute(db);
}
