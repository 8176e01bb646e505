import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import type { Cohort } from '../access.ts';
import { admit } from '../admitting/queries.ts';
import { mostMembers } from '../limits.ts';
import { matchAll, type Reason } from '../matching/matching.ts';
import { listMentors, lockMentors, type Mentor } from '../mentors/queries.ts';
import { minimumOf, topicsOf, type Wish } from '../mentorships/queries.ts';
import { wishesOf } from '../wishes/queries.ts';

type Somebody = { id: string };

interface Pair {
  person_id: string;
  mentor_id: string;
  reasons: Reason[];
}

/** Works out who should guide whom of all that wait, as far as there is room. @returns the id of the proposal */
export async function insertPlacement(db: Kysely<Database>, cohort: Cohort, manager: Somebody): Promise<string> {
  const pairs = await proposePairs(db, cohort);
  const id = newId();
  await db
    .insertInto('cohort_placements')
    .values({
      id,
      cohort_id: cohort.id,
      created_by_id: manager.id,
      pairs: JSON.stringify(pairs),
      total: pairs.length,
    })
    .execute();
  return id;
}

async function proposePairs(db: Kysely<Database>, cohort: Cohort): Promise<Pair[]> {
  const terms = await db
    .selectFrom('cohort_members')
    .where('cohort_id', '=', cohort.id)
    .where('left_at', 'is', null)
    .select([minimumOf(cohort).as('minimum'), topicsOf(cohort).as('topics')])
    .select(({ fn }) => fn.countAll<number>().as('members'))
    .executeTakeFirstOrThrow();
  const learners = await db
    .selectFrom('join_requests')
    .where('cohort_id', '=', cohort.id)
    .where('outcome', 'is', null)
    .select(['person_id as id', wishesOf(sql.ref('join_requests.person_id')).as('wishes')])
    .orderBy('created_at')
    .orderBy('id')
    .limit(Math.max(0, (cohort.seats ?? mostMembers) - terms.members))
    .execute();
  const pairs = matchAll(learners, await listMentors(db, cohort), terms);
  return pairs.map(({ learner, match: { mentor, reasons } }) => ({
    person_id: learner.id,
    mentor_id: mentor.id,
    reasons,
  }));
}

/** How far a proposal is; of this cohort alone. */
export async function findPlacement(db: Kysely<Database>, cohort: Cohort, id: string) {
  return db
    .selectFrom('cohort_placements')
    .select(['id', 'total', 'done', 'as_proposed', 'elsewhere', 'without_place', 'applied_at', 'touched_at'])
    .select(sql<boolean>`pairs is null`.as('is_over'))
    .select(sql<boolean>`touched_at < now() - interval '20 seconds'`.as('is_stalled'))
    .select(({ selectFrom }) =>
      selectFrom('join_requests')
        .where('join_requests.cohort_id', '=', cohort.id)
        .where('outcome', 'is', null)
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .$asScalar()
        .$notNull()
        .as('waiting'),
    )
    .where(hasId('id', id))
    .where('cohort_id', '=', cohort.id)
    .executeTakeFirst();
}

export type Placement = NonNullable<Awaited<ReturnType<typeof findPlacement>>>;

/** The pairs with names, in the order of the waiting list. */
export async function listPairs(db: Kysely<Database>, { id }: Pick<Placement, 'id'>) {
  const { rows } = await sql<{ full_name: string | null; mentor_name: string | null; reasons: Reason[] }>`
    select learner.full_name, mentor.full_name as mentor_name, pair.reasons
    from cohort_placements
    cross join jsonb_to_recordset(pairs) as pair (person_id uuid, mentor_id uuid, reasons jsonb)
    join join_requests on join_requests.person_id = pair.person_id
      and join_requests.cohort_id = cohort_placements.cohort_id and outcome is null
    left join person_details as learner on learner.person_id = pair.person_id
    left join person_details as mentor on mentor.person_id = pair.mentor_id
    where cohort_placements.id = ${id}
    order by join_requests.created_at, join_requests.id
  `.execute(db);
  return rows;
}

