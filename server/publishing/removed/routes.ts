import type { FastifyInstance } from 'fastify';
import { signedIn } from '../../platform/scopes.ts';
import { checkDraft, textOf } from '../checking.ts';
import { restoreDraftFiles, saveDraftFile } from '../files/queries.ts';
import { withItemBack } from '../outline.ts';
import { type Draft, getOwnDraft } from '../queries.ts';
import { courseTitleOf } from '../quizzes/quiz.ts';
import { dropRemovedItem, listRemovedItems } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/removed': {
      draft: Draft;
      course_title: string;
      /** `isTaken`: there is another item of that name in the course now. */
      rows: { key: string; title: string; removed_at: Date; isTaken: boolean }[];
    };
  }
}

type WithId = { Params: { id: string } };
type WithKey = { Params: { id: string; key: string } };

const settingsFile = 'course.yaml';

/** What was taken out of a draft, and the way back: nothing that was written is lost while the draft is there. */
export function draftRemovedRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/publishing/:id/removed-items', async (request, reply) => {
    const draft = await getOwnDraft(db, signedIn(request), request.params.id);
    const checked = await checkDraft(app, draft);
    const keys = new Set(checked.outline.items.map(({ key }) => key));
    const rows = (await listRemovedItems(db, draft)).map(({ item_key, title, removed_at }) => ({
      ...{ key: item_key, title, removed_at },
      isTaken: keys.has(item_key),
    }));
    return reply.page('publishing/removed', { draft, course_title: courseTitleOf(draft, checked), rows });
  });

  app.post<WithKey>('/publishing/:id/removed-items/:key/restoration', async (request, reply) => {
    const author = signedIn(request);
    const draft = await getOwnDraft(db, author, request.params.id);
    const { folder, outline } = await checkDraft(app, draft);
    const { key } = request.params;
    const isThere = outline.items.some((item) => item.key === key);
    const row = (await listRemovedItems(db, draft)).find(({ item_key }) => item_key === key);
    // Pressed twice it is back already.
    if (row === undefined && isThere) return reply.goTo(`/publishing/${draft.id}#items`, 'item_settings.restored');
    const home = `/publishing/${draft.id}/removed-items`;
    if (row === undefined || isThere) return reply.goTo(home, 'item_settings.not_restored', 'bad');
    const content = withItemBack(textOf(folder, settingsFile), row.item);
    if (content === null) return reply.goTo(home, 'publishing.not_saved_unreadable', 'bad');
    const change = { path: settingsFile, content, revision: folder.revisions.get(settingsFile) ?? 0 };
    const { outcome } = await db.transaction().execute(async (trx) => {
      const saved = await saveDraftFile(trx, draft, change, author);
      if (saved.outcome !== 'saved') return saved;
      await restoreDraftFiles(trx, draft, row.paths, author);
      await dropRemovedItem(trx, draft, key);
      return saved;
    });
    if (outcome !== 'saved') return reply.goTo(home, `publishing.not_saved_${outcome}`, 'bad');
    return reply.goTo(`/publishing/${draft.id}#items`, 'item_settings.restored');
  });
}
