import { type Kysely, sql } from 'kysely';

/** Questions that an organisation keeps for many courses. A quiz gets a copy of each, under an id that never changes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table bank_questions (
      id uuid primary key,
      organisation_id uuid not null references organisations,
      key text not null check (length(key) between 1 and 100),
      tags text[] not null default '{}',
      revision integer not null default 1 check (revision > 0),
      made_by_id uuid not null references persons,
      changed_by_id uuid not null references persons,
      made_at timestamptz not null default now(),
      changed_at timestamptz not null default now(),
      taken_out_at timestamptz,
      unique (organisation_id, key)
    )
  `.execute(db);
  await sql`comment on column bank_questions.key is 'the permanent id that quizzes get it under'`.execute(db);
  await sql`comment on column bank_questions.tags is 'those of its texts: they are the same in every language'`.execute(
    db,
  );
  // What a bank holds, the newest first.
  await sql`create index bank_questions_changed on bank_questions (organisation_id, changed_at desc)`.execute(db);
  // Questions with a tag, or of a level.
  await sql`create index bank_questions_tags on bank_questions using gin (tags)`.execute(db);
  await sql`
    create table bank_texts (
      question_id uuid not null references bank_questions,
      language text not null check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
      gift text not null check (length(gift) between 1 and 100000),
      words text not null,
      folded_words text not null generated always as (fold(words)) stored,
      primary key (question_id, language)
    )
  `.execute(db);
  await sql`comment on column bank_texts.gift is 'this one question, as it stands in a quiz'`.execute(db);
  // Searching in a bank.
  await sql`create index bank_texts_folded on bank_texts using gin (folded_words gin_trgm_ops)`.execute(db);
  await sql`
    create table bank_uses (
      question_id uuid not null references bank_questions,
      slug text not null,
      item_key text not null,
      question_key text not null,
      made_at timestamptz not null default now(),
      primary key (question_id, slug, item_key)
    )
  `.execute(db);
  await sql`comment on table bank_uses is 'it was copied into that quiz, or came from there; whether it still stands there, the quiz says'`.execute(
    db,
  );
  // What a quiz has from a bank already.
  await sql`create index bank_uses_quiz on bank_uses (slug, item_key)`.execute(db);
}
