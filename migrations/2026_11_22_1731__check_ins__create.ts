import { type Kysely, sql } from 'kysely';

/**
 * What a mentor notes of a talk with somebody they guide, and what the two agreed on. Words meant for mentors alone stand in a column of
 * their own, so that no statement made for a learner can bring them by mistake.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table check_ins (
      entry_id uuid not null,
      revision integer not null check (revision >= 0),
      member_id uuid not null,
      person_id uuid not null,
      author_id uuid not null references persons,
      met_on date not null,
      channel text not null check (channel in ('visit', 'call', 'chat', 'meeting')),
      minutes integer check (minutes between 1 and 720),
      is_private boolean not null,
      private_note text check (length(private_note) between 1 and 2000),
      note text check (length(note) between 1 and 2000),
      next_step text check (length(next_step) between 1 and 500),
      next_step_on date,
      is_withdrawn boolean not null default false,
      withdrawal_reason text check (length(withdrawal_reason) between 1 and 500),
      recorded_at timestamptz not null default clock_timestamp(),
      primary key (entry_id, revision),
      foreign key (member_id, person_id) references cohort_members (id, person_id) on update cascade,
      constraint check_ins_privacy check (case when is_private then note is null else private_note is null end),
      constraint check_ins_day check (met_on <= (recorded_at at time zone 'Asia/Ho_Chi_Minh')::date),
      constraint check_ins_step_day check (next_step_on is null or (next_step is not null and next_step_on >= met_on)),
      constraint check_ins_withdrawal check (withdrawal_reason is null or is_withdrawn)
    )
  `.execute(db);
  await sql`comment on table check_ins is 'of an entry the highest revision counts'`.execute(db);
  await sql`comment on column check_ins.private_note is 'for mentors: never shown to the learner it is about'`.execute(
    db,
  );
  // The entries of a member, the newest first; the step that stands.
  await sql`create index check_ins_member on check_ins (member_id, met_on desc, entry_id desc)`.execute(db);
  // What a learner finds of their own; their copy and their erasure.
  await sql`create index check_ins_person on check_ins (person_id, met_on desc)`.execute(db);

  // Append-only, but for a merger of two records of one person, and for words of somebody who is erased.
  await sql`
    create function refuse_change_but_blanking() returns trigger language plpgsql as $$
    declare
      words text[] := tg_argv[0:];
      older jsonb := to_jsonb(old);
      newer jsonb;
    begin
      if tg_op = 'UPDATE' then
        newer := to_jsonb(new);
        if changes_owner_by_merger(older, newer) then
          return new;
        end if;
        if newer - words = older - words
          and not exists (select from unnest(words) as word where newer ->> word is not null)
          and exists (select from persons where id = new.person_id and erased_at is not null)
        then
          return new;
        end if;
      end if;
      raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
    end $$
  `.execute(db);
  await sql`
    comment on function refuse_change_but_blanking is 'its arguments: the columns that may be emptied once the person of the row is erased'
  `.execute(db);
  await sql`
    create trigger check_ins_append_only before update or delete on check_ins for each row
      execute function refuse_change_but_blanking('private_note', 'note', 'next_step', 'next_step_on', 'withdrawal_reason')
  `.execute(db);

  // Who hands the learner over meanwhile waits, or is waited for.
  await sql`
    create function hold_check_in_rules() returns trigger language plpgsql as $$
    begin
      perform from mentorships
        where member_id = new.member_id and mentor_id = new.author_id and valid_until is null for share;
      if not found then
        raise exception 'guides them no longer' using errcode = 'check_violation', constraint = 'check_ins_mentor';
      end if;
      if new.revision = 0 then
        if new.is_withdrawn then
          raise exception 'nothing to withdraw' using errcode = 'check_violation', constraint = 'check_ins_revision';
        end if;
      elsif not exists (
        select from check_ins
        where entry_id = new.entry_id and revision = new.revision - 1 and member_id = new.member_id and not is_withdrawn
      ) then
        raise exception 'no such entry to correct' using errcode = 'check_violation', constraint = 'check_ins_revision';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger check_ins_rules before insert on check_ins for each row execute function hold_check_in_rules()
  `.execute(db);

  await sql`
    create table next_steps_done (
      entry_id uuid not null,
      revision integer not null,
      done_at timestamptz not null default now(),
      primary key (entry_id, revision),
      foreign key (entry_id, revision) references check_ins (entry_id, revision)
    )
  `.execute(db);
  await sql`comment on table next_steps_done is 'ticked off by the learner, as the step was worded in that revision'`.execute(
    db,
  );
  await sql`
    create trigger next_steps_done_append_only before update or delete on next_steps_done
      for each row execute function refuse_change()
  `.execute(db);
}
