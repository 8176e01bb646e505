import { type Kysely, sql } from 'kysely';

/** What the law lets people ask for, and what is left of them when they go. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table data_requests (
      id uuid primary key,
      person_id uuid not null references persons,
      kind text not null check (kind in ('copy', 'correction', 'restriction', 'objection', 'deletion', 'other')),
      words text check (length(words) <= 2000),
      asked_at timestamptz not null default now(),
      due_on date not null,
      answer text check (length(answer) <= 2000),
      answered_at timestamptz,
      answered_by_id uuid references persons,
      check ((answered_at is null) = (answered_by_id is null))
    )
  `.execute(db);
  await sql`comment on column data_requests.words is 'of the person; null once they are erased'`.execute(db);
  // What waits for the operator, the most urgent first.
  await sql`create index data_requests_open on data_requests (due_on, asked_at) where answered_at is null`.execute(db);
  await sql`create index data_requests_person on data_requests (person_id, asked_at desc)`.execute(db);

  // What somebody typed may tell who they were. Their answers may lose it, when they are erased and only then; nothing else
  // about an answer ever changes.
  await sql`
    create function refuse_change_of_answer() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and new.response = '{"erased": true}'
        and to_jsonb(new) - 'response' = to_jsonb(old) - 'response'
        and exists (select from persons where id = new.person_id and erased_at is not null)
      then
        return new;
      end if;
      raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
    end $$
  `.execute(db);
  await sql`drop trigger answers_append_only on answers`.execute(db);
  await sql`
    create trigger answers_append_only before update or delete on answers
      for each row execute function refuse_change_of_answer()
  `.execute(db);
}
