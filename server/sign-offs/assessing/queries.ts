import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { insertAuditEvent } from '../../audit/queries.ts';
import { issueWhenComplete } from '../../certificates/issuing.ts';
import { dateAtIssuer } from '../../certificates/queries.ts';
import type { Config } from '../../config.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import type { Progress } from '../../enrolments/completion.ts';
import { complete, lockEnrolment, progress } from '../../enrolments/queries.ts';
import { holdsRole } from '../../organisations/access.ts';
import { orNotFound } from '../../platform/errors.ts';
import { type CourseFacts, factsUntil } from '../../results/queries.ts';
import { guidedIn, type SignOff, signedCertificate, signOffs, type Verdict } from '../queries.ts';
import { type Assessor, againstDecision, againstWithdrawal, type Conflict, isAdult, isReady } from '../signing.ts';
import type { Decision } from './forms.ts';

type Somebody = { id: string };

/** What somebody has done in a course that asks for a sign-off, for whoever may give it. */
export interface Assessment extends CourseFacts {
  id: string;
  person_id: string;
  version_id: string;
  slug: string;
  full_name: string;
  enrolled_at: Date;
  /** A further term has begun, or the person has gone. */
  has_ended: boolean;
  progress: Progress;
  /** The item that stands for it. */
  item_id: string;
  sign_offs: SignOff[];
  certificate: { code: string; is_revoked: boolean } | null;
  provider_name: string;
  /** The reader may revoke what the provider has issued. */
  may_revoke: boolean;
  /** Where the reader knows the learner from; null for the provider's people. */
  membership: { cohort_id: string; cohort_name: string; member_id: string } | null;
  assessor: Assessor;
}

/** @throws NotFound for who may not sign off this learner: everybody but their mentors, managers above, and the provider's people for who has none */
export async function getAssessment(db: Kysely<Database>, reader: Somebody, id: string): Promise<Assessment> {
  const { rows } = await sql<Assessment>`
    select enrolments.id, enrolments.person_id, enrolments.version_id, enrolled_at, slug, learner.full_name,
      ended_at is not null as has_ended, ${progress} as progress, asked.id as item_id,
      ${signOffs} as sign_offs, ${signedCertificate} as certificate, provider.name as provider_name,
      ${holdsRole(reader, ['manager'], sql.ref('provider.path'))} as may_revoke,
      ${membershipFor(reader)} as membership, ${factsUntil(sql`'infinity'`)},
      json_build_object('birth_year', own.birth_year, 'birth_month', own.birth_month,
        'today', ${dateAtIssuer(sql<Date>`now()`)}, 'role', ${roleOf(reader)}) as assessor
    from enrolments
    join courses on courses.id = enrolments.course_id
    join course_versions on course_versions.id = enrolments.version_id
    join organisations as provider on provider.id = course_versions.provider_id
    join items as asked on asked.version_id = enrolments.version_id and asked.kind = 'sign_off'
    join person_details as learner on learner.person_id = enrolments.person_id
    left join person_details as own on own.person_id = ${reader.id}
    where ${hasId('enrolments.id', id)} and enrolments.person_id <> ${reader.id} and (
      ${guides(reader)} or ${managesCohort(reader)}
      or ${holdsRole(reader, ['manager'], sql.ref('provider.path'))}
      or ${holdsRole(reader, ['mentor'], sql.ref('provider.path'))} and not exists (select from ${guidedIn})
    )
  `.execute(db);
  return orNotFound(rows[0]);
}

