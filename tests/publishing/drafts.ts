import { v7 as newId } from 'uuid';
import type { Note } from '../../server/moving-in/draft.ts';
import { bringEntries } from '../../server/publishing/bank/bringing/queries.ts';
import { entriesOf } from '../../server/publishing/bank/entry.ts';
import { type Content, saveDraftFiles } from '../../server/publishing/files/queries.ts';
import { readGift } from '../../server/quizzes/gift-read.ts';
import type { TestApp } from '../support/app.ts';
import { type Branch, rootOrganisation } from '../support/organisations.ts';

interface Written {
  slug?: string;
  branch?: Branch;
  files?: Record<string, Content>;
  report?: Note[];
}

/** A draft with these files, written by somebody. */
export async function draft(
  { db }: Pick<TestApp, 'db'>,
  writer: { id: string },
  { slug = 'dieu-moi', branch, files = {}, report }: Written = {},
): Promise<{ id: string; slug: string }> {
  const { id: organisation_id } = branch ?? (await rootOrganisation({ db }));
  const id = newId();
  const told = report ? { report: JSON.stringify(report) } : {};
  await db
    .insertInto('drafts')
    .values({ id, slug, organisation_id, made_by_id: writer.id, ...told })
    .execute();
  if (Object.keys(files).length > 0) await fill({ db }, { id }, files, writer);
  return { id, slug };
}

/** What is in a file of a draft now; null where it has none of that name. */
export async function textIn({ db }: Pick<TestApp, 'db'>, id: string, path: string): Promise<string | null> {
  const file = await db
    .selectFrom('draft_files')
    .select('content')
    .where('draft_id', '=', id)
    .where('path', '=', path)
    .where('removed_at', 'is', null)
    .executeTakeFirst();
  return file?.content ?? null;
}

/** A file that somebody brought and that could not be read. */
export async function courseUpload(
  { db }: Pick<TestApp, 'db'>,
  author: { id: string },
  branch: Branch,
): Promise<string> {
  const id = newId();
  const outcome = { kind: 'unreadable', place: 'thu.txt', code: 'format_unknown', values: {} };
  await db
    .insertInto('course_uploads')
    .values({
      ...{ id, organisation_id: branch.id, made_by_id: author.id, file_name: 'thu.txt', bytes: 9, state: 'refused' },
      ...{ outcome: JSON.stringify(outcome), ended_at: new Date() },
    })
    .execute();
  return id;
}

/** A question that an organisation keeps for many courses. */
export async function bankQuestion(
  { db }: Pick<TestApp, 'db'>,
  author: { id: string },
  branch: { id: string },
  words = 'Trời có xanh không?',
): Promise<string> {
  const questions = new Map([['vi', readGift(`[markdown]${words}{TRUE}\n`).questions]]);
  const { ids } = await db.transaction().execute((trx) => bringEntries(trx, branch, entriesOf(questions), author));
  return ids[0] ?? '';
}

async function fill(
  { db }: Pick<TestApp, 'db'>,
  { id }: { id: string },
  files: Record<string, Content>,
  writer: { id: string },
): Promise<void> {
  const changes = Object.entries(files).map(([path, content]) => ({ path, content, revision: 0 }));
  await db.transaction().execute((trx) => saveDraftFiles(trx, { id }, changes, writer));
}
