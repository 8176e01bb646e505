import { sql } from 'kysely';

/** Whether they said that they stay where they are; of an `enrolments` row with its `courses` row around it. */
export const hasStayed = sql<boolean>`exists (
  select from version_choices
  where version_choices.enrolment_id = enrolments.id and to_version_id = courses.current_version_id and choice = 'stayed'
)`;
