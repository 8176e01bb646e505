import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { lockDraft, removeDraftFiles, type Saved, saveDraftFile } from '../files/queries.ts';

type Somebody = { id: string };
type DraftId = { id: string };
type Words = Record<string, string>;

/** The words that came with the pictures of a draft, by path and language. */
export async function listPictureWords(db: Kysely<Database>, { id }: DraftId): Promise<Map<string, Words>> {
  const rows = await db
    .selectFrom('draft_picture_words')
    .where('draft_id', '=', id)
    .select(['path', 'language', 'words'])
    .execute();
  const byPath = Map.groupBy(rows, ({ path }) => path);
  return new Map(
    [...byPath].map(([path, own]) => [path, Object.fromEntries(own.map(({ language, words }) => [language, words]))]),
  );
}

export interface NewPicture {
  path: string;
  hash: string;
  bytes: number;
  /** 0 where there is none at that path. */
  revision: number;
  words: Words;
}

/** The picture and its words, both or neither. */
export async function savePicture(
  trx: Transaction<Database>,
  draft: DraftId,
  { path, hash, bytes, revision, words }: NewPicture,
  author: Somebody,
): Promise<Saved> {
  const saved = await saveDraftFile(trx, draft, { path, content: { hash, bytes }, revision }, author);
  if (saved.outcome === 'saved') await savePictureWords(trx, draft, path, words);
  return saved;
}

export async function savePictureWords(
  trx: Transaction<Database>,
  { id }: DraftId,
  path: string,
  words: Words,
): Promise<void> {
  const rows = Object.entries(words).map(([language, said]) => ({ draft_id: id, path, language, words: said }));
  if (rows.length === 0) return;
  await trx
    .insertInto('draft_picture_words')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['draft_id', 'path', 'language']).doUpdateSet(({ ref }) => ({ words: ref('excluded.words') })),
    )
    .execute();
}

/** A picture that no text names. Removed twice, it is removed once. */
export async function removePicture(
  trx: Transaction<Database>,
  draft: DraftId,
  path: string,
  author: Somebody,
): Promise<'removed' | 'used' | 'closed'> {
  await lockDraft(trx, draft);
  const using = await trx
    .selectFrom('draft_files')
    .where('draft_id', '=', draft.id)
    .where('removed_at', 'is', null)
    .where(sql<boolean>`strpos(content, ${path}) > 0`)
    .select('path')
    .executeTakeFirst();
  if (using !== undefined) return 'used';
  return (await removeDraftFiles(trx, draft, [path], author)) ? 'removed' : 'closed';
}
