import { type Kysely, sql } from 'kysely';

/** Meetings of a cohort, who was there, and the secret addresses of calendars that show them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table meetings (
      id uuid primary key,
      cohort_id uuid not null references cohorts,
      starts_at timestamptz not null,
      minutes integer not null check (minutes between 5 and 720),
      place text check (length(place) between 1 and 200),
      link text check (length(link) <= 500 and link ~ '^https?://'),
      note text check (length(note) between 1 and 1000),
      cancelled_at timestamptz,
      created_by_id uuid references persons,
      changed_at timestamptz not null default now(),
      revision integer not null default 0 check (revision >= 0),
      constraint meetings_where check (num_nonnulls(place, link) > 0),
      unique (id, cohort_id)
    )
  `.execute(db);
  await sql`comment on column meetings.revision is 'calendars take over only what has a higher one'`.execute(db);
  // The meetings of a cohort; the next one, and the last ones.
  await sql`create index meetings_cohort on meetings (cohort_id, starts_at)`.execute(db);
  await sql`
    create trigger meetings_cancelled before update on meetings
      for each row when (old.cancelled_at is not null) execute function refuse_change()
  `.execute(db);

  await sql`
    create table attendance (
      id uuid primary key,
      meeting_id uuid not null,
      cohort_id uuid not null,
      member_id uuid not null,
      person_id uuid not null,
      state text not null check (state in ('present', 'late', 'absent', 'excused')),
      channel text not null check (channel in ('roster', 'code', 'paper')),
      recorded_by_id uuid not null references persons,
      recorded_at timestamptz not null default clock_timestamp(),
      constraint attendance_code check (channel <> 'code' or state = 'present'),
      foreign key (meeting_id, cohort_id) references meetings (id, cohort_id),
      foreign key (member_id, cohort_id) references cohort_members (id, cohort_id),
      foreign key (member_id, person_id) references cohort_members (id, person_id) on update cascade
    )
  `.execute(db);
  await sql`comment on table attendance is 'of one person at one meeting the newest row counts'`.execute(db);
  // What counts of somebody at a meeting; the roster of a meeting.
  await sql`create index attendance_newest on attendance (meeting_id, person_id, recorded_at desc)`.execute(db);
  // What a person's copy of their data finds; and a merger, by member.
  await sql`create index attendance_person on attendance (person_id)`.execute(db);
  await sql`create index attendance_member on attendance (member_id)`.execute(db);
  await sql`
    create trigger attendance_append_only before update or delete on attendance
      for each row execute function refuse_change()
  `.execute(db);
  // Who records holds the meeting, so that of two at once the later one reads what the earlier has written.
  await sql`
    create function hold_attendance_rules() returns trigger language plpgsql as $$
    begin
      perform from meetings where id = new.meeting_id and cancelled_at is null for no key update;
      if not found then
        raise exception 'the meeting is cancelled' using errcode = 'check_violation', constraint = 'attendance_cancelled';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger attendance_rules before insert on attendance for each row execute function hold_attendance_rules()
  `.execute(db);

  await sql`
    create table calendars (
      person_id uuid primary key references persons,
      key uuid not null,
      renewed_at timestamptz not null default now()
    )
  `.execute(db);
  await sql`comment on column calendars.key is 'another one makes another address of it'`.execute(db);
}
