import { type Kysely, sql } from 'kysely';

/**
 * Files of work on their way here, part by part, so that a link that is cut loses nothing; and those that have come and are not handed in
 * yet. The bytes lie in the file store. Once a file is handed in, its row says only with which submission.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table assignment_uploads (
      id uuid primary key,
      person_id uuid not null,
      enrolment_id uuid not null,
      item_id uuid not null references items,
      file_name text not null check (length(file_name) between 1 and 200),
      metadata text not null check (length(metadata) <= 2000),
      bytes integer not null check (bytes between 0 and 10000000),
      received integer not null default 0,
      submission_id uuid references assignment_submissions,
      touched_at timestamptz not null default now(),
      constraint assignment_uploads_received check (received between 0 and bytes),
      constraint assignment_uploads_handed_in check (submission_id is null or received = bytes),
      foreign key (enrolment_id, person_id) references enrolments (id, person_id) on update cascade
    )
  `.execute(db);
  await sql`comment on column assignment_uploads.metadata is 'as its sender wrote it: the protocol asks for it back'`.execute(
    db,
  );
  await sql`comment on column assignment_uploads.touched_at is 'when the last part came'`.execute(db);
  // Somebody's own: what has come for an assignment, how many there are, and what their erasure finds.
  await sql`create index assignment_uploads_person on assignment_uploads (person_id, item_id)`.execute(db);
  // What is old enough to go.
  await sql`create index assignment_uploads_touched_at on assignment_uploads (touched_at)`.execute(db);
  // What a merger of two people moves.
  await sql`create index assignment_uploads_enrolment on assignment_uploads (enrolment_id)`.execute(db);
  await sql`
    create table assignment_upload_parts (
      upload_id uuid not null references assignment_uploads on delete cascade,
      position integer not null check (position between 0 and 1999),
      hash text not null references files,
      primary key (upload_id, position)
    )
  `.execute(db);
  await sql`comment on column assignment_upload_parts.position is 'bounded: parts of a byte would be a file each'`.execute(
    db,
  );
  await sql`create index assignment_upload_parts_hash on assignment_upload_parts (hash)`.execute(db);
}
