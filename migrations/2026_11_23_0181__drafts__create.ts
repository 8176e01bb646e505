import { type Kysely, sql } from 'kysely';

/**
 * Courses that are being written in the browser. A draft is a course folder: its files by path, each with the revision of the draft at which it
 * was last written, so that a save which began from an older one overwrites nothing, not even after a file was removed and made anew.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table drafts (
      id uuid primary key,
      slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 80 and slug <> 'course'),
      course_id uuid references courses,
      organisation_id uuid not null references organisations,
      state text not null default 'draft' check (state in ('draft', 'in_review', 'published', 'discarded')),
      base_version_id uuid,
      version_id uuid unique,
      revision integer not null default 0 check (revision >= 0),
      report jsonb,
      made_by_id uuid not null references persons,
      made_at timestamptz not null default now(),
      changed_at timestamptz not null default now(),
      constraint drafts_course check (base_version_id is null or course_id is not null),
      constraint drafts_published check ((state = 'published') = (version_id is not null)),
      foreign key (base_version_id, course_id) references course_versions (id, course_id),
      foreign key (version_id, course_id) references course_versions (id, course_id)
    )
  `.execute(db);
  await sql`comment on column drafts.course_id is 'null until it is published for the first time'`.execute(db);
  await sql`comment on column drafts.base_version_id is 'the version it was made from'`.execute(db);
  await sql`comment on column drafts.version_id is 'what it became'`.execute(db);
  await sql`comment on column drafts.report is 'what came over, where it was made from a foreign file'`.execute(db);
  // Of a course one is worked on at a time.
  await sql`create unique index drafts_open on drafts (slug) where state in ('draft', 'in_review')`.execute(db);
  // What there is in somebody's branches, newest first.
  await sql`create index drafts_organisation on drafts (organisation_id, changed_at desc, id)`.execute(db);
  await sql`create index drafts_course on drafts (course_id)`.execute(db);
  // What waits for a reviewer.
  await sql`create index drafts_in_review on drafts (changed_at, id) where state = 'in_review'`.execute(db);
  await sql`
    create trigger drafts_published before update on drafts
      for each row when (old.state = 'published') execute function refuse_change()
  `.execute(db);
  await sql`create trigger drafts_kept before delete on drafts for each row execute function refuse_change()`.execute(
    db,
  );
  await createFiles(db);
  await createReviews(db);
}

async function createFiles(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table draft_files (
      draft_id uuid not null references drafts,
      path text not null check (
        path ~ '^[^/[:cntrl:]]+(/[^/[:cntrl:]]+){0,2}$' and path !~ '(^|/)[.]' and length(path) <= 200
      ),
      content text,
      hash text references files,
      bytes integer not null check (bytes >= 0),
      revision integer not null check (revision > 0),
      editor uuid,
      changed_by_id uuid not null references persons,
      changed_at timestamptz not null default now(),
      removed_at timestamptz,
      primary key (draft_id, path),
      constraint draft_files_content check (num_nonnulls(content, hash) = 1),
      constraint draft_files_bytes check (content is null or bytes = octet_length(content))
    )
  `.execute(db);
  await sql`comment on column draft_files.revision is 'of the draft, when this was written'`.execute(db);
  await sql`comment on column draft_files.editor is 'the open page that wrote it by itself: the button on the same page goes on from there'`.execute(
    db,
  );
  await sql`create index draft_files_hash on draft_files (hash)`.execute(db);
  await sql`
    create function hold_draft_open() returns trigger language plpgsql as $$
    begin
      if not exists (select from drafts where id = coalesce(new.draft_id, old.draft_id) and state = 'draft') then
        raise exception 'the draft is not open' using errcode = 'check_violation', constraint = 'draft_files_open';
      end if;
      return coalesce(new, old);
    end $$
  `.execute(db);
  await sql`
    create trigger draft_files_open before insert or update or delete on draft_files
      for each row execute function hold_draft_open()
  `.execute(db);
  await sql`
    create table draft_editors (
      draft_id uuid not null references drafts,
      person_id uuid not null references persons,
      changed_at timestamptz not null default now(),
      primary key (draft_id, person_id)
    )
  `.execute(db);
  await sql`comment on table draft_editors is 'whoever wrote any of its files: none of them publishes it'`.execute(db);
  await sql`create index draft_editors_person on draft_editors (person_id)`.execute(db);
}

async function createReviews(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table draft_reviews (
      id uuid primary key,
      draft_id uuid not null references drafts,
      revision integer not null check (revision > 0),
      changes text not null check (length(changes) between 1 and 500),
      submitted_by_id uuid not null references persons,
      submitted_at timestamptz not null default now(),
      verdict text check (verdict in ('published', 'sent_back', 'withdrawn')),
      decided_by_id uuid references persons,
      decided_at timestamptz,
      comment text check (length(comment) between 1 and 5000),
      constraint draft_reviews_decided check (
        (verdict is null) = (decided_at is null) and (verdict is null) = (decided_by_id is null)
      ),
      constraint draft_reviews_sent_back check (verdict is distinct from 'sent_back' or comment is not null)
    )
  `.execute(db);
  await sql`comment on column draft_reviews.revision is 'of the draft, as it was submitted'`.execute(db);
  await sql`comment on column draft_reviews.changes is 'what is new in it, for whoever reviews and for the record'`.execute(
    db,
  );
  await sql`create unique index draft_reviews_open on draft_reviews (draft_id) where verdict is null`.execute(db);
  await sql`create index draft_reviews_draft on draft_reviews (draft_id, submitted_at)`.execute(db);
  await sql`
    create trigger draft_reviews_decided before update on draft_reviews
      for each row when (old.verdict is not null) execute function refuse_change()
  `.execute(db);

  await sql`
    create table draft_comments (
      id uuid primary key,
      draft_id uuid not null references drafts,
      item_key text check (length(item_key) between 1 and 80),
      line integer check (line > 0),
      words text not null check (length(words) between 1 and 2000),
      author_id uuid not null references persons,
      written_at timestamptz not null default now(),
      resolved_by_id uuid references persons,
      resolved_at timestamptz,
      constraint draft_comments_resolved check ((resolved_at is null) = (resolved_by_id is null))
    )
  `.execute(db);
  await sql`comment on column draft_comments.item_key is 'null: about the course as a whole'`.execute(db);
  await sql`create index draft_comments_draft on draft_comments (draft_id, written_at, id)`.execute(db);

  await sql`
    create table draft_waivers (
      draft_id uuid not null references drafts,
      path text not null,
      code text not null,
      reason text not null check (length(reason) between 1 and 500),
      waived_by_id uuid not null references persons,
      waived_at timestamptz not null default now(),
      primary key (draft_id, path, code)
    )
  `.execute(db);
  await sql`comment on table draft_waivers is 'what is too heavy by the rule, and let through for a reason'`.execute(
    db,
  );
  await sql`
    create trigger draft_waivers_append_only before update or delete on draft_waivers
      for each row execute function refuse_change()
  `.execute(db);
}
