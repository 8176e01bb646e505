import { type Kysely, sql } from 'kysely';

/** Extensions, and the one rule by which text is folded for search: accents away, đ to d, lower case. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const extension of ['unaccent', 'pg_trgm', 'ltree']) {
    await sql`create extension if not exists ${sql.id(extension)}`.execute(db);
  }
  // unaccent() is only stable, because a dictionary may be swapped; naming the dictionary makes an immutable wrapper honest,
  // which an index on it needs.
  await sql`
    create function fold(text) returns text
      language sql immutable strict parallel safe
      as $$ select lower(public.unaccent('public.unaccent'::regdictionary, $1)) $$
  `.execute(db);
  // Facts are appended, never changed: tables that hold them refuse everything but an insert.
  await sql`
    create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
    end $$
  `.execute(db);
}
