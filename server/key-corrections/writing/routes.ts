import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as newId } from 'uuid';
import { requireConfirmed } from '../../accounts/confirming/guard.ts';
import { hiddenField } from '../../accounts/way-back.ts';
import { newestOf } from '../../attempts/contents.ts';
import { NotFound } from '../../platform/errors.ts';
import { blankForm, type Form, queryText, readForm, withErrors } from '../../platform/forms.ts';
import { createPartWorker } from '../../platform/part-by-part.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { readableText } from '../../quizzes/cloze.ts';
import { isMarkable, matchOptions, type Question } from '../../quizzes/question.ts';
import { questionFaults } from '../../quizzes/question-faults.ts';
import { getVersion, listQuestions, type VersionQuestion } from '../../versions/reading.ts';
import { type Key, keyOf } from '../key.ts';
import { markPartAgain } from '../marking-again/parts.ts';
import {
  blankPrefix,
  bodiesBy,
  type CorrectionFields,
  CorrectionForm,
  type KeyValues,
  keyValues,
  readKey,
  rowsOf,
  valuesOf,
  valuesOfBlank,
} from './forms.ts';
import { type Preview, previewOf } from './preview.ts';
import { type CorrectableQuiz, getCorrectableQuiz, listAlike, recordCorrection } from './queries.ts';

interface QuizFacts {
  slug: string;
  key: string;
  title: string;
  /** Of its texts. */
  language: string;
  number: number;
  versions: number[];
}

/** With its key as it stands now. */
interface KeyQuestion {
  key: string;
  /** From 1, as its author ordered them. */
  place: number;
  bodies: Record<string, Question>;
  html: string;
  /** After the blank. */
  afterHtml: string | null;
  is_void: boolean;
}

declare module '../../platform/views.ts' {
  interface Views {
    'key-corrections/index': {
      quiz: QuizFacts;
      questions: KeyQuestion[];
      history: (Omit<CorrectableQuiz['history'][number], 'question_id'> & { place: number })[];
    };
    'key-corrections/show': {
      quiz: QuizFacts;
      question: KeyQuestion;
      form: Form<CorrectionFields>;
      values: KeyValues;
      /** Rows for accepted answers, by language; those of numbers under ''. */
      rows: Record<string, number>;
      matches: string[];
      id: string;
      known: number;
      was_corrected: boolean;
      from_original: boolean;
    };
    'key-corrections/preview': {
      quiz: QuizFacts;
      question: KeyQuestion;
      fields: [name: string, value: string][];
      effects: Preview;
      may_fail: boolean;
      is_void: boolean;
      reason: string;
    };
  }
}

type WithKey = { Params: { slug: string; key: string } };
type WithQuestion = { Params: { slug: string; key: string; question: string } };

