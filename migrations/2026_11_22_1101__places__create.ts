import { type Kysely, sql } from 'kysely';

/**
 * Provinces, communes, wards: by the official code, which is for life, while names and kinds change and places are merged. A tree of
 * any depth: no level is named here.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table places (
      code text primary key check (code ~ '^[0-9]{2,10}$'),
      parent_code text references places check (parent_code <> code),
      merged_into_code text references places check (merged_into_code <> code),
      created_at timestamptz not null default now()
    )
  `.execute(db);
  // What lies in a place.
  await sql`create index places_parent on places (parent_code)`.execute(db);

  await sql`
    create table place_names (
      id uuid primary key,
      place_code text not null references places,
      name text not null check (length(name) between 1 and 200),
      kind text not null check (kind in ('province', 'city', 'district', 'commune', 'ward', 'special_zone')),
      valid_from date,
      valid_until date check (valid_until > valid_from)
    )
  `.execute(db);
  await sql`comment on column place_names.valid_from is 'null: since before anybody wrote it down'`.execute(db);
  await sql`create unique index place_names_open on place_names (place_code) where valid_until is null`.execute(db);
  // All names of a place.
  await sql`create index place_names_place on place_names (place_code)`.execute(db);
  // A place by any name that it has or had, accents or none.
  await sql`create index place_names_folded on place_names using gin (fold(name) gin_trgm_ops)`.execute(db);

  await sql`
    create table place_imports (
      id uuid primary key,
      file_hash text not null references files,
      file_name text not null,
      created_by_id uuid references persons,
      created_at timestamptz not null default now(),
      applied_at timestamptz
    )
  `.execute(db);
}
