import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { attemptQuestions } from '../attempts/contents.ts';
import { questionsForReader } from '../attempts/data-saving.ts';
import { readAnswers } from '../attempts/forms.ts';
import { markAttempt } from '../attempts/marking.ts';
import { type AttemptContents, askedQuestions, type ShownQuestion, shownQuestions } from '../attempts/questions.ts';
import { type ResultQuestion, resultQuestions } from '../attempts/results.ts';
import { Forbidden, orNotFound } from '../platform/errors.ts';
import type { Errors } from '../platform/forms.ts';
import { isHelper, signedIn } from '../platform/scopes.ts';
import { drawQuestions } from '../quizzes/draw.ts';
import { findQuiz, type Quiz } from '../quizzes/queries.ts';
import { listQuestions } from '../versions/reading.ts';
import { type TrialRules, trialRules } from './rules.ts';

declare module '../platform/views.ts' {
  interface Views {
    'trials/show': {
      quiz: Pick<Quiz, 'slug' | 'key' | 'title' | 'language'>;
      questions: ShownQuestion[];
      /** Of the question on the screen, from 1. */
      number: number;
      /** What the answer just sent is worth. */
      result: ResultQuestion | null;
      errors: Errors;
      /** What could not be taken as an answer, by question. */
      typed: Record<string, string>;
    };
  }
}

interface TrialParams {
  Params: { slug: string; key: string };
}

interface Trial {
  quiz: Quiz;
  rules: Extract<TrialRules, { may: true }>;
  contents: AttemptContents;
}

/** Questions to try one by one, in a trial that counts for nothing: nothing at all is written. */
export function trialRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<TrialParams & { Querystring: Record<string, string> }>(
    '/courses/:slug/quizzes/:key/trial',
    async (request, reply) => {
      const trial = await getTrial(request, reply);
      if (trial === null) return reply;
      return send(reply, trial, place(request.query.question, trial), {});
    },
  );

  app.post<TrialParams & { Body: Record<string, string> }>(
    '/courses/:slug/quizzes/:key/trial',
    async (request, reply) => {
      const trial = await getTrial(request, reply);
      if (trial === null) return reply;
      const { contents, rules } = trial;
      const { given, errors, typed, place: wanted } = readAnswers(contents, request.body ?? {});
      const number = place(wanted, trial);
      const { id = '' } = shownQuestions(contents)[number - 1] ?? {};
      const response = given.find(({ question_id }) => question_id === id)?.response ?? null;
      if (response === null)
        return send(reply, trial, number, { errors: { [id]: 'trials.answer_first', ...errors }, typed, status: 422 });

      const answered = {
        ...contents,
        questions: contents.questions.map((one) => (one.id === id ? { ...one, response } : one)),
      };
      const results = resultQuestions(answered, markAttempt(answered).marks, rules.reveals);
      return send(reply, trial, number, { result: results[number - 1] ?? null });
    },
  );

  /** @returns null where the reply has gone: they may try it later */
  async function getTrial(request: FastifyRequest, reply: FastifyReply): Promise<Trial | null> {
    const person = signedIn(request);
    const { slug, key } = request.params as TrialParams['Params'];
    const quiz = orNotFound(await findQuiz(db, person, slug, key, request.language));
    const rules = trialRules(quiz, isHelper(person));
    if (!rules.may) {
      if (rules.why === 'not_enrolled') throw new Forbidden();
      reply.goTo(`/courses/${slug}/quizzes/${key}`, rules.why === 'pre_test' ? 'trials.never' : 'trials.later', 'bad');
      return null;
    }
    const { corrections, language } = quiz;
    const { draw } = quiz.settings;
    const bodies = await listQuestions(db, quiz);
    // The same ones in the same order each time for one person: a question that was left is found again.
    const question_ids = draw ? drawQuestions(person.id, bodies, draw) : null;
    const facts = { answers: [], corrections, essay_marks: [], question_ids };
    const questions = attemptQuestions(bodies, facts, language);
    const contents = { id: person.id, settings: quiz.settings, questions: questionsForReader(request, questions) };
    return { quiz, rules, contents };
  }
}

function place(wanted: string | undefined, { contents }: Trial): number {
  const number = Number(wanted);
  return Number.isInteger(number) && number >= 1 && number <= askedQuestions(contents).length ? number : 1;
}

interface Sent {
  result?: ResultQuestion | null;
  errors?: Errors;
  typed?: Record<string, string>;
  status?: number;
}

function send(
  reply: FastifyReply,
  { quiz: { slug, key, title, language }, contents }: Trial,
  number: number,
  { result = null, errors = {}, typed = {}, status = 200 }: Sent,
) {
  const quiz = { slug, key, title, language };
  return reply.page(
    'trials/show',
    { quiz, questions: shownQuestions(contents), number, result, errors, typed },
    { status, fragment: 'trials/_trial' },
  );
}
