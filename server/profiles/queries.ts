import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { PrintedCertificate } from '../certificates/printed.ts';
import { dateAtIssuer } from '../certificates/queries.ts';
import { isAgreed } from '../consents/queries.ts';
import type { Database } from '../database/connection.ts';

type Somebody = { id: string };

/** More nobody has. */
const mostCertificates = 100;

/** Somebody with what their profile shows, whether or not they have one. */
function people(db: Kysely<Database>) {
  return db
    .selectFrom('persons')
    .innerJoin('person_details', 'person_details.person_id', 'persons.id')
    .leftJoin('profiles', 'profiles.person_id', 'persons.id')
    .select(['persons.id', 'person_details.full_name', 'birth_year', 'birth_month'])
    .select(['profiles.code', 'profiles.scores', 'profiles.is_public'])
    .select(dateAtIssuer(sql<Date>`now()`).$notNull().as('today'))
    .select(isAgreed(sql.ref('persons.id'), 'full_name_on_certificates').as('has_consent'))
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('certificates')
          .whereRef('certificates.person_id', '=', 'persons.id')
          .where('successor_id', 'is', null)
          .where('revoked_at', 'is', null)
          .where('printed', 'is not', null)
          .select(['revoked_at', ({ ref }) => ref('printed').$castTo<PrintedCertificate>().as('printed')])
          .orderBy('issued_at', 'desc')
          .limit(mostCertificates),
      ).as('certificates'),
    );
}

export async function getOwnProfile(db: Kysely<Database>, person: Somebody) {
  return people(db).where('persons.id', '=', person.id).executeTakeFirstOrThrow();
}

/** A page that its owner has made public; of two people who turned out to be one, that of whom they were merged into. */
export async function findProfile(db: Kysely<Database>, code: string) {
  return people(db)
    .where('profiles.code', '=', code)
    .where('profiles.is_public', '=', true)
    .where('persons.merged_into_id', 'is', null)
    .executeTakeFirst();
}

export type Profile = Awaited<ReturnType<typeof getOwnProfile>>;

/** The address stays the one that was given out before. @param code where there is none yet */
export async function publishProfile(
  db: Kysely<Database>,
  person: Somebody,
  { code, scores }: { code: string; scores: boolean },
): Promise<void> {
  await db
    .insertInto('profiles')
    .values({ person_id: person.id, code, scores, is_public: true })
    .onConflict((conflict) =>
      conflict.column('person_id').doUpdateSet({ scores, is_public: true, changed_at: sql<Date>`now()` }),
    )
    .execute();
}

export async function hideProfile(db: Kysely<Database>, person: Somebody): Promise<void> {
  await db
    .updateTable('profiles')
    .set({ is_public: false, changed_at: sql<Date>`now()` })
    .where('person_id', '=', person.id)
    .execute();
}
