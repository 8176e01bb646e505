import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import type { Database } from '../database/connection.ts';
import type { Progress } from './completion.ts';

export interface Enrolment {
  id: string;
  person_id: string;
}

/** Enrols in the version that is current now, unless it takes nobody in any more; enrolling twice is enrolling once. */
export async function enrol(
  db: Kysely<Database>,
  person: { id: string },
  course: { id: string; version_id: string },
): Promise<void> {
  await db
    .insertInto('enrolments')
    .columns(['id', 'person_id', 'course_id', 'version_id'])
    .expression((eb) =>
      eb
        .selectFrom('course_versions')
        .leftJoin('closed_versions', 'closed_versions.version_id', 'course_versions.id')
        .where('course_versions.id', '=', course.version_id)
        .where('closed_versions.version_id', 'is', null)
        .select((of) => [
          of.val(newId()).$castTo<string>().as('id'),
          of.val(person.id).$castTo<string>().as('person_id'),
          'course_versions.course_id',
          'course_versions.id as version_id',
        ]),
    )
    .onConflict((conflict) => conflict.columns(['person_id', 'course_id']).where('ended_at', 'is', null).doNothing())
    .execute();
}

/** The row that everything about one person's way through one course waits for: completions, attempts, the certificate. */
export async function lockEnrolment(trx: Transaction<Database>, id: string): Promise<void> {
  await trx.selectFrom('enrolments').select('id').where('id', '=', id).forUpdate().execute();
}

/**
 * Completing twice is completing once; the first time counts. Whoever has moved to a newer version completes the item of that key there, too.
 * @param at null: now
 */
export async function complete(
  trx: Transaction<Database>,
  enrolment: Enrolment,
  item: { id: string },
  cause: 'read' | 'passed' | 'signed',
  at: Date | null = null,
): Promise<void> {
  // Raw: the builder has no insert out of a join with values beside it.
  await sql`
    insert into completions (person_id, enrolment_id, item_id, cause, completed_at)
    select ${enrolment.person_id}::uuid, enrolments.id, items.id, ${cause}::text, coalesce(${at}::timestamptz, now())
    from items as done
    join enrolments on enrolments.id = ${enrolment.id}
    join items on items.id = done.id
      or (items.version_id = enrolments.version_id and items.key = done.key and items.kind = done.kind)
    where done.id = ${item.id}
    on conflict do nothing
  `.execute(trx);
}

/**
 * What every percentage counts: the required items of the pinned version, and those among them with a completion. Stands in a subquery on
 * an `enrolments` row.
 */
function countedItems(until: RawBuilder<unknown> | null = null): RawBuilder<unknown> {
  return sql`items
    left join completions on completions.item_id = items.id
      and completions.enrolment_id = enrolments.id and completions.person_id = enrolments.person_id
      ${until === null ? sql`` : sql`and completions.completed_at <= ${until}`}
    where items.version_id = enrolments.version_id and items.required`;
}

/** The one count behind every percentage. A subquery on an `enrolments` row of the statement around it. */
export const progress = sql<{ done: number; total: number }>`(
  select json_build_object('total', count(*), 'done', count(completions.item_id))
  from ${countedItems()}
)`;

/**
 * A later term has its own certificate. A condition on an `enrolments` row of the statement around it.
 * The offset keeps the planner from reading all renewals there are instead of looking for the one.
 */
export const isRenewed = sql<boolean>`exists (
  select from enrolments as later join certificates as renewed on renewed.enrolment_id = later.id
  where later.renews_id = enrolments.id
  offset 0
)`;

/** The same count by kind of item, as it stood at a moment: its parts add up to it. */
export function progressByKind(until: RawBuilder<unknown>): RawBuilder<Partial<Record<string, Progress>>> {
  return sql`(
    select coalesce(json_object_agg(kind, json_build_object('total', total, 'done', done)), '{}')
    from (
      select items.kind, count(*) as total, count(completions.item_id) as done from ${countedItems(until)} group by items.kind
    ) as counted
  )`;
}

/** When the last of the counted items was done; null while one is missing at that moment. */
export function finishedAt(until: RawBuilder<unknown>): RawBuilder<string | null> {
  return sql`(
    select case when count(*) = count(completions.item_id) then max(completions.completed_at) end
    from ${countedItems(until)}
  )`;
}
