import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../accounts/way-back.ts';
import { itemPath } from '../lessons/paths.ts';
import { Forbidden, NotFound, orNotFound } from '../platform/errors.ts';
import { blankForm, type Form, pageNumber, queryText, readForm } from '../platform/forms.ts';
import { linkedParts } from '../platform/linked-text.ts';
import { rowId } from '../platform/row-id.ts';
import { signedIn } from '../platform/scopes.ts';
import { listVersions } from '../versions/reading.ts';
import { AnswerForm, QuestionForm, type WordsFields } from './forms.ts';
import { type Lesson, listQuestions } from './listing/queries.ts';
import { answersAPage, getOpenRoom, getQuestion, getRoom, type Question, type Room } from './queries.ts';
import { answer, ask, markSeen, reopen, solve } from './writing/queries.ts';

type Listed = Awaited<ReturnType<typeof listQuestions>>;

interface Named {
  title: string;
  language: string;
}

/** What somebody writes, and whether they have written enough for a day. */
interface Writing {
  /** Of what the form makes. */
  id: string;
  form: Form<WordsFields>;
  is_too_much: boolean;
}

interface Found {
  room: Room;
  pages: number;
  rows: (Listed['rows'][number] & Named)[];
  courses: (Listed['courses'][number] & Named)[];
  /** The one that the questions are about; null: they are about all. */
  lesson: (Named & { course_id: string; slug: string; key: string; may_ask: boolean }) | null;
}

declare module '../platform/views.ts' {
  interface Views {
    'lesson-questions/index': Found & Writing & { page_number: number; path: typeof itemPath };
    'lesson-questions/show': Writing &
      Named & {
        room: Room;
        question: Question;
        page_number: number;
        pages: number;
        linkedParts: typeof linkedParts;
        path: typeof itemPath;
      };
  }
}

type WithId = { Params: { id: string } };
type WithQuestion = { Params: { id: string; question: string } };

/** What members of a cohort ask each other and their mentors about a lesson. */
export function lessonQuestionRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/cohorts/:id/questions', async (request, reply) => {
    const page = pageNumber(queryText(request.query, 'page'));
    const found = await find(request, await room(request), lessonIn(request.query), page);
    return showList(reply, 200, found, page, blank());
  });

  app.post<WithId>('/cohorts/:id/questions', async (request, reply) => {
    const open = await getOpenRoom(db, signedIn(request), request.params.id);
    const found = await find(request, open, lessonIn(request.body), 1);
    const { lesson } = found;
    if (lesson === null) throw new NotFound();
    if (!lesson.may_ask) throw new Forbidden();
    const id = rowId(hiddenField(request.body, 'id'));
    const form = readForm(QuestionForm, request.body);
    if (!form.ok) return showList(reply, 422, found, 1, { id, form, is_too_much: false });
    const question = { id, course_id: lesson.course_id, item_key: lesson.key, ...form.data };
    const outcome = await db.transaction().execute((trx) => ask(trx, open, question));
    if (outcome === 'too many') return showList(reply, 429, found, 1, { id, form, is_too_much: true });
    const home = `/cohorts/${open.cohort.id}/questions`;
    if (outcome === 'closed') return reply.goTo('/cohorts', 'lesson_questions.closed_meanwhile', 'bad');
    return reply.goTo(`${home}/${id}`, 'lesson_questions.asked');
  });

  app.get<WithQuestion>('/cohorts/:id/questions/:question', async (request, reply) => {
    const page = pageNumber(queryText(request.query, 'page'));
    const inside = await room(request);
    const question = await getQuestion(db, inside, request.params.question, { page });
    return showQuestion(request, reply, 200, { room: inside, question, page_number: page, ...blank() });
  });

  app.post<WithQuestion>('/cohorts/:id/questions/:question/answers', async (request, reply) => {
    const { open, question, path } = await loadToWrite(request);
    const id = rowId(hiddenField(request.body, 'id'));
    const form = readForm(AnswerForm, request.body);
    const again = { room: open, question, page_number: 1, id, form };
    if (!form.ok) return showQuestion(request, reply, 422, { ...again, is_too_much: false });
    const seen = numberIn(hiddenField(request.body, 'seen'));
    const outcome = await db.transaction().execute((trx) => answer(trx, open, question, { id, ...form.data, seen }));
    if (outcome === 'too many') return showQuestion(request, reply, 429, { ...again, is_too_much: true });
    if (outcome === 'closed') return reply.goTo(path, 'lesson_questions.takes_none', 'bad');
    const last = Math.ceil((question.answer_count + 1) / answersAPage);
    return reply.goTo(last > 1 ? `${path}?page=${last}` : path, 'lesson_questions.answered');
  });

  app.post<WithQuestion>('/cohorts/:id/questions/:question/solution', async (request, reply) => {
    const { question, path } = await loadToSolve(request);
    const typed = hiddenField(request.body, 'answer');
    const isSolved = await db
      .transaction()
      .execute((trx) => solve(trx, question, typed === '' ? null : (question.answers[0]?.id ?? typed)));
    return isSolved
      ? reply.goTo(path, 'lesson_questions.solved')
      : reply.goTo(path, 'lesson_questions.gone_meanwhile', 'bad');
  });

  app.post<WithQuestion>('/cohorts/:id/questions/:question/solution/remove', async (request, reply) => {
    const { question, path } = await loadToSolve(request);
    await db.transaction().execute((trx) => reopen(trx, question));
    return reply.goTo(path, 'lesson_questions.reopened');
  });

  app.post<WithQuestion>('/cohorts/:id/questions/:question/seen', async (request, reply) => {
    const { open, question, path } = await loadToWrite(request);
    if (!question.is_own) throw new Forbidden();
    const seen = numberIn(hiddenField(request.body, 'seen'));
    await db.transaction().execute((trx) => markSeen(trx, question, open.reader, seen));
    return reply.goTo(path);
  });

  async function room(request: FastifyRequest<WithId>): Promise<Room> {
    return getRoom(db, signedIn(request), request.params.id);
  }

  async function loadToWrite(request: FastifyRequest<WithQuestion>) {
    const open = await getOpenRoom(db, signedIn(request), request.params.id);
    const typed = hiddenField(request.body, 'answer');
    const which = typed === '' ? { page: 1 } : { answer: typed };
    const question = await getQuestion(db, open, request.params.question, which);
    if (typed !== '') orNotFound(question.answers[0]);
    return { open, question, path: `/cohorts/${open.cohort.id}/questions/${question.id}` };
  }

  /** Whoever asked says what helped, and so does who guides there. */
  async function loadToSolve(request: FastifyRequest<WithQuestion>) {
    const loaded = await loadToWrite(request);
    if (!loaded.question.is_own && !loaded.open.isGuide) throw new Forbidden();
    return loaded;
  }
}

