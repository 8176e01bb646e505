import { type Kysely, sql } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { inBatches } from '../../platform/batches.ts';
import type { Person } from '../../platform/sessions.ts';

export async function listSessions(db: Kysely<Database>, person: Person) {
  return db
    .selectFrom('sessions')
    .select(['id', 'created_at', 'shared_phone', 'device'])
    .where('person_id', '=', person.id)
    .where('expires_at', '>', sql<Date>`now()`)
    .orderBy('created_at', 'desc')
    .limit(50)
    .execute();
}

export async function removeSession(db: Kysely<Database>, person: Person, sessionId: string): Promise<void> {
  await db.deleteFrom('sessions').where('id', '=', sessionId).where('person_id', '=', person.id).execute();
}

/** After a change of secret, whoever knew the old one is out, and their browser is as strange as any other. */
export async function removeAccess(db: Kysely<Database>, personId: string, keptSessionId = ''): Promise<void> {
  await db.deleteFrom('sessions').where('person_id', '=', personId).where('id', '<>', keptSessionId).execute();
  await db.deleteFrom('known_browsers').where('person_id', '=', personId).execute();
}

export async function insertKnownBrowser(db: Kysely<Database>, personId: string, tokenHash: string): Promise<void> {
  await db
    .insertInto('known_browsers')
    .values({ person_id: personId, token_hash: tokenHash })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Ended sessions are kept for a week, so that what is typed in one is kept through sign-in (findExpiredPerson); then they go. */
export async function removeEndedSessions(db: Kysely<Database>): Promise<number> {
  return inBatches((limit) =>
    db
      .deleteFrom('sessions')
      .where('id', 'in', (eb) =>
        eb
          .selectFrom('sessions')
          .select('id')
          .where('expires_at', '<', sql<Date>`now() - interval '7 days'`)
          .limit(limit),
      )
      .executeTakeFirst(),
  );
}

/** Those whose cookie has run out. */
export async function removeForgottenBrowsers(db: Kysely<Database>): Promise<number> {
  return inBatches((limit) =>
    db
      .deleteFrom('known_browsers')
      .where('token_hash', 'in', (eb) =>
        eb
          .selectFrom('known_browsers')
          .select('token_hash')
          .where('created_at', '<', sql<Date>`now() - interval '400 days'`)
          .limit(limit),
      )
      .where('created_at', '<', sql<Date>`now() - interval '400 days'`)
      .executeTakeFirst(),
  );
}
