import { type Kysely, sql } from 'kysely';

/** Who signs an organisation's certificates, and on which days. Of several at once the one who began last does. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table signatories (
      id uuid primary key,
      organisation_id uuid not null references organisations,
      name text not null check (length(name) between 1 and 100),
      title_vi text not null check (length(title_vi) between 1 and 100),
      title_en text check (length(title_en) between 1 and 100),
      signature_hash text references files,
      signs_from date not null,
      signs_until date,
      -- So that on every day it is clear who signs.
      constraint signatories_from unique (organisation_id, signs_from),
      constraint signatories_until check (signs_until >= signs_from)
    )
  `.execute(db);
  await sql`comment on column signatories.signs_until is 'the last day; null: until somebody else begins'`.execute(db);
  // Whether a picture is still named.
  await sql`create index signatories_signature on signatories (signature_hash)`.execute(db);
}
