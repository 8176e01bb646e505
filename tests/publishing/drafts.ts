import { v7 as newId } from 'uuid';
import { type Content, saveDraftFiles } from '../../server/publishing/files/queries.ts';
import type { TestApp } from '../support/app.ts';
import { type Branch, rootOrganisation } from '../support/organisations.ts';

interface Written {
  slug?: string;
  branch?: Branch;
  files?: Record<string, Content>;
}

/** A draft with these files, written by somebody. */
export async function draft(
  { db }: Pick<TestApp, 'db'>,
  writer: { id: string },
  { slug = 'dieu-moi', branch, files = {} }: Written = {},
): Promise<{ id: string; slug: string }> {
  const { id: organisation_id } = branch ?? (await rootOrganisation({ db }));
  const id = newId();
  await db.insertInto('drafts').values({ id, slug, organisation_id, made_by_id: writer.id }).execute();
  if (Object.keys(files).length > 0) await fill({ db }, { id }, files, writer);
  return { id, slug };
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
