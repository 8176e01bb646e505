import { isDeepStrictEqual } from 'node:util';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { orNotFound } from '../platform/errors.ts';
import type { Errors } from '../platform/forms.ts';
import { signedIn } from '../platform/scopes.ts';
import { wantsFragment } from '../platform/views.ts';
import { attemptsLeft, hasPassed, percentOf } from '../quizzes/settings.ts';
import { saveAnswers } from './answers/queries.ts';
import { questionsForReader } from './data-saving.ts';
import { type ReadAnswers, readAnswers } from './forms.ts';
import { handIn } from './handing-in.ts';
import { markAttempt, markWithoutEssays } from './marking.ts';
import { getMarking } from './markings/queries.ts';
import { type Attempt, findAttempt } from './queries.ts';
import { type AttemptContents, askedQuestions, type ShownQuestion, shownQuestions } from './questions.ts';
import { type ResultQuestion, resultQuestions } from './results.ts';

declare module '../platform/views.ts' {
  interface Views {
    'attempts/show': AttemptPage;
    'attempts/submission': { attempt: AttemptFacts; questions: ShownQuestion[] };
    'attempts/before': { attempt: AttemptFacts; result: { points: number; max_points: number; percent: number } };
    'attempts/result': {
      attempt: AttemptFacts;
      questions: ResultQuestion[];
      result: {
        points: number;
        max_points: number;
        percent: number;
        /** Per cent in the test before the lessons, where this is the one after them; null: none. */
        before: number | null;
        passed: boolean;
        /** In any attempt. */
        has_passed: boolean;
        left: number | null;
        reveals: boolean;
        /** Essays that nobody has marked; until then points are those of the other questions. */
        waiting: number;
        /** Per cent before a key was corrected; null: it never changed. */
        original: number | null;
        /** They pass by what they had then. */
        is_kept: boolean;
        is_marked_again: boolean;
        /** Its time was over: what was saved by then counts. */
        is_by_limit: boolean;
      };
      certificate_code: string | null;
      /** They have a mentor for this course. */
      may_ask: boolean;
    };
  }
}

/** No questions in it: what a template gets of those says nothing about their keys. */
type AttemptFacts = Omit<Attempt, 'questions'>;

interface AttemptPage {
  attempt: AttemptFacts;
  questions: ShownQuestion[];
  /** The question on the screen, from 1; null: all on one page. */
  number: number | null;
  errors: Errors;
  /** Questions of which a newer answer was on record than the one just sent. */
  stale: string[];
  /** What could not be taken as an answer, by question. */
  typed: Record<string, string>;
}

interface AttemptParams {
  Params: { id: string };
}

export function attemptRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<AttemptParams & { Querystring: Record<string, string> }>('/attempts/:id', async (request, reply) => {
    const attempt = await getAttempt(request);
    if (attempt.submitted_at !== null) return reply.goTo(`/attempts/${attempt.id}/result`);
    if (attempt.time !== 'running') return reply.goTo(`/attempts/${attempt.id}/submission`);
    return sendAttempt(reply, attempt, place(request.query.question, attempt), {});
  });

  // Whoever loads a page anew that a refused answer was shown on asks for this.
  app.get<AttemptParams>('/attempts/:id/answers', async (request, reply) => {
    const { id } = await getAttempt(request);
    return reply.goTo(`/attempts/${id}`);
  });

  app.post<AttemptParams & { Body: Record<string, string> }>('/attempts/:id/answers', async (request, reply) => {
    const attempt = await getAttempt(request);
    const read = readAnswers(attempt, request.body ?? {});
    const number = place(read.place, attempt);
    if (attempt.submitted_at !== null) return sendTooLate(reply, attempt);

    const { isOpen, saved } = await saveAnswers(db, attempt, read.given);
    // Handed in, or over, since it was read.
    if (!isOpen) return sendTooLate(reply, await getAttempt(request));
    const hasErrors = Object.keys(read.errors).length > 0;
    if (hasErrors || saved.size < read.given.length) {
      const newest = await getAttempt(request);
      const stale = staleQuestions(newest, read, saved);
      const status = stale.length > 0 ? 409 : 422;
      if (hasErrors || stale.length > 0) return sendAttempt(reply, newest, number, { ...read, stale, status });
    }
    const path = nextPath(attempt, number, attempt.time === 'running' ? read.go : 'review');
    if (!wantsFragment(request) || path.endsWith('/submission')) return reply.goTo(path);
    const shown = new URL(path, app.config.publicUrl);
    reply.header('hx-push-url', path);
    return sendAttempt(reply, await getAttempt(request), place(shown.searchParams.get('question') ?? '', attempt), {});
  });

  app.get<AttemptParams>('/attempts/:id/submission', async (request, reply) => {
    const attempt = await getAttempt(request);
    if (attempt.submitted_at !== null) return reply.goTo(`/attempts/${attempt.id}/result`);
    const { questions, ...facts } = attempt;
    return reply.page('attempts/submission', { attempt: facts, questions: shownQuestions({ ...facts, questions }) });
  });

  app.post<AttemptParams>('/attempts/:id/submission', async (request, reply) => {
    const attempt = await getAttempt(request);
    if (attempt.submitted_at === null) await handIn(app, attempt, request.language);
    return reply.goTo(`/attempts/${attempt.id}/result`);
  });

  app.get<AttemptParams>('/attempts/:id/result', async (request, reply) => {
    const { questions, ...attempt } = await getAttempt(request);
    if (attempt.submitted_at === null) return reply.goTo(`/attempts/${attempt.id}`);
    const marking = await getMarking(db, attempt);
    const { points, max_points, passed, tries, original, certificate_code, may_ask } = marking;
    const left = attemptsLeft(attempt.settings, tries.used);
    const reveals = tries.passed || left === 0;
    const contents = { ...attempt, questions };
    const isMarked = points !== null && max_points !== null;
    const results = resultQuestions(contents, isMarked ? marking.marks : markAttempt(contents).marks, reveals);
    const total = isMarked ? { points, max_points } : markWithoutEssays(contents);
    const percent = total.max_points === 0 ? 0 : percentOf(total.points, total.max_points);
    // No question stands there: the test after the lessons may ask the same.
    if (attempt.settings.role === 'pre-test')
      return reply.page('attempts/before', { attempt, result: { ...total, percent } });
    return reply.page('attempts/result', {
      attempt,
      questions: results,
      result: {
        ...total,
        percent,
        before: marking.before && percentOf(marking.before.points, marking.before.max_points),
        passed: passed === true,
        has_passed: tries.passed,
        left,
        reveals,
        waiting: results.filter(({ isWaiting }) => isWaiting).length,
        original: original && percentOf(original.points, original.max_points),
        is_kept: passed === true && !hasPassed(total.points, total.max_points, attempt.settings),
        is_marked_again: isMarked && marking.is_marked_again,
        is_by_limit: isByLimit(attempt),
      },
      certificate_code,
      may_ask,
    });
  });
}

