import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { v7 as newId, validate } from 'uuid';
import { fileOf } from '../../courses/package-desk.ts';
import { type Preview, previewText } from '../../courses/package-preview.ts';
import { NotFound, orNotFound } from '../../platform/errors.ts';
import { blankForm, type Form, queryText, readForm } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { checkDraft } from '../checking.ts';
import { type DeskItem, deskOf } from '../desk.ts';
import { glance } from '../pictures/drawing.ts';
import { withDraftPictures } from '../preview.ts';
import { type Draft, getDraft } from '../queries.ts';
import { CommentForm } from '../review/forms.ts';
import { getReviewing, insertComment, type Reviewing, resolveComment } from '../review/queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/item': {
      draft: Draft;
      course_title: string;
      item: DeskItem;
      /** That it is shown in. */
      language: string;
      rendered: Preview;
      neighbours: { previous: string | null; next: string | null };
      comments: Reviewing['comments'];
      form: Form<Static<typeof CommentForm>>;
      id: string;
    };
  }
}

type WithKey = { Params: { id: string; key: string } };
type WithId = { Params: { id: string }; Body: Record<string, string> };

/** One item as learners will see it, with what those who review and write say of it. */
export function draftCommentRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithKey>('/publishing/:id/items/:key', async (request, reply) => {
    const draft = await getDraft(db, signedIn(request), request.params.id);
    return show(reply, draft, request.params.key, blankForm(CommentForm), 200);
  });

  app.post<WithId>('/publishing/:id/comments', async (request, reply) => {
    const author = signedIn(request);
    const draft = await getDraft(db, author, request.params.id);
    const { body = {} } = request;
    const form = readForm(CommentForm, body);
    const item = body.item === undefined || body.item === '' ? null : body.item;
    const { outline } = await checkDraft(app, draft);
    if (item !== null && !outline.items.some(({ key }) => key === item)) throw new NotFound();
    const back = item === null ? 'review#comments' : `items/${item}#comments`;
    if (!form.ok) {
      if (item !== null) return show(reply, draft, item, form, 422);
      return reply.goTo(`/publishing/${draft.id}/${back}`, 'publishing.error_words', 'bad');
    }
    const { words, line = null } = form.data;
    await insertComment(db, draft, { id: rowId(body.id ?? ''), item_key: item, line, words }, author);
    return reply.goTo(`/publishing/${draft.id}/${back}`, 'publishing.commented');
  });

  app.post<{ Params: { id: string; comment: string }; Body: Record<string, string> }>(
    '/publishing/:id/comments/:comment/resolution',
    async (request, reply) => {
      const person = signedIn(request);
      const draft = await getDraft(db, person, request.params.id);
      if (!validate(request.params.comment)) throw new NotFound();
      const item = orNotFound(await resolveComment(db, draft, request.params.comment, person));
      const back = item.item_key === null ? 'review' : `items/${item.item_key}`;
      return reply.goTo(`/publishing/${draft.id}/${back}#comments`, 'publishing.resolved');
    },
  );

  async function show(
    reply: FastifyReply,
    draft: Draft,
    key: string,
    form: Form<Static<typeof CommentForm>>,
    status: number,
  ) {
    const { request } = reply;
    const checked = await checkDraft(app, draft);
    const reviewing = await getReviewing(db, draft, key);
    const { items, title, languages } = deskOf(draft, checked, reviewing, request.language);
    const position = items.findIndex((one) => one.key === key);
    const item = orNotFound(items[position]);
    const asked = queryText(request.query, 'language');
    const language = languages.includes(asked) ? asked : item.language;
    const path = `${language}/${fileOf({ ...item, line: 0 })}`;
    const preview = orNotFound((await previewText(checked.folder.source, path, glance)) ?? undefined);
    return reply.page(
      'publishing/item',
      {
        ...{ draft, course_title: title, item, language, form, id: newId(), comments: reviewing.comments },
        rendered: withDraftPictures(preview, draft),
        neighbours: { previous: items[position - 1]?.key ?? null, next: items[position + 1]?.key ?? null },
      },
      { status },
    );
  }
}
