import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { insertAuditEvent } from '../audit/queries.ts';
import type { Database } from '../database/connection.ts';
import { type Purpose, purposes, type Word } from './purposes.ts';

/** Which wording of `consents.purpose_…` was agreed to: raise it when their meaning changes. */
const textVersion = '2026-11';

export type Giver = 'self' | 'representative' | 'witnessed';

/** Whether the newest words of both sides are yes. From seven on the child is asked too: law 91/2025/QH15. */
export function isAgreed(personId: RawBuilder<unknown>, purpose: Purpose): RawBuilder<boolean> {
  return sql<boolean>`(${newestWord(personId, purpose, ['representative', 'witnessed'])} and ${newestWord(personId, purpose, ['self'])})`;
}

function newestWord(personId: RawBuilder<unknown>, purpose: Purpose, givers: Giver[]): RawBuilder<boolean> {
  return sql<boolean>`coalesce((
    select granted from consents
    where consents.person_id = ${personId} and purpose = ${purpose} and given_by = any(${givers}::text[])
    order by given_at desc, id desc limit 1
  ), false)`;
}

/** The newest word of each side on each purpose, and who speaks for the child. */
export async function getConsents(db: Kysely<Database>, personId: string) {
  const words = await db
    .selectFrom('consents')
    .distinctOn(['purpose', sql`given_by = 'self'`])
    .select(['purpose', 'given_by', 'granted', 'given_at', 'channel'])
    .where('person_id', '=', personId)
    .orderBy('purpose')
    .orderBy(sql`given_by = 'self'`)
    .orderBy('given_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return purposes.map((purpose) => {
    const said = words.filter((word) => word.purpose === purpose);
    const own = said.find(({ given_by }) => given_by === 'self') ?? null;
    const representative = said.find(({ given_by }) => given_by !== 'self') ?? null;
    return { purpose, own, representative, isAgreed: own?.granted === true && representative?.granted === true };
  });
}

export type Consents = Awaited<ReturnType<typeof getConsents>>;

export async function findRepresentative(db: Kysely<Database>, personId: string) {
  return db
    .selectFrom('representatives')
    .select(['full_name', 'relationship', 'phone'])
    .where('person_id', '=', personId)
    .executeTakeFirst();
}

export async function setRepresentative(
  trx: Transaction<Database>,
  personId: string,
  representative: { full_name: string; relationship: string; phone: string | null },
): Promise<void> {
  const stated = { ...representative, stated_at: sql<Date>`now()` };
  await trx
    .insertInto('representatives')
    .values({ person_id: personId, ...stated })
    .onConflict((conflict) => conflict.column('person_id').doUpdateSet(stated))
    .execute();
}

/**
 * Puts on record what one side says; saying the same again changes nothing. Where the use of phone and e-mail is no longer agreed to,
 * they are forgotten at once.
 */
export async function recordConsents(
  trx: Transaction<Database>,
  personId: string,
  words: Word[],
  by: { given_by: Giver; channel: 'web' | 'paper'; actor_id: string | null },
): Promise<void> {
  await trx.selectFrom('persons').select('id').where('id', '=', personId).forUpdate().execute();
  const known = await getConsents(trx, personId);
  for (const { purpose, granted } of words) {
    const before = known.find((one) => one.purpose === purpose);
    const word = by.given_by === 'self' ? before?.own : before?.representative;
    if (word?.granted === granted) continue;
    await trx
      .insertInto('consents')
      .values({
        id: newId(),
        person_id: personId,
        purpose,
        text_version: textVersion,
        granted,
        // Not now(): several within one transaction come after each other.
        given_at: sql<Date>`clock_timestamp()`,
        channel: by.channel,
        given_by: by.given_by,
        given_by_person_id: by.actor_id,
      })
      .execute();
    await insertAuditEvent(trx, {
      actor_id: by.actor_id,
      subject_id: personId,
      verb: granted ? 'consent.given' : 'consent.withdrawn',
      channel: 'web',
      facts: { purpose, given_by: by.given_by },
    });
    if (purpose === 'contact' && !granted) await forgetContact(trx, personId);
  }
}

async function forgetContact(trx: Transaction<Database>, personId: string): Promise<void> {
  await trx.updateTable('person_details').set({ phone: null, email: null }).where('person_id', '=', personId).execute();
}

/** The child that a representative is asked about: only as much as tells which child it is. */
export async function findChild(db: Kysely<Database>, personId: string) {
  return db
    .selectFrom('person_details')
    .select(['person_id', 'full_name', 'birth_year', 'birth_month'])
    .where('person_id', '=', personId)
    .executeTakeFirst();
}
