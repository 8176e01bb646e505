import { type Kysely, sql } from 'kysely';

/**
 * What an organisation was called, and where it stood, from when to when: a report for a past date adds up by the tree of that date.
 * Kept by a trigger, so that no change goes by.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table organisation_periods (
      organisation_id uuid not null references organisations,
      name text not null,
      kind text not null,
      path ltree not null,
      place_code text references places,
      is_closed boolean not null,
      valid_from timestamptz not null,
      valid_until timestamptz check (valid_until > valid_from),
      primary key (organisation_id, valid_from)
    )
  `.execute(db);
  await sql`
    create unique index organisation_periods_open on organisation_periods (organisation_id) where valid_until is null
  `.execute(db);
  // A branch as it was on a date.
  await sql`create index organisation_periods_path on organisation_periods using gist (path)`.execute(db);

  await sql`
    insert into organisation_periods (organisation_id, name, kind, path, place_code, is_closed, valid_from)
      select id, name, kind, path, place_code, closed_at is not null, created_at from organisations
  `.execute(db);

  // The time of the statement, not of the transaction: of two that wait for each other, the later one must not seem the earlier.
  // A second change within the same statement time, or by a clock that was set back, replaces what has just begun.
  await sql`
    create function keep_organisation_period() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' then
        delete from organisation_periods
          where organisation_id = new.id and valid_until is null and valid_from >= statement_timestamp();
        update organisation_periods set valid_until = statement_timestamp()
          where organisation_id = new.id and valid_until is null;
      end if;
      insert into organisation_periods (organisation_id, name, kind, path, place_code, is_closed, valid_from)
        values (new.id, new.name, new.kind, new.path, new.place_code, new.closed_at is not null,
          case tg_op when 'INSERT' then new.created_at else statement_timestamp() end);
      return null;
    end $$
  `.execute(db);
  await sql`
    create trigger organisations_keep_new after insert on organisations
      for each row execute function keep_organisation_period()
  `.execute(db);
  await sql`
    create trigger organisations_keep_changed after update on organisations for each row
      when ((old.name, old.kind, old.path, old.place_code, old.closed_at)
        is distinct from (new.name, new.kind, new.path, new.place_code, new.closed_at))
      execute function keep_organisation_period()
  `.execute(db);
}
