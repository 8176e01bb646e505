import type { FastifyInstance, FastifyReply } from 'fastify';
import { fileOf } from '../../courses/package-desk.ts';
import { freeKey } from '../../moving-in/keys.ts';
import { categoryLine } from '../../moving-in/package-files.ts';
import { orNotFound } from '../../platform/errors.ts';
import { readForm } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { checkDraft, textOf } from '../checking.ts';
import { type Change, removeDraftFiles, type Saved, saveDraftFiles } from '../files/queries.ts';
import { NewItemForm } from '../forms.ts';
import { takenItem, withItem, withItemMoved, withoutItem } from '../outline.ts';
import { writingPath } from '../paths.ts';
import { type Draft, getOwnDraft } from '../queries.ts';
import { keepRemovedItem, listRemovedItems } from '../removed/queries.ts';

type WithId = { Params: { id: string }; Body: Record<string, string> };
type WithKey = { Params: { id: string; key: string }; Body: Record<string, string> };

type Removed = Parameters<typeof keepRemovedItem>[2];

const settingsFile = 'course.yaml';
const namesAtFirst = { lesson: 'bai', quiz: 'quiz', assignment: 'bai-tap' };

/** The order of a course: what its buttons do is written into course.yaml, from the revision that the page showed. */
export function draftItemRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.post<WithId>('/publishing/:id/items', async (request, reply) => {
    const author = signedIn(request);
    const draft = await getOwnDraft(db, author, request.params.id);
    const form = readForm(NewItemForm, request.body);
    if (!form.ok) return reply.goTo(`/publishing/${draft.id}#new-item`, 'publishing.error_item_title', 'bad');
    const { title, kind, revision } = form.data;
    const checked = await checkDraft(app, draft);
    const { outline } = checked;
    // What was taken out keeps its name, and its texts their place.
    const removed = (await listRemovedItems(db, draft)).map(({ item_key }) => item_key);
    const taken = new Set([...outline.items.map((item) => item.key), ...removed]);
    const key = freeKey(title, taken, namesAtFirst[kind]);
    const file = fileOf({ key, kind, line: 0 });
    const text = kind === 'quiz' ? categoryLine(title) : `# ${title}\n\n`;
    // A file that was written before and is in no list yet stays as it is.
    const paths = outline.languages
      .map((language) => `${language}/${file}`)
      .filter((path) => !checked.folder.revisions.has(path));
    const texts = paths.map((path) => ({ path, content: text, revision: 0 }));
    const yaml = withItem(textOf(checked.folder, settingsFile), { key, kind });
    const saved = await save(draft, yaml, revision, author, texts);
    if (saved?.outcome !== 'saved') return notSaved(reply, draft, saved);
    const [first = ''] = outline.languages;
    const page = first === '' ? `/publishing/${draft.id}` : writingPath(draft, { key, kind }, first);
    return reply.goTo(page, 'publishing.item_added');
  });

  app.post<WithKey>('/publishing/:id/items/:key/place', async (request, reply) => {
    const author = signedIn(request);
    const { draft, checked, revision } = await itemOf(request.params, author, request.body);
    const way = request.body?.way === 'up' ? 'up' : 'down';
    const yaml = withItemMoved(textOf(checked.folder, settingsFile), request.params.key, way);
    const saved = await save(draft, yaml, revision, author);
    if (saved?.outcome !== 'saved') return notSaved(reply, draft, saved);
    return reply.goTo(`/publishing/${draft.id}#items`, 'publishing.item_moved');
  });

  app.post<WithKey>('/publishing/:id/items/:key/removal', async (request, reply) => {
    const author = signedIn(request);
    const { draft, checked, revision } = await itemOf(request.params, author, request.body);
    const item = orNotFound(checked.outline.items.find(({ key }) => key === request.params.key));
    const before = textOf(checked.folder, settingsFile);
    const paths = [...checked.folder.revisions.keys()].filter((path) => path.endsWith(`/${fileOf(item)}`));
    const title = paths.map((path) => checked.titles.get(path)).find(Boolean) ?? item.key;
    const taken = takenItem(before, item.key);
    const removed = taken && { key: item.key, title, item: taken, paths };
    const saved = await save(draft, withoutItem(before, item.key), revision, author, [], removed);
    if (saved?.outcome !== 'saved') return notSaved(reply, draft, saved);
    return reply.goTo(`/publishing/${draft.id}#items`, 'publishing.item_removed');
  });

  async function itemOf({ id, key }: WithKey['Params'], author: { id: string }, body: WithKey['Body'] | undefined) {
    const draft = await getOwnDraft(db, author, id);
    const checked = await checkDraft(app, draft);
    orNotFound(checked.outline.items.find((item) => item.key === key));
    return { draft, checked, revision: Number(body?.revision) || 0 };
  }

  /** @returns null where the settings cannot be read: their text is to be mended first */
  async function save(
    draft: Draft,
    yaml: string | null,
    revision: number,
    author: { id: string },
    texts: Change[] = [],
    removed: Removed | null = null,
  ): Promise<Saved | null> {
    if (yaml === null) return null;
    const changes = [{ path: settingsFile, content: yaml, revision }, ...texts];
    return db.transaction().execute(async (trx) => {
      const saved = await saveDraftFiles(trx, draft, changes, author);
      if (saved.outcome !== 'saved' || removed === null) return saved;
      await keepRemovedItem(trx, draft, removed);
      if (removed.paths.length > 0) await removeDraftFiles(trx, draft, removed.paths, author);
      return saved;
    });
  }
}

function notSaved(reply: FastifyReply, draft: Draft, saved: Saved | null) {
  const why = saved === null ? 'unreadable' : saved.outcome;
  return reply.goTo(`/publishing/${draft.id}`, `publishing.not_saved_${why}`, 'bad');
}
