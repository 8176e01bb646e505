import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/connection.ts';
import type { Person } from '../../platform/sessions.ts';

/** Minutes for which a session that has just proved who it is may do what is dear. */
const minutes = 15;

/** @returns null when the session has ended since the request came in */
export async function isConfirmed(db: Kysely<Database>, person: Person): Promise<boolean | null> {
  const session = await db
    .selectFrom('sessions')
    .where('id', '=', person.session_id)
    .select(sql<boolean>`coalesce(confirmed_at > now() - make_interval(mins => ${minutes}), false)`.as('is_confirmed'))
    .executeTakeFirst();
  return session?.is_confirmed ?? null;
}

export async function confirmSession(db: Kysely<Database>, person: Person): Promise<void> {
  await db
    .updateTable('sessions')
    .set({ confirmed_at: sql<Date>`now()` })
    .where('id', '=', person.session_id)
    .execute();
}
