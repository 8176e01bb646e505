import { type Kysely, sql } from 'kysely';

/**
 * The pictures that a certificate is printed with are named by what is printed. So that they are kept as long as it is, the same names
 * stand where references are looked for: a trigger copies them, since a computed column would rewrite the table under everybody's feet.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table certificates
      add column signature_hash text references files,
      add column logo_hash text references files
  `.execute(db);
  await sql`
    create function name_printed_pictures() returns trigger language plpgsql as $$
    begin
      new.signature_hash := new.printed #>> '{signatory,signature}';
      new.logo_hash := new.printed ->> 'logo';
      return new;
    end
    $$
  `.execute(db);
  await sql`
    create trigger certificates_pictures before insert or update of printed, signature_hash, logo_hash on certificates
      for each row execute function name_printed_pictures()
  `.execute(db);
  for (const column of ['signature_hash', 'logo_hash']) {
    await sql`comment on column certificates.${sql.id(column)} is 'as printed; set by a trigger'`.execute(db);
    // Whether a picture is still named.
    await sql`
      create index ${sql.id(`certificates_${column}`)} on certificates (${sql.id(column)}) where ${sql.id(column)} is not null
    `.execute(db);
  }
}
