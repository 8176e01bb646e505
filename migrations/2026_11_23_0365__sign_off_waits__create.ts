import { type Kysely, sql } from 'kysely';

/**
 * Open enrolments in which all is done but the sign-off: who waits is found by its provider, without asking of each learner what they have
 * done. Kept by triggers, whoever writes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table sign_off_waits (
      enrolment_id uuid primary key references enrolments on delete cascade,
      provider_id uuid not null references organisations,
      done_at timestamptz not null
    )
  `.execute(db);
  await sql`comment on column sign_off_waits.done_at is 'when the last part was done; where there is none, when they enrolled'`.execute(
    db,
  );
  // Who waits at a provider, the longest first.
  await sql`create index sign_off_waits_provider on sign_off_waits (provider_id, done_at)`.execute(db);
  const waiting = sql`
    select enrolments.id, course_versions.provider_id, coalesce(finished.done_at, enrolled_at)
    from items as asked
    join enrolments on enrolments.version_id = asked.version_id and ended_at is null
    join course_versions on course_versions.id = asked.version_id
    cross join lateral (
      select max(completed_at) as done_at, count(*) filter (where completions.item_id is null) as missing,
        bool_or(completions.item_id = asked.id) as is_signed
      from items
      left join completions on completions.item_id = items.id
        and completions.enrolment_id = enrolments.id and completions.person_id = enrolments.person_id
      where items.version_id = enrolments.version_id and items.required
    ) as finished
    where asked.kind = 'sign_off' and finished.missing = 1 and finished.is_signed is not true
  `;
  await sql`insert into sign_off_waits (enrolment_id, provider_id, done_at) ${waiting}`.execute(db);
  await sql`
    create function keep_sign_off_wait(enrolment uuid) returns void language plpgsql as $$
    begin
      delete from sign_off_waits where enrolment_id = enrolment;
      insert into sign_off_waits (enrolment_id, provider_id, done_at) ${waiting} and enrolments.id = enrolment;
    end $$
  `.execute(db);
  await sql`
    create function keep_sign_off_wait_of_completion() returns trigger language plpgsql as $$
    begin
      if exists (
        select from items as done join items as asked on asked.version_id = done.version_id and asked.kind = 'sign_off'
        where done.id = new.item_id
      ) then
        perform keep_sign_off_wait(new.enrolment_id);
      end if;
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger completions_sign_off_wait after insert on completions
      for each row execute function keep_sign_off_wait_of_completion()
  `.execute(db);
  await sql`
    create function keep_sign_off_wait_of_enrolment() returns trigger language plpgsql as $$
    begin
      if exists (select from items where version_id = new.version_id and kind = 'sign_off')
        or exists (select from sign_off_waits where enrolment_id = new.id)
      then
        perform keep_sign_off_wait(new.id);
      end if;
      return null;
    end $$
  `.execute(db);
  // At the end, when all of it has the same person, or the version that somebody has moved to.
  await sql`
    create constraint trigger enrolments_sign_off_wait after insert or update of version_id, ended_at, person_id on enrolments
      deferrable initially deferred for each row execute function keep_sign_off_wait_of_enrolment()
  `.execute(db);
}
