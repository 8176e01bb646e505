import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { holdsRole } from '../../organisations/access.ts';
import { guidedIn, lastVerdict, type Standing } from '../queries.ts';

interface Unguided {
  id: string;
  full_name: string;
  titles: Record<string, string>;
  /** When the last part was done. */
  done_at: Date;
  standing: Standing;
  total: number;
}

const pageSize = 30;
/** So many at most are looked for: whoever waits after them comes up when those before are served. */
const mostListed = 300;

/**
 * Who has done all but the sign-off in a course of the reader's organisations and is guided by nobody there; who has waited longest first. Whoever
 * was told what is missing is there again once they ask.
 */
export async function listUnguided(db: Kysely<Database>, reader: { id: string }, asked: number) {
  const page_number = Math.min(asked, mostListed / pageSize);
  const { rows } = await sql<Unguided>`
    select enrolments.id, learner.full_name, waiting.done_at, standing, total,
      (
        select json_object_agg(language, title) from course_version_texts
        where course_version_texts.version_id = enrolments.version_id
      ) as titles
    from (
      select enrolment_id, waiting.done_at, standing, count(*) over () as total
      from (
        select waiting.enrolment_id, waiting.done_at, standing
        from sign_off_waits as waiting
        join organisations as provider on provider.id = waiting.provider_id
        join enrolments on enrolments.id = waiting.enrolment_id
        cross join lateral (select ${lastVerdict} as standing) as decided
        where ${holdsRole(reader, ['mentor', 'manager'], sql.ref('provider.path'))}
          and enrolments.person_id <> ${reader.id} and (standing is null or standing = 'asked')
          and not exists (select from ${guidedIn})
        order by waiting.done_at, waiting.enrolment_id
        limit ${mostListed + 1}
      ) as waiting
      order by waiting.done_at, enrolment_id
      limit ${pageSize} offset ${(page_number - 1) * pageSize}
    ) as waiting
    join enrolments on enrolments.id = waiting.enrolment_id
    join person_details as learner on learner.person_id = enrolments.person_id
    order by waiting.done_at, enrolments.id
  `.execute(db);
  const found = rows[0]?.total ?? 0;
  const total = Math.min(found, mostListed);
  return { rows, page_number, total, has_more: found > mostListed, pages: Math.ceil(total / pageSize) };
}
