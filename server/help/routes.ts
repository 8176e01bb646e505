import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import Type, { type Static } from 'typebox';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../accounts/way-back.ts';
import type { Database } from '../database/connection.ts';
import { itemPath } from '../lessons/paths.ts';
import { Forbidden, orNotFound } from '../platform/errors.ts';
import { blankForm, type Form, field, queryText, readForm } from '../platform/forms.ts';
import { rowId } from '../platform/row-id.ts';
import { signedIn } from '../platform/scopes.ts';
import { readableText } from '../quizzes/cloze.ts';
import { getVersion, listQuestions } from '../versions/reading.ts';
import { type Adviser, ask, close, findAdviser, getHelpRequest, type HelpRequest, insertReply } from './queries.ts';

const AskForm = Type.Object({
  words: field.optional(field.text({ multiline: true, maxLength: 1000, message: 'help.error_words' })),
});
const ReplyForm = Type.Object({
  words: field.text({ multiline: true, maxLength: 2000, message: 'help.error_reply' }),
});

/** The lesson, quiz or question that somebody does not get past. */
interface Spot {
  slug: string;
  key: string;
  kind: string;
  title: string;
  language: string;
  question: { id: string; html: string } | null;
}

declare module '../platform/views.ts' {
  interface Views {
    'help/new': {
      spot: Spot;
      id: string;
      form: Form<Static<typeof AskForm>>;
      mentor_name: string | null;
      hours: number;
      path: typeof itemPath;
    };
    'help/show': {
      help: HelpRequest;
      spot: Spot;
      /** Who has been asked by now. */
      stage: 'mentor' | 'others' | 'manager';
      id: string;
      form: Form<Static<typeof ReplyForm>>;
      path: typeof itemPath;
    };
  }
}

type WithId = { Params: { id: string } };

/** "I'm stuck": for members of a cohort, wherever they learn. Nobody else finds these pages. */
export function helpRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/help/new', async (request, reply) => {
    const { adviser, spot } = await findSpot(request, request.query);
    if (adviser.waiting_id !== null) return reply.goTo(`/help/${adviser.waiting_id}`);
    return showNew(reply, 200, { adviser, spot, id: newId(), form: blankForm(AskForm) });
  });

  app.post('/help', async (request, reply) => {
    const { adviser, spot } = await findSpot(request, request.body);
    const id = rowId(hiddenField(request.body, 'id'));
    const form = readForm(AskForm, request.body);
    if (!form.ok) return showNew(reply, 422, { adviser, spot, id, form });
    const place = { item_key: spot.key, question_id: spot.question?.id ?? null };
    const asked = await db
      .transaction()
      .execute((trx) => ask(trx, adviser, { id, ...place, words: form.data.words ?? null }));
    return reply.goTo(`/help/${asked}`, asked === id ? 'help.asked' : 'help.asked_before');
  });

  app.get<WithId>('/help/:id', async (request, reply) => {
    const help = await getHelpRequest(db, signedIn(request), request.params.id);
    return showRequest(request, reply, 200, { help, id: newId(), form: blankForm(ReplyForm) });
  });

  app.post<WithId>('/help/:id/replies', async (request, reply) => {
    const author = signedIn(request);
    const help = await getHelpRequest(db, author, request.params.id);
    if (help.is_own) throw new Forbidden();
    const id = rowId(hiddenField(request.body, 'id'));
    const form = readForm(ReplyForm, request.body);
    if (!form.ok) return showRequest(request, reply, 422, { help, id, form });
    await db.transaction().execute((trx) => insertReply(trx, help, { id, words: form.data.words }, author));
    return reply.goTo(`/cohorts/${help.cohort_id}`, 'help.replied');
  });

  app.post<WithId>('/help/:id/solution', async (request, reply) => {
    const help = await getHelpRequest(db, signedIn(request), request.params.id);
    if (!help.is_own) throw new Forbidden();
    await db.transaction().execute((trx) => close(trx, help));
    return reply.goTo(`/help/${help.id}`, 'help.solved');
  });
}

/** @throws NotFound where there is no such place, or nobody to ask */
async function findSpot(request: FastifyRequest, fields: unknown): Promise<{ adviser: Adviser; spot: Spot }> {
  const { db } = request.server;
  const [slug, key, asked] = [queryText(fields, 'course'), queryText(fields, 'item'), queryText(fields, 'question')];
  const place = { item_key: key, question_id: asked === '' ? null : asked };
  const adviser = orNotFound(await findAdviser(db, signedIn(request), slug, place));
  const version = await getVersion(db, adviser.version_id, request.language);
  const item = orNotFound(version.items.find((one) => one.key === key));
  const { title, kind } = item;
  const { language } = version;
  const question = asked === '' ? null : orNotFound(await findQuestion(db, item, asked, language));
  return { adviser, spot: { slug, key, kind, title, language, question } };
}

async function findQuestion(db: Kysely<Database>, item: { id: string }, id: string, language: string) {
  const question = (await listQuestions(db, item)).find((one) => one.id === id);
  const body = question?.bodies[language] ?? Object.values(question?.bodies ?? {})[0];
  if (body === undefined) return undefined;
  const after = 'after' in body ? body.after : null;
  return { id, html: after === null ? readableText(body) : `${body.text}……${after}` };
}

function showNew(
  reply: FastifyReply,
  status: number,
  { adviser, ...page }: { adviser: Adviser; spot: Spot; id: string; form: Form<Static<typeof AskForm>> },
) {
  const { mentor_name, thresholds } = adviser;
  const data = { ...page, mentor_name, hours: thresholds.hours_to_reply, path: itemPath };
  return reply.page('help/new', data, { status });
}

async function showRequest(
  { server, language }: FastifyRequest,
  reply: FastifyReply,
  status: number,
  page: { help: HelpRequest; id: string; form: Form<Static<typeof ReplyForm>> },
) {
  const { help } = page;
  const { slug, item_key: key, item_id, question_id } = help;
  // Whoever has ended the course since asked about what it is now.
  const version = await getVersion(server.db, help.version_id ?? help.current_version_id ?? '', language);
  const { title = key, kind = 'lesson' } = version.items.find((item) => item.key === key) ?? {};
  const question =
    item_id && question_id ? await findQuestion(server.db, { id: item_id }, question_id, version.language) : undefined;
  const spot = { slug, key, kind, title, language: version.language, question: question ?? null };
  const stage = help.time_spent < 1 ? 'mentor' : help.time_spent < 2 ? 'others' : 'manager';
  return reply.page('help/show', { ...page, spot, stage, path: itemPath }, { status });
}
