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

/**
 * Who has done all but the sign-off in a course of the reader's organisations and is guided by nobody there; who has waited longest first. Whoever
 * was told what is missing is there again once they ask.
 */
export async function listUnguided(db: Kysely<Database>, reader: { id: string }, page: number) {
  const { rows } = await sql<Unguided>`
    select enrolments.id, learner.full_name, finished.done_at, standing, count(*) over () as total,
      (
        select json_object_agg(language, title) from course_version_texts
        where course_version_texts.version_id = enrolments.version_id
      ) as titles
    from items as asked
    join course_versions on course_versions.id = asked.version_id
    join organisations as provider on provider.id = course_versions.provider_id
    join enrolments on enrolments.version_id = asked.version_id and ended_at is null
    join person_details as learner on learner.person_id = enrolments.person_id
    cross join lateral (
      select max(completed_at) as done_at, count(*) filter (where completions.item_id is null) as missing
      from items
      left join completions on completions.item_id = items.id
        and completions.enrolment_id = enrolments.id and completions.person_id = enrolments.person_id
      where items.version_id = enrolments.version_id and items.required
    ) as finished
    cross join lateral (select ${lastVerdict} as standing) as decided
    where asked.kind = 'sign_off' and finished.missing = 1 and (standing is null or standing = 'asked')
      and not exists (
        select from completions
        where completions.person_id = enrolments.person_id and completions.enrolment_id = enrolments.id
          and completions.item_id = asked.id
      )
      and enrolments.person_id <> ${reader.id} and ${holdsRole(reader, ['mentor', 'manager'], sql.ref('provider.path'))}
      and not exists (select from ${guidedIn})
    order by finished.done_at, enrolments.id
    limit ${pageSize} offset ${(page - 1) * pageSize}
  `.execute(db);
  const total = rows[0]?.total ?? 0;
  return { rows, total, pages: Math.ceil(total / pageSize) };
}