/** From now on it is under way. */
export async function beginPlacement(db: Kysely<Database>, { id }: Pick<Placement, 'id'>): Promise<void> {
  await db.updateTable('cohort_placements').set({ touched_at: sql<Date>`now()` }).where('id', '=', id).execute();
}

/** People in one transaction: meanwhile nobody else comes into the cohort. */
const partSize = 25;

/**
 * Places the next pairs. What has changed since the proposal counts: who waits no longer is passed over, and where the ratio does not let
 * the mentor take anybody any more, the rule finds another.
 * @returns whether none is left
 */
export async function applyPart(trx: Transaction<Database>, cohort: Cohort, id: string, manager: Somebody) {
  const found = await trx
    .selectFrom('cohort_placements')
    .select(['done', 'total', 'as_proposed', 'elsewhere', 'without_place'])
    .where('id', '=', id)
    .where('pairs', 'is not', null)
    .forUpdate()
    .executeTakeFirst();
  if (found === undefined) return true;
  await lockMentors(trx, cohort);
  const pairs = await listWaitingPairs(trx, id, found.done);
  const { as_proposed, elsewhere, without_place } = found;
  const counts = { as_proposed, elsewhere, without_place };
  const mentors = await listMentors(trx, cohort);
  for (const { person_id, mentor_id, is_waiting } of pairs) {
    if (!is_waiting) continue;
    const taken = await place(trx, cohort, { id: person_id }, { actor: manager, proposedId: mentor_id, mentors });
    counts[taken === null ? 'without_place' : taken === mentor_id ? 'as_proposed' : 'elsewhere'] += 1;
  }
  const done = found.done + pairs.length;
  const isLast = done >= found.total;
  await trx
    .updateTable('cohort_placements')
    .set({ ...counts, done, touched_at: sql<Date>`clock_timestamp()` })
    .$if(isLast, (query) => query.set({ pairs: null, applied_at: sql<Date>`now()` }))
    .where('id', '=', id)
    .execute();
  return isLast;
}

async function listWaitingPairs(trx: Transaction<Database>, id: string, done: number) {
  const { rows } = await sql<{ person_id: string; mentor_id: string; is_waiting: boolean }>`
    select person_id, mentor_id, exists (
      select from join_requests
      where join_requests.person_id = pair.person_id and join_requests.cohort_id = cohort_placements.cohort_id
        and outcome is null
    ) as is_waiting
    from cohort_placements
    cross join rows from (jsonb_to_recordset(pairs) as (person_id uuid, mentor_id uuid))
      with ordinality as pair (person_id, mentor_id, number)
    where id = ${id} and number > ${done} and number <= ${done + partSize}
    order by number
  `.execute(trx);
  return rows;
}

/**
 * What the database refuses though the rule would let it hurts nobody else.
 * @returns the id of their mentor; null: they go on waiting
 */
async function place(
  trx: Transaction<Database>,
  cohort: Cohort,
  person: Somebody,
  wish: Wish & { actor: Somebody; mentors: Mentor[] },
): Promise<string | null> {
  await sql`savepoint pair`.execute(trx);
  try {
    const taken = await admit(trx, cohort, person, wish);
    await sql`release savepoint pair`.execute(trx);
    for (const mentor of wish.mentors.filter(({ id }) => id === taken)) {
      mentor.mentees += 1;
      mentor.mentees_here += 1;
    }
    return taken;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await sql`rollback to savepoint pair`.execute(trx);
    return null;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'constraint' in error && String(error.constraint).startsWith('mentorships_');
}

/** What was proposed and never asked for holds who waits: it goes after a day. */
export async function removeOldPlacements(db: Kysely<Database>): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('cohort_placements')
    .set({ pairs: null })
    .where('pairs', 'is not', null)
    .where('created_at', '<', sql<Date>`now() - interval '1 day'`)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
