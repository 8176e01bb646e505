import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';
import type { Language } from '../platform/i18n.ts';
import { Kept } from '../platform/kept.ts';
import { selectItemText, selectQuestions, selectTask, selectVersions } from './queries.ts';

// What is published never changes, so this process reads it once: pages then ask the database only for what is on record about a person. What
// may change about a course (its audience, who gives it, corrections of keys) does not belong here.

export type Version = Readonly<Awaited<ReturnType<typeof selectVersions>>[number]>;
export type VersionItem = Readonly<Version['items'][number]>;
export type VersionQuestion = Readonly<Awaited<ReturnType<typeof selectQuestions>>[number]>;
export type VersionTask = Readonly<Awaited<ReturnType<typeof selectTask>>[number]>;

const versions = new Kept<Version>(1_000);
const itemTexts = new Kept<{ html: string }>(400);
const questions = new Kept<readonly VersionQuestion[]>(100);
const tasks = new Kept<VersionTask>(100);

export async function getVersion(db: Kysely<Database>, id: string, language: Language): Promise<Version> {
  const version = (await listVersions(db, [id], language)).get(id);
  if (version === undefined) throw new Error(`no version ${id}`);
  return version;
}

/** By their ids; one statement for all that are not kept yet. */
export async function listVersions(
  db: Kysely<Database>,
  ids: string[],
  language: Language,
): Promise<Map<string, Version>> {
  const key = (id: string) => `${id} ${language}`;
  const found = new Map<string, Version>();
  for (const id of ids) {
    const kept = versions.get(key(id));
    if (kept) found.set(id, kept);
  }
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length > 0) {
    for (const version of await selectVersions(db, { ids: missing, language })) {
      found.set(version.id, version);
      versions.set(key(version.id), version);
    }
  }
  return found;
}

/** @param language one that its version has */
export async function getItemHtml(db: Kysely<Database>, item: { id: string }, language: string): Promise<string> {
  const { html } = await itemTexts.getOrMake(`${item.id} ${language}`, async () => {
    const [text] = await selectItemText(db, { item_id: item.id, language });
    if (text === undefined) throw new Error(`no text of item ${item.id} in ${language}`);
    return text;
  });
  return html;
}

/** In their author's order, each in every language. */
export function listQuestions(db: Kysely<Database>, item: { id: string }): Promise<readonly VersionQuestion[]> {
  return questions.getOrMake(item.id, () => selectQuestions(db, { item_id: item.id }));
}

/** What an assignment asks for, and the rubric it is marked by. */
export function getTask(db: Kysely<Database>, item: { id: string }): Promise<VersionTask> {
  return tasks.getOrMake(item.id, async () => {
    const [task] = await selectTask(db, { item_id: item.id });
    if (task === undefined) throw new Error(`no assignment ${item.id}`);
    return task;
  });
}
