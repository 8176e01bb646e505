import { type Kysely, sql } from 'kysely';

/** What people say about themselves so that they fit together: those who are guided and those who guide, in one form, all of it optional. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table guidance_wishes (
      person_id uuid primary key references persons on delete cascade,
      languages text[] not null default '{}' check (array_to_string(languages, ' ', '?') ~ '^([a-z]{2,3}( |$))*$'),
      place_code text references places,
      hours text[] not null default '{}'
        check (hours <@ array['weekday_day', 'weekday_evening', 'weekend_day', 'weekend_evening']),
      topics text[] not null default '{}' check (array_to_string(topics, ' ', '?') ~ '^([a-z-]+( |$))*$'),
      updated_at timestamptz not null default now()
    )
  `.execute(db);
  await sql`comment on column guidance_wishes.topics is 'what somebody likes to guide in'`.execute(db);

  // A place with what lies around it, from the inside out: for comparing where two people live.
  await sql`
    create function places_around(place text) returns text[] language sql stable as $$
      with recursive around as (
        select current.code, current.parent_code, 1 as step
        from places join places as current on current.code = coalesce(places.merged_into_code, places.code)
        where places.code = place
        union all
        select places.code, places.parent_code, step + 1 from around join places on places.code = around.parent_code
      )
      select coalesce(array_agg(code order by step), '{}') from around
    $$
  `.execute(db);

  // With the member and not with the mentorship, which is never changed: it goes when they leave, and when another guides them.
  await sql`
    alter table cohort_members
      add column mentor_reasons jsonb,
      add constraint cohort_members_reasons check (left_at is null or mentor_reasons is null)
  `.execute(db);
  await sql`
    comment on column cohort_members.mentor_reasons is 'why their mentor was chosen, as things stood then; null: nobody wrote it down'
  `.execute(db);
}
