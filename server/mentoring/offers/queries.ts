import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Verb } from '../../audit/verbs.ts';
import { isUnexpired } from '../../certificates/queries.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { thisMoment } from '../../database/moment.ts';
import { queueMailWhereConfirmed } from '../../mail/queries.ts';
import { holdsRole } from '../../organisations/access.ts';
import type { Branch } from '../../organisations/managing/queries.ts';
import { grantRole } from '../../organisations/roles/queries.ts';
import { orNotFound } from '../../platform/errors.ts';

type Somebody = { id: string };

const pageSize = 50;

/** A course that somebody holds a certificate of. */
interface CertifiedCourse {
  id: string;
  slug: string;
  version_id: string;
  code: string;
}

interface OwnOffer {
  id: string;
  made_at: string;
  outcome: 'accepted' | 'declined' | 'withdrawn' | null;
  decided_at: string | null;
  reason: string | null;
  version_id: string | null;
  slug: string;
  organisation_name: string;
}

interface Offering {
  birth_year: number | null;
  birth_month: number | null;
  courses: CertifiedCourse[];
  organisations: { id: string; code: string; name: string; is_guide: boolean }[];
  offers: OwnOffer[];
}

/** What somebody could offer, where, and what they have offered so far. */
export async function getOffering(db: Kysely<Database>, person: Somebody): Promise<Offering> {
  const { rows } = await sql<Offering>`
    select birth_year, birth_month,
      (select coalesce(json_agg(course order by slug), '[]') from (${certifiedCourses(sql`${person.id}::uuid`)}) as course) as courses,
      (
        select coalesce(json_agg(json_build_object('id', organisations.id, 'code', code, 'name', name,
          'is_guide', ${holdsRole(person, ['mentor', 'manager'], sql.ref('organisations.path'))})
          order by name collate "vi-x-icu", code), '[]')
        from organisations
        where closed_at is null and merged_into_id is null and exists (
          select from cohorts join cohort_members on cohort_members.cohort_id = cohorts.id
          where cohorts.organisation_id = organisations.id and cohort_members.person_id = ${person.id}
        )
      ) as organisations,
      (
        select coalesce(json_agg(offer order by made_at desc, id), '[]')
        from (
          select mentoring_offers.id, made_at, outcome, decided_at, reason, slug, organisations.name as organisation_name,
            current_version_id as version_id
          from mentoring_offers
          join courses on courses.id = mentoring_offers.course_id
          join organisations on organisations.id = mentoring_offers.organisation_id
          where mentoring_offers.person_id = ${person.id}
          order by made_at desc, mentoring_offers.id
          limit ${pageSize}
        ) as offer
      ) as offers
    from person_details where person_id = ${person.id}
  `.execute(db);
  return orNotFound(rows[0]);
}

/** Courses that the person holds a certificate of, neither revoked nor withdrawn nor expired. */
function certifiedCourses(personId: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`
    select distinct on (courses.id) courses.id, courses.slug, enrolments.version_id, certificates.code
    from certificates
    join enrolments on enrolments.id = certificates.enrolment_id
    join courses on courses.id = enrolments.course_id
    where certificates.person_id = ${personId} and successor_id is null and revoked_at is null and printed is not null
      and ${isUnexpired(sql.ref('certificates.printed'))}
    order by courses.id, issued_at desc
  `;
}

/** Offering what one has offered already changes nothing. */
export async function insertOffer(
  trx: Transaction<Database>,
  id: string,
  { course, organisation }: { course: Somebody; organisation: { id: string; code: string } },
  person: Somebody,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('mentoring_offers')
    .values({ id, person_id: person.id, organisation_id: organisation.id, course_id: course.id })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return;
  await tell(trx, 'mentoring_offer.made', { actor: person, person_id: person.id, organisation: organisation.code });
}

