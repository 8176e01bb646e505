import type { FastifyInstance } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../../accounts/way-back.ts';
import { blankForm, type Form, pageNumber, queryText, readForm } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type ClosingFields, ClosingForm, outcomes, type ReportFields, ReportForm } from '../forms.ts';
import { closeReport, getReport, getReportable, insertReport, listReports, type Reportable } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'messages/report': { message: Reportable; id: string; form: Form<ReportFields> };
    'messages/reports': Awaited<ReturnType<typeof listReports>> & {
      page_number: number;
      outcomes: typeof outcomes;
      form: Form<ClosingFields>;
      /** The report that the form closes, when it was refused. */
      closing: string | null;
    };
  }
}

type WithId = { Params: { id: string } };

/** Something in a message is not right, says one of the two who write to each other. */
export function messageReportRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/messages/:id/report', async (request, reply) => {
    const message = await getReportable(db, signedIn(request), request.params.id);
    return reply.page('messages/report', { message, id: newId(), form: blankForm(ReportForm) });
  });

  app.post<WithId>('/messages/:id/report', async (request, reply) => {
    const person = signedIn(request);
    const message = await getReportable(db, person, request.params.id);
    const id = rowId(hiddenField(request.body, 'id'));
    const form = readForm(ReportForm, request.body);
    if (!form.ok) return reply.page('messages/report', { message, id, form }, { status: 422 });
    await db.transaction().execute((trx) => insertReport(trx, message, { id, reason: form.data.reason }, person));
    const { cohort_id, member_id, thread_id } = message;
    return reply.goTo(`/cohorts/${cohort_id}/members/${member_id}/messages?thread=${thread_id}`, 'messages.reported');
  });
}

/** For managers: what was reported in their branches. */
export function messageReportManagingRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/admin/message-reports', async (request, reply) => {
    const page_number = pageNumber(queryText(request.query, 'page'));
    const reports = await listReports(db, signedIn(request), page_number);
    return reply.page('messages/reports', {
      ...reports,
      page_number,
      outcomes,
      form: blankForm(ClosingForm),
      closing: null,
    });
  });

  app.post<WithId>('/admin/message-reports/:id/closing', async (request, reply) => {
    const manager = signedIn(request);
    const report = await getReport(db, manager, request.params.id);
    const form = readForm(ClosingForm, request.body);
    if (!form.ok) {
      const reports = await listReports(db, manager, 1);
      const page = { ...reports, page_number: 1, outcomes, form, closing: report.id };
      return reply.page('messages/reports', page, { status: 422 });
    }
    const isClosed = await db.transaction().execute((trx) => closeReport(trx, report, form.data, manager));
    return isClosed
      ? reply.goTo('/admin/message-reports', 'messages.report_closed')
      : reply.goTo('/admin/message-reports', 'messages.report_closed_before', 'bad');
  });
}
