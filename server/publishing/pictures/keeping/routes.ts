import type { FastifyInstance, FastifyReply } from 'fastify';
import { hiddenField } from '../../../accounts/way-back.ts';
import { keepFile } from '../../../files/queries.ts';
import { orNotFound } from '../../../platform/errors.ts';
import { signedIn } from '../../../platform/scopes.ts';
import { readUpload, withUploads } from '../../../platform/uploads.ts';
import { type Checked, checkDraft, textOf } from '../../checking.ts';
import { type Saved, saveDraftFile } from '../../files/queries.ts';
import { type Draft, getDraft, getOwnDraft } from '../../queries.ts';
import { addressOf, drawnOf, notSaved, pathIn, textIn, wordsOf } from '../asking.ts';
import { listPictureWords, removePicture, savePicture, savePictureWords } from '../queries.ts';
import { fileOf, titleOf } from '../routes.ts';
import { mostPictureBytes, type PictureRefusal, takePicture } from '../taking.ts';
import { isPlaceable, markdownOf, type Usage, usagesOf, withPicture } from '../usage.ts';

type Told = PictureRefusal | null;

declare module '../../../platform/views.ts' {
  interface Views {
    'publishing/picture': {
      draft: Draft;
      course_title: string;
      path: string;
      file: string;
      /** As it travels to a phone; null where it cannot be drawn. */
      bytes: number | null;
      is_heavy: boolean;
      width: number;
      height: number;
      revision: number;
      markdown: { language: string; markdown: string }[];
      usages: Usage[];
      /** The text that it is put into, when that is wanted. */
      placing: {
        path: string;
        title: string;
        language: string;
        revision: number;
        words: string;
        is_there: boolean;
      } | null;
      error: Told;
      most_bytes: number;
    };
  }
}

type WithId = { Params: { id: string }; Body: Record<string, string> };

/** In bytes: what more weighs is told again before a course is published. */
const heaviest = 60_000;

/** One picture of a draft: as readers get it, put into a text, another in its place, out of the draft again. */
export function draftPictureKeepingRoutes(app: FastifyInstance): void {
  const { db, files } = app;

  withUploads(app, mostPictureBytes, (inner) => {
    inner.post<WithId>('/publishing/:id/picture/replacement', async (request, reply) => {
      const author = signedIn(request);
      const draft = await getOwnDraft(db, author, request.params.id);
      const checked = await checkDraft(app, draft);
      const { fields, file } = await readUpload(request);
      const path = pathIn(checked, hiddenField(fields, 'picture'));
      const taken = await takePicture(file);
      if ('message' in taken) return show(reply, 422, draft, checked, { path, text: '', error: taken });
      const hash = await keepFile(db, files, taken.content, 'application/octet-stream');
      const picture = { path, hash, bytes: taken.content.length, revision: Number(fields.revision) || 0, words: {} };
      const saved = await db.transaction().execute((trx) => savePicture(trx, draft, picture, author));
      if (saved.outcome !== 'saved')
        return show(reply, 409, draft, checked, { path, text: '', error: notSaved(saved) });
      return reply.goTo(addressOf(draft, path, ''), 'draft_pictures.replaced');
    });
  });

  app.get<WithId>('/publishing/:id/picture', async (request, reply) => {
    const draft = await getDraft(db, signedIn(request), request.params.id);
    const checked = await checkDraft(app, draft);
    const path = pathIn(checked, hiddenField(request.query, 'path'));
    const text = textIn(checked, hiddenField(request.query, 'text'));
    return show(reply, 200, draft, checked, { path, text, error: null });
  });

  app.post<WithId>('/publishing/:id/picture/placement', async (request, reply) => {
    const author = signedIn(request);
    const draft = await getOwnDraft(db, author, request.params.id);
    const checked = await checkDraft(app, draft);
    const { body } = request;
    const path = pathIn(checked, hiddenField(body, 'picture'));
    const text = orNotFound(textIn(checked, hiddenField(body, 'text')) || undefined);
    if (!isPlaceable(text)) return show(reply, 422, draft, checked, { path, text, error: null });
    const words = wordsOf(body?.words);
    if (words === '')
      return show(reply, 422, draft, checked, {
        path,
        text,
        error: { message: 'draft_pictures.error_words', values: {} },
      });
    const content = withPicture(textOf(checked.folder, text), markdownOf(path, words, text));
    const [language = ''] = text.split('/');
    const change = { path: text, content: content ?? '', revision: Number(body?.revision) || 0 };
    const saved = await db.transaction().execute(async (trx): Promise<Saved> => {
      const done =
        content === null
          ? ({ outcome: 'saved', revision: 0 } as const)
          : await saveDraftFile(trx, draft, change, author);
      if (done.outcome === 'saved') await savePictureWords(trx, draft, path, { [language]: words });
      return done;
    });
    if (saved.outcome !== 'saved') {
      const now = await checkDraft(app, await getOwnDraft(db, author, draft.id));
      return show(reply, 409, draft, now, { path, text, error: notSaved(saved) });
    }
    return reply.goTo(`/publishing/${draft.id}/text?path=${encodeURIComponent(text)}`, 'draft_pictures.placed');
  });

  app.post<WithId>('/publishing/:id/picture/removal', async (request, reply) => {
    const author = signedIn(request);
    const draft = await getOwnDraft(db, author, request.params.id);
    const path = hiddenField(request.body, 'picture');
    const home = `/publishing/${draft.id}/pictures`;
    if (!/^images\/[^/]+$/.test(path)) return reply.goTo(home);
    const outcome = await db.transaction().execute((trx) => removePicture(trx, draft, path, author));
    return reply.goTo(home, `draft_pictures.removal_${outcome}`, outcome === 'removed' ? 'good' : 'bad');
  });

  async function show(
    reply: FastifyReply,
    status: number,
    draft: Draft,
    checked: Checked,
    { path, text, error }: { path: string; text: string; error: Told },
  ) {
    const words = (await listPictureWords(db, draft)).get(path) ?? {};
    const picture = await drawnOf(checked, path);
    const widest = picture?.copies.findLast(({ format }) => format === 'webp');
    const usages = usagesOf(checked, path);
    const bytes = widest?.content.length ?? null;
    return reply.page(
      'publishing/picture',
      {
        ...{ draft, path, usages, bytes, error, most_bytes: mostPictureBytes },
        course_title: titleOf(draft, checked),
        file: fileOf(checked, path),
        is_heavy: bytes !== null && bytes > heaviest,
        ...{ width: widest?.width ?? 0, height: widest?.height ?? 0 },
        revision: checked.folder.revisions.get(path) ?? 0,
        markdown: Object.entries(words).map(([language, said]) => ({
          language,
          markdown: markdownOf(path, said, text),
        })),
        placing: placingOf(checked, text, path, words),
      },
      { status },
    );
  }
}

function placingOf(checked: Checked, text: string, picture: string, words: Record<string, string>) {
  if (text === '' || !isPlaceable(text)) return null;
  const [language = ''] = text.split('/');
  return {
    ...{ path: text, language },
    title: checked.titles.get(text) || text,
    revision: checked.folder.revisions.get(text) ?? 0,
    words: words[language] ?? '',
    is_there: textOf(checked.folder, text).includes(picture),
  };
}
