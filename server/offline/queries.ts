import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { dateAtIssuer } from '../certificates/queries.ts';
import type { Database } from '../database/connection.ts';

/** Who has ever signed, each with its public keys. */
export function signers(db: Kysely<Database>) {
  return db
    .selectFrom('organisations')
    .innerJoin('signing_keys', 'organisation_id', 'organisations.id')
    .select(['code', 'name'])
    .select(sql<string[]>`array_agg(public_key order by signing_keys.created_at)`.as('keys'))
    .groupBy('organisations.id')
    .orderBy('code');
}

/**
 * Who has ever signed, and which of their certificates hold no longer: revoked, replaced, or withdrawn by their holders. In one statement, so
 * that all is of one moment.
 */
export async function getStandings(db: Kysely<Database>) {
  return db
    .selectNoFrom((eb) => [
      dateAtIssuer(sql<Date>`now()`).$notNull().as('today'),
      jsonArrayFrom(signers(db)).as('issuers'),
      jsonArrayFrom(
        eb
          .selectFrom('certificates')
          .leftJoin('credential_statuses', 'certificate_id', 'certificates.id')
          .leftJoin('organisations as signer', 'signer.id', 'organisation_id')
          .leftJoin('enrolments', 'enrolments.id', 'enrolment_id')
          .leftJoin('course_versions', 'course_versions.id', 'version_id')
          .leftJoin('paths', 'paths.id', 'path_id')
          .leftJoin('cohorts', 'cohorts.id', 'cohort_id')
          .leftJoin('organisations as provider', (join) =>
            join.on(
              sql<boolean>`provider.id = coalesce(course_versions.provider_id, paths.provider_id, cohorts.organisation_id)`,
            ),
          )
          .where((where) => where.or([where('revoked_at', 'is not', null), where('printed', 'is', null)]))
          // Of one that its holder has withdrawn nothing printed is left.
          .select(sql<string>`coalesce(printed -> 'provider' ->> 'code', signer.code, provider.code)`.as('issuer'))
          .select(sql<string[]>`array_agg(certificates.code)`.as('codes'))
          .groupBy('issuer'),
      ).as('ended'),
    ])
    .executeTakeFirstOrThrow();
}

export type Standings = Awaited<ReturnType<typeof getStandings>>;
