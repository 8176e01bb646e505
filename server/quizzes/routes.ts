import type { FastifyInstance, FastifyRequest } from 'fastify';
import { handIn } from '../attempts/handing-in.ts';
import { openAttempt } from '../attempts/queries.ts';
import { lockEnrolment } from '../enrolments/queries.ts';
import { Forbidden, orNotFound } from '../platform/errors.ts';
import { isHelper, signedIn } from '../platform/scopes.ts';
import { trialRules } from '../trials/rules.ts';
import { findQuiz, type Quiz } from './queries.ts';
import { attemptsLeft, minutesOf, percentOf } from './settings.ts';

declare module '../platform/views.ts' {
  interface Views {
    'quizzes/show': {
      quiz: Quiz;
      open: { id: string; ends_at: string | null } | null;
      /** Without a per cent: somebody has to mark it first. */
      attempts: { id: string; number: number; submitted_at: string; percent: number | null; passed: boolean }[];
      left: number | null;
      best: number | null;
      passed: boolean;
      /** In a trial that counts for nothing. */
      may_try: boolean;
      /** That an attempt of theirs may take; null: no limit. */
      minutes: number | null;
      /** It is to be taken before the lessons, and they have begun with those. */
      is_late: boolean;
    };
  }
}

/** More that nobody has marked would only make others wait. */
const mostUnmarked = 5;

interface QuizParams {
  Params: { slug: string; key: string };
}

export function quizRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<QuizParams>('/courses/:slug/quizzes/:key', async (request, reply) => {
    const person = signedIn(request);
    const quiz = await getQuiz(request);
    const attempts = handedIn(quiz);
    return reply.page('quizzes/show', {
      quiz,
      open: quiz.attempts.find((attempt) => attempt.submitted_at === null) ?? null,
      attempts,
      left: attemptsLeft(quiz.settings, quiz.attempts.length),
      best: bestOf(attempts),
      passed: attempts.some((attempt) => attempt.passed),
      may_try: trialRules(quiz, isHelper(person)).may,
      minutes: minutesOf(quiz.settings, quiz.extra_percent),
      is_late: isTooLate(quiz),
    });
  });

  app.post<QuizParams>('/courses/:slug/quizzes/:key/attempts', async (request, reply) => {
    const person = signedIn(request);
    const { slug, key } = request.params;
    const quiz = await getQuiz(request);
    const { enrolment_id } = quiz;
    if (enrolment_id === null) throw new Forbidden();
    const isOpen = quiz.attempts.some(({ submitted_at }) => submitted_at === null);
    if (!isOpen && isTooLate(quiz)) return reply.goTo(`/courses/${slug}`, 'quizzes.pre_test_late', 'bad');
    if (!isOpen && handedIn(quiz).filter(({ percent }) => percent === null).length >= mostUnmarked)
      return reply.goTo(`/courses/${slug}/quizzes/${key}`, 'essays.many_waiting', 'bad');
    const attemptId = await db.transaction().execute(async (trx) => {
      await lockEnrolment(trx, enrolment_id);
      return openAttempt(trx, { id: enrolment_id, person_id: person.id }, quiz, quiz.settings);
    });
    return attemptId === null
      ? reply.goTo(`/courses/${slug}/quizzes/${key}`, 'quizzes.none_left', 'bad')
      : reply.goTo(`/attempts/${attemptId}`);
  });
}

/** An attempt that is under way though its time is over is handed in first: that is so already, whoever looks. */
async function getQuiz(request: FastifyRequest): Promise<Quiz> {
  const { server, language } = request;
  const { slug, key } = request.params as QuizParams['Params'];
  const person = signedIn(request);
  const find = async () => orNotFound(await findQuiz(server.db, person, slug, key, language));
  const quiz = await find();
  const over = quiz.attempts.find(({ submitted_at, time }) => submitted_at === null && time === 'over');
  if (over === undefined || quiz.enrolment_id === null) return quiz;
  const { id, item_id } = over;
  await handIn(server, { id, item_id, person_id: person.id, enrolment_id: quiz.enrolment_id }, language);
  return find();
}

/** For a test of what was known before the lessons. */
function isTooLate({ settings, has_begun, attempts }: Quiz): boolean {
  return settings.role === 'pre-test' && has_begun && attempts.length === 0;
}

function handedIn(quiz: Quiz) {
  return quiz.attempts.flatMap(({ id, number, submitted_at, points, max_points, passed }) => {
    const percent = points === null || max_points === null ? null : percentOf(points, max_points);
    return submitted_at === null ? [] : [{ id, number, submitted_at, percent, passed: passed === true }];
  });
}

function bestOf(attempts: { percent: number | null }[]): number | null {
  const known = attempts.flatMap(({ percent }) => percent ?? []);
  return known.length === 0 ? null : Math.max(...known);
}
