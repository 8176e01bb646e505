import { type Kysely, sql, type Transaction } from 'kysely';
import type { SourceFolder } from '../../courses/package-files.ts';
import type { Database } from '../../database/connection.ts';
import type { FileStore } from '../../files/store.ts';
import { orNotFound } from '../../platform/errors.ts';
import { markTranslations } from '../translation/queries.ts';
import { mostDraftBytes, mostDraftFiles } from './limits.ts';

type Somebody = { id: string };
type DraftId = { id: string };

/** Texts stand in the database; what is none lies in the file store, kept by `keepFile` before it is named here. */
export type Content = string | { hash: string; bytes: number };

/** A file to write, from the revision that whoever wrote it had before them; 0: there was none. */
export interface Change {
  path: string;
  content: Content;
  revision: number;
  /** The open page that it comes from, where it saves by itself. */
  editor?: { id: string; isAutomatic: boolean };
}

export type Saved =
  | { outcome: 'saved'; revision: number }
  /** Somebody has written it since, or removed it: nothing was written. */
  | { outcome: 'changed'; path: string }
  /** It is in review, published or discarded. */
  | { outcome: 'closed' }
  | { outcome: 'full' };

/** All of a draft, in the order of their paths, without what is in them. */
export async function listDraftFiles(db: Kysely<Database>, { id }: DraftId) {
  return db
    .selectFrom('draft_files')
    .where('draft_id', '=', id)
    .where('removed_at', 'is', null)
    .select(['path', 'hash', 'bytes', 'revision', 'changed_at'])
    .orderBy(sql`path collate "C"`)
    .execute();
}

/** @returns undefined where there is none, or none any more */
export async function findDraftFile(db: Kysely<Database>, { id }: DraftId, path: string) {
  return db
    .selectFrom('draft_files')
    .leftJoin('person_details as writer', 'writer.person_id', 'draft_files.changed_by_id')
    .where('draft_id', '=', id)
    .where('path', '=', path)
    .where('removed_at', 'is', null)
    .select(['path', 'content', 'hash', 'bytes', 'revision', 'changed_at', 'writer.full_name as changed_by_name'])
    .executeTakeFirst();
}

/** @throws NotFound */
export async function getDraftFile(db: Kysely<Database>, draft: DraftId, path: string) {
  return orNotFound(await findDraftFile(db, draft, path));
}

/** The draft as the folder that it is, at one moment. */
export interface DraftFolder {
  /** As `checkPackage` takes it. */
  source: SourceFolder;
  /** Of the draft. */
  revision: number;
  /** By path. */
  revisions: Map<string, number>;
  /** Of what lies in the file store, by path. */
  hashes: Map<string, string>;
}

export async function readDraftFolder(
  db: Kysely<Database>,
  files: FileStore,
  { id, slug }: DraftId & { slug: string },
): Promise<DraftFolder> {
  const rows = await db
    .selectFrom('drafts')
    .leftJoin('draft_files', (join) =>
      join.onRef('draft_files.draft_id', '=', 'drafts.id').on('draft_files.removed_at', 'is', null),
    )
    .where('drafts.id', '=', id)
    .select(['drafts.revision as draft_revision', 'path', 'content', 'hash', 'draft_files.revision'])
    .orderBy(sql`path collate "C"`)
    .execute();
  const folder: DraftFolder = {
    source: { name: slug, files: new Map(), faults: [] },
    revision: rows[0]?.draft_revision ?? 0,
    revisions: new Map(),
    hashes: new Map(),
  };
  for (const { path, content, hash, revision } of rows) {
    if (path === null) continue;
    folder.revisions.set(path, revision ?? 0);
    if (hash !== null) folder.hashes.set(path, hash);
    folder.source.files.set(path, hash === null ? Buffer.from(content ?? '') : await files.get(hash));
  }
  return folder;
}

/** Saves one file. Sent twice, it is saved once. */
export async function saveDraftFile(
  trx: Transaction<Database>,
  draft: DraftId,
  change: Change,
  person: Somebody,
): Promise<Saved> {
  return saveDraftFiles(trx, draft, [change], person);
}