/** One that was decided meanwhile stays as it was decided. @throws NotFound for an offer of somebody else */
export async function withdrawOffer(trx: Transaction<Database>, person: Somebody, id: string): Promise<void> {
  const offer = await trx
    .selectFrom('mentoring_offers')
    .innerJoin('organisations', 'organisations.id', 'mentoring_offers.organisation_id')
    .where(hasId('mentoring_offers.id', id))
    .where('person_id', '=', person.id)
    .select(['mentoring_offers.id', 'organisations.code'])
    .executeTakeFirst();
  const { id: own, code } = orNotFound(offer);
  const { numUpdatedRows } = await trx
    .updateTable('mentoring_offers')
    .set({ outcome: 'withdrawn', decided_at: thisMoment })
    .where('id', '=', own)
    .where('outcome', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  await tell(trx, 'mentoring_offer.withdrawn', { actor: person, person_id: person.id, organisation: code });
}

/** Who waits for a decision there or below, in the order they came; before them the one whose form was refused. */
export async function listOffers(
  db: Kysely<Database>,
  { path }: Branch,
  manager: Somebody,
  { page, first }: { page: number; first: string | null },
) {
  const certificate = sql<{ code: string; version_id: string } | null>`(
    select json_build_object('code', code, 'version_id', version_id)
    from (${certifiedCourses(sql.ref('mentoring_offers.person_id'))}) as held where held.id = mentoring_offers.course_id
  )`;
  const rows = await db
    .selectFrom('mentoring_offers')
    .innerJoin('organisations', 'organisations.id', 'mentoring_offers.organisation_id')
    .innerJoin('courses', 'courses.id', 'mentoring_offers.course_id')
    .innerJoin('person_details', 'person_details.person_id', 'mentoring_offers.person_id')
    .where('mentoring_offers.outcome', 'is', null)
    .where(sql<boolean>`organisations.path <@ ${path}::ltree`)
    .where('mentoring_offers.person_id', '<>', manager.id)
    .select(['mentoring_offers.id', 'made_at', 'full_name', 'slug', 'current_version_id'])
    .select(['organisations.name as organisation_name', certificate.as('certificate')])
    .select(
      sql<string[]>`array(
        select distinct cohorts.name from cohorts join cohort_members on cohort_members.cohort_id = cohorts.id
        where cohorts.organisation_id = organisations.id and cohort_members.person_id = mentoring_offers.person_id
        order by cohorts.name
      )`.as('cohorts'),
    )
    .select(sql<number>`count(*) over ()::integer`.as('total'))
    .orderBy(sql`case when ${hasId('mentoring_offers.id', first ?? '')} then 0 else 1 end`)
    .orderBy('made_at')
    .orderBy('mentoring_offers.id')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  const total = rows[0]?.total ?? 0;
  return { rows, total, pages: Math.ceil(total / pageSize) };
}

export type Decided = 'accepted' | 'declined' | 'before' | 'lapsed' | 'closed';

/**
 * Accepting gives the role of a mentor in the organisation that the offer names. Nobody decides on their own.
 * @returns what came of it: decided before, the certificate holds no more, the organisation is closed
 * @throws NotFound for an offer to another branch
 */
export async function decideOffer(
  trx: Transaction<Database>,
  branch: Branch,
  id: string,
  { decision, reason }: { decision: 'accepted' | 'declined'; reason: string | null },
  manager: Somebody,
): Promise<Decided> {
  // First the organisation, as a merger does: otherwise each could hold what the other waits for.
  const place = await trx
    .selectFrom('organisations')
    .innerJoin('mentoring_offers', 'mentoring_offers.organisation_id', 'organisations.id')
    .where(hasId('mentoring_offers.id', id))
    .where(sql<boolean>`organisations.path <@ ${branch.path}::ltree`)
    .where('mentoring_offers.person_id', '<>', manager.id)
    .select('organisations.code')
    .forShare('organisations')
    .executeTakeFirst();
  const { code: organisation } = orNotFound(place);
  const offer = await trx
    .selectFrom('mentoring_offers')
    .where(hasId('id', id))
    .where('outcome', 'is', null)
    .select(['id', 'person_id', 'organisation_id'])
    .select(
      sql<boolean>`course_id in (
        select held.id from (${certifiedCourses(sql.ref('mentoring_offers.person_id'))}) as held
      )`.as('is_certified'),
    )
    .forUpdate()
    .executeTakeFirst();
  if (offer === undefined) return 'before';
  const { person_id, organisation_id } = offer;
  if (decision === 'accepted') {
    if (!offer.is_certified) return 'lapsed';
    const grant = { personId: person_id, organisationId: organisation_id, role: 'mentor', by: 'offer' } as const;
    const { outcome } = await grantRole(trx, { ...grant, grantedById: manager.id, actorId: manager.id });
    if (outcome === 'closed') return 'closed';
  }
  await trx
    .updateTable('mentoring_offers')
    .set({ outcome: decision, decided_at: thisMoment, decided_by_id: manager.id })
    .set({ reason: decision === 'declined' ? reason : null })
    .where('id', '=', offer.id)
    .execute();
  await tell(trx, `mentoring_offer.${decision}`, { actor: manager, person_id, organisation });
  // Not the reason: it may be about them, and stands on their own page.
  await queueMailWhereConfirmed(trx, { person_id, letter: 'mentoring_offer_answered', facts: { outcome: decision } });
  return decision;
}

async function tell(
  trx: Transaction<Database>,
  verb: Verb,
  { actor, person_id, organisation }: { actor: Somebody; person_id: string; organisation: string },
): Promise<void> {
  const who = { actor_id: actor.id, subject_id: person_id };
  await insertAuditEvent(trx, { ...who, verb, channel: 'web', facts: { organisation } });
}
