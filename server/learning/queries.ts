import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres';
import { unreadAnnouncements } from '../announcements/queries.ts';
import { noticesFor } from '../assignments/notices/queries.ts';
import { waitingItems } from '../assignments/waiting/queries.ts';
import { dateAtIssuer } from '../certificates/queries.ts';
import { isExpired, isRenewable } from '../certificates/validity.ts';
import { ownCohorts } from '../cohorts/own/queries.ts';
import { doneItems, withDone } from '../courses/queries.ts';
import type { Database } from '../database/connection.ts';
import { gathered } from '../database/prepared.ts';
import { progress } from '../enrolments/queries.ts';
import { essayNotices } from '../essays/queries.ts';
import type { Language } from '../platform/i18n.ts';
import { lastVerdict } from '../sign-offs/queries.ts';
import { hasStayed } from '../versions/moving/choices/queries.ts';
import { moveOffer } from '../versions/moving/mapping.ts';
import { getVersion, listVersions } from '../versions/reading.ts';

const validUntil = sql<string | null>`certificates.printed ->> 'validUntil'`;

const enrolmentsOfPerson = gathered({ person: 'uuid' }, (db, { person }) =>
  db.selectNoFrom([ownCohorts(person).as('cohorts'), noticesFor(person).as('notices')]).select((eb) => [
    dateAtIssuer(sql<Date>`now()`).$notNull().as('today'),
    unreadAnnouncements(person).as('unread'),
    essayNotices(person).as('essays'),
    jsonArrayFrom(
      eb
        .selectFrom('enrolments')
        .innerJoin('courses', 'courses.id', 'enrolments.course_id')
        .where('enrolments.person_id', '=', person)
        .where('ended_at', 'is', null)
        .select(['enrolments.id', 'slug', 'enrolments.version_id', 'enrolled_at', 'current_version_id as newest_id'])
        .select([progress.as('progress'), doneItems.as('done'), lastVerdict.as('verdict'), hasStayed.as('has_stayed')])
        .select((of) =>
          jsonObjectFrom(
            of
              .selectFrom('open_attempts')
              .innerJoin('items', 'items.id', 'open_attempts.item_id')
              .whereRef('open_attempts.enrolment_id', '=', 'enrolments.id')
              .select(['attempt_id as id', 'item_id'])
              .orderBy('position')
              .limit(1),
          ).as('open_attempt'),
        )
        .select((of) =>
          jsonArrayFrom(
            of
              .selectFrom('certificates')
              .whereRef('certificates.enrolment_id', '=', 'enrolments.id')
              .where('successor_id', 'is', null)
              .select(['code', 'issued_at', 'revoked_at', validUntil.as('valid_until')]),
          ).as('certificates'),
        )
        // Of the term before, while the next one is under way.
        .select((of) =>
          jsonArrayFrom(
            of
              .selectFrom('certificates')
              .whereRef('certificates.enrolment_id', '=', 'enrolments.renews_id')
              .where('successor_id', 'is', null)
              .where('revoked_at', 'is', null)
              .where('printed', 'is not', null)
              .select(['code', 'issued_at', 'revoked_at', validUntil.as('valid_until')]),
          ).as('earlier'),
        )
        .orderBy(
          (of) =>
            of.fn.coalesce(
              of
                .selectFrom('completions')
                .whereRef('completions.enrolment_id', '=', 'enrolments.id')
                .whereRef('completions.person_id', '=', 'enrolments.person_id')
                .select((inner) => inner.fn.max('completed_at').as('newest')),
              'enrolled_at',
            ),
          'desc',
        )
        // Whoever joins a cohort is in all its courses at once: they come in its order.
        .orderBy(
          (of) =>
            of
              .selectFrom('cohort_members')
              .innerJoin('cohort_courses', 'cohort_courses.cohort_id', 'cohort_members.cohort_id')
              .whereRef('cohort_members.person_id', '=', 'enrolments.person_id')
              .where('left_at', 'is', null)
              .whereRef('cohort_courses.course_id', '=', 'enrolments.course_id')
              .select((inner) => inner.fn.min('cohort_courses.position').as('first')),
          (order) => order.asc().nullsLast(),
        )
        .limit(100),
    ).as('enrolments'),
    jsonArrayFrom(
      eb
        .selectFrom('certificates')
        .where('person_id', '=', person)
        .where('enrolment_id', 'is', null)
        .where('successor_id', 'is', null)
        .where('revoked_at', 'is', null)
        // Of what its holder has withdrawn no title is left.
        .where('printed', 'is not', null)
        .select(['code', 'issued_at', 'achievement'])
        .select(
          sql<Record<string, string>>`coalesce(printed -> 'path', printed -> 'mentoring') -> 'titles'`.as('titles'),
        )
        .orderBy('issued_at', 'desc'),
    ).as('others'),
  ]),
);

