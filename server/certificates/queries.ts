import { type ExpressionBuilder, type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { v7 as newId } from 'uuid';
import { isNewest } from '../attempts/markings/queries.ts';
import { attemptsAtItems } from '../attempts/queries.ts';
import { isAgreed } from '../consents/queries.ts';
import type { Database } from '../database/connection.ts';
import { type Enrolment, progress } from '../enrolments/queries.ts';
import type { PrintedCertificate } from './printed.ts';

/** All that a course certificate states, as the facts stand now. */
export async function findAchievement(db: Kysely<Database>, enrolment: Enrolment) {
  return (
    db
      .selectFrom('enrolments')
      .innerJoin('course_versions', 'course_versions.id', 'enrolments.version_id')
      .innerJoin('organisations as provider', 'provider.id', 'course_versions.provider_id')
      .innerJoin('persons', 'persons.id', 'enrolments.person_id')
      .innerJoin('person_details', 'person_details.person_id', 'enrolments.person_id')
      .where('enrolments.id', '=', enrolment.id)
      .select(['full_name', 'persons.language', 'course_versions.number as version', 'hours', 'valid_months'])
      .select(progress.as('progress'))
      // The first, or the one after that of the enrolment which this one renews.
      .select((eb) =>
        eb
          .selectFrom('certificates')
          .whereRef('certificates.enrolment_id', '=', 'enrolments.renews_id')
          .select(sql<number>`coalesce(max(term), 0) + 1`.as('term'))
          .$asScalar()
          .$notNull()
          .as('term'),
      )
      .select(dateAtIssuer(sql<Date>`now()`).$notNull().as('issued_on'))
      .select([providerOnPaper, assessor.as('assessor'), bestShares.as('best')])
      .select(statedByVersion)
      .executeTakeFirst()
  );
}

/** What the version of a course puts on paper: of the `course_versions` row of the query around it. */
export function statedByVersion(eb: ExpressionBuilder<Database, 'course_versions'>) {
  return [
    eb
      .selectFrom('items')
      .whereRef('items.version_id', '=', 'course_versions.id')
      .where('items.kind', '=', 'lesson')
      .select((inner) => inner.fn.countAll<number>().as('count'))
      .$asScalar()
      .$notNull()
      .as('lesson_count'),
    jsonArrayFrom(
      eb
        .selectFrom('course_version_texts as text')
        .whereRef('text.version_id', '=', 'course_versions.id')
        .select(['text.language', 'text.title']),
    ).as('titles'),
    jsonArrayFrom(
      eb
        .selectFrom('course_version_skills as skill')
        .whereRef('skill.version_id', '=', 'course_versions.id')
        .select(['framework', 'code'])
        .orderBy('framework')
        .orderBy('code'),
    ).as('skills'),
  ] as const;
}

/** The best share of points at each required quiz, by the newest marking of each attempt; of the same row. */
const bestShares = sql<{ share: number }[]>`(
  select coalesce(json_agg(json_build_object('share', share)), '[]') from (
    select max(markings.points / markings.max_points) as share
    from ${attemptsAtItems} join markings on markings.attempt_id = attempts.id
    where attempts.enrolment_id = enrolments.id and items.required and ${isNewest('markings')}
    group by items.id
  ) as best
)`;

/** Whose sign-off counts for the `enrolments` row of the statement around it. */
const assessor = sql<{ name: string; role: 'mentor' | 'manager'; on: string } | null>`(
  select json_build_object('name', full_name, 'role', role, 'on', ${dateAtIssuer(sql<Date>`decided_at`)})
  from sign_offs join person_details as decider on decider.person_id = decided_by_id
  where sign_offs.enrolment_id = enrolments.id and verdict = 'signed'
)`;

export type Achievement = NonNullable<Awaited<ReturnType<typeof findAchievement>>>;

/** False when the achievement has its certificate already. */
export async function insertCertificate(
  trx: Transaction<Database>,
  enrolment: Enrolment,
  { code, term, printed }: { code: string; term: number; printed: PrintedCertificate },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('certificates')
    .values({
      id: newId(),
      code,
      person_id: enrolment.person_id,
      achievement: 'course',
      enrolment_id: enrolment.id,
      term,
      printed: JSON.stringify(printed),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['person_id', 'achievement', 'enrolment_id', 'term'])
        .where('successor_id', 'is', null)
        .doNothing(),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** Until the end of the transaction nobody else issues a certificate to this person. Rows may go on naming them. */
export async function lockPerson(trx: Transaction<Database>, id: string): Promise<void> {
  await trx.selectFrom('persons').select('id').where('id', '=', id).forNoKeyUpdate().execute();
}

export interface PathGraduate {
  path_id: string;
  person_id: string;
}

/** False when the person has the path's certificate already. */
export async function insertPathCertificate(
  trx: Transaction<Database>,
  { path_id, person_id }: PathGraduate,
  code: string,
  printed: PrintedCertificate,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('certificates')
    .values({ id: newId(), code, person_id, achievement: 'path', path_id, printed: JSON.stringify(printed) })
    .onConflict((conflict) =>
      conflict
        .columns(['person_id', 'path_id', 'term'])
        .where('successor_id', 'is', null)
        .where('path_id', 'is not', null)
        .doNothing(),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** False when they have that of the cohort already. */
export async function insertMentoringCertificate(
  trx: Transaction<Database>,
  { cohort_id, person_id }: { cohort_id: string; person_id: string },
  code: string,
  printed: PrintedCertificate,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('certificates')
    .values({ id: newId(), code, person_id, achievement: 'mentoring', cohort_id, printed: JSON.stringify(printed) })
    .onConflict((conflict) =>
      conflict
        .columns(['cohort_id', 'person_id', 'term'])
        .where('successor_id', 'is', null)
        .where('cohort_id', 'is not', null)
        .doNothing(),
    )
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** A certificate with what decides how much of its holder's name is public. */
export async function findCertificate(db: Kysely<Database>, code: string) {
  return db
    .selectFrom('certificates')
    .leftJoin('person_details', 'person_details.person_id', 'certificates.person_id')
    .leftJoin('certificates as successor', 'successor.id', 'certificates.successor_id')
    .leftJoin('certificates as predecessor', 'predecessor.id', 'certificates.predecessor_id')
    .where('certificates.code', '=', code)
    .select(['certificates.id', 'certificates.code', 'certificates.person_id', 'certificates.issued_at'])
    .select(['certificates.revoked_at', 'certificates.revocation_reason', 'successor.code as successor_code'])
    .select('predecessor.code as predecessor_code')
    .leftJoin('enrolments', 'enrolments.id', 'certificates.enrolment_id')
    .leftJoin('courses', 'courses.id', 'enrolments.course_id')
    .select(sql<string | null>`case when enrolments.ended_at is null then courses.slug end`.as('renewable_slug'))
    .select((eb) => [
      standing(eb).where(sql<boolean>`term.enrolment_id = enrolments.renews_id`).as('earlier_code'),
      standing(eb)
        .innerJoin('enrolments as later', 'later.id', 'term.enrolment_id')
        .where(sql<boolean>`later.renews_id = enrolments.id`)
        .as('later_code'),
    ])
    .select((eb) => eb.ref('certificates.printed').$castTo<PrintedCertificate | null>().as('printed'))
    .select(['birth_year', 'birth_month'])
    .select([
      dateAtIssuer(sql<Date>`now()`).$notNull().as('today'),
      dateAtIssuer(sql<Date | null>`certificates.revoked_at`).as('revoked_on'),
    ])
    .select(isAgreed(sql.ref('certificates.person_id'), 'full_name_on_certificates').as('has_consent'))
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('certificate_files')
          .innerJoin('files', 'files.hash', 'certificate_files.hash')
          .whereRef('certificate_files.certificate_id', '=', 'certificates.id')
          .select(['kind', 'variant', 'files.hash', 'bytes']),
      ).as('files'),
    )
    .executeTakeFirst();
}

/** The code of the one certificate of an enrolment that none has replaced. */
function standing(eb: ExpressionBuilder<Database, 'certificates'>) {
  return eb.selectFrom('certificates as term').where('term.successor_id', 'is', null).select('term.code');
}

export type Certificate = NonNullable<Awaited<ReturnType<typeof findCertificate>>>;

/** Two requests that drew the same at once keep one drawing; one that was lost and drawn again by a newer version may be another. */
export async function recordCertificateFile(
  db: Kysely<Database>,
  certificate: { id: string },
  file: { kind: 'pdf' | 'png' | 'svg'; variant: string; hash: string },
): Promise<void> {
  await db
    .insertInto('certificate_files')
    .values({ certificate_id: certificate.id, ...file })
    .onConflict((conflict) => conflict.columns(['certificate_id', 'kind', 'variant']).doUpdateSet({ hash: file.hash }))
    .execute();
}

/** Whether what is printed still holds today. */
export function isUnexpired(printed: RawBuilder<unknown>) {
  return sql<boolean>`coalesce(${printed} ->> 'validUntil' >= ${dateAtIssuer(sql<Date>`now()`)}, true)`;
}

export const providerOnPaper = sql<{
  code: string;
  name: string;
}>`json_build_object('code', provider.code, 'name', provider.name)`.as('provider');

/** The calendar date at the issuer's place, YYYY-MM-DD: a date on paper is no moment. */
export function dateAtIssuer(moment: RawBuilder<Date | null>) {
  return sql<string | null>`to_char(${moment} at time zone 'Asia/Ho_Chi_Minh', 'YYYY-MM-DD')`;
}
