import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { hasId } from '../../database/by-id.ts';
import type { Database } from '../../database/connection.ts';
import { orNotFound } from '../../platform/errors.ts';
import type { Ability } from './abilities.ts';

type Somebody = { id: string };

/** More than live in any house. */
export const mostMembers = 20;

export async function listHousehold(db: Kysely<Database>, person: Somebody) {
  return db
    .selectFrom('household_members')
    .where('person_id', '=', person.id)
    .select(['id', 'name', 'revision', ({ ref }) => ref('abilities').$castTo<Ability[]>().as('abilities')])
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

export interface HouseholdCount {
  people: number;
  abilities: number;
}

/** How many the `persons` row of the statement around it teaches at home, and what these can do in all. */
export const householdCount: RawBuilder<HouseholdCount> = sql<HouseholdCount>`(
  select json_build_object('people', count(*), 'abilities', coalesce(sum(cardinality(abilities)), 0))
  from household_members where household_members.person_id = persons.id
)`;

/** The same form twice names somebody once. */
export async function insertMember(
  trx: Transaction<Database>,
  person: Somebody,
  id: string,
  name: string,
): Promise<'named' | 'known' | 'full'> {
  // Held, so that two forms at once do not both see room for one.
  await trx.selectFrom('persons').select('id').where('id', '=', person.id).forUpdate().execute();
  const household = await listHousehold(trx, person);
  if (household.some((one) => one.id === id)) return 'named';
  if (household.length >= mostMembers) return 'full';
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('household_members')
    .values({ id, person_id: person.id, name })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 0n ? 'known' : 'named';
}

/** @returns false where another form came in between @throws NotFound for somebody of another household */
export async function setAbilities(
  trx: Transaction<Database>,
  person: Somebody,
  id: string,
  abilities: Ability[],
  drawnFrom: number,
): Promise<boolean> {
  const member = await ownMember(trx, person, id)
    .select(['id', 'revision', 'abilities'])
    .forUpdate()
    .executeTakeFirst();
  const known = orNotFound(member);
  const isSame = known.abilities.length === abilities.length && abilities.every((one) => known.abilities.includes(one));
  if (isSame) return true;
  if (known.revision !== drawnFrom) return false;
  await trx
    .updateTable('household_members')
    .set({ abilities, revision: known.revision + 1 })
    .where('id', '=', known.id)
    .execute();
  return true;
}

/** Nothing of them stays; who is gone already is gone. */
export async function removeMember(db: Kysely<Database>, person: Somebody, id: string): Promise<void> {
  await db.deleteFrom('household_members').where(hasId('id', id)).where('person_id', '=', person.id).execute();
}

function ownMember(db: Kysely<Database>, person: Somebody, id: string) {
  return db.selectFrom('household_members').where(hasId('id', id)).where('person_id', '=', person.id);
}
