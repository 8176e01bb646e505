import { type Kysely, sql } from 'kysely';

/** How many there are of what the owner wants to know of the whole site: counting a million takes longer than a page. Made anew every hour. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table site_counts (
      name text primary key,
      number bigint not null check (number >= 0),
      counted_at timestamptz not null default now()
    )
  `.execute(db);
}
