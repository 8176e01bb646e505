import type { FastifyInstance, FastifyReply } from 'fastify';
import { hiddenField } from '../../../accounts/way-back.ts';
import { keepFile } from '../../../files/queries.ts';
import { signedIn } from '../../../platform/scopes.ts';
import { readUpload, withUploads } from '../../../platform/uploads.ts';
import { type Checked, checkDraft } from '../../checking.ts';
import { type Draft, getOwnDraft } from '../../queries.ts';
import { addressOf, notSaved, textIn, wordsOf } from '../asking.ts';
import { savePicture } from '../queries.ts';
import { titleOf } from '../routes.ts';
import { mostPictureBytes, type PictureRefusal, takePicture } from '../taking.ts';
import { freePicture, picturePaths } from '../usage.ts';

type Told = PictureRefusal | null;

declare module '../../../platform/views.ts' {
  interface Views {
    'publishing/picture-new': {
      draft: Draft;
      course_title: string;
      /** The text that it is for; empty: for the course. */
      text: string;
      text_title: string;
      languages: string[];
      /** By language, as they were typed. */
      words: Record<string, string>;
      /** Languages in which none were. */
      missing: string[];
      error: Told;
      most_bytes: number;
    };
  }
}

type WithId = { Params: { id: string }; Body: Record<string, string> };

/** A picture into a draft, with words for whoever cannot see it. */
export function draftPictureAddingRoutes(app: FastifyInstance): void {
  const { db, files } = app;

  app.get<WithId>('/publishing/:id/picture/new', async (request, reply) => {
    const draft = await getOwnDraft(db, signedIn(request), request.params.id);
    const checked = await checkDraft(app, draft);
    const text = textIn(checked, hiddenField(request.query, 'text'));
    return showNew(reply, 200, draft, checked, { text, words: {}, missing: [], error: null });
  });

  withUploads(
    app,
    mostPictureBytes,
    (inner) => {
      inner.post<WithId>('/publishing/:id/pictures', async (request, reply) => {
        const author = signedIn(request);
        const draft = await getOwnDraft(db, author, request.params.id);
        const checked = await checkDraft(app, draft);
        const { fields, file } = await readUpload(request);
        const text = textIn(checked, hiddenField(fields, 'text'));
        const languages = languagesFor(checked, text);
        const typed = languages.map((language) => [language, wordsOf(fields[`words_${language}`])] as const);
        const missing = typed.filter(([, said]) => said === '').map(([language]) => language);
        const words = Object.fromEntries(typed);
        const taken = await takePicture(file);
        const refuse = (status: number, error: Told) =>
          showNew(reply, status, draft, checked, { text, words, missing, error });
        if ('message' in taken || missing.length > 0 || languages.length === 0)
          return refuse(422, 'message' in taken ? taken : null);
        const hash = await keepFile(db, files, taken.content, 'application/octet-stream');
        // The same picture, perhaps by a second tap, needs no second name.
        const known = picturePaths(checked).find((path) => checked.folder.hashes.get(path) === hash);
        const path = known ?? freePicture(checked, words[languages[0] ?? ''] ?? '', taken.ending);
        const revision = checked.folder.revisions.get(path) ?? 0;
        const picture = { path, hash, bytes: taken.content.length, revision, words };
        const saved = await db.transaction().execute((trx) => savePicture(trx, draft, picture, author));
        if (saved.outcome !== 'saved') return refuse(409, notSaved(saved));
        return reply.goTo(addressOf(draft, path, text), 'draft_pictures.added');
      });
    },
    { fields: 40 },
  );

  function showNew(
    reply: FastifyReply,
    status: number,
    draft: Draft,
    checked: Checked,
    shown: { text: string; words: Record<string, string>; missing: string[]; error: Told },
  ) {
    const course_title = titleOf(draft, checked);
    const languages = languagesFor(checked, shown.text);
    const text_title = checked.titles.get(shown.text) || shown.text;
    const page = { draft, course_title, text_title, languages, most_bytes: mostPictureBytes };
    return reply.page('publishing/picture-new', { ...page, ...shown }, { status });
  }
}

function languagesFor({ outline }: Checked, text: string): string[] {
  return text === '' ? outline.languages : text.split('/').slice(0, 1);
}