/** The keys of a quiz that is published, for who reviews the course. */
export function keyCorrectionRoutes(app: FastifyInstance): void {
  const { db } = app;
  const inParts = createPartWorker(app);

  app.get<WithKey>('/courses/:slug/quizzes/:key/corrections', async (request, reply) => {
    const { quiz, facts, questions } = await load(request, request.params);
    const placeOf = (id: string) => questions.find((one) => one.id === id)?.shown.place ?? 0;
    return reply.page('key-corrections/index', {
      quiz: facts,
      questions: questions.map(({ shown }) => shown),
      history: quiz.history.map(({ question_id, ...rest }) => ({ ...rest, place: placeOf(question_id) })),
    });
  });

  app.get<WithQuestion>('/courses/:slug/quizzes/:key/corrections/:question', async (request, reply) => {
    const loaded = await loadQuestion(request, request.params);
    const isOriginal = queryText(request.query, 'from') === 'original';
    const values = valuesOf(isOriginal ? loaded.published : loaded.current);
    return show(reply, 200, loaded, { id: newId(), form: blankForm(CorrectionForm), values, isOriginal });
  });

  app.post<WithQuestion>(
    '/courses/:slug/quizzes/:key/corrections/:question',
    { preHandler: requireConfirmed },
    async (request, reply) => {
      const loaded = await loadQuestion(request, request.params);
      const { quiz, question, facts, shown, known } = loaded;
      const id = rowId(hiddenField(request.body, 'id'));
      const values = keyValues(request.body);
      const form = readForm(CorrectionForm, request.body);
      const read = readKey(loaded.published, values);
      const fault = form.data?.is_void
        ? null
        : 'error' in read
          ? `key_corrections.${read.error}`
          : faultOf(question, read.key);
      if (!form.ok || fault !== null) {
        const refused = fault === null ? form : withErrors(form, { key: fault });
        return show(reply, 422, loaded, { id, form: refused, values });
      }
      const { reason, is_void, may_fail } = form.data;
      const key = is_void || 'error' in read ? null : read.key;
      if (hiddenField(request.body, 'confirmed') !== 'yes') {
        const effects = previewOf(await listAlike(db, quiz, question), question, key);
        const sent = {
          id,
          known: String(known),
          reason,
          is_void: is_void ? 'yes' : '',
          may_fail: may_fail ? 'yes' : '',
        };
        const fields = Object.entries({ ...sent, ...values });
        return reply.page('key-corrections/preview', {
          quiz: facts,
          question: shown,
          fields,
          effects,
          may_fail,
          is_void,
          reason,
        });
      }
      const correction = { id, key, reason, may_fail, known: Number(hiddenField(request.body, 'known')) };
      const isRecorded = await db
        .transaction()
        .execute((trx) => recordCorrection(trx, signedIn(request), quiz, question, correction));
      if (!isRecorded) {
        const late = withErrors(form, { key: 'key_corrections.error_meanwhile' });
        return show(reply, 409, loaded, { id, form: late, values });
      }
      await inParts(async () => (await markPartAgain(app)) === null);
      app.postman.wake();
      return reply.goTo(
        `/courses/${quiz.slug}/quizzes/${quiz.key}/corrections?version=${quiz.number}`,
        'key_corrections.recorded',
      );
    },
  );

  async function load(request: FastifyRequest, params: WithKey['Params']) {
    const wanted = queryText(request.query, 'version');
    const number = /^\d{1,6}$/.test(wanted) ? Number(wanted) : null;
    const quiz = await getCorrectableQuiz(db, signedIn(request), params, number);
    const [version, rows] = [await getVersion(db, quiz.version_id, request.language), await listQuestions(db, quiz)];
    const { language } = version;
    const asked = rows.filter(({ bodies }) => Object.values(bodies).every(isMarkable));
    const questions = asked.map((question, index) => {
      const { key, bodies } = question;
      const isVoid = newestOf(question, quiz.corrections)?.key === null;
      return {
        ...question,
        shown: { key, place: index + 1, bodies, ...textOf(bodies[language]), is_void: isVoid },
      };
    });
    const { slug, versions } = quiz;
    const title = version.items.find(({ id }) => id === quiz.id)?.title ?? '';
    const facts = { slug, key: quiz.key, title, language, number: quiz.number, versions };
    return { quiz, facts, questions };
  }

  async function loadQuestion(request: FastifyRequest, params: WithQuestion['Params']) {
    const { quiz, facts, questions } = await load(request, params);
    const question = questions.find(({ key }) => key === params.question);
    const published = question === undefined ? null : keyOf(question.bodies);
    if (question === undefined || published === null) throw new NotFound();
    const corrections = quiz.corrections.filter(({ question_id }) => question_id === question.id);
    const current = newestOf(question, corrections)?.key ?? published;
    return { quiz, facts, question, shown: question.shown, published, current, known: corrections.length };
  }
}

type Loaded = { facts: QuizFacts; question: VersionQuestion; shown: KeyQuestion; current: Key; known: number };

interface Sent {
  id: string;
  form: Form<CorrectionFields>;
  values: KeyValues;
  isOriginal?: boolean;
}

function show(
  reply: FastifyReply,
  status: number,
  { facts, question, shown, current, known }: Loaded,
  { id, form, values, isOriginal = false }: Sent,
) {
  const body = question.bodies[facts.language];
  const rows = rowsIn(current, Object.keys(question.bodies), values);
  const matches = body?.type === 'matching' ? matchOptions(body) : [];
  const was = { was_corrected: known > 0, from_original: isOriginal };
  return reply.page(
    'key-corrections/show',
    { quiz: facts, question: shown, form, values, rows, matches, id, known, ...was },
    { status },
  );
}

/** How many rows each list of accepted answers has, by language; of a blank with its prefix before. */
function rowsIn(key: Key, all: string[], values: KeyValues): Record<string, number> {
  if ('blanks' in key)
    return Object.assign(
      {},
      ...key.blanks.map((blank, index) => {
        const own = rowsIn(blank, all, valuesOfBlank(values, index));
        return Object.fromEntries(
          Object.entries(own).map(([language, count]) => [blankPrefix(index) + language, count]),
        );
      }),
    );
  const languages = 'answers' in key ? all : 'numbers' in key ? [''] : [];
  return Object.fromEntries(
    languages.map((language) => [language, Math.max(rowsOf(key, language), typedRows(values, language))]),
  );
}

function textOf(body: Question | undefined): Pick<KeyQuestion, 'html' | 'afterHtml'> {
  return { html: body ? readableText(body) : '', afterHtml: body !== undefined && 'after' in body ? body.after : null };
}

/** As many rows as something was typed in. */
function typedRows(values: KeyValues, language: string): number {
  const name = language === '' ? 'number' : `answer_${language}`;
  return Array.from({ length: 50 }, (_, row) => row + 1).findLast((row) => values[`${name}_${row - 1}`]) ?? 0;
}

/** A key by which nobody could earn everything is not taken, as at publishing. */
function faultOf({ bodies }: VersionQuestion, key: Key): string | null {
  const [fault] = bodiesBy(bodies, key).flatMap((body) => questionFaults(body));
  if (fault === undefined) return null;
  return faults.has(fault.code) ? `key_corrections.${fault.code}` : 'key_corrections.error_answer';
}

const faults = new Set(['question_no_right_answer', 'question_not_full_marks', 'question_everything_ticked']);
