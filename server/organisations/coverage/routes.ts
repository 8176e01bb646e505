import type { FastifyInstance, FastifyRequest } from 'fastify';
import { findPlace } from '../../places/queries.ts';
import { placeWords } from '../../places/words.ts';
import { dayOf, endOfDay } from '../../platform/day.ts';
import { orNotFound } from '../../platform/errors.ts';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { sendCsv } from '../../platform/tables.ts';
import { keptByBranch, keptByPlace } from '../counting/queries.ts';
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
  /** Null: of a day that is past, in a branch so large that only the file tells it. */
  total: CoverageRow | null;
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
    const asked = await readQuestion(request, request.params.code);
    const page_number = pageNumber(queryText(request.query, 'page'));
    const { branch, by, day, around, isDayWrong } = asked;
    const report = await readPage(asked, page_number);
    const rows = report.lines.map((row) => ({ ...row, words: wordsOf(request, asked, row), gap: gapOf(row) }));
    const query = new URLSearchParams({ by, date: day, ...(around ? { in: around.code } : {}) }).toString();
    return reply.page('organisations/coverage', {
      branch,
      by,
      day,
      today: dayOf(new Date()),
      isDayWrong,
      around: around && { code: around.code, words: placeWords(request.t, around) },
      total: report.total,
      rows: rows.map((row) => ({ ...row, href: linkOf(asked, row) })),
      chart: drawChart(report.lines, (row) => wordsOf(request, asked, row)),
      page_number,
      pages: report.pages,
      query,
    });
  });

  app.get<WithCode>('/admin/organisations/:code/coverage.csv', async (request, reply) => {
    const asked = await readQuestion(request, request.params.code);
    const [total = nobody, ...lines] = await countAll(asked);
    const { t } = request;
    const header = ['code', 'name', 'organisations', 'learners', 'mentors', 'gap'].map((column) =>
      t(`organisations.column_${column}`),
    );
    const rows = [total, ...lines].map((row) => {
      const gap = gapOf(row);
      const words = row === total ? t('organisations.total') : wordsOf(request, asked, row);
      return [row.code, words, row.organisations, row.learners, row.mentors, gap && t(`organisations.gap_${gap}`)];
    });
    const name = `${asked.branch.code}-${asked.by}-${asked.day}`;
    return sendCsv(reply, { name, header, rows });
  });

  async function readQuestion(request: FastifyRequest, code: string) {
    const branch = await getBranch(db, signedIn(request), code);
    const by = queryText(request.query, 'by') === 'place' ? ('place' as const) : ('branch' as const);
    const within = queryText(request.query, 'in');
    const around = by === 'place' && within !== '' ? orNotFound(await findPlace(db, within)) : null;
    const now = new Date();
    const asked = queryText(request.query, 'date');
    const moment = asked === '' ? now : endOfDay(asked, now);
    return { branch, by, around, moment: moment ?? now, day: dayOf(moment ?? now), isDayWrong: moment === null };
  }

  /** Of a large branch what is kept, and that is of today: for a day that is past, all that is kept of the days would have to be read. */
  async function readPage(
    asked: Question,
    page: number,
  ): Promise<{ total: CoverageRow | null; lines: CoverageRow[]; pages: number }> {
    const { branch, by, around, day } = asked;
    if (branch.large === null) return pageOf(await countAll(asked), page);
    if (day !== dayOf(new Date())) return { total: null, lines: [], pages: 0 };
    if (by === 'place') return pageOf(await keptByPlace(db, branch, around?.code ?? null), page);
    const { lines, pages } = await keptByBranch(db, branch, page, pageSize);
    return { total: { ...nobody, ...branch.large }, lines, pages };
  }

  function countAll({ branch, by, around, moment }: Question): Promise<CoverageRow[]> {
    return by === 'place'
      ? coverageByPlace(db, branch, moment, around?.code ?? null)
      : coverageByBranch(db, branch, moment);
  }
}

const nobody = { code: null, name: null, kind: null, organisations: 0, learners: 0, mentors: 0 };

/** A day before the organisation was there has no lines, and so no total. */
function pageOf([total = nobody, ...lines]: CoverageRow[], page: number) {
  const shown = lines.slice((page - 1) * pageSize, page * pageSize);
  return { total, lines: shown, pages: Math.ceil(lines.length / pageSize) };
}

interface Question {
  branch: Branch;
  by: 'branch' | 'place';
  /** Within which place, for a report by place. */
  around: { code: string; name: string; kind: string } | null;
  moment: Date;
  day: string;
}

function wordsOf({ t }: FastifyRequest, { by, branch }: Question, { code, name, kind }: CoverageRow): string {
  if (by === 'place') return name && kind ? placeWords(t, { name, kind }) : t('organisations.no_place');
  return code === branch.code ? t('organisations.itself', { name: name ?? '' }) : (name ?? '');
}

/** A branch opens its own report, a place what lies in it. */
function linkOf({ by, branch, day }: Question, { code }: CoverageRow): string | null {
  if (code === null || code === branch.code) return null;
  return by === 'branch'
    ? `/admin/organisations/${code}/coverage?by=branch&date=${day}`
    : `/admin/organisations/${branch.code}/coverage?by=place&in=${code}&date=${day}`;
}
