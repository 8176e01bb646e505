import { type Kysely, sql } from 'kysely';

/** What a public page tells of an organisation, and when it ended. Codes are printed on paper: they stay, and so does every row. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table organisations
      add column about text check (length(about) between 1 and 5000),
      add column phone text check (phone ~ '^[+][0-9]{8,15}$'),
      add column email text check (length(email) <= 254),
      add column website text check (website ~ '^https?://' and length(website) <= 500),
      add column logo_hash text references files,
      add column place_code text references places,
      add column closed_at timestamptz
  `.execute(db);
  await sql`create unique index organisations_root on organisations ((true)) where parent_id is null`.execute(db);
  // What lies directly below.
  await sql`create index organisations_parent on organisations (parent_id)`.execute(db);
  // A manager's search, accents or none.
  await sql`create index organisations_folded on organisations using gin (fold(name) gin_trgm_ops)`.execute(db);
  // What a place has; and what was merged into an organisation.
  await sql`create index organisations_place on organisations (place_code)`.execute(db);
  await sql`create index organisations_merged on organisations (merged_into_id) where merged_into_id is not null`.execute(
    db,
  );

  await sql`
    create function refuse_code_change() returns trigger language plpgsql as $$
    begin
      raise exception 'a code is permanent' using errcode = 'restrict_violation';
    end $$
  `.execute(db);
  await sql`
    create trigger organisations_permanent_code before update of code on organisations
      for each row when (old.code <> new.code) execute function refuse_code_change()
  `.execute(db);
  await sql`
    create trigger organisations_kept before delete or truncate on organisations
      for each statement execute function refuse_change()
  `.execute(db);
}
