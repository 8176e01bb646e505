import { type Kysely, sql } from 'kysely';

/** The first of very many people in the order of class lists, without sorting all; some of them by a part of their name; who has not been in yet. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create index person_details_given_name on person_details (
      (regexp_replace(full_name, '^.* ', '')) collate "vi-x-icu", full_name collate "vi-x-icu", person_id
    )
  `.execute(db);
  await sql`create index person_details_folded on person_details using gin (fold(full_name) gin_trgm_ops)`.execute(db);
  await sql`create index registrations_new on registrations (person_id) where first_entered_at is null`.execute(db);
}
