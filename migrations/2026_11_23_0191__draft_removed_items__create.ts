import { type Kysely, sql } from 'kysely';

/** What was taken out of a draft by a button, so that it can be put back: its settings and its place; its texts stay in `draft_files`. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table draft_removed_items (
      draft_id uuid not null references drafts,
      item_key text not null check (length(item_key) between 1 and 80),
      title text not null,
      item json not null,
      paths text[] not null,
      removed_at timestamptz not null default now(),
      primary key (draft_id, item_key)
    )
  `.execute(db);
  await sql`comment on column draft_removed_items.item is 'its settings in their order, its place, and the lists that required it'`.execute(
    db,
  );
  await sql`
    create trigger draft_removed_items_open before insert or update or delete on draft_removed_items
      for each row execute function hold_draft_open()
  `.execute(db);
}
