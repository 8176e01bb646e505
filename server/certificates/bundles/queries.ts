import { type Kysely, sql, type Transaction } from 'kysely';
import type { Cohort } from '../../cohorts/access.ts';
import { isAgreed } from '../../consents/queries.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { isRenewed } from '../../enrolments/queries.ts';
import { fullNameAge } from '../names.ts';
import type { PrintedCertificate } from '../printed.ts';
import { dateAtIssuer } from '../queries.ts';

type Somebody = { id: string };

export const bundleFormats = ['pdf', 'zip'] as const;
type BundleFormat = (typeof bundleFormats)[number];

/** So many fit in one file: as many as there may be members, so that those of one course always do. */
export const mostInBundle = 500;
/** Days after which a file is gone. */
export const daysToFetch = 3;
/** After so many, whoever was at it has died. */
const secondsOfSilence = 20;

/** The certificates for the cohort's courses that hold: of everybody for a manager, of their own mentees for a mentor. */
export async function listHeld(
  db: Kysely<Database>,
  cohort: Cohort,
  reader: Somebody,
  { slug = '', ids = null }: { slug?: string; ids?: string[] | null } = {},
) {
  return db
    .with(
      // Else it may begin with everybody who takes the course, wherever they are.
      (cte) => cte('wanted').materialized(),
      (query) =>
        query
          .selectFrom('mentorships')
          .innerJoin('cohort_members', 'cohort_members.id', 'mentorships.member_id')
          .innerJoin('cohort_courses', 'cohort_courses.cohort_id', 'mentorships.cohort_id')
          .innerJoin('courses', 'courses.id', 'cohort_courses.course_id')
          .where('mentorships.cohort_id', '=', cohort.id)
          .where('mentorships.valid_until', 'is', null)
          .where('cohort_members.left_at', 'is', null)
          .$if(!cohort.is_manager, (own) => own.where('mentorships.mentor_id', '=', reader.id))
          .$if(slug !== '', (one) => one.where('courses.slug', '=', slug))
          .select(['cohort_members.id as member_id', 'cohort_members.person_id', 'courses.id as course_id'])
          .select(['courses.slug', 'cohort_courses.position']),
    )
    .selectFrom('wanted')
    .innerJoin('enrolments', (join) =>
      join
        .onRef('enrolments.course_id', '=', 'wanted.course_id')
        .onRef('enrolments.person_id', '=', 'wanted.person_id'),
    )
    .innerJoin('certificates', 'certificates.enrolment_id', 'enrolments.id')
    .innerJoin('person_details', 'person_details.person_id', 'wanted.person_id')
    .where('successor_id', 'is', null)
    .where('revoked_at', 'is', null)
    .where('printed', 'is not', null)
    .where(sql<boolean>`coalesce(printed ->> 'validUntil' >= ${dateAtIssuer(sql<Date>`now()`)}, true)`)
    .where(sql<boolean>`not ${isRenewed}`)
    .$if(ids !== null, (query) => query.where(sql<boolean>`certificates.id = any(${ids}::uuid[])`))
    .select(['certificates.id', 'certificates.code', 'certificates.issued_at', 'wanted.slug'])
    .select(['member_id', 'full_name', 'birth_year', 'birth_month'])
    .select(({ ref }) => ref('printed').$castTo<PrintedCertificate>().as('printed'))
    .select(dateAtIssuer(sql<Date>`now()`).$notNull().as('today'))
    .select(hasConsent.as('has_consent'))
    .orderBy('wanted.position')
    .orderBy(sql`regexp_replace(full_name, '^.* ', '') collate "vi-x-icu"`)
    .orderBy('certificates.code')
    .limit(mostInBundle + 1)
    .execute();
}

/** Asked of those alone who may be children still: nobody else's name is ever short. */
const hasConsent = sql<boolean>`(
  birth_year > extract(year from now() at time zone 'Asia/Ho_Chi_Minh') - ${sql.lit(fullNameAge + 1)}
  and ${isAgreed(sql.ref('wanted.person_id'), 'full_name_on_certificates')}
) is true`;

export type Held = Awaited<ReturnType<typeof listHeld>>[number];

/** The same form sent twice asks for one file. */
export async function insertBundle(
  db: Kysely<Database>,
  cohort: Cohort,
  reader: Somebody,
  { id, format, held }: { id: string; format: BundleFormat; held: Held[] },
): Promise<void> {
  await db
    .insertInto('certificate_bundles')
    .values({
      ...{ id, format, cohort_id: cohort.id, created_by_id: reader.id },
      certificates: held.map((one) => one.id),
      expires_at: sql<Date>`now() + make_interval(days => ${daysToFetch})`,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Of this cohort and this reader alone, and not for long. */
export async function findBundle(db: Kysely<Database>, cohort: Cohort, reader: Somebody, id: string) {
  return db
    .selectFrom('certificate_bundles')
    .where(hasId('id', id))
    .where('cohort_id', '=', cohort.id)
    .where('created_by_id', '=', reader.id)
    .where('expires_at', '>', sql<Date>`now()`)
    .select(['id', 'certificates', 'done', 'file_hash', 'expires_at', 'created_at'])
    .select(({ ref }) => ref('format').$castTo<BundleFormat>().as('format'))
    .select(
      sql<boolean>`coalesce(touched_at < now() - make_interval(secs => ${secondsOfSilence}), true)`.as('is_stalled'),
    )
    .executeTakeFirst();
}

export type Bundle = NonNullable<Awaited<ReturnType<typeof findBundle>>>;

/** False where it is made, or somebody is at it. */
export async function claimBundle(db: Kysely<Database>, { id }: Pick<Bundle, 'id'>): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('certificate_bundles')
    .set({ touched_at: sql<Date>`now()`, done: 0 })
    .where('id', '=', id)
    .where('file_hash', 'is', null)
    .where(sql<boolean>`coalesce(touched_at < now() - make_interval(secs => ${secondsOfSilence}), true)`)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function updateBundle(
  db: Kysely<Database>,
  { id }: Pick<Bundle, 'id'>,
  progress: { done: number; file_hash?: string },
): Promise<void> {
  await db
    .updateTable('certificate_bundles')
    .set({ ...progress, touched_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
}

/** Files that somebody's certificates are in go with them. @returns their hashes */
export async function removeBundlesWith(trx: Transaction<Database>, personId: string): Promise<string[]> {
  const gone = await trx
    .deleteFrom('certificate_bundles')
    .where(
      sql<boolean>`certificates && array(select certificates.id from certificates where certificates.person_id = ${personId})`,
    )
    .returning('file_hash')
    .execute();
  return gone.flatMap(({ file_hash }) => file_hash ?? []);
}

/** The files themselves go with all that nothing names. */
export async function removeOldBundles(db: Kysely<Database>): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom('certificate_bundles')
    .where('expires_at', '<', sql<Date>`now()`)
    .executeTakeFirst();
  return Number(numDeletedRows);
}
