import { type RawBuilder, sql } from 'kysely';

/**
 * Of the times that somebody took the quiz the first one alone: later ones have seen the answers, and whoever tries often would count often.
 * The same quiz of another version, in a term or an enrolment before this one, was the first.
 */
export const isFirst: RawBuilder<boolean> = sql<boolean>`attempts.number = 1 and not exists (
  select from enrolments as earlier
  join attempts as tried on tried.enrolment_id = earlier.id
  join items as same on same.id = tried.item_id and same.key = items.key
  where earlier.person_id = enrolments.person_id and earlier.course_id = enrolments.course_id
    and (earlier.enrolled_at, earlier.id) < (enrolments.enrolled_at, enrolments.id)
  offset 0
)`;

/** A part of something as a whole number. */
export function inTenThousandths(part: RawBuilder<unknown>, whole: RawBuilder<unknown>): RawBuilder<number> {
  return sql<number>`coalesce(round(10000 * least(1, greatest(0, ${part}) / nullif(${whole}, 0))), 0)::bigint`;
}
