import { type Kysely, sql } from 'kysely';

/**
 * Whom somebody teaches at home, and what each can do now. Nobody else agreed to stand here: so there is what the family calls them and nothing
 * that would find them, and it goes when the one who wrote it says so, or goes themselves.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table household_members (
      id uuid primary key,
      person_id uuid not null references persons on delete cascade,
      name text not null,
      abilities text[] not null default '{}',
      revision integer not null default 0 check (revision >= 0),
      created_at timestamptz not null default now(),
      -- As one says it at home: no telephone number, no address of mail.
      constraint household_members_name check (length(name) between 1 and 40 and name !~ '[0-9]{3}|@'),
      constraint household_members_abilities check (
        abilities <@ array['call', 'photo', 'letters', 'search', 'news', 'scam', 'secret', 'pay', 'service', 'doctor']
        and cardinality(abilities) <= 10
      )
    )
  `.execute(db);
  await sql`comment on column household_members.revision is 'a form drawn from an older one changes nothing'`.execute(
    db,
  );
  // Each of them once; and a person's own list.
  await sql`create unique index household_members_once on household_members (person_id, lower(name))`.execute(db);
}
