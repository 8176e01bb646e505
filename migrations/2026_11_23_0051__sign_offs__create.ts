import { type Kysely, sql } from 'kysely';

/**
 * A mentor's sign-off, where a course asks for one: an item of its version like any other, so that whatever counts items counts it, and rows
 * that say who looked at all the rest and what they found. Of the rows of an enrolment the last one counts.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table items
      drop constraint items_kind_check,
      add constraint items_kind_check check (kind in ('lesson', 'quiz', 'assignment', 'sign_off')),
      drop constraint items_minutes_check,
      add constraint items_minutes_check check (case when kind = 'sign_off' then minutes = 0 else minutes > 0 end),
      -- A key that no file can have: there is one of a version, and no other item is in its way.
      add constraint items_sign_off check (
        (kind = 'sign_off') = (key = 'sign_off') and (kind <> 'sign_off' or (required and not open))
      )
  `.execute(db);
  await sql`
    alter table completions
      drop constraint completions_cause_check,
      add constraint completions_cause_check check (cause in ('read', 'passed', 'carried', 'signed'))
  `.execute(db);
  await sql`
    create table sign_offs (
      id uuid primary key,
      person_id uuid not null,
      enrolment_id uuid not null,
      number integer not null check (number > 0),
      supersedes_id uuid unique,
      verdict text not null check (verdict in ('signed', 'missing', 'withdrawn')),
      role text not null check (role in ('mentor', 'manager')),
      decided_by_id uuid not null references persons,
      words text check (length(words) between 1 and 2000),
      decided_at timestamptz not null default now(),
      unique (enrolment_id, number),
      unique (id, enrolment_id),
      constraint sign_offs_supersede check ((number = 1) = (supersedes_id is null)),
      foreign key (enrolment_id, person_id) references enrolments (id, person_id) on update cascade,
      foreign key (supersedes_id, enrolment_id) references sign_offs (id, enrolment_id)
    )
  `.execute(db);
  await sql`comment on table sign_offs is 'of an enrolment the highest number counts'`.execute(db);
  await sql`comment on column sign_offs.role is 'in which they decided'`.execute(db);
  for (const verdict of ['signed', 'withdrawn']) {
    await sql`
      create unique index ${sql.id(`sign_offs_${verdict}`)} on sign_offs (enrolment_id) where verdict = ${sql.lit(verdict)}
    `.execute(db);
  }
  // What the copy and the erasure of somebody find: about them, and by them.
  await sql`create index sign_offs_person on sign_offs (person_id)`.execute(db);
  await sql`create index sign_offs_decided_by on sign_offs (decided_by_id)`.execute(db);
  await holdRules(db);
  await keepFacts(db);
}

/** On insertion alone: what was recorded stays true when two records of one person are merged later. */
async function holdRules(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function hold_sign_off_rules() returns trigger language plpgsql as $$
    declare
      before text;
    begin
      if new.decided_by_id = new.person_id then
        raise exception 'signs off themselves' using errcode = 'check_violation', constraint = 'sign_offs_own';
      end if;
      select verdict into before from sign_offs where id = new.supersedes_id;
      if before is not distinct from 'withdrawn' or (before is not distinct from 'signed') <> (new.verdict = 'withdrawn') then
        raise exception '% after %', new.verdict, before using errcode = 'check_violation', constraint = 'sign_offs_order';
      end if;
      if new.verdict = 'signed' and exists (
        select from enrolments
        join items on items.version_id = enrolments.version_id and items.required and items.kind <> 'sign_off'
        left join completions on completions.enrolment_id = enrolments.id and completions.person_id = enrolments.person_id
          and completions.item_id = items.id
        where enrolments.id = new.enrolment_id and (completions.item_id is null or enrolments.ended_at is not null)
      ) then
        raise exception 'not all is done' using errcode = 'check_violation', constraint = 'sign_offs_all_done';
      end if;
      if new.verdict = 'withdrawn' and exists (
        select from certificates
        where certificates.enrolment_id = new.enrolment_id and successor_id is null and revoked_at is null
      ) then
        raise exception 'a certificate stands' using errcode = 'check_violation', constraint = 'sign_offs_certificate';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger sign_offs_rules before insert on sign_offs for each row execute function hold_sign_off_rules()
  `.execute(db);
}

/** What somebody wrote, or what was written about them, goes with them; nothing else ever changes. */
async function keepFacts(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function refuse_change_of_sign_off() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' then
        if changes_owner_by_merger(to_jsonb(old), to_jsonb(new)) then
          return new;
        end if;
        if new.words is null and to_jsonb(new) - 'words' = to_jsonb(old) - 'words' and exists (
          select from persons where id in (new.person_id, new.decided_by_id) and erased_at is not null
        ) then
          return new;
        end if;
      end if;
      raise exception '% is append-only: % refused', tg_table_name, tg_op using errcode = 'restrict_violation';
    end $$
  `.execute(db);
  await sql`
    create trigger sign_offs_append_only before update or delete on sign_offs
      for each row execute function refuse_change_of_sign_off()
  `.execute(db);
}
