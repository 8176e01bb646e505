import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as newId, validate } from 'uuid';
import { hiddenField } from '../../accounts/way-back.ts';
import { type Cohort, getGuidedCohort } from '../../cohorts/access.ts';
import { forReader } from '../../courses/data-saving.ts';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { getTask } from '../../versions/reading.ts';
import { type Title, titleIn } from '../../versions/titles.ts';
import { claim, letGo } from '../claims/queries.ts';
import { minutesToMark } from '../queries.ts';
import { type Task, taskIn } from '../task.ts';
import { listMarkedLately, listWaiting } from '../waiting/queries.ts';
import { type MarkingForm, readMarking } from './forms.ts';
import { getSubmission, insertMarking, type Submission } from './queries.ts';

type Listed<Row> = Omit<Row, 'titles'> & { title: Title };
type Waiting = Awaited<ReturnType<typeof listWaiting>>;
type Marked = Awaited<ReturnType<typeof listMarkedLately>>;

declare module '../../platform/views.ts' {
  interface Views {
    'assignments/waiting': {
      cohort: Cohort;
      waiting: Listed<Waiting['rows'][number]>[];
      total: number;
      pages: number;
      page_number: number;
      marked: Listed<Marked[number]>[];
    };
    'assignments/submission': {
      cohort: Cohort;
      submission: Submission;
      task: Task;
      /** Of the marking that the form makes. */
      id: string;
      form: MarkingForm;
      /** Why what was sent was not recorded. */
      conflict: 'claim_lost' | 'marked_meanwhile' | 'newer' | null;
      minutes: number;
    };
  }
}

type WithId = { Params: { id: string } };
type WithSubmission = { Params: { id: string; submission: string } };
type Found = { cohort: Cohort; submission: Submission; task: Task };

/** What learners of a cohort have handed in, for those who guide there. */
export function markingRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get<WithId>('/cohorts/:id/submissions', async (request, reply) => {
    const reader = signedIn(request);
    const cohort = await getGuidedCohort(db, reader, request.params.id);
    const page_number = pageNumber(queryText(request.query, 'page'));
    const { rows, ...counts } = await listWaiting(db, cohort, reader, page_number);
    const marked = await listMarkedLately(db, cohort, reader);
    const listed = <Row extends { titles: Record<string, string> }>({ titles, ...row }: Row) => ({
      ...row,
      title: titleIn(titles, request.language),
    });
    const page = { cohort, waiting: rows.map(listed), marked: marked.map(listed), page_number };
    return reply.page('assignments/waiting', { ...page, ...counts });
  });

  app.get<WithSubmission>('/cohorts/:id/submissions/:submission', async (request, reply) => {
    const found = await find(request, request.params);
    return show(request, reply, 200, { ...found, id: newId(), form: formOf(found), conflict: null });
  });

  app.post<WithSubmission>('/cohorts/:id/submissions/:submission/claim', async (request, reply) => {
    const mentor = signedIn(request);
    const { cohort, submission } = await find(request, request.params);
    const over = hiddenField(request.body, 'over');
    const isClaimed = await db
      .transaction()
      .execute((trx) => claim(trx, 'assignment_claims', submission, mentor, validate(over) ? over : null));
    const path = `/cohorts/${cohort.id}/submissions/${submission.id}`;
    return isClaimed
      ? reply.goTo(path, 'assignments.claimed_by_you')
      : reply.goTo(path, 'assignments.claim_taken', 'bad');
  });

  app.post<WithSubmission>('/cohorts/:id/submissions/:submission/claim/remove', async (request, reply) => {
    const { cohort, submission } = await find(request, request.params);
    await db.transaction().execute((trx) => letGo(trx, 'assignment_claims', submission, signedIn(request)));
    return reply.goTo(`/cohorts/${cohort.id}/submissions`, 'assignments.let_go_done');
  });

  app.post<WithSubmission>('/cohorts/:id/submissions/:submission/markings', async (request, reply) => {
    const mentor = signedIn(request);
    const found = await find(request, request.params);
    const { cohort, submission, task } = found;
    const id = rowId(hiddenField(request.body, 'id'));
    const supersedes = hiddenField(request.body, 'supersedes');
    const { data, ...form } = readMarking(task, request.body);
    if (data === null) return show(request, reply, 422, { ...found, id, form, conflict: null });
    const supersedes_id = validate(supersedes) ? supersedes : null;
    const outcome = await db
      .transaction()
      .execute((trx) => insertMarking(trx, submission, { id, supersedes_id, ...data }, mentor, config));
    if (outcome === 'recorded') return reply.goTo(`/cohorts/${cohort.id}/submissions`, 'assignments.recorded');
    const now = await find(request, request.params);
    return show(request, reply, 409, { ...now, id, form, conflict: outcome });
  });

  async function find(request: FastifyRequest, params: WithSubmission['Params']): Promise<Found> {
    const reader = signedIn(request);
    const cohort = await getGuidedCohort(db, reader, params.id);
    const submission = await getSubmission(db, cohort, reader, params.submission);
    const task = taskIn(await getTask(db, { id: submission.item_id }), request.language);
    return { cohort, submission, task };
  }
}

/** Empty, or as it was marked before. */
function formOf({ submission, task }: Found): MarkingForm {
  const [last] = submission.markings;
  const values: Record<string, string> = { comment: last?.comment ?? '' };
  for (const [index, { id }] of task.criteria.entries()) {
    const mark = last?.marks.find(({ criterion_id }) => criterion_id === id);
    values[`level-${index + 1}`] = mark === undefined ? '' : String(mark.level);
    values[`remark-${index + 1}`] = mark?.comment ?? '';
  }
  return { values, errors: {} };
}

function show(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  page: Found & { id: string; form: MarkingForm; conflict: 'claim_lost' | 'marked_meanwhile' | 'newer' | null },
) {
  const task = { ...page.task, html: forReader(request, page.task.html) };
  return reply.page('assignments/submission', { ...page, task, minutes: minutesToMark }, { status });
}
