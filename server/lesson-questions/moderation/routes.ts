import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../../accounts/way-back.ts';
import { Forbidden, NotFound } from '../../platform/errors.ts';
import { blankForm, type Form, pageNumber, queryText, readForm, withErrors } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Deed, type ModerationFields, ModerationForm, type ReportFields, ReportForm } from '../forms.ts';
import { getOpenRoom, getPart, getRoom, type Part, type Room } from '../queries.ts';
import { deedsFor } from './deeds.ts';
import { insertReport, listModerations, listReports, moderate } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'lesson-questions/report': { room: Room; part: Part; id: string; form: Form<ReportFields> };
    'lesson-questions/moderation': {
      room: Room;
      part: Part;
      reports: Awaited<ReturnType<typeof listReports>>;
      deeds: Deed[];
      form: Form<ModerationFields>;
    };
    'lesson-questions/log': Awaited<ReturnType<typeof listModerations>> & { room: Room; page_number: number };
  }
}

type WithId = { Params: { id: string } };
type WithQuestion = { Params: { id: string; question: string } };

/** Members say that something is not right; mentors and managers decide, each time with a reason, and all of it stays on record. */
export function lessonModerationRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithQuestion>('/cohorts/:id/questions/:question/report', async (request, reply) => {
    const { room, part } = await loadToReport(request, queryText(request.query, 'answer'));
    return reply.page('lesson-questions/report', { room, part, id: newId(), form: blankForm(ReportForm) });
  });

  app.post<WithQuestion>('/cohorts/:id/questions/:question/report', async (request, reply) => {
    const { room, part } = await loadToReport(request, hiddenField(request.body, 'answer'));
    const id = rowId(hiddenField(request.body, 'id'));
    const form = readForm(ReportForm, request.body);
    if (!form.ok) return reply.page('lesson-questions/report', { room, part, id, form }, { status: 422 });
    await db.transaction().execute((trx) => insertReport(trx, room, part, { id, reason: form.data.reason }));
    return reply.goTo(part.path, 'messages.reported');
  });

  app.get<WithId>('/cohorts/:id/questions/moderation', async (request, reply) => {
    const room = await guided(request);
    const page_number = pageNumber(queryText(request.query, 'page'));
    return reply.page('lesson-questions/log', {
      ...(await listModerations(db, room, page_number)),
      room,
      page_number,
    });
  });

  app.get<WithQuestion>('/cohorts/:id/questions/:question/moderation', async (request, reply) => {
    const { room, part } = await loadToModerate(request, queryText(request.query, 'answer'));
    return showModeration(reply, 200, room, part, blankForm(ModerationForm));
  });

  app.post<WithQuestion>('/cohorts/:id/questions/:question/moderation', async (request, reply) => {
    const { room, part } = await loadToModerate(request, hiddenField(request.body, 'answer'));
    const form = readForm(ModerationForm, request.body);
    if (!form.ok) return showModeration(reply, 422, room, part, form);
    // Of an answer nothing is locked, and nobody said so.
    if (part.answerId !== null && /locked$/.test(form.data.deed))
      return showModeration(reply, 422, room, part, withErrors(form, { deed: 'messages.error_outcome' }));
    const isDone = await db.transaction().execute((trx) => moderate(trx, room, part, form.data));
    return isDone
      ? reply.goTo(part.path, 'lesson_questions.moderated')
      : reply.goTo(part.path, 'lesson_questions.moderated_before', 'bad');
  });

  async function guided(request: FastifyRequest<WithId>): Promise<Room> {
    const room = await getRoom(db, signedIn(request), request.params.id);
    if (!room.isGuide) throw new NotFound();
    return room;
  }

  /** Not one's own; and who may hide it needs no report. */
  async function loadToReport(request: FastifyRequest<WithQuestion>, answer: string) {
    const room = await getOpenRoom(db, signedIn(request), request.params.id);
    const part = await getPart(db, room, request.params.question, answer);
    if (part.text.is_own || part.text.words === null) throw new NotFound();
    if (room.isGuide) throw new Forbidden();
    return { room, part };
  }

  /** Nobody decides about their own words. */
  async function loadToModerate(request: FastifyRequest<WithQuestion>, answer: string) {
    const room = await guided(request);
    const part = await getPart(db, room, request.params.question, answer);
    if (part.text.is_own) throw new Forbidden();
    return { room, part };
  }

  async function showModeration(
    reply: FastifyReply,
    status: number,
    room: Room,
    part: Part,
    form: Form<ModerationFields>,
  ) {
    const reports = await listReports(db, part.question.id, part.answerId);
    const is_locked = part.answerId === null ? part.question.is_locked : null;
    const deeds = deedsFor({ ...part.text, is_locked });
    return reply.page('lesson-questions/moderation', { room, part, reports, deeds, form }, { status });
  }
}
