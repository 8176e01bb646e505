import { type Kysely, sql } from 'kysely';

/**
 * Whoever learns an older version may move to the newest, and each such choice is a fact: an enrolment names another version only where the
 * learner chose so. What was done is carried to the items of the same key, as completions of their own.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table version_choices (
      person_id uuid not null,
      enrolment_id uuid not null,
      from_version_id uuid not null references course_versions,
      to_version_id uuid not null references course_versions,
      choice text not null check (choice in ('moved', 'stayed')),
      chosen_at timestamptz not null default now(),
      primary key (enrolment_id, to_version_id, choice),
      check (from_version_id <> to_version_id),
      foreign key (enrolment_id, person_id) references enrolments (id, person_id) on update cascade
    )
  `.execute(db);
  await sql`comment on column version_choices.choice is 'stayed: they are not asked again, and may still move'`.execute(
    db,
  );
  await sql`
    create trigger version_choices_append_only before update or delete on version_choices
      for each row execute function refuse_change()
  `.execute(db);
  // The copy of somebody's data, and merging.
  await sql`create index version_choices_person on version_choices (person_id)`.execute(db);

  await sql`
    alter table completions
      drop constraint completions_cause_check,
      add constraint completions_cause_check check (cause in ('read', 'passed', 'carried', 'signed', 'moved'))
  `.execute(db);
  await sql`comment on column completions.cause is 'carried: read in the term before; moved: done in an older version'`.execute(
    db,
  );

  await sql`
    create function hold_version_of_enrolment() returns trigger language plpgsql as $$
    begin
      if not exists (
        select from version_choices
        where enrolment_id = new.id and from_version_id = old.version_id and to_version_id = new.version_id and choice = 'moved'
      ) then
        raise exception 'nobody chose version % for enrolment %', new.version_id, new.id
          using errcode = 'check_violation', constraint = 'enrolments_version_chosen';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger enrolments_version_chosen before update of version_id on enrolments
      for each row when (new.version_id <> old.version_id) execute function hold_version_of_enrolment()
  `.execute(db);

  await sql`
    create table closed_versions (
      version_id uuid primary key references course_versions,
      closed_by_id uuid not null references persons,
      closed_at timestamptz not null default now()
    )
  `.execute(db);
  await sql`comment on table closed_versions is 'to new enrolments; the record of deeds knows who opened one again'`.execute(
    db,
  );
  await sql`create index closed_versions_closed_by on closed_versions (closed_by_id)`.execute(db);
}
