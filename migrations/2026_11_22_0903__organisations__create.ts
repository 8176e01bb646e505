import { type Kysely, sql } from 'kysely';

/** A tree of organisations. A code is printed on paper, hence permanent; it is also the label in the path. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table organisations (
      id uuid primary key,
      code text not null unique check (code ~ '^[a-z0-9_]{2,40}$'),
      parent_id uuid references organisations,
      path ltree not null unique,
      kind text not null check (kind in ('network', 'association', 'school', 'centre', 'partner_ngo', 'employer')),
      name text not null check (length(name) between 1 and 200),
      merged_into_id uuid references organisations,
      created_at timestamptz not null default now(),
      check ((parent_id is null) = (nlevel(path) = 1)),
      check (subpath(path, -1) = code::ltree)
    )
  `.execute(db);
  // Everything under a branch.
  await sql`create index organisations_path on organisations using gist (path)`.execute(db);

  await sql`
    create table memberships (
      id uuid primary key,
      person_id uuid not null references persons on delete cascade,
      organisation_id uuid not null references organisations,
      role text not null check (role in ('learner', 'mentor', 'author', 'reviewer', 'manager', 'owner')),
      valid_from timestamptz not null default now(),
      valid_until timestamptz check (valid_until >= valid_from),
      granted_by_id uuid references persons
    )
  `.execute(db);
  await sql`
    create unique index memberships_open on memberships (person_id, organisation_id, role) where valid_until is null
  `.execute(db);
  // The people of an organisation by role.
  await sql`create index memberships_organisation on memberships (organisation_id, role) where valid_until is null`.execute(
    db,
  );
}
