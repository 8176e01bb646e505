import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as newId } from 'uuid';
import { NotFound, orNotFound } from '../../platform/errors.ts';
import { queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { withQuestion, withQuestionAdded } from '../../quizzes/gift-edit.ts';
import type { Question } from '../../quizzes/question.ts';
import type { listUses } from '../bank/uses/queries.ts';
import { type Checked, checkDraft } from '../checking.ts';
import { saveDraftFile } from '../files/queries.ts';
import { type Draft, getOwnDraft } from '../queries.ts';
import { courseTitleOf, type Place, placeFor, placeIn, type Quiz, questionsIn, quizOf } from '../quizzes/quiz.ts';
import { showConflict } from '../texts/conflict.ts';
import { longestText } from '../texts/routes.ts';
import { fieldOf, weightOptions } from './fields.ts';
import { readSheet, typedSheet } from './reading.ts';
import type { SheetErrors } from './rows.ts';
import { blankRow, blankSheet, mostHints, questionTypes, type Sheet, sheetLike, sheetOf } from './sheet.ts';

interface BankPlace {
  organisation: { code: string; name: string };
  known: { id: string; changed_at: Date; changed_by_name: string | null; taken_out_at: Date | null } | null;
  /** What somebody else has written since the form was opened. */
  theirs: { gift: string } | null;
  uses: (Awaited<ReturnType<typeof listUses>>[number] & {
    /** of the points, in per cent, of those who met it there; null while they are too few to tell */
    percent: number | null;
  })[];
}

interface QuestionPage {
  draft: Pick<Draft, 'id' | 'state'>;
  course_title: string;
  quiz: Pick<Quiz, 'key' | 'title' | 'language' | 'languages'>;
  /** Of what it is a question of: a quiz, or the banks. */
  home: string;
  /** In a bank, and not in a quiz. */
  bank: BankPlace | null;
  /** null: it is still to be written */
  place: Pick<Place, 'name' | 'at' | 'base' | 'missing'> | null;
  /** Permanent, of a new one. */
  id: string;
  /** The language whose question is written anew here; '' where none is. */
  like: string;
  sheet: Sheet;
  /** That question there. */
  beside: { language: string; sheet: Sheet } | null;
  /** Keys of sentences, by field. */
  errors: SheetErrors;
  /** Whole sentences by field, of what the check found in the saved question; '' where no field mends it. */
  told: Record<string, string>;
  weights: { value: string; text: string }[];
  lessons: { key: string; title: string }[];
}

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/question': QuestionPage;
  }
}

type Body = Record<string, string | string[]>;
type WithKey = { Params: { id: string; key: string }; Body: Body };
type WithQuestion = { Params: { id: string; key: string; question: string }; Body: Body };
type Desk = { draft: Draft; checked: Checked; quiz: Quiz; author: { id: string } };
type Shown = Pick<QuestionPage, 'id' | 'like' | 'sheet'> & {
  place: Place | null;
  errors?: SheetErrors;
  status?: number;
};

/** A hundred answers with feedback, each letter with a mark as three for its encoding. */
const bodyLimit = 2_000_000;

