import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table certificates (
      id uuid primary key,
      code text not null unique check (length(code) = 14),
      person_id uuid not null references persons,
      achievement text not null check (achievement in ('course')),
      enrolment_id uuid references enrolments,
      term integer not null default 1 check (term > 0),
      printed jsonb,
      issued_at timestamptz not null default now(),
      predecessor_id uuid unique references certificates,
      successor_id uuid unique references certificates,
      revoked_at timestamptz,
      revocation_reason text,
      check ((achievement = 'course') = (enrolment_id is not null)),
      check ((revoked_at is null) = (revocation_reason is null))
    )
  `.execute(db);
  await sql`comment on column certificates.printed is 'all that the paper states, as printed; null once its holder has withdrawn it'`.execute(
    db,
  );
  await sql`
    create unique index certificates_one_per_achievement on certificates (person_id, achievement, enrolment_id, term)
      where successor_id is null
  `.execute(db);

  await sql`
    create table certificate_files (
      certificate_id uuid not null references certificates,
      kind text not null check (kind in ('pdf', 'png')),
      variant text not null,
      hash text not null references files,
      primary key (certificate_id, kind, variant)
    )
  `.execute(db);
  await sql`comment on column certificate_files.variant is 'which facts it was drawn from: the name in full or short, trial, revoked'`.execute(
    db,
  );
}
