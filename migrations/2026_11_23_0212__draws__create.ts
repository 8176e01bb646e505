import { type Kysely, sql } from 'kysely';

/**
 * Quizzes that ask each attempt some of their questions. Every question is in one draw, by composite key worth what the others there are: so
 * all attempts are about the same points. What an attempt got stands with it and never changes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table draws (
      item_id uuid not null references items,
      position integer not null check (position > 0),
      count integer not null check (count > 0),
      points numeric(6, 2) not null,
      primary key (item_id, position),
      unique (item_id, position, points)
    )
  `.execute(db);
  await sql`comment on column draws.points is 'of each of its questions'`.execute(db);
  await sql`
    create trigger draws_immutable before update or delete on draws for each row execute function refuse_change()
  `.execute(db);
  await sql`
    alter table questions
      add column draw integer,
      add foreign key (item_id, draw, points) references draws (item_id, position, points)
  `.execute(db);
  await sql`comment on column questions.draw is 'null: it is asked in every attempt, or it asks nothing'`.execute(db);

  await sql`alter table attempts add column question_ids uuid[]`.execute(db);
  await sql`comment on column attempts.question_ids is 'drawn for it when it began; null: all of the quiz'`.execute(db);
  await sql`
    create function hold_draw_of_attempt() returns trigger language plpgsql as $$
    begin
      if new.question_ids is null and not exists (select from draws where item_id = new.item_id) then
        return new;
      end if;
      if cardinality(new.question_ids) is distinct from (select sum(count) from draws where item_id = new.item_id)
        or exists (
          select from draws
          where item_id = new.item_id and count <> (
            select count(*) from questions
            where questions.item_id = draws.item_id and draw = draws.position and id = any(new.question_ids)
          )
        )
      then
        raise exception 'not as many questions as are drawn' using errcode = 'check_violation', constraint = 'attempts_drawn';
      end if;
      return new;
    end $$
  `.execute(db);
  await sql`
    create trigger attempts_drawn before insert on attempts for each row execute function hold_draw_of_attempt()
  `.execute(db);

  await sql`
    create function hold_drawn_questions() returns trigger language plpgsql as $$
    begin
      if exists (
        select from added join attempts on attempts.id = added.attempt_id
        where added.question_id <> all(question_ids)
      ) then
        raise exception 'it was not asked' using errcode = 'check_violation', constraint = tg_table_name || '_drawn';
      end if;
      return null;
    end $$
  `.execute(db);
  for (const table of ['answers', 'marks']) {
    await sql`
      create trigger ${sql.id(`${table}_drawn`)} after insert on ${sql.id(table)} referencing new table as added
        for each statement execute function hold_drawn_questions()
    `.execute(db);
  }
}
