import { type Kysely, sql, type Transaction } from 'kysely';
import type { Database } from '../../database/connection.ts';
import { partsOf } from './parts.ts';
import { consequencesOf, type Mark, type Saved } from './staleness.ts';

type Somebody = { id: string };
type DraftId = { id: string };

export interface MarkOnRecord extends Mark {
  settled_by_name: string | null;
  settled_at: Date | null;
}

/** All that was ever said of one item, in the order in which it was said. */
export async function listMarks(db: Kysely<Database>, { id }: DraftId, file: string): Promise<MarkOnRecord[]> {
  return db
    .selectFrom('draft_translation_marks as mark')
    .leftJoin('person_details as person', 'person.person_id', 'settled_by_id')
    .where('draft_id', '=', id)
    .where('file', '=', file)
    .select(['mark.id', 'language', 'block', 'source_language', 'source_before', 'source_after'])
    .select(['settled_how', 'settled_by_id', 'settled_at', 'became', 'person.full_name as settled_by_name'])
    .orderBy('marked_at')
    .orderBy('mark.id')
    .limit(5_000)
    .execute();
}

/** A file that a save wrote: what stood there, and what stands there now. */
export interface Written {
  path: string;
  before: string;
  after: string;
}

/** Within the save: marks what may be behind now, and settles what was followed. The draft is held. */
export async function markTranslations(
  trx: Transaction<Database>,
  draft: DraftId,
  written: Written[],
  person: Somebody,
): Promise<void> {
  const files = Map.groupBy(
    written.filter(({ path }) => /^[A-Za-z-]+\/[a-z0-9-]+\.(?:md|gift)$/.test(path)),
    ({ path }) => path.slice(path.indexOf('/') + 1),
  );
  for (const [file, changes] of files) await markFile(trx, draft, file, changes, person);
}

async function markFile(
  trx: Transaction<Database>,
  draft: DraftId,
  file: string,
  changes: Written[],
  person: Somebody,
): Promise<void> {
  const stored = await trx
    .selectFrom('draft_files')
    .where('draft_id', '=', draft.id)
    .where('path', 'like', `%/${file.replaceAll('_', '\\_')}`)
    .where('removed_at', 'is', null)
    .where('content', 'is not', null)
    .select(['path', 'content'])
    .execute();
  const texts = stored.flatMap(({ path, content }): Saved[] => {
    const [language = '', ...rest] = path.split('/');
    if (rest.length > 1) return [];
    const change = changes.find((one) => one.path === path);
    const after = partsOf(path, content ?? '');
    return [{ language, before: change ? partsOf(path, change.before) : after, after }];
  });
  if (texts.length < 2) return;
  const marks = await listMarks(trx, draft, file);
  const { added, settled, followed } = consequencesOf(texts, marks, person.id);
  for (const [id, { how, became }] of settled) await settle(trx, draft, id, how, became, person);
  for (const [id, change] of followed)
    if (!settled.has(id))
      await trx
        .updateTable('draft_translation_marks')
        .set(change)
        .where('id', '=', id)
        .where('draft_id', '=', draft.id)
        .execute();
  if (added.length === 0) return;
  await trx
    .insertInto('draft_translation_marks')
    .values(added.map((mark) => ({ ...mark, draft_id: draft.id, file, marked_by_id: person.id })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function settle(
  trx: Transaction<Database>,
  draft: DraftId,
  id: string,
  how: 'confirmed' | 'rewritten' | 'undone',
  became: string | null,
  person: Somebody,
): Promise<void> {
  await trx
    .updateTable('draft_translation_marks')
    .set({ settled_how: how, settled_by_id: person.id, settled_at: sql`now()`, became })
    .where('id', '=', id)
    .where('draft_id', '=', draft.id)
    .where('settled_how', 'is', null)
    .execute();
}

/** Somebody has looked: it is still right, or needs no counterpart. Said twice, the first stays on record. */
export async function confirmMark(
  trx: Transaction<Database>,
  draft: DraftId,
  id: string,
  person: Somebody,
): Promise<void> {
  await settle(trx, draft, id, 'confirmed', null, person);
}

/** A new draft of a course knows what was behind when its last one was published. */
export async function takeOverMarks(
  trx: Transaction<Database>,
  { id }: DraftId,
  course: { id: string },
): Promise<void> {
  await trx
    .insertInto('draft_translation_marks')
    .columns([
      'draft_id',
      'file',
      'language',
      'block',
      'source_language',
      'source_before',
      'source_after',
      'marked_by_id',
      'marked_at',
    ])
    .expression((eb) =>
      eb
        .selectFrom('draft_translation_marks')
        .where('settled_how', 'is', null)
        .where(
          'draft_id',
          '=',
          eb
            .selectFrom('drafts')
            .where('course_id', '=', course.id)
            .where('state', '=', 'published')
            .orderBy('changed_at', 'desc')
            .orderBy('id', 'desc')
            .limit(1)
            .select('id'),
        )
        .select(sql<string>`${id}::uuid`.as('draft_id'))
        .select(['file', 'language', 'block', 'source_language', 'source_before', 'source_after'])
        .select(['marked_by_id', 'marked_at']),
    )
    .execute();
}