function lessonIn(fields: unknown): Lesson {
  return { course: queryText(fields, 'course'), item: queryText(fields, 'item') };
}

function blank(): Writing {
  return { id: newId(), form: blankForm(AnswerForm), is_too_much: false };
}

/** @throws NotFound for a lesson that is none of the cohort's, or of a course that a member does not learn */
async function find({ server, language }: FastifyRequest, room: Room, about: Lesson, page: number): Promise<Found> {
  const { rows, courses, pages } = await listQuestions(server.db, room, about, page);
  const ids = new Set([...courses, ...rows].map(({ version_id }) => version_id));
  const versions = await listVersions(server.db, [...ids], language);
  const itemOf = (id: string, key: string) => versions.get(id)?.items.find((item) => item.key === key);
  const languageOf = (id: string) => versions.get(id)?.language ?? language;
  let lesson: Found['lesson'] = null;
  if (about.course !== '') {
    const course = orNotFound(courses.find(({ slug }) => slug === about.course));
    const { key, kind, title } = orNotFound(itemOf(course.version_id, about.item));
    if (kind !== 'lesson') throw new NotFound();
    const may_ask = room.cohort.member_id !== null && course.is_enrolled && room.cohort.closed_at === null;
    lesson = { course_id: course.id, slug: course.slug, key, title, language: languageOf(course.version_id), may_ask };
  }
  return {
    room,
    pages,
    lesson,
    rows: rows.map((row) => ({
      ...row,
      title: itemOf(row.version_id, row.item_key)?.title ?? row.item_key,
      language: languageOf(row.version_id),
    })),
    courses: courses.map((course) => ({
      ...course,
      title: versions.get(course.version_id)?.title ?? course.slug,
      language: languageOf(course.version_id),
    })),
  };
}

function showList(reply: FastifyReply, status: number, found: Found, page_number: number, writing: Writing) {
  return reply.page('lesson-questions/index', { ...found, ...writing, page_number, path: itemPath }, { status });
}

async function showQuestion(
  { server, language }: FastifyRequest,
  reply: FastifyReply,
  status: number,
  page: Writing & { room: Room; question: Question; page_number: number },
) {
  const { version_id, item_key, answer_count } = page.question;
  const version = (await listVersions(server.db, [version_id], language)).get(version_id);
  const data = {
    ...page,
    title: version?.items.find(({ key }) => key === item_key)?.title ?? item_key,
    language: version?.language ?? language,
    pages: Math.ceil(answer_count / answersAPage),
    linkedParts,
    path: itemPath,
  };
  return reply.page('lesson-questions/show', data, { status });
}

function numberIn(typed: string): number {
  return /^\d{1,9}$/.test(typed) ? Number(typed) : 0;
}