/**
 * One's courses, those with the newest activity first: where one stands, what comes next, what came of it; the paths completed, the cohorts
 * guided; and one's own cohorts.
 */
export async function getLearning(db: Kysely<Database>, person: { id: string }, language: Language) {
  const {
    enrolments = [],
    cohorts = [],
    others = [],
    notices = [],
    essays = [],
    today = '',
    unread = 0,
  } = (await enrolmentsOfPerson(db, { person: person.id })) ?? {};
  const ids = [...new Set(enrolments.flatMap(({ version_id, newest_id }) => [version_id, newest_id ?? version_id]))];
  const versions = await listVersions(db, ids, language);
  const courses = enrolments.flatMap(
    ({ done, open_attempt, certificates, earlier, newest_id, has_stayed, ...enrolment }) => {
      const version = versions.get(enrolment.version_id);
      if (version === undefined) return [];
      const items = withDone(version.items, done);
      const attempted = items.find(({ id }) => id === open_attempt?.item_id);
      return [
        {
          ...enrolment,
          certificates: certificates.map((one) => ({ ...one, validity: validityOf(one, today), slug: enrolment.slug })),
          earlier: earlier.map((one) => ({ ...one, validity: validityOf(one, today), slug: null })),
          title: version.title,
          version: version.number,
          move: moveOffer(version.items, versions.get(newest_id ?? '')?.items ?? version.items, {
            ...{ done, has_stayed, has_certificate: certificates.length > 0 },
            is_newest: newest_id === enrolment.version_id,
          }),
          language: version.language,
          next: items.find((item) => item.required && !item.done) ?? null,
          open_attempt: open_attempt && attempted ? { id: open_attempt.id, title: attempted.title } : null,
        },
      ];
    },
  );
  return {
    courses,
    cohorts,
    notices,
    essays,
    unread,
    others: others.map(({ titles, ...other }) => ({
      ...other,
      title: titles[language] ?? Object.values(titles)[0] ?? '',
    })),
  };
}

/** Null for what holds for ever. */
function validityOf(
  { valid_until, revoked_at }: { valid_until: string | null; revoked_at: string | null },
  today: string,
) {
  if (valid_until === null || revoked_at !== null) return null;
  const validity = { validUntil: valid_until };
  if (isExpired(validity, today)) return 'expired';
  return isRenewable(validity, today) ? 'ending' : 'holds';
}

const progressBySlug = gathered({ person: 'uuid', slug: 'text' }, (db, { person, slug }) =>
  db
    .selectFrom('enrolments')
    .innerJoin('courses', 'courses.id', 'enrolments.course_id')
    .where('enrolments.person_id', '=', person)
    .where('courses.slug', '=', slug)
    .where('ended_at', 'is', null)
    .select(['slug', 'enrolments.version_id', 'enrolled_at', progress.as('progress'), waitingItems.as('waiting')])
    .select((eb) =>
      jsonArrayFrom(
        eb
          .selectFrom('completions')
          .whereRef('completions.enrolment_id', '=', 'enrolments.id')
          .whereRef('completions.person_id', '=', 'enrolments.person_id')
          .select(['item_id', 'completed_at', 'cause']),
      ).as('completions'),
    ),
);

/** Every item of one's course with what is on record for it: why the percentage is what it is. */
export async function findProgress(db: Kysely<Database>, person: { id: string }, slug: string, language: Language) {
  const enrolment = await progressBySlug(db, { person: person.id, slug });
  if (enrolment === undefined) return undefined;
  const { completions, waiting, ...facts } = enrolment;
  const version = await getVersion(db, enrolment.version_id, language);
  return {
    ...facts,
    title: version.title,
    language: version.language,
    version: version.number,
    items: version.items.map((item) => {
      const { completed_at = null, cause = null } = completions.find(({ item_id }) => item_id === item.id) ?? {};
      return { ...item, completed_at, cause, is_waiting: waiting.includes(item.id) };
    }),
  };
}