function guides(reader: Somebody): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from ${guidedIn}
    where mentorships.mentor_id = ${reader.id} and ${holdsRole(reader, ['mentor', 'manager'], sql.ref('place.path'))}
  )`;
}

function managesCohort(reader: Somebody): RawBuilder<boolean> {
  return sql<boolean>`exists (select from ${guidedIn} where ${holdsRole(reader, ['manager'], sql.ref('place.path'))})`;
}

/** Whoever does not guide them signs off as what they are above them. */
function roleOf(reader: Somebody): RawBuilder<string> {
  return sql<string>`case
    when not ${guides(reader)} and (${managesCohort(reader)} or ${holdsRole(reader, ['manager'], sql.ref('provider.path'))})
    then 'manager' else 'mentor' end`;
}

function membershipFor(reader: Somebody) {
  return sql`(
    select json_build_object('cohort_id', cohorts.id, 'cohort_name', cohorts.name, 'member_id', cohort_members.id)
    from ${guidedIn}
    where ${holdsRole(reader, ['manager'], sql.ref('place.path'))}
      or mentorships.mentor_id = ${reader.id} and ${holdsRole(reader, ['mentor', 'manager'], sql.ref('place.path'))}
    order by cohort_members.joined_at desc
    limit 1
  )`;
}

/** Of a row that a form makes: its id, and what counted when the page was drawn. */
export interface Slip {
  id: string;
  supersedes_id: string | null;
}

/** Records, completes and certifies in one transaction. Who decides has seen what counts now. */
export async function decide(
  trx: Transaction<Database>,
  assessment: Assessment,
  slip: Slip,
  { verdict, words }: Decision,
  decider: Somebody,
  config: Pick<Config, 'publicUrl'>,
): Promise<'recorded' | Conflict> {
  const now = await lockAssessment(trx, assessment, decider);
  if (isThere(now, slip)) return 'recorded';
  if ((now.sign_offs[0]?.id ?? null) !== slip.supersedes_id) return 'meanwhile';
  const obstacle = againstDecision(now);
  if (obstacle !== null) return obstacle;
  if (verdict === 'signed' && !isReady(now.progress)) return 'early';
  if (verdict === 'signed' && !isAdult(now.assessor)) return 'young';
  await insertSignOff(trx, now, slip, { verdict, words: words ?? null }, decider);
  if (verdict === 'missing') return 'recorded';
  const enrolment = { id: now.id, person_id: now.person_id };
  await complete(trx, enrolment, { id: now.item_id }, 'signed');
  await issueWhenComplete(trx, enrolment, config);
  return 'recorded';
}

/** Takes a sign-off back, once no certificate stands on it any more. */
export async function withdraw(
  trx: Transaction<Database>,
  assessment: Assessment,
  slip: Slip,
  words: string,
  decider: Somebody,
): Promise<'recorded' | Conflict> {
  const now = await lockAssessment(trx, assessment, decider);
  if (isThere(now, slip)) return 'recorded';
  if (now.sign_offs[0]?.id !== slip.supersedes_id) return 'meanwhile';
  const obstacle = againstWithdrawal(now);
  if (obstacle !== null) return obstacle;
  await insertSignOff(trx, now, slip, { verdict: 'withdrawn', words }, decider);
  return 'recorded';
}

/** As it stands once nobody else is at it, for who may still decide. */
async function lockAssessment(trx: Transaction<Database>, { id }: Assessment, decider: Somebody): Promise<Assessment> {
  await lockEnrolment(trx, id);
  return getAssessment(trx, decider, id);
}

function isThere({ sign_offs }: Assessment, slip: Slip): boolean {
  return sign_offs.some(({ id }) => id === slip.id);
}

async function insertSignOff(
  trx: Transaction<Database>,
  { id: enrolment_id, person_id, sign_offs, assessor: { role } }: Assessment,
  slip: Slip,
  decision: { verdict: Verdict; words: string | null },
  decider: Somebody,
): Promise<void> {
  const number = sign_offs.length + 1;
  await trx
    .insertInto('sign_offs')
    .values({ ...slip, ...decision, number, person_id, enrolment_id, role, decided_by_id: decider.id })
    .execute();
  await insertAuditEvent(trx, {
    ...{ actor_id: decider.id, subject_id: person_id, channel: 'web' },
    verb: `sign_off.${decision.verdict}`,
    facts: { enrolment_id },
  });
}
