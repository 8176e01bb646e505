import { type Kysely, sql } from 'kysely';

/** A certificate as a signed credential is one of its files; its place in a list of revocations outlives it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table certificate_files drop constraint certificate_files_kind_check`.execute(db);
  await sql`
    alter table certificate_files add constraint certificate_files_kind_check check (kind in ('pdf', 'png', 'svg', 'json'))
  `.execute(db);
  await sql`
    create table credential_statuses (
      organisation_id uuid not null references organisations,
      list integer not null check (list > 0),
      position integer not null check (position between 0 and 131071),
      certificate_id uuid not null unique references certificates,
      primary key (organisation_id, list, position)
    )
  `.execute(db);
  await sql`
    comment on table credential_statuses is 'where a certificate stands in the lists of revocations that its issuer signs'
  `.execute(db);
}
