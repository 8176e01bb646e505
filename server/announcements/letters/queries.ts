import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { queueMails } from '../../mail/queries.ts';
import { audienceOf } from '../queries.ts';

const partSize = 250;

/**
 * Letters about announcements, for who has a confirmed address and did not say no. The announcement itself holds how far its letters are:
 * each part moves that on in its own transaction, so that a letter is queued once however often this runs, or breaks off.
 * @returns how many
 */
export async function queueLetters(db: Kysely<Database>, now = new Date()): Promise<number> {
  let queued = 0;
  for (;;) {
    const part = await db.transaction().execute((trx) => queuePart(trx, now));
    if (part === null) return queued;
    queued += part;
  }
}

/** @returns null when nothing is left, or others are at it */
async function queuePart(trx: Transaction<Database>, now: Date): Promise<number | null> {
  const announcement = await trx
    .selectFrom('announcements')
    .where('mailed_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .select(['id', 'target_id', 'mailed_to', 'author_id'])
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  if (announcement === undefined) return null;
  const { id, target_id, mailed_to, author_id } = announcement;
  const { rows } = await sql<{ person_id: string }>`
    select person_id
    from ${audienceOf(sql`${target_id}::uuid`)} as audience
    join person_details using (person_id)
    where email_confirmed_at is not null and email_refused_at is null and announcements_by_mail
      and person_id <> ${author_id} and (${mailed_to}::uuid is null or person_id > ${mailed_to}::uuid)
    order by person_id
    limit ${partSize}
  `.execute(trx);
  const letter = 'announcement' as const;
  await queueMails(
    trx,
    rows.map(({ person_id }) => ({ person_id, letter, facts: { announcement: id } })),
    now,
  );
  await trx
    .updateTable('announcements')
    .set(rows.length < partSize ? { mailed_at: now } : { mailed_to: rows.at(-1)?.person_id ?? null })
    .where('id', '=', id)
    .execute();
  return rows.length;
}

export async function getWishes(db: Kysely<Database>, person: { id: string }) {
  return db
    .selectFrom('person_details')
    .where('person_id', '=', person.id)
    .select(['email', 'email_confirmed_at', 'announcements_by_mail'])
    .executeTakeFirst();
}

export async function setWishes(db: Kysely<Database>, person: { id: string }, byMail: boolean): Promise<void> {
  await db
    .updateTable('person_details')
    .set({ announcements_by_mail: byMail })
    .where('person_id', '=', person.id)
    .execute();
}
