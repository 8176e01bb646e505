import { type Kysely, sql } from 'kysely';

/**
 * Cohorts, their members, and who guides whom. The promise is kept here, however requests race: every member has one mentor, nobody
 * guides more than they can, and no further mentor begins while one beside them has fewer than the least.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table cohort_settings (
      organisation_id uuid primary key references organisations,
      minimum_mentees integer not null default 5 check (minimum_mentees between 1 and 100),
      days_to_start integer not null default 3 check (days_to_start between 1 and 90),
      days_quiet integer not null default 7 check (days_quiet between 1 and 90),
      quiz_failures integer not null default 2 check (quiz_failures between 1 and 20),
      days_stuck integer not null default 4 check (days_stuck between 1 and 90),
      hours_to_reply integer not null default 24 check (hours_to_reply between 1 and 168)
    )
  `.execute(db);
  await sql`comment on table cohort_settings is 'for the branch; the nearest at or above an organisation counts'`.execute(
    db,
  );

  await sql`
    create table cohorts (
      id uuid primary key,
      organisation_id uuid not null references organisations,
      name text not null check (length(name) between 1 and 200),
      place_code text references places,
      starts_on date,
      ends_on date check (ends_on >= starts_on),
      language text not null check (language ~ '^[a-z]{2,3}$'),
      seats integer check (seats between 1 and 500),
      cost_note text check (length(cost_note) between 1 and 500),
      is_open boolean not null default false,
      created_by_id uuid references persons,
      created_at timestamptz not null default now(),
      closed_at timestamptz
    )
  `.execute(db);
  await sql`comment on column cohorts.is_open is 'whoever has a code is in as soon as there is room, without a decision'`.execute(
    db,
  );
  await sql`comment on column cohorts.seats is 'null: as many as a cohort can have, which is 500'`.execute(db);
  // The cohorts of a branch.
  await sql`create index cohorts_organisation on cohorts (organisation_id, created_at desc)`.execute(db);

  await sql`
    create table cohort_courses (
      cohort_id uuid not null references cohorts,
      course_id uuid not null references courses,
      position integer not null check (position > 0),
      primary key (cohort_id, course_id),
      unique (cohort_id, position) deferrable initially deferred
    )
  `.execute(db);

  // One row a person: what is locked while somebody is given mentees, in whichever cohort.
  await sql`
    create table mentors (
      person_id uuid primary key references persons,
      capacity integer not null default 10 check (capacity between 1 and 500)
    )
  `.execute(db);
  await sql`comment on column mentors.capacity is 'the most mentees at a time, over all cohorts'`.execute(db);

  await sql`
    create table cohort_mentors (
      id uuid primary key,
      cohort_id uuid not null references cohorts,
      person_id uuid not null references mentors,
      valid_from timestamptz not null default now(),
      leaving_at timestamptz,
      valid_until timestamptz check (valid_until >= valid_from),
      added_by_id uuid references persons
    )
  `.execute(db);
  await sql`
    comment on column cohort_mentors.leaving_at is 'takes nobody new, and stays responsible until everybody is placed'
  `.execute(db);
  await sql`
    create unique index cohort_mentors_open on cohort_mentors (cohort_id, person_id) where valid_until is null
  `.execute(db);
  // The cohorts of a mentor.
  await sql`create index cohort_mentors_person on cohort_mentors (person_id) where valid_until is null`.execute(db);

  await sql`
    create table cohort_members (
      id uuid primary key,
      cohort_id uuid not null references cohorts,
      person_id uuid not null references persons,
      joined_at timestamptz not null default now(),
      left_at timestamptz check (left_at >= joined_at),
      unique (id, cohort_id),
      unique (id, person_id)
    )
  `.execute(db);
  await sql`
    create unique index cohort_members_open on cohort_members (cohort_id, person_id) where left_at is null
  `.execute(db);
  // The cohorts of a learner.
  await sql`create index cohort_members_person on cohort_members (person_id) where left_at is null`.execute(db);

  await sql`
    create table mentorships (
      id uuid primary key,
      member_id uuid not null,
      cohort_id uuid not null,
      mentor_id uuid not null references mentors,
      valid_from timestamptz not null default now(),
      valid_until timestamptz check (valid_until >= valid_from),
      foreign key (member_id, cohort_id) references cohort_members (id, cohort_id)
    )
  `.execute(db);
  await sql`create unique index mentorships_open on mentorships (member_id) where valid_until is null`.execute(db);
  // How many somebody guides; and whom.
  await sql`create index mentorships_mentor on mentorships (mentor_id, cohort_id) where valid_until is null`.execute(
    db,
  );

  await addRules(db);
  await letJoin(db);
}

async function addRules(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function minimum_mentees(cohort uuid) returns integer language sql stable as $$
      select coalesce((
        select minimum_mentees
        from cohorts
        join organisations own on own.id = cohorts.organisation_id
        join organisations above on above.path @> own.path
        join cohort_settings on cohort_settings.organisation_id = above.id
        where cohorts.id = cohort
        order by nlevel(above.path) desc
        limit 1
      ), 5)
    $$
  `.execute(db);
  await sql`
    create function count_mentees(mentor uuid) returns integer language sql stable as $$
      select count(*)::integer from mentorships where mentor_id = mentor and valid_until is null
    $$
  `.execute(db);

  await sql`
    create function may_guide(person uuid, cohort uuid) returns boolean language sql stable as $$
      select exists (
        select from cohorts
        join organisations own on own.id = cohorts.organisation_id
        join memberships on memberships.person_id = person and memberships.valid_until is null
        join organisations held_in on held_in.id = memberships.organisation_id
        where cohorts.id = cohort
          and (role = 'owner' or role in ('mentor', 'manager') and held_in.path @> own.path)
      )
    $$
  `.execute(db);
  await sql`comment on function may_guide is 'they hold a role for it; who guides there may have lost it since'`.execute(
    db,
  );

  // The cohort first, then its mentors in order: whoever else changes these rows waits, and reads what was written.
  await sql`
    create function hold_mentorship_rules() returns trigger language plpgsql as $$
    declare
      fewest integer;
      most integer;
      begun boolean;
    begin
      perform from cohorts where id = new.cohort_id for no key update;
      perform from mentors
        where person_id in (select person_id from cohort_mentors where cohort_id = new.cohort_id and valid_until is null)
        order by person_id for no key update;
      perform from cohort_members
        where id = new.member_id and left_at is null and person_id <> new.mentor_id for no key update;
      if not found then
        raise exception 'nobody guides themselves, or who has left' using errcode = 'check_violation', constraint = 'mentorships_member';
      end if;
      if not exists (
        select from cohort_mentors
        where cohort_id = new.cohort_id and person_id = new.mentor_id and valid_until is null and leaving_at is null
          and may_guide(person_id, cohort_id)
      ) then
        raise exception 'no mentor of this cohort' using errcode = 'check_violation', constraint = 'mentorships_mentor';
      end if;
      -- The new row is there already: this runs after it.
      select capacity into most from mentors where person_id = new.mentor_id;
      if count_mentees(new.mentor_id) > most then
        raise exception 'above capacity' using errcode = 'check_violation', constraint = 'mentorships_capacity';
      end if;
      select exists (
        select from mentorships
        where cohort_id = new.cohort_id and mentor_id = new.mentor_id and valid_until is null and id <> new.id
      ) into begun;
      if begun then
        return null;
      end if;
      fewest := minimum_mentees(new.cohort_id);
      if exists (
        select from cohort_mentors beside join mentors using (person_id)
        where beside.cohort_id = new.cohort_id and beside.person_id <> new.mentor_id
          and beside.valid_until is null and beside.leaving_at is null and may_guide(beside.person_id, beside.cohort_id)
          and exists (
            select from mentorships where cohort_id = new.cohort_id and mentor_id = beside.person_id and valid_until is null
          )
          and count_mentees(beside.person_id) < least(fewest, mentors.capacity)
      ) then
        raise exception 'a mentor beside has fewer than the least' using errcode = 'check_violation', constraint = 'mentorships_minimum';
      end if;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger mentorships_rules after insert on mentorships for each row execute function hold_mentorship_rules()
  `.execute(db);
  // Who guided whom is a fact: it ends, and another begins.
  await sql`
    create trigger mentorships_kept before update of id, member_id, cohort_id, mentor_id, valid_from on mentorships
      for each row execute function refuse_change()
  `.execute(db);
  await sql`
    create trigger mentorships_ended before update on mentorships
      for each row when (old.valid_until is not null) execute function refuse_change()
  `.execute(db);

  await sql`
    create function hold_member_rules() returns trigger language plpgsql as $$
    declare
      cohort cohorts%rowtype;
    begin
      select * into cohort from cohorts where id = new.cohort_id for no key update;
      if cohort.closed_at is not null then
        raise exception 'the cohort is closed' using errcode = 'check_violation', constraint = 'cohort_members_closed';
      end if;
      if (select count(*) from cohort_members where cohort_id = new.cohort_id and left_at is null) > coalesce(cohort.seats, 500) then
        raise exception 'no seat is left' using errcode = 'check_violation', constraint = 'cohort_members_seats';
      end if;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger cohort_members_rules after insert on cohort_members for each row execute function hold_member_rules()
  `.execute(db);
  // Who has left joins anew.
  await sql`
    create trigger cohort_members_ended before update on cohort_members
      for each row when (old.left_at is not null and new.left_at is null) execute function refuse_change()
  `.execute(db);

  // At the end of the transaction, since a hand-over ends one mentorship before the next begins.
  await sql`
    create function hold_one_mentor() returns trigger language plpgsql as $$
    declare
      member uuid := case tg_table_name when 'mentorships' then (to_jsonb(new) ->> 'member_id')::uuid else new.id end;
      has_left boolean;
    begin
      select left_at is not null into has_left from cohort_members where id = member for share;
      if has_left = exists (select from mentorships where member_id = member and valid_until is null) then
        raise exception 'a member has one mentor, and who has left has none'
          using errcode = 'check_violation', constraint = 'cohort_members_mentor';
      end if;
      return null;
    end $$
  `.execute(db);
  for (const table of ['mentorships', 'cohort_members']) {
    await sql`
      create constraint trigger ${sql.id(`${table}_one_mentor`)} after insert or update on ${sql.id(table)}
        deferrable initially deferred for each row execute function hold_one_mentor()
    `.execute(db);
  }

  await sql`
    create function hold_capacity() returns trigger language plpgsql as $$
    begin
      if count_mentees(new.person_id) > new.capacity then
        raise exception 'guides more already' using errcode = 'check_violation', constraint = 'mentors_capacity';
      end if;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger mentors_capacity after update of capacity on mentors for each row execute function hold_capacity()
  `.execute(db);

  await sql`
    create function hold_responsibility() returns trigger language plpgsql as $$
    begin
      perform from cohorts where id = new.cohort_id for no key update;
      if exists (
        select from mentorships where cohort_id = new.cohort_id and mentor_id = new.person_id and valid_until is null
      ) then
        raise exception 'not everybody is placed' using errcode = 'check_violation', constraint = 'cohort_mentors_responsible';
      end if;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger cohort_mentors_responsible after update of valid_until on cohort_mentors
      for each row when (new.valid_until is not null) execute function hold_responsibility()
  `.execute(db);

  await sql`
    create function hold_seats() returns trigger language plpgsql as $$
    declare
      members bigint := (select count(*) from cohort_members where cohort_id = new.id and left_at is null);
    begin
      if members > coalesce(new.seats, 500) then
        raise exception 'more are in it already' using errcode = 'check_violation', constraint = 'cohorts_seats';
      end if;
      if new.closed_at is not null and members > 0 then
        raise exception 'somebody is in it' using errcode = 'check_violation', constraint = 'cohorts_empty';
      end if;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger cohorts_seats after update of seats, closed_at on cohorts for each row execute function hold_seats()
  `.execute(db);
}

/** A code leads to an organisation or to a cohort; who waits for a cohort may have been named by a mentor instead of using a code. */
async function letJoin(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table join_codes
      add column cohort_id uuid references cohorts,
      drop constraint join_codes_target,
      add constraint join_codes_target check (num_nonnulls(organisation_id, cohort_id) = 1)
  `.execute(db);
  await sql`
    alter table join_requests
      add column cohort_id uuid references cohorts,
      alter column join_code_id drop not null,
      drop constraint join_requests_target,
      add constraint join_requests_target check (num_nonnulls(organisation_id, cohort_id) = 1),
      add constraint join_requests_code check (join_code_id is not null or cohort_id is not null)
  `.execute(db);
  // The codes of a cohort.
  await sql`create index join_codes_cohort on join_codes (cohort_id, created_at desc)`.execute(db);
  // One at a time; and a person's own list.
  await sql`
    create unique index join_requests_cohort_open on join_requests (person_id, cohort_id) where outcome is null
  `.execute(db);
  // Who waits, in the order they came.
  await sql`create index join_requests_cohort on join_requests (cohort_id, created_at) where outcome is null`.execute(
    db,
  );
}
