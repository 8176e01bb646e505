import { type Kysely, sql } from 'kysely';

/**
 * Which mentors were at a meeting: what their hours are counted from. Attendance is about members; who filled the roster in was most likely
 * there, and says otherwise where they were not.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table meeting_mentors (
      meeting_id uuid not null,
      cohort_id uuid not null,
      person_id uuid not null references persons,
      was_there boolean not null,
      recorded_at timestamptz not null default now(),
      primary key (meeting_id, person_id),
      foreign key (meeting_id, cohort_id) references meetings (id, cohort_id)
    )
  `.execute(db);
  await sql`comment on table meeting_mentors is 'as each says of themselves; filling the roster in says yes, until they say no'`.execute(
    db,
  );
  // The hours of a mentor.
  await sql`create index meeting_mentors_person on meeting_mentors (person_id, cohort_id)`.execute(db);

  // Before the rule, which asks who guides there now. A list from paper may have been typed by anybody.
  await sql`
    insert into meeting_mentors (meeting_id, cohort_id, person_id, was_there, recorded_at)
    select meetings.id, meetings.cohort_id, recorded_by_id, true, max(recorded_at)
    from attendance join meetings on meetings.id = attendance.meeting_id
    where channel = 'roster' and cancelled_at is null and exists (
      select from cohort_mentors
      where cohort_mentors.cohort_id = meetings.cohort_id and cohort_mentors.person_id = recorded_by_id
        and valid_from <= recorded_at and (valid_until is null or valid_until >= recorded_at)
    )
    group by meetings.id, recorded_by_id
  `.execute(db);

  // Only whoever guides there, from a little before the start on, which is when its code is shown.
  await sql`
    create function hold_meeting_mentor_rules() returns trigger language plpgsql as $$
    begin
      perform from meetings
        where id = new.meeting_id and cancelled_at is null and starts_at - interval '15 minutes' <= now() for share;
      if not found then
        raise exception 'no such meeting has begun' using errcode = 'check_violation', constraint = 'meeting_mentors_begun';
      end if;
      perform from cohort_mentors
        where cohort_id = new.cohort_id and person_id = new.person_id and valid_until is null for share;
      if not found then
        raise exception 'guides nobody there' using errcode = 'check_violation', constraint = 'meeting_mentors_guide';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger meeting_mentors_rules before insert or update on meeting_mentors
      for each row execute function hold_meeting_mentor_rules()
  `.execute(db);

  // Whoever somebody has ever guided, and where; the talks they noted first.
  await sql`create index mentorships_ever on mentorships (mentor_id, cohort_id)`.execute(db);
  await sql`create index cohort_mentors_ever on cohort_mentors (person_id)`.execute(db);
  await sql`create index check_ins_author on check_ins (author_id, member_id) where revision = 0`.execute(db);
}
