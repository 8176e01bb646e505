import { type Kysely, sql } from 'kysely';

/**
 * At whose desk an announcement stands: that of the branch it was told to, or of the branch that owns the course. Found by its newest,
 * however many courses a branch has.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table announcements add column desk_id uuid references organisations`.execute(db);
  await sql`comment on column announcements.desk_id is 'null: told to a cohort'`.execute(db);
  // What was withdrawn may change its desk with its course, and nothing else.
  await sql`drop trigger announcements_withdrawn on announcements`.execute(db);
  await sql`
    update announcements set desk_id = coalesce(organisation_id, (select owner_organisation_id from courses where courses.id = course_id))
  `.execute(db);
  await sql`
    create trigger announcements_withdrawn before update on announcements
      for each row when (old.withdrawn_at is not null and old.desk_id is not distinct from new.desk_id)
      execute function refuse_change()
  `.execute(db);
  await sql`
    create function keep_announcement_desk() returns trigger language plpgsql as $$
    begin
      new.desk_id := coalesce(new.organisation_id, (select owner_organisation_id from courses where courses.id = new.course_id));
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger announcements_desk_new before insert on announcements
      for each row execute function keep_announcement_desk()
  `.execute(db);
  await sql`
    create function pass_announcements_on() returns trigger language plpgsql as $$
    begin
      update announcements set desk_id = new.owner_organisation_id where course_id = new.id;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger courses_pass_announcements_on after update of owner_organisation_id on courses
      for each row when (old.owner_organisation_id <> new.owner_organisation_id) execute function pass_announcements_on()
  `.execute(db);
  await sql`
    alter table announcements add constraint announcements_desk check ((desk_id is null) = (cohort_id is not null))
  `.execute(db);
  await sql`
    create index announcements_desk_newest on announcements (desk_id, asked_at desc, id) where desk_id is not null
  `.execute(db);
}
