import type { FastifyInstance, FastifyRequest } from 'fastify';
import { findPlace } from '../../places/queries.ts';
import { placeWords } from '../../places/words.ts';
import { dayOf, endOfDay } from '../../platform/day.ts';
import { orNotFound } from '../../platform/errors.ts';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { sendCsv } from '../../platform/tables.ts';
import { type Branch, getBranch } from '../managing/queries.ts';
import { type Chart, drawChart, gapOf } from './chart.ts';
import { type CoverageRow, coverageByBranch, coverageByPlace } from './queries.ts';

interface CoveragePage {
  branch: Branch;
  by: 'branch' | 'place';
  day: string;
  today: string;
  isDayWrong: boolean;
  /** Within which place, for a report by place. */
  around: { code: string; words: string } | null;
  total: CoverageRow;
  rows: (CoverageRow & { words: string; gap: ReturnType<typeof gapOf>; href: string | null })[];
  chart: Chart;
  page_number: number;
  pages: number;
  /** The query of this report, for its other forms. */
  query: string;
}

declare module '../../platform/views.ts' {
  interface Views {
    'organisations/coverage': CoveragePage;
  }
}

const pageSize = 50;

type WithCode = { Params: { code: string } };

/** Where there are learners and mentors, and where there are none, as of a day. */
export function coverageRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithCode>('/admin/organisations/:code/coverage', async (request, reply) => {
    const report = await readReport(request, request.params.code);
    const { branch, by, day, around, isDayWrong, total, lines } = report;
    const page_number = pageNumber(queryText(request.query, 'page'));
    const shown = lines.slice((page_number - 1) * pageSize, page_number * pageSize);
    const rows = shown.map((row) => ({ ...row, words: wordsOf(request, report, row), gap: gapOf(row), href: null }));
    const query = new URLSearchParams({ by, date: day, ...(around ? { in: around.code } : {}) }).toString();
    return reply.page('organisations/coverage', {
      branch,
      by,
      day,
      today: dayOf(new Date()),
      isDayWrong,
      around: around && { code: around.code, words: placeWords(request.t, around) },
      total,
      rows: rows.map((row) => ({ ...row, href: linkOf(report, row) })),
      chart: drawChart(shown, (row) => wordsOf(request, report, row)),
      page_number,
      pages: Math.ceil(lines.length / pageSize),
      query,
    });
  });

  app.get<WithCode>('/admin/organisations/:code/coverage.csv', async (request, reply) => {
    const report = await readReport(request, request.params.code);
    const { t } = request;
    const header = ['code', 'name', 'organisations', 'learners', 'mentors', 'gap'].map((column) =>
      t(`organisations.column_${column}`),
    );
    const rows = [report.total, ...report.lines].map((row) => {
      const gap = gapOf(row);
      const words = row === report.total ? t('organisations.total') : wordsOf(request, report, row);
      return [row.code, words, row.organisations, row.learners, row.mentors, gap && t(`organisations.gap_${gap}`)];
    });
    const name = `${report.branch.code}-${report.by}-${report.day}`;
    return sendCsv(reply, { name, header, rows });
  });

  async function readReport(request: FastifyRequest, code: string) {
    const branch = await getBranch(db, signedIn(request), code);
    const by = queryText(request.query, 'by') === 'place' ? ('place' as const) : ('branch' as const);
    const within = queryText(request.query, 'in');
    const around = by === 'place' && within !== '' ? orNotFound(await findPlace(db, within)) : null;
    const now = new Date();
    const asked = queryText(request.query, 'date');
    const moment = asked === '' ? now : endOfDay(asked, now);
    const counted =
      by === 'place'
        ? await coverageByPlace(db, branch, moment ?? now, around?.code ?? null)
        : await coverageByBranch(db, branch, moment ?? now);
    const nobody = { code: null, name: null, kind: null, organisations: 0, learners: 0, mentors: 0 };
    // A day before the organisation was there has no lines, and so no total.
    const [total = nobody, ...lines] = counted;
    return { branch, by, around, day: dayOf(moment ?? now), isDayWrong: moment === null, total, lines };
  }
}

type Report = { branch: Branch; by: 'branch' | 'place'; around: { code: string } | null; day: string };

function wordsOf({ t }: FastifyRequest, { by, branch }: Report, { code, name, kind }: CoverageRow): string {
  if (by === 'place') return name && kind ? placeWords(t, { name, kind }) : t('organisations.no_place');
  return code === branch.code ? t('organisations.itself', { name: name ?? '' }) : (name ?? '');
}

/** A branch opens its own report, a place what lies in it. */
function linkOf({ by, branch, day }: Report, { code }: CoverageRow): string | null {
  if (code === null || code === branch.code) return null;
  return by === 'branch'
    ? `/admin/organisations/${code}/coverage?by=branch&date=${day}`
    : `/admin/organisations/${branch.code}/coverage?by=place&in=${code}&date=${day}`;
}
