import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import type { Cohort } from '../access.ts';
import { admit, fillPlaces, isMember, type Joined } from '../admitting/queries.ts';
import { lockMentors } from '../mentors/queries.ts';
import type { Wish } from '../mentorships/queries.ts';
import { tell } from '../telling.ts';
import type { Answer } from './questions.ts';

type Somebody = { id: string };

const pageSize = 50;

/** Asks to join; where joining is open, and there is room, that is all it takes. Asking twice is asking once. */
export async function askToJoin(
  trx: Transaction<Database>,
  cohort: { id: string; is_open: boolean },
  person: Somebody,
  { joinCodeId, answers = [] }: { joinCodeId: string; answers?: Answer[] },
): Promise<Joined> {
  await lockMentors(trx, cohort);
  if (await isMember(trx, cohort, person)) return 'member';
  await putOnList(trx, cohort, person, { joinCodeId, answers, actor: person });
  if (!cohort.is_open) return 'waiting';
  // Who came later does not pass by who waits.
  await fillPlaces(trx, cohort);
  return (await isMember(trx, cohort, person)) ? 'member' : 'waiting';
}

/** Puts somebody in who stands before a mentor, or on the list where there is no room. */
export async function addByHand(
  trx: Transaction<Database>,
  cohort: { id: string },
  person: Somebody,
  actor: Somebody,
  wish: Wish = { preferredId: actor.id },
): Promise<Joined> {
  await lockMentors(trx, cohort);
  if (await isMember(trx, cohort, person)) return 'member';
  await putOnList(trx, cohort, person, { joinCodeId: null, answers: [], actor });
  const mentorId = await admit(trx, cohort, person, { actor, ...wish });
  return mentorId === null ? 'waiting' : 'member';
}

/** People of a list: each with a mentor by the rule, or waiting; whoever is in already stays. Nobody, once the cohort has ended. */
export async function addByList(
  trx: Transaction<Database>,
  cohort: { id: string },
  people: Somebody[],
  actor: Somebody,
): Promise<{ members: number; waiting: number }> {
  await lockMentors(trx, cohort);
  const open = await trx
    .selectFrom('cohorts')
    .select('id')
    .where('id', '=', cohort.id)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  const counts = { members: 0, waiting: 0 };
  for (const person of open === undefined ? [] : people) {
    const joined = await addByHand(trx, cohort, person, actor, {});
    counts[joined === 'member' ? 'members' : 'waiting'] += 1;
  }
  return counts;
}

async function putOnList(
  trx: Transaction<Database>,
  cohort: { id: string },
  person: Somebody,
  { joinCodeId, answers, actor }: { joinCodeId: string | null; answers: Answer[]; actor: Somebody },
): Promise<void> {
  const said = answers.length === 0 ? null : JSON.stringify(answers);
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('join_requests')
    .values({ id: newId(), person_id: person.id, cohort_id: cohort.id, join_code_id: joinCodeId, answers: said })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 0n) await tell(trx, actor, person.id, 'cohort.requested', { cohort: cohort.id });
}

/** @returns how many came in, and how many of them wait still because there is no room */
export async function accept(
  trx: Transaction<Database>,
  cohort: Cohort,
  requestIds: string[],
  decider: Somebody,
): Promise<{ members: number; waiting: number }> {
  await lockMentors(trx, cohort);
  const chosen = await openRequests(trx, cohort, requestIds, decider).execute();
  let members = 0;
  for (const { person_id } of chosen) {
    const mentorId = await admit(trx, cohort, { id: person_id }, { actor: decider, preferredId: decider.id });
    if (mentorId !== null) members += 1;
  }
  return { members, waiting: chosen.length - members };
}

export async function decline(
  trx: Transaction<Database>,
  cohort: Cohort,
  requestIds: string[],
  decider: Somebody,
): Promise<number> {
  await lockMentors(trx, cohort);
  const chosen = await openRequests(trx, cohort, requestIds, decider).execute();
  for (const { id, person_id } of chosen) {
    await trx
      .updateTable('join_requests')
      .set(({ fn }) => ({ outcome: 'declined', decided_at: fn<Date>('now'), decided_by_id: decider.id }))
      .where('id', '=', id)
      .execute();
    await tell(trx, decider, person_id, 'cohort.declined', { cohort: cohort.id });
  }
  return chosen.length;
}

/** @returns whether they were waiting there */
export async function withdrawRequest(
  trx: Transaction<Database>,
  cohort: { id: string },
  person: Somebody,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('join_requests')
    .set(({ fn }) => ({ outcome: 'withdrawn', decided_at: fn<Date>('now') }))
    .where(hasId('cohort_id', cohort.id))
    .where('person_id', '=', person.id)
    .where('outcome', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await tell(trx, person, person.id, 'cohort.withdrawn', { cohort: cohort.id });
  return numUpdatedRows > 0n;
}

/** In the order they came; nobody decides about themselves. */
function openRequests(db: Kysely<Database>, cohort: { id: string }, ids: string[], decider: Somebody) {
  return db
    .selectFrom('join_requests')
    .where('id', '=', sql<string>`any(${ids}::uuid[])`)
    .where('cohort_id', '=', cohort.id)
    .where('outcome', 'is', null)
    .where('person_id', '<>', decider.id)
    .select(['id', 'person_id'])
    .orderBy('created_at')
    .orderBy('id');
}

/** Their name, since when, and what they answered, and no more: they are nobody's mentee yet. */
export async function listWaiting(db: Kysely<Database>, cohort: Cohort, page: number) {
  const rows = await db
    .selectFrom('join_requests')
    .innerJoin('person_details', 'person_details.person_id', 'join_requests.person_id')
    .where('join_requests.cohort_id', '=', cohort.id)
    .where('join_requests.outcome', 'is', null)
    .select(['join_requests.id', 'join_requests.created_at', 'person_details.full_name'])
    .select(({ ref }) => ref('join_requests.answers').$castTo<Answer[] | null>().as('answers'))
    .select(sql<number>`count(*) over ()`.as('total'))
    .orderBy('join_requests.created_at')
    .orderBy('join_requests.id')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  const total = rows[0]?.total ?? 0;
  return { rows, total, pages: Math.ceil(total / pageSize) };
}

/** They were for the decision: so many days after it they go. @returns how many */
export async function forgetOldAnswers(db: Kysely<Database>, days: number): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('join_requests')
    .set({ answers: null })
    .where('answers', 'is not', null)
    .where('outcome', 'is not', null)
    .where(sql<boolean>`decided_at < now() - make_interval(days => ${days})`)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
