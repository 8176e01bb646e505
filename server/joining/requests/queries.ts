import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { insertAuditEvent } from '../../audit/queries.ts';
import type { Verb } from '../../audit/verbs.ts';
import type { Joined } from '../../cohorts/admitting/queries.ts';
import type { Database } from '../../database/connection.ts';
import { holdsRole } from '../../organisations/access.ts';
import { grantRole } from '../../organisations/roles/queries.ts';
import { orNotFound } from '../../platform/errors.ts';

type Somebody = { id: string };

const pageSize = 50;

export async function joinOrganisation(
  trx: Transaction<Database>,
  target: { id: string; is_open: boolean; organisation_id: string; code: string },
  person: Somebody,
): Promise<Joined> {
  const { organisation_id } = target;
  if (target.is_open) {
    const grant = { personId: person.id, organisationId: organisation_id, role: 'learner', by: 'join_code' } as const;
    await grantRole(trx, { ...grant, grantedById: null, actorId: person.id });
    return 'member';
  }
  if (await isLearner(trx, organisation_id, person)) return 'member';
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('join_requests')
    .values({ id: newId(), person_id: person.id, organisation_id, join_code_id: target.id })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 0n) await insertOwnDeed(trx, person, 'join.requested', target.code);
  return 'waiting';
}

async function isLearner(db: Kysely<Database>, organisationId: string, person: Somebody): Promise<boolean> {
  const row = await db
    .selectFrom('memberships')
    .select('id')
    .where('person_id', '=', person.id)
    .where('organisation_id', '=', organisationId)
    .where('role', '=', 'learner')
    .where('valid_until', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** An organisation at which the person decides who may join: a mentor or a manager at or above it. */
export async function getDoor(db: Kysely<Database>, person: Somebody, code: string) {
  const door = await db
    .selectFrom('organisations')
    .select(['id', 'code', 'name', 'path'])
    .where('code', '=', code)
    .where(({ ref }) => holdsRole(person, ['mentor', 'manager'], ref('organisations.path')))
    .executeTakeFirst();
  return orNotFound(door);
}

export type Door = Awaited<ReturnType<typeof getDoor>>;

/** Who waits there or below: their name, where to, since when, and no more, because they are nobody's learner yet. */
export async function listWaiting(db: Kysely<Database>, { path }: Door, page: number) {
  const rows = await db
    .selectFrom('join_requests')
    .innerJoin('organisations', 'organisations.id', 'join_requests.organisation_id')
    .innerJoin('person_details', 'person_details.person_id', 'join_requests.person_id')
    .where('join_requests.outcome', 'is', null)
    .where(sql<boolean>`organisations.path <@ ${path}::ltree`)
    .select(['join_requests.id', 'join_requests.created_at', 'person_details.full_name'])
    .select(['organisations.name as organisation_name', 'organisations.code as organisation_code'])
    .select(sql<number>`count(*) over ()`.as('total'))
    .orderBy('join_requests.created_at')
    .orderBy('join_requests.id')
    .limit(pageSize)
    .offset((page - 1) * pageSize)
    .execute();
  const total = rows[0]?.total ?? 0;
  return { rows, total, pages: Math.ceil(total / pageSize) };
}

/** Requests that somebody else has decided meanwhile stay as they were decided. @returns how many were decided now */
export async function decide(
  trx: Transaction<Database>,
  door: Door,
  requestIds: string[],
  outcome: 'accepted' | 'declined',
  decider: Somebody,
): Promise<number> {
  if (requestIds.length === 0) return 0;
  // First the organisations, as a merger does: otherwise each could hold what the other waits for.
  await trx
    .selectFrom('organisations')
    .innerJoin('join_requests', 'join_requests.organisation_id', 'organisations.id')
    .select('organisations.id')
    .where('join_requests.id', 'in', requestIds)
    .forShare('organisations')
    .execute();
  const decided = await trx
    .updateTable('join_requests')
    .from('organisations')
    .whereRef('organisations.id', '=', 'join_requests.organisation_id')
    .where('join_requests.id', 'in', requestIds)
    .where('join_requests.outcome', 'is', null)
    .where('join_requests.person_id', '<>', decider.id)
    .where(sql<boolean>`organisations.path <@ ${door.path}::ltree`)
    .set(({ fn }) => ({ outcome, decided_at: fn<Date>('now'), decided_by_id: decider.id }))
    .returning(['join_requests.person_id', 'join_requests.organisation_id', 'organisations.code'])
    .execute();
  for (const { person_id, organisation_id, code } of decided) {
    if (outcome === 'accepted' && organisation_id !== null) {
      const grant = { personId: person_id, organisationId: organisation_id, role: 'learner', by: 'request' } as const;
      await grantRole(trx, { ...grant, grantedById: decider.id, actorId: decider.id });
    } else {
      const facts = { organisation: code };
      const who = { actor_id: decider.id, subject_id: person_id };
      await insertAuditEvent(trx, { ...who, verb: 'join.declined', channel: 'web', facts });
    }
  }
  return decided.length;
}

export async function listOwnRequests(db: Kysely<Database>, person: Somebody) {
  return db
    .selectFrom('join_requests')
    .innerJoin('organisations', 'organisations.id', 'join_requests.organisation_id')
    .where('join_requests.person_id', '=', person.id)
    .where(sql<boolean>`outcome is null or (outcome = 'declined' and decided_at > now() - interval '30 days')`)
    .select(['join_requests.id', 'join_requests.created_at', 'join_requests.outcome', 'join_requests.decided_at'])
    .select(['organisations.code', 'organisations.name'])
    .orderBy('join_requests.created_at', 'desc')
    .limit(50)
    .execute();
}

/** @returns whether it is this person's request */
export async function withdrawRequest(trx: Transaction<Database>, person: Somebody, id: string): Promise<boolean> {
  const request = await trx
    .selectFrom('join_requests')
    .innerJoin('organisations', 'organisations.id', 'join_requests.organisation_id')
    .select(['join_requests.id', 'organisations.code'])
    .where('join_requests.id', '=', id)
    .where('join_requests.person_id', '=', person.id)
    .executeTakeFirst();
  if (request === undefined) return false;
  const { numUpdatedRows } = await trx
    .updateTable('join_requests')
    .set(({ fn }) => ({ outcome: 'withdrawn', decided_at: fn<Date>('now') }))
    .where('id', '=', id)
    .where('outcome', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await insertOwnDeed(trx, person, 'join.withdrawn', request.code);
  return true;
}

async function insertOwnDeed(trx: Transaction<Database>, person: Somebody, verb: Verb, organisation: string) {
  const themselves = { actor_id: person.id, subject_id: person.id };
  await insertAuditEvent(trx, { ...themselves, verb, channel: 'web', facts: { organisation } });
}
