import { type Kysely, sql } from 'kysely';

/**
 * Courses. A published version and all that hangs on it is immutable; `course_listings` is the catalogue's projection of
 * each course's current version, made anew at publication.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table files (
      hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
      bytes integer not null check (bytes >= 0),
      media_type text not null,
      created_at timestamptz not null default now()
    )
  `.execute(db);

  await sql`
    create table courses (
      id uuid primary key,
      slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 80),
      owner_organisation_id uuid not null references organisations,
      audience text not null default 'everyone' check (audience in ('everyone', 'branch', 'organisations')),
      current_version_id uuid,
      created_at timestamptz not null default now()
    )
  `.execute(db);

  await sql`
    create table course_organisations (
      course_id uuid not null references courses,
      organisation_id uuid not null references organisations,
      part text not null check (part in ('author', 'funder', 'issuer')),
      primary key (course_id, organisation_id, part)
    )
  `.execute(db);

  await sql`
    create table course_versions (
      id uuid primary key,
      course_id uuid not null references courses,
      number integer not null check (number > 0),
      provider_id uuid not null references organisations,
      topic text not null,
      level text not null check (level in ('basic', 'intermediate', 'advanced')),
      hours numeric(5, 1) not null check (hours > 0),
      licence text not null,
      languages text[] not null check (cardinality(languages) > 0),
      source_hash text not null,
      published_at timestamptz not null default now(),
      published_by_id uuid references persons,
      unique (course_id, number),
      unique (id, course_id)
    )
  `.execute(db);
  await sql`
    alter table courses add foreign key (current_version_id, id) references course_versions (id, course_id)
      deferrable initially deferred
  `.execute(db);

  await sql`
    create table course_version_texts (
      version_id uuid not null references course_versions,
      language text not null,
      title text not null,
      summary text not null,
      outcomes text[] not null,
      html text not null,
      primary key (version_id, language)
    )
  `.execute(db);

  await sql`
    create table course_version_skills (
      version_id uuid not null references course_versions,
      framework text not null,
      code text not null,
      primary key (version_id, framework, code)
    )
  `.execute(db);

  await sql`
    create table course_version_files (
      version_id uuid not null references course_versions,
      path text not null,
      hash text not null references files,
      primary key (version_id, path)
    )
  `.execute(db);

  await sql`
    create table items (
      id uuid primary key,
      version_id uuid not null references course_versions,
      position integer not null check (position > 0),
      key text not null,
      kind text not null check (kind in ('lesson', 'quiz')),
      minutes integer not null check (minutes > 0),
      required boolean not null,
      open boolean not null,
      quiz jsonb,
      unique (version_id, position),
      unique (version_id, key),
      check ((kind = 'quiz') = (quiz is not null))
    )
  `.execute(db);
  await sql`comment on column items.required is 'counts towards completion, by the rule of the version'`.execute(db);
  await sql`comment on column items.open is 'may be read without enrolling: the first lesson'`.execute(db);

  await sql`
    create table item_texts (
      item_id uuid not null references items,
      language text not null,
      title text not null,
      html text not null,
      bytes integer not null,
      picture_bytes integer not null,
      primary key (item_id, language)
    )
  `.execute(db);
  await sql`comment on column item_texts.bytes is 'the text, compressed as it travels; picture_bytes: the pictures at phone width'`.execute(
    db,
  );

  await sql`
    create table item_skills (
      item_id uuid not null references items,
      framework text not null,
      code text not null,
      primary key (item_id, framework, code)
    )
  `.execute(db);

  // A picture is seen by whoever may see one of the pages it stands on; without an item it stands on the course page.
  await sql`
    create table version_pictures (
      version_id uuid not null references course_versions,
      item_id uuid references items,
      hash text not null references files,
      unique nulls not distinct (version_id, hash, item_id)
    )
  `.execute(db);

  await sql`
    create table questions (
      id uuid primary key,
      item_id uuid not null references items,
      position integer not null check (position > 0),
      key text not null,
      points numeric(6, 2) not null default 1 check (points > 0),
      unique (item_id, position),
      unique (item_id, key)
    )
  `.execute(db);

  await sql`
    create table question_texts (
      question_id uuid not null references questions,
      language text not null,
      body jsonb not null,
      primary key (question_id, language)
    )
  `.execute(db);

  for (const table of [
    'course_versions',
    'course_version_texts',
    'course_version_skills',
    'course_version_files',
    'items',
    'item_texts',
    'item_skills',
    'version_pictures',
    'questions',
    'question_texts',
  ]) {
    await sql`
      create trigger ${sql.id(`${table}_immutable`)} before update or delete on ${sql.id(table)}
        for each row execute function refuse_change()
    `.execute(db);
  }

  await sql`
    create table course_listings (
      course_id uuid not null references courses on delete cascade,
      language text not null,
      version_id uuid not null references course_versions,
      original boolean not null,
      title text not null,
      summary text not null,
      topic text not null,
      level text not null,
      hours numeric(5, 1) not null,
      lesson_count integer not null,
      bytes integer not null,
      languages text[] not null,
      provider_name text not null,
      published_at timestamptz not null,
      words text not null,
      folded_title text not null generated always as (fold(title)) stored,
      folded_words text not null generated always as (fold(words)) stored,
      primary key (course_id, language)
    )
  `.execute(db);
  await sql`comment on column course_listings.words is 'what search looks at: titles, summaries and outcomes in every language of the course'`.execute(
    db,
  );
  // Search by any part of a word.
  await sql`create index course_listings_folded_words on course_listings using gin (folded_words gin_trgm_ops)`.execute(
    db,
  );
  // The catalogue's orders.
  await sql`create index course_listings_newest on course_listings (published_at desc, course_id)`.execute(db);
  await sql`create index course_listings_title on course_listings (title collate "vi-x-icu", course_id)`.execute(db);

  await sql`
    create table course_imports (
      folder text primary key,
      hash text not null,
      version_id uuid references course_versions,
      faults jsonb not null default '[]',
      imported_at timestamptz not null default now()
    )
  `.execute(db);
}
