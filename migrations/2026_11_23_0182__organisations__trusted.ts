import { type Kysely, sql } from 'kysely';

/** A small organisation has nobody beside its author: the owner may let it review its own courses. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table organisations add column trusted boolean not null default false`.execute(db);
  await sql`comment on column organisations.trusted is 'may review its own: a reviewer there may publish what they wrote'`.execute(
    db,
  );
  await sql`
    create function hold_review_rules() returns trigger language plpgsql as $$
    begin
      if new.verdict = 'published' and exists (
        select from drafts
        join organisations on organisations.id = drafts.organisation_id and not trusted
        where drafts.id = new.draft_id and (
          new.submitted_by_id = new.decided_by_id
          or exists (
            select from draft_editors
            join persons on persons.id = draft_editors.person_id
            where draft_id = new.draft_id and new.decided_by_id in (persons.id, persons.merged_into_id)
          )
        )
      ) then
        raise exception 'reviews their own' using errcode = 'check_violation', constraint = 'draft_reviews_other';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger draft_reviews_other before insert or update on draft_reviews
      for each row execute function hold_review_rules()
  `.execute(db);
}
