import { randomBytes } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { insertAuditEvents } from '../../audit/queries.ts';
import type { Database } from '../../database/connection.ts';
import type { Branch } from '../../organisations/managing/queries.ts';
import { newDigitCode } from '../../platform/digit-code.ts';

type Somebody = { id: string };

export interface Draft {
  /** Made by the form: the same form sent twice registers once. */
  id: string;
  full_name: string;
  birth_year: number | null;
  birth_month: number | null;
  phone: string | null;
  email: string | null;
}

/** Puts somebody on the list who has no secret yet. @returns false when this form has done so before */
export async function registerPerson(
  trx: Transaction<Database>,
  registrar: Somebody,
  branch: Pick<Branch, 'id' | 'code'>,
  draft: Draft,
  channel: Channel,
): Promise<boolean> {
  return (await registerPeople(trx, registrar, branch, [draft], channel)) === 1;
}

type Channel = 'on_the_spot' | 'file';

/** Many in a few statements. @returns how many of them are new */
export async function registerPeople(
  trx: Transaction<Database>,
  registrar: Somebody,
  branch: Pick<Branch, 'id' | 'code'>,
  drafts: Draft[],
  channel: Channel,
): Promise<number> {
  if (drafts.length === 0) return 0;
  const inserted = await trx
    .insertInto('persons')
    .values(drafts.map(({ id }) => ({ id })))
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .execute();
  const ids = new Set(inserted.map(({ id }) => id));
  const fresh = drafts.filter(({ id }) => ids.has(id));
  if (fresh.length === 0) return 0;
  await insertDetails(trx, fresh);
  await trx
    .insertInto('registrations')
    .values(fresh.map(({ id }) => registration(id)))
    .execute();
  await addLearners(trx, registrar, branch, [...ids]);
  await insertAuditEvents(
    trx,
    fresh.map(({ id }) => ({
      actor_id: registrar.id,
      subject_id: id,
      verb: 'person.registered',
      channel: 'web',
      facts: { organisation: branch.code, by: channel },
    })),
  );
  return fresh.length;

  function registration(person_id: string) {
    return { person_id, registered_by_id: registrar.id, organisation_id: branch.id, channel };
  }
}

/** @returns false when they are a learner there already */
export async function addLearner(
  trx: Transaction<Database>,
  manager: Somebody,
  branch: Pick<Branch, 'id'>,
  personId: string,
): Promise<boolean> {
  return (await addLearners(trx, manager, branch, [personId])) === 1;
}

/** @returns how many of them were no learners there before */
export async function addLearners(
  trx: Transaction<Database>,
  manager: Somebody,
  branch: Pick<Branch, 'id'>,
  personIds: string[],
): Promise<number> {
  if (personIds.length === 0) return 0;
  const { numInsertedOrUpdatedRows = 0n } = await trx
    .insertInto('memberships')
    .values(
      personIds.map((person_id) => ({
        id: newId(),
        person_id,
        organisation_id: branch.id,
        role: 'learner',
        granted_by_id: manager.id,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return Number(numInsertedOrUpdatedRows);
}

/** Under learner codes that nobody has. */
async function insertDetails(trx: Transaction<Database>, drafts: Draft[]): Promise<void> {
  const inserted = await trx
    .insertInto('person_details')
    .values(
      drafts.map(({ id, ...details }) => ({
        ...details,
        person_id: id,
        learner_code: newDigitCode(10, randomBytes),
        secret_kind: 'pin',
        // Fits nobody: the door is opened by a one-time PIN.
        secret_hash: '',
        recovery_hash: '',
      })),
    )
    .onConflict((conflict) => conflict.column('learner_code').doNothing())
    .returning('person_id')
    .execute();
  const ids = new Set(inserted.map(({ person_id }) => person_id));
  const left = drafts.filter(({ id }) => !ids.has(id));
  if (left.length > 0) await insertDetails(trx, left);
}

/** People in the branch who are called the same: before a second one is made of them. */
export async function listNamesakes(db: Kysely<Database>, { path }: Pick<Branch, 'path'>, fullName: string) {
  return db
    .selectFrom('person_details')
    .where(sql`fold(full_name)`, '=', sql<string>`fold(${fullName})`)
    .where('person_id', 'in', (eb) =>
      eb
        .selectFrom('memberships')
        .innerJoin('organisations', 'organisations.id', 'memberships.organisation_id')
        .where('valid_until', 'is', null)
        .where(sql<boolean>`organisations.path <@ ${path}::ltree`)
        .select('memberships.person_id'),
    )
    .select(['person_id', 'full_name', 'learner_code', 'birth_year', 'birth_month'])
    .limit(5)
    .execute();
}
