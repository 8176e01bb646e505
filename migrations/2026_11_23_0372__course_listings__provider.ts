import { type Kysely, sql } from 'kysely';

/** On whose page a course stands: that of its provider, or of what its provider was merged into. Among ten thousand it is found in order. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table course_listings add column provider_id uuid references organisations`.execute(db);
  await sql`
    update course_listings set provider_id = coalesce(provider.merged_into_id, provider.id)
    from course_versions join organisations as provider on provider.id = course_versions.provider_id
    where course_versions.id = course_listings.version_id
  `.execute(db);
  await sql`
    create function keep_listing_provider() returns trigger language plpgsql as $$
    begin
      select coalesce(provider.merged_into_id, provider.id) into new.provider_id
        from course_versions join organisations as provider on provider.id = course_versions.provider_id
        where course_versions.id = new.version_id;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger course_listings_provider_new before insert on course_listings
      for each row execute function keep_listing_provider()
  `.execute(db);
  await sql`
    create function pass_listings_on() returns trigger language plpgsql as $$
    begin
      update course_listings set provider_id = new.merged_into_id where provider_id = new.id;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger organisations_pass_listings_on after update of merged_into_id on organisations
      for each row when (new.merged_into_id is not null and new.merged_into_id is distinct from old.merged_into_id)
      execute function pass_listings_on()
  `.execute(db);
  // A constraint, so that whoever inserts need not name it: the trigger does.
  await sql`
    alter table course_listings add constraint course_listings_provider_known check (provider_id is not null)
  `.execute(db);

  // What an organisation gives, by title; of each course the listings in a few languages follow each other closely enough.
  await sql`
    create index course_listings_provider on course_listings (provider_id, title collate "vi-x-icu", course_id)
  `.execute(db);
  // What an organisation owns, the newest first.
  await sql`create index courses_owner_newest on courses (owner_organisation_id, created_at desc, id)`.execute(db);
}
