import { type Kysely, sql } from 'kysely';
import { jsonArrayFrom } from 'kysely/helpers/postgres';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { NotFound } from '../../platform/errors.ts';
import { isNewest, stepDoneAt } from '../queries.ts';

// What learners read. Notes for mentors alone stand in another column, which nothing in this file names.

type Somebody = { id: string };

const pageSize = 20;

export interface NextStep {
  id: string;
  revision: number;
  words: string;
  on: string | null;
}

/** What the `cohort_members` row of the statement around it has agreed on last, until it is done; else null. */
export const nextStep = sql<NextStep | null>`(
  select json_build_object('id', entry_id, 'revision', revision, 'words', next_step, 'on', next_step_on)
  from (
    select check_ins.entry_id, check_ins.revision, check_ins.next_step, check_ins.next_step_on, ${stepDoneAt} as done_at
    from check_ins
    where check_ins.member_id = cohort_members.id and check_ins.next_step is not null and not check_ins.is_withdrawn
      and ${isNewest}
    order by check_ins.met_on desc, check_ins.entry_id desc
    limit 1
  ) as newest
  where done_at is null
)`;

/** What one's mentors have shared, and what was agreed, the newest first; also of cohorts that one has left. */
export async function listOwnCheckIns(db: Kysely<Database>, person: Somebody, page: number) {
  const shared = db
    .selectFrom('check_ins')
    .where('check_ins.person_id', '=', person.id)
    .where('is_withdrawn', '=', false)
    .where(({ or, eb }) => or([eb('is_private', '=', false), eb('next_step', 'is not', null)]))
    .where(isNewest);
  const { total, rows } = await db
    .selectNoFrom([
      shared
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('total'),
      jsonArrayFrom(
        shared
          .leftJoin('person_details as author', 'author.person_id', 'check_ins.author_id')
          .select(['check_ins.entry_id as id', 'revision', 'channel', 'note', 'next_step'])
          .select(['author.full_name as author_name', stepDoneAt.as('step_done_at')])
          .select([sql<string>`met_on::text`.as('met_on'), sql<string | null>`next_step_on::text`.as('next_step_on')])
          .orderBy('met_on', 'desc')
          .orderBy('entry_id', 'desc')
          .limit(pageSize)
          .offset((page - 1) * pageSize),
      ).as('rows'),
    ])
    .executeTakeFirstOrThrow();
  return { rows, pages: Math.ceil(total / pageSize) };
}

/** Ticking twice is ticking once. @throws NotFound where they have agreed on no such step */
export async function completeStep(
  db: Kysely<Database>,
  person: Somebody,
  entryId: string,
  revision: number,
): Promise<void> {
  const own = db
    .selectFrom('check_ins')
    .where(hasId('entry_id', entryId))
    .where('revision', '=', revision)
    .where('check_ins.person_id', '=', person.id)
    .where('next_step', 'is not', null)
    .select(['entry_id', 'revision']);
  const step = await own.executeTakeFirst();
  if (step === undefined) throw new NotFound();
  await db
    .insertInto('next_steps_done')
    .values(step)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
