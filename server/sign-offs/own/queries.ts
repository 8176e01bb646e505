import { type Kysely, sql, type Transaction } from 'kysely';
import { doneItems, withDone } from '../../courses/queries.ts';
import type { Database } from '../../database/connection.ts';
import { lockEnrolment } from '../../enrolments/queries.ts';
import type { Language } from '../../platform/i18n.ts';
import { getVersion } from '../../versions/reading.ts';
import { guidedIn, signedCertificate, signOffs } from '../queries.ts';

/** Who may be asked: the mentors that somebody has in the course. */
const mentors = sql<{ cohort_id: string; cohort_name: string; name: string | null }[]>`(
  select coalesce(json_agg(json_build_object(
    'cohort_id', cohorts.id, 'cohort_name', cohorts.name, 'name', mentor.full_name
  ) order by cohort_members.joined_at), '[]')
  from ${guidedIn} left join person_details as mentor on mentor.person_id = mentorships.mentor_id
)`;

/** How one's own sign-off stands, in a course that one takes and that asks for one. */
export async function findOwnSignOff(db: Kysely<Database>, person: { id: string }, slug: string, language: Language) {
  const own = await db
    .selectFrom('enrolments')
    .innerJoin('courses', 'courses.id', 'enrolments.course_id')
    .innerJoin('course_versions', 'course_versions.id', 'enrolments.version_id')
    .innerJoin('organisations as provider', 'provider.id', 'course_versions.provider_id')
    .where('enrolments.person_id', '=', person.id)
    .where('courses.slug', '=', slug)
    .where('ended_at', 'is', null)
    .select(['enrolments.id', 'enrolments.person_id', 'enrolments.version_id', 'courses.slug'])
    .select(['provider.code as provider_code', 'provider.name as provider_name'])
    .select([doneItems.as('done'), mentors.as('mentors'), signOffs.as('sign_offs')])
    .select(signedCertificate.as('certificate'))
    .executeTakeFirst();
  if (own === undefined) return undefined;
  const { done, ...facts } = own;
  const version = await getVersion(db, own.version_id, language);
  const required = withDone(version.items, done).filter((item) => item.required);
  if (!required.some(({ kind }) => kind === 'sign_off')) return undefined;
  return {
    ...facts,
    title: version.title,
    language: version.language,
    /** What is to be done first. */
    left: required.filter((item) => item.kind !== 'sign_off' && !item.done),
  };
}

export type OwnSignOff = NonNullable<Awaited<ReturnType<typeof findOwnSignOff>>>;

/** Asks for another look, once for each time that something was missing. @returns false where something else was decided meanwhile */
export async function askAgain(trx: Transaction<Database>, own: OwnSignOff): Promise<boolean> {
  await lockEnrolment(trx, own.id);
  const last = await trx
    .selectFrom('sign_offs')
    .where('enrolment_id', '=', own.id)
    .select(['id', 'verdict'])
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last?.verdict !== 'missing') return false;
  await trx
    .insertInto('sign_off_requests')
    .values({ sign_off_id: last.id, person_id: own.person_id, enrolment_id: own.id })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return true;
}
