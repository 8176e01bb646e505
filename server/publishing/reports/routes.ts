import type { FastifyInstance } from 'fastify';
import { orNotFound } from '../../platform/errors.ts';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Draft, findReport, getDraft } from '../queries.ts';
import { type Arrivals, arrivalsOf, linesOfPage, type ReportPart, reportOf } from './report.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/report': {
      draft: Draft;
      arrivals: Arrivals;
      parts: ReportPart[];
      /** The only part that is shown, page by page; null: the beginning of each. */
      only: { page: number; pages: number } | null;
    };
  }
}

/** What came into a draft out of the file that it was made from, for as long as there is the draft. */
export function draftReportRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<{ Params: { id: string } }>('/publishing/:id/report', async (request, reply) => {
    const draft = await getDraft(db, signedIn(request), request.params.id);
    const notes = orNotFound(await findReport(db, draft));
    const asked = queryText(request.query, 'part');
    const page = pageNumber(queryText(request.query, 'page'));
    const all = reportOf(notes, request.language);
    const one = all.find(({ outcome }) => outcome === asked);
    if (one === undefined)
      return reply.page('publishing/report', { draft, arrivals: arrivalsOf(notes), parts: all, only: null });
    const pages = Math.ceil(one.count / linesOfPage);
    const own = notes.filter(({ outcome }) => outcome === asked);
    const parts = reportOf(own, request.language, Math.min(page, pages));
    return reply.page('publishing/report', {
      draft,
      arrivals: [],
      parts,
      only: { page: Math.min(page, pages), pages },
    });
  });
}
