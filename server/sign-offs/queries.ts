import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../database/connection.ts';

export type Verdict = 'signed' | 'missing' | 'withdrawn';

/** What somebody decided, out of a nested row. */
export interface SignOff {
  id: string;
  verdict: Verdict;
  role: 'mentor' | 'manager';
  /** Null once who wrote them, or whom they are about, is erased; a sign-off may have none. */
  words: string | null;
  decided_at: string;
  /** Null once they are erased. */
  name: string | null;
  /** When the learner said that they had done what was missing. */
  asked_at: string | null;
}

/** How it stands: with what was decided last, and whether that is to be looked at again. */
export type Standing = Verdict | 'asked' | null;

// Subqueries on an `enrolments` row of the statement around them.

/** All that was decided, what counts first. */
export const signOffs = sql<SignOff[]>`(
  select coalesce(json_agg(json_build_object(
    'id', sign_offs.id, 'verdict', verdict, 'role', role, 'words', words, 'decided_at', decided_at, 'name', full_name, 'asked_at', asked_at
  ) order by number desc), '[]')
  from sign_offs left join sign_off_requests on sign_off_id = sign_offs.id
  left join person_details as decider on decider.person_id = decided_by_id
  where sign_offs.enrolment_id = enrolments.id
)`;

export const lastVerdict = sql<Standing>`(
  select case when asked_at is null then verdict else 'asked' end
  from sign_offs left join sign_off_requests on sign_off_id = sign_offs.id
  where sign_offs.enrolment_id = enrolments.id
  order by number desc limit 1
)`;

/** The paper on which a sign-off stands, or stood. */
export const signedCertificate = sql<{ code: string; is_revoked: boolean } | null>`(
  select json_build_object('code', code, 'is_revoked', revoked_at is not null)
  from certificates where certificates.enrolment_id = enrolments.id and successor_id is null
  limit 1
)`;

/** Open mentorships of the learner in cohorts that learn this course: their mentors may sign off. */
export const guidedIn: RawBuilder<unknown> = sql`
  cohort_courses
  join cohort_members on cohort_members.cohort_id = cohort_courses.cohort_id
    and cohort_members.person_id = enrolments.person_id and cohort_members.left_at is null
    and cohort_courses.course_id = enrolments.course_id
  join mentorships on mentorships.member_id = cohort_members.id and mentorships.valid_until is null
  join cohorts on cohorts.id = cohort_members.cohort_id
  join organisations as place on place.id = cohorts.organisation_id
`;

/** Of somebody who is erased: what they wrote of others' learning, and what was written of theirs. */
export async function forgetSignOffs(trx: Transaction<Database>, personId: string): Promise<void> {
  await trx
    .updateTable('sign_offs')
    .set({ words: null })
    .where(({ or, eb }) => or([eb('person_id', '=', personId), eb('decided_by_id', '=', personId)]))
    .execute();
}
