import { type Kysely, sql } from 'kysely';

/** The certificates of a cohort in one file, for those who guide it to print. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table certificate_bundles (
      id uuid primary key,
      cohort_id uuid not null references cohorts,
      created_by_id uuid not null references persons,
      format text not null check (format in ('pdf', 'zip')),
      certificates uuid[] not null check (cardinality(certificates) between 1 and 500),
      done integer not null default 0,
      touched_at timestamptz,
      file_hash text references files,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      constraint certificate_bundles_whole check (
        done between 0 and cardinality(certificates) and (file_hash is null or done = cardinality(certificates))
      )
    )
  `.execute(db);
  await sql`comment on column certificate_bundles.touched_at is 'when somebody last worked on it; null before'`.execute(
    db,
  );
  // What of a person is erased; and whether a file is still named.
  await sql`create index certificate_bundles_certificates on certificate_bundles using gin (certificates)`.execute(db);
  await sql`create index certificate_bundles_file on certificate_bundles (file_hash)`.execute(db);
}