/** All or none. */
export async function saveDraftFiles(
  trx: Transaction<Database>,
  draft: DraftId,
  changes: Change[],
  person: Somebody,
): Promise<Saved> {
  const open = await lockDraft(trx, draft);
  if (open.state !== 'draft') return { outcome: 'closed' };
  const now = await trx
    .selectFrom('draft_files')
    .where('draft_id', '=', draft.id)
    .where(
      'path',
      'in',
      changes.map(({ path }) => path),
    )
    .select(['path', 'content', 'hash', 'revision', 'editor', 'changed_by_id', 'removed_at'])
    .execute();
  const byPath = new Map(now.map((file) => [file.path, file]));
  const fresh = changes.filter(({ path, content }) => !isSame(byPath.get(path), content));
  for (const change of fresh) {
    const file = byPath.get(change.path);
    const revision = file === undefined || file.removed_at !== null ? 0 : file.revision;
    const goesOn =
      change.editor !== undefined &&
      !change.editor.isAutomatic &&
      file?.editor === change.editor.id &&
      file.changed_by_id === person.id;
    if (revision !== change.revision && !goesOn) return { outcome: 'changed', path: change.path };
  }
  if (fresh.length === 0)
    return { outcome: 'saved', revision: byPath.get(changes[0]?.path ?? '')?.revision ?? open.revision };
  if (await wouldBeFull(trx, draft, fresh)) return { outcome: 'full' };
  const revision = await nextRevision(trx, draft, person);
  for (const change of fresh) await writeFile(trx, draft, change, revision, person);
  const rewritten = fresh.flatMap(({ path, content: after }) => {
    const file = byPath.get(path);
    const before = file?.removed_at === null ? file.content : null;
    return before === null || before === undefined || typeof after !== 'string' ? [] : [{ path, before, after }];
  });
  await markTranslations(trx, draft, rewritten, person);
  return { outcome: 'saved', revision };
}

/** It can be brought back as long as the draft is there. Removed twice, it is removed once. */
export async function removeDraftFiles(
  trx: Transaction<Database>,
  draft: DraftId,
  paths: string[],
  person: Somebody,
): Promise<boolean> {
  if ((await lockDraft(trx, draft)).state !== 'draft') return false;
  const { numUpdatedRows } = await trx
    .updateTable('draft_files')
    .set({ removed_at: sql`now()`, editor: null, changed_by_id: person.id })
    .where('draft_id', '=', draft.id)
    .where('path', 'in', paths)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await nextRevision(trx, draft, person);
  return true;
}

/** Back as they were; where something was written in their place meanwhile, that stays. */
export async function restoreDraftFiles(
  trx: Transaction<Database>,
  draft: DraftId,
  paths: string[],
  person: Somebody,
): Promise<void> {
  const revision = await nextRevision(trx, draft, person);
  await trx
    .updateTable('draft_files')
    .set({ removed_at: null, revision, changed_by_id: person.id })
    .where('draft_id', '=', draft.id)
    .where(({ eb, val }) => eb('path', '=', eb.fn.any(val(paths))))
    .where('removed_at', 'is not', null)
    .execute();
}

/** Whoever writes, submits or publishes holds the draft. */
export async function lockDraft(trx: Transaction<Database>, { id }: DraftId) {
  return trx
    .selectFrom('drafts')
    .select(['state', 'revision', 'base_version_id', 'course_id'])
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

async function nextRevision(trx: Transaction<Database>, { id }: DraftId, person: Somebody): Promise<number> {
  const { revision } = await trx
    .updateTable('drafts')
    .set({ revision: sql`revision + 1`, changed_at: sql`now()` })
    .where('id', '=', id)
    .returning('revision')
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('draft_editors')
    .values({ draft_id: id, person_id: person.id })
    .onConflict((conflict) => conflict.columns(['draft_id', 'person_id']).doUpdateSet({ changed_at: sql`now()` }))
    .execute();
  return revision;
}

async function writeFile(
  trx: Transaction<Database>,
  draft: DraftId,
  { path, content, editor }: Change,
  revision: number,
  person: Somebody,
): Promise<void> {
  const row = {
    ...(typeof content === 'string' ? { content, hash: null, bytes: sizeOf(content) } : { content: null, ...content }),
    revision,
    editor: editor?.isAutomatic ? editor.id : null,
    changed_by_id: person.id,
    removed_at: null,
  };
  await trx
    .insertInto('draft_files')
    .values({ draft_id: draft.id, path, ...row })
    .onConflict((conflict) => conflict.columns(['draft_id', 'path']).doUpdateSet({ ...row, changed_at: sql`now()` }))
    .execute();
}

function isSame(
  file: { content: string | null; hash: string | null; removed_at: Date | null } | undefined,
  content: Content,
): boolean {
  if (file === undefined || file.removed_at !== null) return false;
  return typeof content === 'string' ? file.content === content : file.hash === content.hash;
}

async function wouldBeFull(trx: Transaction<Database>, { id }: DraftId, changes: Change[]): Promise<boolean> {
  const others = await trx
    .selectFrom('draft_files')
    .where('draft_id', '=', id)
    .where('removed_at', 'is', null)
    .where(
      'path',
      'not in',
      changes.map(({ path }) => path),
    )
    .select(({ fn }) => [fn.countAll<string>().as('count'), fn.sum<string | null>('bytes').as('bytes')])
    .executeTakeFirstOrThrow();
  const added = changes.reduce((sum, { content }) => sum + sizeOf(content), 0);
  return Number(others.count) + changes.length > mostDraftFiles || Number(others.bytes) + added > mostDraftBytes;
}

function sizeOf(content: Content): number {
  return typeof content === 'string' ? Buffer.byteLength(content) : content.bytes;
}
