import { type Kysely, sql } from 'kysely';

/**
 * A path is the parent's path and one's own code. Where that holds of every row there can be no circle, since each step up is one
 * label shorter. Checked when the transaction ends, so that one statement may move a whole branch.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function check_organisation_path() returns trigger language plpgsql as $$
    begin
      if exists (
        select from organisations self join organisations parent on parent.id = self.parent_id
        where self.id = new.id and self.path <> parent.path || self.code
      ) or exists (
        select from organisations self join organisations child on child.parent_id = self.id
        where self.id = new.id and child.path <> self.path || child.code
      ) then
        raise exception 'the path of % is not its parent''s path and its own code', new.code
          using errcode = 'check_violation', constraint = 'organisations_path_follows_parent';
      end if;
      return null;
    end $$
  `.execute(db);
  await sql`
    create constraint trigger organisations_path_follows_parent
      after insert or update of path, parent_id on organisations
      deferrable initially deferred
      for each row execute function check_organisation_path()
  `.execute(db);
}