async function getAttempt(request: FastifyRequest): Promise<Attempt> {
  const { id } = request.params as AttemptParams['Params'];
  const { server, language } = request;
  const find = async () => orNotFound(await findAttempt(server.db, signedIn(request), id, language));
  let attempt = await find();
  // Its time is over: that is so already, whoever looks at it first.
  if (attempt.submitted_at === null && attempt.time === 'over') {
    await handIn(server, attempt, language);
    attempt = await find();
  }
  return { ...attempt, questions: questionsForReader(request, attempt.questions) };
}

function sendTooLate(reply: FastifyReply, attempt: Attempt) {
  const words = isByLimit(attempt) ? 'attempts.time_is_over' : 'attempts.already_handed_in';
  return reply.goTo(`/attempts/${attempt.id}/result`, words, 'bad');
}

function isByLimit({ ends_at, submitted_at }: Pick<Attempt, 'ends_at' | 'submitted_at'>): boolean {
  return ends_at !== null && submitted_at !== null && submitted_at >= ends_at;
}

/** Answers that were not written because another one is on record; a retry that says the same is no matter. */
function staleQuestions(newest: Attempt, { given }: ReadAnswers, saved: Set<string>): string[] {
  return given.flatMap(({ question_id, response }) => {
    const onRecord = newest.questions.find(({ id }) => id === question_id)?.response;
    return saved.has(question_id) || isDeepStrictEqual(onRecord, response) ? [] : [question_id];
  });
}

/** The question to show: a number within the attempt, or null for all on one page. */
function place(wanted: string | undefined, attempt: AttemptContents): number | null {
  if (wanted === 'all') return null;
  const number = Number(wanted);
  return Number.isInteger(number) && number >= 1 && number <= askedQuestions(attempt).length ? number : 1;
}

function nextPath(attempt: AttemptContents, number: number | null, go: string): string {
  const path = `/attempts/${attempt.id}`;
  if (go === 'review') return `${path}/submission`;
  if (number === null) return /^\d{1,4}$/.test(go) ? `${path}?question=all#question-${go}` : `${path}?question=all`;
  if (go === 'previous') return `${path}?question=${Math.max(1, number - 1)}`;
  if (go === 'stay') return `${path}?question=${number}`;
  return number >= askedQuestions(attempt).length ? `${path}/submission` : `${path}?question=${number + 1}`;
}

interface Rejected {
  errors?: Errors;
  typed?: Record<string, string>;
  stale?: string[];
  status?: number;
}

function sendAttempt(
  reply: FastifyReply,
  { questions, ...attempt }: Attempt,
  number: number | null,
  { errors = {}, typed = {}, stale = [], status = 200 }: Rejected,
) {
  const shown = shownQuestions({ ...attempt, questions });
  return reply.page(
    'attempts/show',
    { attempt, questions: shown, number, errors, typed, stale },
    { status, fragment: 'attempts/_questions' },
  );
}
