import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import type { Database } from '../database/connection.ts';
import { progress } from '../enrolments/queries.ts';
import type { Language } from '../platform/i18n.ts';
import { inventory } from './inventory.ts';

/** Everything that the database holds of somebody, by table, without what lets one in. */
export async function gatherRows(db: Kysely<Database>, personId: string): Promise<Record<string, object[]>> {
  const parts = inventory.map(
    ({ table, person, others = [], hidden = [] }) => sql`
      select ${table}::text as name,
        coalesce(jsonb_agg(to_jsonb(held) - ${[...hidden, ...others]}::text[]), '[]') as rows
      from ${sql.table(table)} as held where ${sql.ref(`held.${person}`)} = ${personId}::uuid`,
  );
  const { rows } = await sql<{ name: string; rows: object[] }>`${sql.join(parts, sql` union all `)}`.execute(db);
  return Object.fromEntries(rows.map(({ name, rows: held }) => [name, held]));
}

/** The same in the words of the pages: who they are, what they learnt, how they did. */
export async function getRecord(db: Kysely<Database>, personId: string, language: Language) {
  return db
    .selectFrom('person_details')
    .innerJoin('persons', 'persons.id', 'person_details.person_id')
    .where('person_id', '=', personId)
    .select(['full_name', 'learner_code', 'phone', 'email', 'birth_month', 'birth_year', 'persons.created_at'])
    .select((eb) => [
      jsonArrayFrom(
        eb
          .selectFrom('memberships')
          .innerJoin('organisations', 'organisations.id', 'memberships.organisation_id')
          .whereRef('memberships.person_id', '=', 'persons.id')
          .select(['organisations.name', 'role', 'valid_from', 'valid_until'])
          .orderBy('valid_from'),
      ).as('memberships'),
      jsonArrayFrom(
        eb
          .selectFrom('enrolments')
          .innerJoin('course_versions', 'course_versions.id', 'enrolments.version_id')
          .innerJoin('course_version_texts as text', (join) =>
            join
              .onRef('text.version_id', '=', 'course_versions.id')
              .on('text.language', '=', (inner) =>
                inner
                  .selectFrom('course_version_texts as known')
                  .select('known.language')
                  .whereRef('known.version_id', '=', 'course_versions.id')
                  .orderBy(sql`known.language = ${language}`, 'desc')
                  .orderBy('known.language', 'desc')
                  .limit(1),
              ),
          )
          .whereRef('enrolments.person_id', '=', 'persons.id')
          .select(['text.title', 'text.language', 'course_versions.number as version', 'enrolled_at'])
          .select(progress.as('progress'))
          .select((inner) =>
            jsonArrayFrom(
              inner
                .selectFrom('attempts')
                .innerJoin('items', 'items.id', 'attempts.item_id')
                .leftJoin('submissions', 'submissions.attempt_id', 'attempts.id')
                .leftJoin('markings', (join) =>
                  join.onRef('markings.attempt_id', '=', 'attempts.id').on('markings.number', '=', (deeper) =>
                    deeper
                      .selectFrom('markings as newest')
                      .whereRef('newest.attempt_id', '=', 'attempts.id')
                      .select(({ fn }) => fn.max('newest.number').as('number')),
                  ),
                )
                .whereRef('attempts.enrolment_id', '=', 'enrolments.id')
                .select(['items.key', 'attempts.number', 'submitted_at', 'markings.points', 'max_points'])
                .orderBy('attempts.started_at'),
            ).as('attempts'),
          )
          .orderBy('enrolled_at'),
      ).as('courses'),
      jsonArrayFrom(
        eb
          .selectFrom('certificates')
          .whereRef('certificates.person_id', '=', 'persons.id')
          .select(['code', 'issued_at', 'revoked_at'])
          .orderBy('issued_at'),
      ).as('certificates'),
    ])
    .executeTakeFirstOrThrow();
}

export type LearningRecord = Awaited<ReturnType<typeof getRecord>>;

export async function listCertificateFiles(db: Kysely<Database>, personId: string) {
  return db
    .selectFrom('certificates')
    .innerJoin('certificate_files', 'certificate_files.certificate_id', 'certificates.id')
    .where('certificates.person_id', '=', personId)
    .select(['code', 'kind', 'hash'])
    .orderBy('code')
    .orderBy('kind')
    .execute();
}

/** What they handed in: each as it is kept, its name beside it. */
export async function listWorkFiles(db: Kysely<Database>, personId: string) {
  return db
    .selectFrom('assignment_files')
    .where('person_id', '=', personId)
    .select(['id', 'kind', 'name', ({ ref }) => ref('hash').$notNull().as('hash')])
    .where('hash', 'is not', null)
    .orderBy('id')
    .execute();
}

/** What is public of them: their certificates, and those of others that they signed off. */
export async function countPapers(db: Kysely<Database>, personId: string) {
  const { certificates, assessed } = await db
    .selectNoFrom(({ selectFrom }) => [
      selectFrom('certificates')
        .where('person_id', '=', personId)
        .where('printed', 'is not', null)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('certificates'),
      selectFrom('sign_offs')
        .where('decided_by_id', '=', personId)
        .where('verdict', '=', 'signed')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('assessed'),
    ])
    .executeTakeFirstOrThrow();
  return { certificates, assessed };
}
