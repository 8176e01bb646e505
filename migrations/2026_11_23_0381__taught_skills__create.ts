import { type Kysely, sql } from 'kysely';

/**
 * What `/skills` says of each competence, kept: how many courses for everyone teach it as they stand now, how many of their lessons, and the
 * first of them by title. Read from the courses it took four rows of each.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  // A competence's courses and lessons, for this count and for its own page.
  await sql`create index course_version_skills_skill on course_version_skills (framework, code)`.execute(db);
  await sql`create index item_skills_skill on item_skills (framework, code)`.execute(db);
  await sql`
    create table taught_skills (
      framework text not null,
      code text not null,
      language text not null,
      course_count integer not null check (course_count > 0),
      lesson_count integer not null check (lesson_count >= 0),
      courses jsonb not null,
      primary key (framework, code, language)
    )
  `.execute(db);
  await sql`comment on column taught_skills.language is 'of the reader: a row for each in which one of the courses is written, and one with no name for all others'`.execute(
    db,
  );
  await sql`
    create function count_taught_skill(counted_framework text, counted_code text) returns void language sql as $$
      delete from taught_skills where framework = counted_framework and code = counted_code;
      insert into taught_skills
      with taught as (
        select courses.id as course_id, null::uuid as item_id
        from course_version_skills as skill join courses on courses.current_version_id = skill.version_id
        where framework = counted_framework and code = counted_code and audience = 'everyone'
        union
        select courses.id, items.id
        from item_skills as skill
        join items on items.id = skill.item_id and kind = 'lesson'
        join courses on courses.current_version_id = items.version_id
        where framework = counted_framework and code = counted_code and audience = 'everyone'
      ), readers as (
        select '' as language
        union select listing.language from taught join course_listings as listing using (course_id)
      )
      select counted_framework, counted_code, readers.language, count(distinct course_id), count(distinct item_id), (
        select jsonb_agg(named) from (
          select title, slug, listing.language
          from course_listings as listing join courses on courses.id = listing.course_id
          where course_id in (select course_id from taught)
            and (listing.language = readers.language or (original and not readers.language = any(languages)))
          order by title collate "vi-x-icu", course_id limit 3
        ) as named
      )
      from taught cross join readers
      group by readers.language
    $$
  `.execute(db);
  await sql`
    create function count_taught_skills() returns trigger language plpgsql as $$
    begin
      -- Two who publish at once, each blind to the other's course, would both count it out.
      perform pg_advisory_xact_lock(hashtext('taught_skills'));
      perform count_taught_skill(framework, code) from (
        select framework, code from course_version_skills
        where version_id in (old.current_version_id, new.current_version_id)
        union
        select framework, code from item_skills join items on items.id = item_id
        where version_id in (old.current_version_id, new.current_version_id)
      ) as touched;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger courses_taught_skills after update of current_version_id, audience on courses
      for each row execute function count_taught_skills()
  `.execute(db);
  await sql`
    select count_taught_skill(framework, code) from (
      select framework, code from course_version_skills union select framework, code from item_skills
    ) as known
  `.execute(db);
}
