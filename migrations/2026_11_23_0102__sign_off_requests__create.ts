import { type Kysely, sql } from 'kysely';

/** Whoever was told that something is missing says that they have done it: once for each such verdict, while it counts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table sign_off_requests (
      sign_off_id uuid primary key,
      person_id uuid not null,
      enrolment_id uuid not null,
      asked_at timestamptz not null default now(),
      foreign key (sign_off_id, enrolment_id) references sign_offs (id, enrolment_id),
      foreign key (enrolment_id, person_id) references enrolments (id, person_id) on update cascade
    )
  `.execute(db);
  // What the copy of somebody finds.
  await sql`create index sign_off_requests_person on sign_off_requests (person_id)`.execute(db);
  await sql`
    create function hold_sign_off_request_rules() returns trigger language plpgsql as $$
    begin
      if not exists (
        select from sign_offs where id = new.sign_off_id and verdict = 'missing'
          and not exists (select from sign_offs as later where later.supersedes_id = sign_offs.id)
      ) then
        raise exception 'nothing is missing' using errcode = 'check_violation', constraint = 'sign_off_requests_missing';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger sign_off_requests_rules before insert on sign_off_requests
      for each row execute function hold_sign_off_request_rules()
  `.execute(db);
  await sql`
    create trigger sign_off_requests_append_only before update or delete on sign_off_requests
      for each row execute function refuse_change()
  `.execute(db);
  // Who waits for a sign-off at a provider: the learners of its versions that ask for one.
  await sql`create index enrolments_version_open on enrolments (version_id) where ended_at is null`.execute(db);
}
