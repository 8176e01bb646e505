import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';
import type { Language } from '../platform/i18n.ts';

export async function setLanguage(db: Kysely<Database>, person: { id: string }, language: Language): Promise<void> {
  await db.updateTable('persons').set({ language }).where('id', '=', person.id).execute();
}
