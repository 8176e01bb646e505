import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { categoryLine } from '../../moving-in/package-files.ts';
import { queryText, readForm } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { withoutQuestion, withQuestionMoved, withTitle } from '../../quizzes/gift-edit.ts';
import { checkDraft } from '../checking.ts';
import { type Change, type Saved, saveDraftFiles } from '../files/queries.ts';
import { QuizTitleForm } from '../forms.ts';
import { type Draft, getOwnDraft } from '../queries.ts';
import { questionTypes } from '../questions/sheet.ts';
import { courseTitleOf, type Place, placeIn, type Quiz, quizOf } from './quiz.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/quiz': { draft: Draft; course_title: string; quiz: Quiz; types: typeof questionTypes };
  }
}

type WithKey = { Params: { id: string; key: string }; Body: Record<string, string> };
type WithQuestion = { Params: { id: string; key: string; question: string }; Body: Record<string, string> };

/** The questions of a quiz in their order, in one language after the other. */
export function draftQuizRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithKey>('/publishing/:id/quizzes/:key', async (request, reply) => {
    const draft = await getOwnDraft(db, signedIn(request), request.params.id);
    const checked = await checkDraft(app, draft);
    const quiz = quizOf(checked, request.params.key, queryText(request.query, 'language'));
    return reply.page('publishing/quiz', {
      ...{ draft, quiz, types: questionTypes },
      course_title: courseTitleOf(draft, checked),
    });
  });

  app.post<WithKey>('/publishing/:id/quizzes/:key/title', async (request, reply) => {
    const { draft, quiz, author } = await quizFor(request);
    const form = readForm(QuizTitleForm, request.body);
    if (!form.ok) return reply.goTo(pathOf(draft, quiz), 'publishing.error_item_title', 'bad');
    const content = withTitle(quiz.source, categoryLine(form.data.title));
    const saved = await save(draft, [{ path: quiz.path, content, revision: form.data.revision }], author);
    return answer(reply, draft, quiz, saved, 'publishing.saved');
  });

  // Both stand in every language where the question is, so that languages keep one order.
  app.post<WithQuestion>('/publishing/:id/quizzes/:key/questions/:question/place', async (request, reply) => {
    const { draft, quiz, checked, author } = await quizFor(request);
    const step = request.body?.way === 'up' ? -1 : 1;
    const place = placeIn(quiz, request.params.question);
    const other = place && quiz.places[place.at + step];
    const changes = quiz.languages.map((language): Change | null => {
      const one = quizOf(checked, quiz.key, language);
      const isOwn = language === quiz.language;
      const from = isOwn ? place : sameIn(one, place?.question?.key);
      const to = isOwn ? other : sameIn(one, other?.question?.key);
      // There they stand as they should already, or somebody has put something between them.
      if (!from || !to || from.at + step !== to.at) return null;
      return changeOf(one, isOwn, request.body, withQuestionMoved(one.source, from.at, to.at));
    });
    const saved = place && other ? await save(draft, changes, author) : null;
    return answer(reply, draft, quiz, saved, 'question_forms.moved');
  });

  app.post<WithQuestion>('/publishing/:id/quizzes/:key/questions/:question/removal', async (request, reply) => {
    const { draft, quiz, checked, author } = await quizFor(request);
    const place = placeIn(quiz, request.params.question);
    const changes = quiz.languages.map((language): Change | null => {
      const one = quizOf(checked, quiz.key, language);
      const isOwn = language === quiz.language;
      const there = isOwn ? place : sameIn(one, place?.question?.key);
      return there ? changeOf(one, isOwn, request.body, withoutQuestion(one.source, there.at)) : null;
    });
    const saved = place ? await save(draft, changes, author) : null;
    return answer(reply, draft, quiz, saved, 'question_forms.removed');
  });

  async function quizFor(request: FastifyRequest<WithKey>) {
    const author = signedIn(request);
    const draft = await getOwnDraft(db, author, request.params.id);
    const checked = await checkDraft(app, draft);
    const quiz = quizOf(checked, request.params.key, queryText(request.body, 'language'));
    return { draft, checked, quiz, author };
  }

  async function save(draft: Draft, changes: (Change | null)[], author: { id: string }): Promise<Saved | null> {
    const made = changes.filter((change) => change !== null);
    if (made.length === 0) return null;
    return db.transaction().execute((trx) => saveDraftFiles(trx, draft, made, author));
  }
}

function pathOf({ id }: Draft, { key, language }: Quiz): string {
  return `/publishing/${id}/quizzes/${key}?language=${language}`;
}

function sameIn({ places }: Quiz, key: string | null | undefined): Place | undefined {
  return key ? places.find(({ question }) => question?.key === key) : undefined;
}

/** Of the language that the page showed, from the revision that it showed. */
function changeOf(
  quiz: Quiz,
  isOwn: boolean,
  body: WithKey['Body'] | undefined,
  content: string | null,
): Change | null {
  const revision = isOwn ? Number(body?.revision) || 0 : quiz.revision;
  return content === null ? null : { path: quiz.path, content, revision };
}

function answer(reply: FastifyReply, draft: Draft, quiz: Quiz, saved: Saved | null, done: string) {
  const isDone = saved?.outcome === 'saved';
  const why = saved === null || isDone ? 'changed' : saved.outcome;
  return reply.goTo(pathOf(draft, quiz), isDone ? done : `publishing.not_saved_${why}`, isDone ? 'good' : 'bad');
}
