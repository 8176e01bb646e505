import { randomInt } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database } from '../database/connection.ts';
import { listLength, type Place } from './status-list.ts';

/** Where what was achieved is described: the page of the course or of the path; for mentoring, that of who issued it. */
export async function getAchievementPage(db: Kysely<Database>, certificate: { id: string }): Promise<string> {
  const { page } = await db
    .selectFrom('certificates')
    .leftJoin('enrolments', 'enrolments.id', 'certificates.enrolment_id')
    .leftJoin('courses', 'courses.id', 'enrolments.course_id')
    .leftJoin('paths', 'paths.id', 'certificates.path_id')
    .where('certificates.id', '=', certificate.id)
    .select(
      sql<string>`coalesce(
        '/courses/' || courses.slug, '/paths/' || paths.slug, '/organisations/' || (printed -> 'provider' ->> 'code')
      )`.as('page'),
    )
    .executeTakeFirstOrThrow();
  return page;
}

/** The place that a certificate has in the lists of its issuer, for ever; given by chance, so that a place tells nothing. */
export async function takePlace(
  db: Kysely<Database>,
  issuer: { id: string },
  certificate: { id: string },
): Promise<Place> {
  for (let tries = 0; ; tries += 1) {
    const known = await db
      .selectFrom('credential_statuses')
      .where('certificate_id', '=', certificate.id)
      .select(['list', 'position'])
      .executeTakeFirst();
    if (known) return known;
    await db
      .insertInto('credential_statuses')
      .values({
        organisation_id: issuer.id,
        certificate_id: certificate.id,
        // A list that is nearly full misses every time: on to the next.
        list: 1 + Math.floor(tries / triesInList),
        position: randomInt(listLength),
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

const triesInList = 16;

/**
 * The hash of the credential that stays: of two signed at once the first, and a new one only for one whose bytes are lost.
 */
export async function keepCredential(
  db: Kysely<Database>,
  certificate: { id: string },
  file: { variant: string; hash: string; lost: string | null },
): Promise<string> {
  const { variant, hash, lost } = file;
  await db
    .insertInto('certificate_files')
    .values({ certificate_id: certificate.id, kind: 'json', variant, hash })
    .onConflict((conflict) =>
      conflict
        .columns(['certificate_id', 'kind', 'variant'])
        .doUpdateSet({ hash })
        .where('certificate_files.hash', 'is not distinct from', lost),
    )
    .execute();
  const kept = await db
    .selectFrom('certificate_files')
    .where('certificate_id', '=', certificate.id)
    .where('kind', '=', 'json')
    .where('variant', '=', variant)
    .select('hash')
    .executeTakeFirstOrThrow();
  return kept.hash;
}

/** An organisation with its public keys, those retired too. */
export async function findIdentity(db: Kysely<Database>, code: string) {
  return db
    .selectFrom('organisations')
    .where('organisations.code', '=', code)
    .select(['id', 'code'])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('signing_keys')
          .whereRef('organisation_id', '=', 'organisations.id')
          .select('public_key')
          .orderBy('created_at', 'desc'),
      ).as('keys'),
    )
    .executeTakeFirst();
}

/** Undefined: the organisation has no such list. */
export async function findRevocations(db: Kysely<Database>, code: string, list: number) {
  return db
    .selectFrom('organisations')
    .where('organisations.code', '=', code)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('credential_statuses')
          .whereRef('organisation_id', '=', 'organisations.id')
          .where('list', '=', list)
          .select('position'),
      ),
    )
    .select(['id', 'code'])
    .select((eb) =>
      eb
        .selectFrom('credential_statuses')
        .innerJoin('certificates', 'certificates.id', 'certificate_id')
        .whereRef('organisation_id', '=', 'organisations.id')
        .where('list', '=', list)
        .where('revoked_at', 'is not', null)
        .select(sql<number[]>`coalesce(array_agg(position order by position), '{}')`.as('positions'))
        .$asScalar()
        .$notNull()
        .as('revoked'),
    )
    .executeTakeFirst();
}
