import { type Kysely, sql } from 'kysely';

/** How many courses for everyone the catalogue has, kept by what it is filtered by: to say "10,001 courses" it read two rows of each. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table catalogue_counts (
      topic text not null,
      level text not null,
      languages text[] not null,
      courses integer not null check (courses >= 0),
      primary key (topic, level, languages)
    )
  `.execute(db);

  await sql`
    create function count_catalogue() returns void language sql as $$
      delete from catalogue_counts;
      insert into catalogue_counts
      select topic, level, languages, count(*)
      from course_listings join courses on courses.id = course_id
      where original and audience = 'everyone'
      group by topic, level, languages
    $$
  `.execute(db);
  await sql`select count_catalogue()`.execute(db);

  // Two who publish at once would wait for each other's rows crosswise, so that each of these takes its turn.
  await sql`
    create function count_new_listings() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock(hashtext('catalogue_counts'));
      insert into catalogue_counts
      select topic, level, languages, count(*)
      from added join courses on courses.id = course_id
      where original and audience = 'everyone'
      group by topic, level, languages
      on conflict (topic, level, languages) do update set courses = catalogue_counts.courses + excluded.courses;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger course_listings_counted after insert on course_listings referencing new table as added
      for each statement execute function count_new_listings()
  `.execute(db);
  await sql`
    create function count_past_listings() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock(hashtext('catalogue_counts'));
      update catalogue_counts set courses = catalogue_counts.courses - past.courses
      from (
        select topic, level, languages, count(*) as courses
        from removed join courses on courses.id = course_id
        where original and audience = 'everyone'
        group by topic, level, languages
      ) as past
      where (catalogue_counts.topic, catalogue_counts.level, catalogue_counts.languages)
        = (past.topic, past.level, past.languages);
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger course_listings_no_longer_counted after delete on course_listings referencing old table as removed
      for each statement execute function count_past_listings()
  `.execute(db);

  // Seldom: whole courses come and go.
  await sql`
    create function count_other_audience() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock(hashtext('catalogue_counts'));
      perform count_catalogue();
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger courses_counted_by_audience after update of audience on courses
      for each statement execute function count_other_audience()
  `.execute(db);
}
