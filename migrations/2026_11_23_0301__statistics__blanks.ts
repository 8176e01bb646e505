import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // Beside typed_sums, which the version before goes on counting into. Words that few typed are not here either.
  await sql`
    create table blank_sums (
      question_id uuid not null references questions,
      part smallint not null check (part >= 0),
      digest bytea not null check (length(digest) = 32),
      people bigint not null check (people > 0),
      words text,
      primary key (question_id, part, digest),
      check ((words is not null) = (people >= 5))
    )
  `.execute(db);
  await sql`comment on table blank_sums is 'what was typed into each blank of a text, right or wrong'`.execute(db);
  await sql`comment on column blank_sums.part is 'the blank, from 0'`.execute(db);
  // The commonest in each blank of a question.
  await sql`
    create index blank_sums_commonest on blank_sums (question_id, part, people desc) where words is not null
  `.execute(db);
  await sql`
    comment on column option_sums.part is 'of a matching question the prompt, of an ordering the item, of a text with blanks the blank; else 0'
  `.execute(db);
}
