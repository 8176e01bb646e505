import { type Kysely, sql } from 'kysely';

/**
 * One person who was registered twice. Their facts stay as they are; only whose they are changes, and only along a merger that is on
 * record, so that it can be undone.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table persons add column merged_into_id uuid references persons`.execute(db);
  await sql`
    create table person_mergers (
      id uuid primary key,
      kept_id uuid not null references persons,
      merged_id uuid not null references persons,
      merged_by_id uuid not null references persons,
      merged_at timestamptz not null default now(),
      moved jsonb not null,
      undone_at timestamptz,
      check (kept_id <> merged_id)
    )
  `.execute(db);
  await sql`comment on column person_mergers.moved is 'ids of what went over, to bring it back'`.execute(db);
  // Nobody is merged into two people.
  await sql`create unique index person_mergers_open on person_mergers (merged_id) where undone_at is null`.execute(db);
  await sql`create index person_mergers_kept on person_mergers (kept_id)`.execute(db);

  await sql`
    create function changes_owner_by_merger(old_row jsonb, new_row jsonb) returns boolean language sql stable as $$
      select old_row - 'person_id' = new_row - 'person_id' and exists (
        select from person_mergers
        where (merged_id = (old_row ->> 'person_id')::uuid and kept_id = (new_row ->> 'person_id')::uuid)
          or (kept_id = (old_row ->> 'person_id')::uuid and merged_id = (new_row ->> 'person_id')::uuid)
      )
    $$
  `.execute(db);
  await sql`
    create or replace function refuse_change() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and tg_level = 'ROW' and changes_owner_by_merger(to_jsonb(old), to_jsonb(new)) then
        return new;
      end if;
      raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
    end $$
  `.execute(db);
  await sql`
    create or replace function refuse_change_of_answer() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and changes_owner_by_merger(to_jsonb(old), to_jsonb(new)) then
        return new;
      end if;
      if tg_op = 'UPDATE' and new.response = '{"erased": true}'
        and to_jsonb(new) - 'response' = to_jsonb(old) - 'response'
        and exists (select from persons where id = new.person_id and erased_at is not null)
      then
        return new;
      end if;
      raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
    end $$
  `.execute(db);

  // The person of an enrolment is the person of all that hangs on it.
  for (const [table, column, parent] of [
    ['completions', 'enrolment_id', 'enrolments'],
    ['attempts', 'enrolment_id', 'enrolments'],
    ['answers', 'attempt_id', 'attempts'],
  ] as const) {
    const name = `${table}_${column}_person_id_fkey`;
    await sql`
      alter table ${sql.id(table)}
        drop constraint ${sql.id(name)},
        add constraint ${sql.id(name)} foreign key (${sql.id(column)}, person_id)
          references ${sql.id(parent)} (id, person_id) on update cascade
    `.execute(db);
  }
}
