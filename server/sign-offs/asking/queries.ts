import type { Transaction } from 'kysely';
import { v7 as newId } from 'uuid';
import { wordsIn } from '../../courses/package-desk.ts';
import type { Database } from '../../database/connection.ts';

/** A version asks for a sign-off by an item of its own, after all others, which no file stands for. */
export async function insertSignOffItem(
  trx: Transaction<Database>,
  version: { id: string },
  position: number,
  languages: string[],
): Promise<void> {
  const id = newId();
  const [key, kind] = ['sign_off', 'sign_off'];
  await trx
    .insertInto('items')
    .values({ id, version_id: version.id, position, key, kind, minutes: 0, required: true, open: false })
    .execute();
  const texts = languages.map((language) => ({ language, title: wordsIn(language)('sign_offs.title') }));
  await trx
    .insertInto('item_texts')
    .values(texts.map((text) => ({ item_id: id, ...text, html: '', bytes: 0, picture_bytes: 0 })))
    .execute();
}
