import type { FastifyInstance, FastifyRequest } from 'fastify';
import { hiddenField } from '../../accounts/way-back.ts';
import { NotFound } from '../../platform/errors.ts';
import { blankForm, type Form, queryText, readForm } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { AnswerForm, QuestionForm, type WordsFields } from '../forms.ts';
import { getOpenRoom, getPart, type Part, type Room } from '../queries.ts';
import { correct, withdraw } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'lesson-questions/correction': { room: Room; part: Part; form: Form<WordsFields> };
  }
}

type WithQuestion = { Params: { id: string; question: string } };

/** What one has written: corrected for a quarter of an hour, and withdrawn whenever one likes. */
export function lessonCorrectionRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithQuestion>('/cohorts/:id/questions/:question/correction', async (request, reply) => {
    const { room, part } = await load(request, queryText(request.query, 'answer'));
    return reply.page('lesson-questions/correction', {
      room,
      part,
      form: blankForm(AnswerForm, { words: part.text.words ?? '' }),
    });
  });

  app.post<WithQuestion>('/cohorts/:id/questions/:question/correction', async (request, reply) => {
    const { room, part } = await load(request, hiddenField(request.body, 'answer'));
    const form = readForm(part.answerId === null ? QuestionForm : AnswerForm, request.body);
    if (!form.ok) return reply.page('lesson-questions/correction', { room, part, form }, { status: 422 });
    const isCorrected = await db.transaction().execute((trx) => correct(trx, part, form.data.words));
    return isCorrected
      ? reply.goTo(part.path, 'lesson_questions.corrected')
      : reply.goTo(part.path, 'lesson_questions.too_late', 'bad');
  });

  app.post<WithQuestion>('/cohorts/:id/questions/:question/withdrawal', async (request, reply) => {
    const { room, part } = await load(request, hiddenField(request.body, 'answer'));
    await db.transaction().execute((trx) => withdraw(trx, part));
    const list = `/cohorts/${room.cohort.id}/questions`;
    return reply.goTo(part.answerId === null ? list : part.path, 'lesson_questions.withdrawn');
  });

  /** One's own, as long as it stands there. */
  async function load(request: FastifyRequest<WithQuestion>, answer: string): Promise<{ room: Room; part: Part }> {
    const room = await getOpenRoom(db, signedIn(request), request.params.id);
    const part = await getPart(db, room, request.params.question, answer);
    if (!part.text.is_own || part.text.is_withdrawn || part.text.is_hidden) throw new NotFound();
    return { room, part };
  }
}