/** One question as a form: what it says is written into the quiz's file, and nothing else of the file is touched. */
export function draftQuestionRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithKey>('/publishing/:id/quizzes/:key/new-question', async (request, reply) => {
    const desk = await deskOf(request, queryText(request.query, 'language'));
    const like = queryText(request.query, 'like');
    const original = like === '' ? null : orNotFound(originalOf(desk, like)?.question);
    const type = questionTypes.find((one) => one === queryText(request.query, 'type')) ?? 'choice';
    const sheet = original ? sheetLike(original, request.language) : blankSheet(type);
    return show(reply, desk, { place: null, id: like || freshId(), like, sheet });
  });

  app.post<WithKey>('/publishing/:id/quizzes/:key/questions', { bodyLimit }, async (request, reply) => {
    const desk = await deskOf(request, queryText(request.body, 'language'));
    const { quiz } = desk;
    const like = queryText(request.body, 'like');
    const original = like === '' ? undefined : originalOf(desk, like);
    const asked = queryText(request.body, 'id');
    const id = original ? like : /^[a-z0-9-]{1,60}$/.test(asked) ? asked : freshId();
    const type = questionTypes.find((one) => one === queryText(request.body, 'type')) ?? 'choice';
    const sheet = typedSheet(type, request.body);
    const shown = { place: null, id, like: original ? like : '', sheet };
    const there = quiz.places.find(({ question }) => question?.key === id);
    if (isAsking(request.body)) return show(reply, desk, { ...shown, sheet: withMore(sheet, request.body) });
    const reading = readSheet(sheet, null, id, request.language);
    if ('errors' in reading) return show(reply, desk, { ...shown, errors: reading.errors, status: 422 });
    const before = original ? placeFor(quiz, original.all, like) : quiz.places.length;
    const content = there
      ? withQuestion(quiz.source, there.at, reading.question)
      : withQuestionAdded(quiz.source, before, reading.question);
    // Sent twice it is there already; another one under this id is somebody's.
    const isConflict = there !== undefined && content !== quiz.source;
    return save(reply, desk, { content, isConflict, shown, done: 'question_forms.added' });
  });

  app.get<WithQuestion>('/publishing/:id/quizzes/:key/questions/:question', async (request, reply) => {
    const desk = await deskOf(request, queryText(request.query, 'language'));
    const { place, question } = writableIn(desk, request.params.question);
    return show(reply, desk, { place, id: question.key ?? '', like: '', sheet: sheetOf(question, request.language) });
  });

  app.post<WithQuestion>('/publishing/:id/quizzes/:key/questions/:question', { bodyLimit }, async (request, reply) => {
    const desk = await deskOf(request, queryText(request.body, 'language'));
    const { place, question } = writableIn(desk, request.params.question);
    const sheet = typedSheet(question.type, request.body);
    const id = question.key ?? freshId();
    const base = queryText(request.body, 'base');
    // The page shows again what it began from.
    const shown = { place: { ...place, base }, id, like: '', sheet };
    if (isAsking(request.body)) return show(reply, desk, { ...shown, sheet: withMore(sheet, request.body) });
    const reading = readSheet(sheet, question, id, request.language);
    if ('errors' in reading) return show(reply, desk, { ...shown, errors: reading.errors, status: 422 });
    const content = withQuestion(desk.quiz.source, place.at, reading.question);
    const isConflict = base !== place.base && content !== desk.quiz.source;
    return save(reply, desk, { content, isConflict, shown, done: 'publishing.saved' });
  });

  async function deskOf(request: FastifyRequest<WithKey>, language: string): Promise<Desk> {
    const author = signedIn(request);
    const draft = await getOwnDraft(db, author, request.params.id);
    const checked = await checkDraft(app, draft);
    return { draft, checked, quiz: quizOf(checked, request.params.key, language), author };
  }

  interface Saving {
    /** null: no file can say it */
    content: string | null;
    isConflict: boolean;
    shown: Shown;
    done: string;
  }

  async function save(reply: FastifyReply, desk: Desk, { content, isConflict, shown, done }: Saving) {
    const { draft, quiz, author } = desk;
    const refuse = (message: string) => show(reply, desk, { ...shown, errors: { text: message }, status: 422 });
    if (content === null) return refuse('question_forms.error_unwritable');
    if (content.length > longestText) return refuse('publishing.error_text_long');
    if (isConflict) return showConflict(db, reply, draft, { path: quiz.path, mine: content });
    const change = { path: quiz.path, content, revision: quiz.revision };
    const saved = await db.transaction().execute((trx) => saveDraftFile(trx, draft, change, author));
    if (saved.outcome === 'changed') return showConflict(db, reply, draft, { path: quiz.path, mine: content });
    if (saved.outcome !== 'saved') return refuse(`publishing.not_saved_${saved.outcome}`);
    const home = `/publishing/${draft.id}/quizzes/${quiz.key}`;
    const now = quizOf(await checkDraft(app, { ...draft, revision: saved.revision }), quiz.key, quiz.language);
    const written = placeIn(now, shown.id);
    return written && written.faults.length > 0
      ? reply.goTo(`${home}/questions/${written.name}?language=${quiz.language}`, 'question_forms.saved_with_faults')
      : reply.goTo(`${home}?language=${quiz.language}`, done);
  }
}

function show(reply: FastifyReply, { draft, checked, quiz }: Desk, { errors = {}, status = 200, ...shown }: Shown) {
  const { language, t } = reply.request;
  // What is written anew is written beside the original.
  const original = shown.like === '' ? undefined : originalOf({ checked, quiz }, shown.like);
  const told: QuestionPage['told'] = {};
  for (const fault of status === 200 ? (shown.place?.faults ?? []) : []) {
    const name = fieldOf(fault, shown.sheet);
    told[name] = [told[name], t(`package.${fault.code}`, fault.values)].filter(Boolean).join(' ');
  }
  return reply.page(
    'publishing/question',
    {
      ...{ draft, quiz, errors, told, bank: null, ...shown },
      home: `/publishing/${draft.id}/quizzes/${quiz.key}`,
      course_title: courseTitleOf(draft, checked),
      beside: original ? { language: original.language, sheet: sheetOf(original.question, language) } : null,
      weights: weightOptions(shown.sheet, t),
      lessons: checked.outline.items
        .filter(({ kind }) => kind === 'lesson')
        .map(({ key }) => ({ key, title: checked.titles.get(`${quiz.language}/${key}.md`) || key })),
    },
    { status },
  );
}

/** @throws NotFound where nothing is there that a form could show */
function writableIn({ quiz }: Desk, name: string): { place: Place; question: Question } {
  const place = orNotFound(placeIn(quiz, name));
  if (place.question === null) throw new NotFound();
  return { place, question: place.question };
}

/** In the first other language that has it. */
function originalOf({ checked, quiz }: Pick<Desk, 'checked' | 'quiz'>, key: string) {
  for (const language of quiz.languages.filter((one) => one !== quiz.language)) {
    const all = questionsIn(checked, quiz.key, language);
    const question = all.find((one) => one.key === key);
    if (question && key !== '') return { language, all, question };
  }
  return undefined;
}

/** For one more answer or hint: nothing is saved by it. */
export function isAsking(body: Body | undefined): boolean {
  return ['more', 'hint'].includes(queryText(body, 'act'));
}

export function withMore(sheet: Sheet, body: Body | undefined): Sheet {
  // The page shows one place for a hint where there is none yet.
  if (queryText(body, 'act') === 'hint') return { ...sheet, hints: [...sheet.hints, ''].slice(0, mostHints) };
  return { ...sheet, rows: [...sheet.rows, blankRow(sheet.type)] };
}

export function freshId(): string {
  return `q${newId().slice(-8)}`;
}
