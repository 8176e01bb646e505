import { type Kysely, sql, type Transaction } from 'kysely';
import { byThemselves } from '../../accounts/queries.ts';
import { insertAuditEvent } from '../../audit/queries.ts';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { queueMail } from '../../mail/queries.ts';
import type { Person } from '../../platform/sessions.ts';
import { dueOn } from '../due.ts';
import type { RequestKind } from './kinds.ts';

const pageSize = 50;

/** @param id of the form, so that the same form sent twice is one request */
export async function insertRequest(
  trx: Transaction<Database>,
  person: Person,
  request: { id: string; kind: RequestKind; words: string },
  now: Date,
): Promise<void> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('data_requests')
    .values({ ...request, person_id: person.id, due_on: dueOn(now) })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) return;
  await insertAuditEvent(trx, { ...byThemselves(person.id), verb: 'data_request.made', facts: { kind: request.kind } });
}

export async function listOwnRequests(db: Kysely<Database>, person: Person) {
  return db
    .selectFrom('data_requests')
    .select(['id', 'kind', 'words', 'asked_at', 'answer', 'answered_at'])
    .select(sql<string>`to_char(due_on, 'YYYY-MM-DD')`.as('due_on'))
    .where('person_id', '=', person.id)
    .orderBy('asked_at', 'desc')
    .limit(20)
    .execute();
}

/** What waits, the most urgent first; then what was answered, newest first. */
export async function listRequests(db: Kysely<Database>, page: number) {
  const rows = await db
    .selectFrom('data_requests')
    .leftJoin('person_details', 'person_details.person_id', 'data_requests.person_id')
    .select(['data_requests.id', 'kind', 'words', 'asked_at', 'answer', 'answered_at', 'full_name', 'learner_code'])
    .select(sql<string>`to_char(due_on, 'YYYY-MM-DD')`.as('due_on'))
    .select(sql<boolean>`answered_at is null and due_on < (now() at time zone 'Asia/Ho_Chi_Minh')::date`.as('is_late'))
    .select(sql<number>`count(*) over ()`.as('total'))
    .orderBy(sql`answered_at is not null`)
    .orderBy(sql`case when answered_at is null then due_on end`)
    .orderBy('asked_at', 'desc')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  return { requests: rows, pages: Math.max(1, Math.ceil((rows[0]?.total ?? 0) / pageSize)) };
}

/** @returns false when there is no such request, or it has its answer */
export async function answerRequest(
  trx: Transaction<Database>,
  operator: Person,
  id: string,
  answer: string,
): Promise<boolean> {
  const request = await trx
    .updateTable('data_requests')
    .set({ answer, answered_at: sql<Date>`now()`, answered_by_id: operator.id })
    .where(hasId('id', id))
    .where('answered_at', 'is', null)
    .returning(['person_id', 'kind'])
    .executeTakeFirst();
  if (request === undefined) return false;
  await queueMail(trx, { person_id: request.person_id, letter: 'data_request_answered' });
  await insertAuditEvent(trx, {
    actor_id: operator.id,
    subject_id: request.person_id,
    verb: 'data_request.answered',
    channel: 'web',
    facts: { kind: request.kind },
  });
  return true;
}

/** That there was a request, and when it was answered, stays; what was written goes. */
export async function forgetOldWords(db: Kysely<Database>, days: number): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('data_requests')
    .set({ words: null, answer: null })
    .where(({ or, eb }) => or([eb('words', 'is not', null), eb('answer', 'is not', null)]))
    .where(sql<boolean>`answered_at < now() - make_interval(days => ${days})`)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}
