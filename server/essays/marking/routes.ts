import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as newId, validate } from 'uuid';
import { hiddenField } from '../../accounts/way-back.ts';
import { claim, letGo } from '../../assignments/claims/queries.ts';
import { minutesToMark } from '../../assignments/queries.ts';
import { questionsForReader } from '../../attempts/data-saving.ts';
import { markWithoutEssays } from '../../attempts/marking.ts';
import { type Attempt, findAttempt } from '../../attempts/queries.ts';
import { orderedQuestions } from '../../attempts/questions.ts';
import { NotFound, orNotFound } from '../../platform/errors.ts';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { isHelper, signedIn } from '../../platform/scopes.ts';
import { type Title, titleIn } from '../../versions/titles.ts';
import { stepsTo } from '../steps.ts';
import { type EssayForm, essayFormOf, readEssayForm } from './forms.ts';
import { type EssaySubmission, getEssays, insertEssayMarking, listUnguided } from './queries.ts';

/** An essay as whoever marks it reads it; texts are html, but what was written. */
interface WrittenEssay {
  id: string;
  /** In the learner's attempt. */
  number: number;
  introduction: string[];
  text: string;
  /** What its author says to markers. */
  notes: string | null;
  written: string;
  max_points: number;
  steps: number[];
  essay_mark: { points: number; comment: string | null } | null;
}

type Conflict = 'claim_lost' | 'marked_meanwhile';
type Found = { submission: EssaySubmission; attempt: Attempt; essays: WrittenEssay[] };

declare module '../../platform/views.ts' {
  interface Views {
    'essays/index': {
      waiting: (Omit<Awaited<ReturnType<typeof listUnguided>>['rows'][number], 'titles'> & { title: Title })[];
      total: number;
      pages: number;
      page_number: number;
    };
    'essays/show': {
      submission: EssaySubmission;
      attempt: Pick<Attempt, 'title' | 'language' | 'course_title' | 'settings'>;
      essays: WrittenEssay[];
      /** What the rules have marked. */
      rules: { points: number; max_points: number };
      /** Of the marking that the form makes. */
      id: string;
      form: EssayForm;
      /** Why what was sent was not recorded. */
      conflict: Conflict | null;
      minutes: number;
    };
  }
}

type WithId = { Params: { id: string } };

/** Essays that people mark, each by those who mark the learner's other work; and those of learners whom nobody guides. */
export function essayRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get('/essays', async (request, reply) => {
    const reader = signedIn(request);
    if (!isHelper(reader)) throw new NotFound();
    const page_number = pageNumber(queryText(request.query, 'page'));
    const { rows, ...counts } = await listUnguided(db, reader, page_number);
    const waiting = rows.map(({ titles, ...row }) => ({ ...row, title: titleIn(titles, request.language) }));
    return reply.page('essays/index', { waiting, page_number, ...counts });
  });

  app.get<WithId>('/essays/:id', async (request, reply) => {
    const found = await find(request);
    return show(reply, 200, found, { form: essayFormOf(found.essays) });
  });

  app.post<WithId>('/essays/:id/claim', async (request, reply) => {
    const mentor = signedIn(request);
    const submission = await getEssays(db, mentor, request.params.id);
    const over = hiddenField(request.body, 'over');
    const isClaimed = await db
      .transaction()
      .execute((trx) => claim(trx, 'essay_claims', submission, mentor, validate(over) ? over : null));
    return isClaimed
      ? reply.goTo(`/essays/${submission.id}`, 'assignments.claimed_by_you')
      : reply.goTo(`/essays/${submission.id}`, 'assignments.claim_taken', 'bad');
  });

  app.post<WithId>('/essays/:id/claim/remove', async (request, reply) => {
    const mentor = signedIn(request);
    const submission = await getEssays(db, mentor, request.params.id);
    await db.transaction().execute((trx) => letGo(trx, 'essay_claims', submission, mentor));
    return reply.goTo(listFor(submission), 'assignments.let_go_done');
  });

  app.post<WithId>('/essays/:id/markings', async (request, reply) => {
    const mentor = signedIn(request);
    const found = await find(request);
    const { submission, essays } = found;
    const id = rowId(hiddenField(request.body, 'id'));
    const supersedes = hiddenField(request.body, 'supersedes');
    const { marks, ...form } = readEssayForm(essays, request.body);
    if (marks === null) return show(reply, 422, found, { id, form });
    const marking = { id, supersedes_id: validate(supersedes) ? supersedes : null, marks };
    const { language } = request;
    const outcome = await db
      .transaction()
      .execute((trx) => insertEssayMarking(trx, submission, marking, mentor, { config, language }));
    if (outcome === 'recorded') return reply.goTo(listFor(submission), 'assignments.recorded');
    return show(reply, 409, await find(request), { id, form, conflict: outcome });
  });

  async function find(request: FastifyRequest): Promise<Found> {
    const { id } = request.params as WithId['Params'];
    const submission = await getEssays(db, signedIn(request), id);
    const attempt = orNotFound(await findAttempt(db, { id: submission.person_id }, id, request.language));
    const questions = questionsForReader(request, attempt.questions);
    return { submission, attempt, essays: writtenEssays({ ...attempt, questions }) };
  }
}

/** Those that have words in them: a blank one has nothing to be marked. */
function writtenEssays(attempt: Attempt): WrittenEssay[] {
  return orderedQuestions(attempt).flatMap(({ id, introduction, body, response, points, essay_mark }, index) => {
    if (body.type !== 'essay' || response === null || !('text' in response)) return [];
    const { text, generalFeedback: notes } = body;
    const own = { id, number: index + 1, introduction, text, notes, written: response.text, max_points: points };
    return [{ ...own, steps: stepsTo(points), essay_mark: essay_mark ?? null }];
  });
}

/** Back to where such work waits. */
function listFor({ cohort }: EssaySubmission): string {
  return cohort === null ? '/essays' : `/cohorts/${cohort.id}/submissions`;
}

function show(
  reply: FastifyReply,
  status: number,
  { submission, attempt, essays }: Found,
  sent: { form: EssayForm; id?: string; conflict?: Conflict },
) {
  const { title, language, course_title, settings } = attempt;
  return reply.page(
    'essays/show',
    {
      ...{ id: newId(), conflict: null, ...sent, submission, essays },
      attempt: { title, language, course_title, settings },
      rules: markWithoutEssays(attempt),
      minutes: minutesToMark,
    },
    { status },
  );
}
