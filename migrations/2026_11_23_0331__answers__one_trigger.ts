import { type Kysely, sql } from 'kysely';

/**
 * Both rules of an answer ask its attempt, so one trigger asks once: saving answers is what the database does most. What breaks a rule is told
 * by the names that it had.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function hold_answers() returns trigger language plpgsql as $$
    declare
      was_not_asked boolean;
      is_late boolean;
    begin
      -- A slow link has a minute. Of an attempt without a draw or without an end neither is so.
      select bool_or(added.question_id <> all(question_ids)), bool_or(added.answered_at > ends_at + interval '60 seconds')
        into was_not_asked, is_late
        from added join attempts on attempts.id = added.attempt_id;
      if was_not_asked then
        raise exception 'it was not asked' using errcode = 'check_violation', constraint = 'answers_drawn';
      end if;
      if is_late then
        raise exception 'its time is over' using errcode = 'check_violation', constraint = 'answers_in_time';
      end if;
      return null;
    end $$
  `.execute(db);
  await sql`drop trigger answers_drawn on answers`.execute(db);
  await sql`drop trigger answers_in_time on answers`.execute(db);
  await sql`drop function hold_answers_in_time()`.execute(db);
  await sql`
    create trigger answers_rules after insert on answers referencing new table as added
      for each statement execute function hold_answers()
  `.execute(db);
}
