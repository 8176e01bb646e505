import type { FastifyInstance, FastifyRequest } from 'fastify';
import { listOwnBranches } from '../../organisations/branches/queries.ts';
import { type Branch, getBranch } from '../../organisations/managing/queries.ts';
import { findPlace } from '../../places/queries.ts';
import { placeWords } from '../../places/words.ts';
import { dayOf, endOfDay } from '../../platform/day.ts';
import { NotFound, orNotFound } from '../../platform/errors.ts';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { formats } from '../../platform/i18n.ts';
import { signedIn } from '../../platform/scopes.ts';
import { sendCsv, sendSheet, type Table } from '../../platform/tables.ts';
import { cellsOf, headerOf, type ShownTable, shownTable } from '../shown.ts';
import { type Chart, drawMonths } from './chart.ts';
import { countIn, hiddenOutside, reportColumns, type ShownLine } from './columns.ts';
import { monthsUntil } from './months.ts';
import { type Report, type ReportLine, reportByBranch, reportByMonth, reportByPlace } from './queries.ts';
import { fewest } from './sharing.ts';

const ways = ['branch', 'place', 'month'] as const;
type Way = (typeof ways)[number];

declare module '../../platform/views.ts' {
  interface Views {
    'results/report': {
      branch: Pick<Branch, 'code' | 'name'>;
      by: Way;
      ways: typeof ways;
      day: string;
      today: string;
      isDayWrong: boolean;
      /** Within which place, for a report by place. */
      around: { code: string; words: string } | null;
      table: ShownTable;
      chart: Chart | null;
      page_number: number;
      pages: number;
      fewest: number;
      /** The query of this report, for its files. */
      query: string;
    };
  }
}

const pageSize = 50;

type Asked = Awaited<ReturnType<typeof readReport>>;

/** What learners have done, by branch, place and month: for those who answer for it, and for those whom they report to. */
export function reportRoutes(app: FastifyInstance): void {
  app.get('/admin/results', async (request, reply) => {
    const asked = await readReport(request);
    const { branch, by, day, isDayWrong, around } = asked;
    const page_number = pageNumber(queryText(request.query, 'page'));
    const lines = shownLines(request, asked, false);
    // The total goes along on every page.
    const shown = [...lines.slice(0, 1), ...lines.slice(1).slice((page_number - 1) * pageSize, page_number * pageSize)];
    const rows = by === 'month' ? lines : shown;
    return reply.page('results/report', {
      branch,
      by,
      ways,
      day,
      today: dayOf(new Date()),
      isDayWrong,
      around: around && { code: around.code, words: placeWords(request.t, around) },
      table: shownTable(reportColumns(by, asked.report, ''), rows, request.language),
      chart: by === 'month' ? chartOf(request, lines) : null,
      page_number,
      pages: by === 'month' ? 1 : Math.ceil((lines.length - 1) / pageSize),
      fewest,
      query: queryOf(asked),
    });
  });

  app.get('/admin/results.csv', async (request, reply) => sendCsv(reply, await tableOf(request)));

  app.get('/admin/results.xlsx', async (request, reply) => sendSheet(reply, await tableOf(request)));
}

async function readReport(request: FastifyRequest) {
  const { db } = request.server;
  const manager = signedIn(request);
  const by = ways.find((way) => way === queryText(request.query, 'by')) ?? 'branch';
  const code = queryText(request.query, 'branch') || (await listOwnBranches(db, manager))[0]?.code;
  if (code === undefined) throw new NotFound();
  const branch = await getBranch(db, manager, code);
  const within = queryText(request.query, 'in');
  const around = by === 'place' && within !== '' ? orNotFound(await findPlace(db, within)) : null;
  const now = new Date();
  const asked = queryText(request.query, 'date');
  const moment = asked === '' ? now : endOfDay(asked, now);
  const report = await reportBy[by](request, branch, moment ?? now, around?.code ?? null);
  return { branch, by, around, moment: moment ?? now, day: dayOf(moment ?? now), isDayWrong: moment === null, report };
}

const reportBy: Record<
  Way,
  (request: FastifyRequest, branch: Branch, moment: Date, within: string | null) => Promise<Report>
> = {
  branch: ({ server }, branch, moment) => reportByBranch(server.db, branch, moment),
  place: ({ server }, branch, moment, within) => reportByPlace(server.db, branch, moment, within),
  month: ({ server }, branch, moment) => reportByMonth(server.db, branch, moment),
};

/** The total first, then the lines; of months the lines alone, because whoever learnt in two of them would count twice. */
function shownLines(request: FastifyRequest, asked: Asked, isForOthers: boolean): ShownLine[] {
  const { by, report } = asked;
  const hidden = isForOthers ? hiddenOutside(report, by !== 'month') : [];
  const lines = report.lines.map((line, index) => ({
    words: wordsOf(request, asked, line),
    href: linkOf(asked, line),
    counts: line.counts,
    hidden: hidden[index] ?? new Set<string>(),
  }));
  if (by === 'month') return lines;
  const total = { words: request.t('results.total'), href: null, counts: report.total };
  return [{ ...total, hidden: hidden.at(-1) ?? new Set<string>() }, ...lines];
}

/** `?for=share`: to be sent outside, where what is about few people is hidden. */
async function tableOf(request: FastifyRequest): Promise<Table> {
  const asked = await readReport(request);
  const isForOthers = queryText(request.query, 'for') === 'share';
  const { t } = request;
  const columns = reportColumns(asked.by, asked.report, t('results.hidden'));
  return {
    name: [asked.branch.code, asked.by, asked.day, ...(isForOthers ? ['chia-se'] : [])].join('-'),
    title: t('results.title'),
    header: headerOf(columns, request.language),
    rows: shownLines(request, asked, isForOthers).map((line) => cellsOf(columns, line)),
  };
}

function wordsOf({ t }: FastifyRequest, { by, branch }: Asked, { code, name, kind }: ReportLine): string {
  if (by === 'month') return monthWords(code ?? '');
  if (by === 'place') return name && kind ? placeWords(t, { name, kind }) : t('organisations.no_place');
  return code === branch.code ? t('organisations.itself', { name: name ?? '' }) : (name ?? '');
}

/** "11/2026" */
function monthWords(key: string): string {
  return key.split('-').reverse().join('/');
}

/** A branch opens its own report, a place what lies in it, a month the branches as they were at its end; the organisation itself its people. */
function linkOf({ by, branch, day, moment }: Asked, { code }: ReportLine): string | null {
  if (code === null) return null;
  if (by === 'branch' && code === branch.code) return `/admin/organisations/${code}/people`;
  if (by === 'branch') return `/admin/results?branch=${code}&by=branch&date=${day}`;
  if (by === 'place') return `/admin/results?branch=${branch.code}&by=place&in=${code}&date=${day}`;
  const month = monthsUntil(moment).find(({ key }) => key === code);
  return month ? `/admin/results?branch=${branch.code}&by=branch&date=${dayOf(month.until)}` : null;
}

function queryOf({ branch, by, day, around }: Asked): string {
  const query = { branch: branch.code, by, date: day, ...(around ? { in: around.code } : {}) };
  return new URLSearchParams(query).toString();
}

function chartOf({ t, language }: FastifyRequest, lines: ShownLine[]): Chart {
  const format = formats[language];
  return drawMonths(
    lines.map(({ words, counts }) => {
      const [active, finished] = [countIn(counts, 'active').people, countIn(counts, 'finished').people];
      const title = t('results.month_title', {
        month: words,
        active: format.number(active),
        finished: format.number(finished),
      });
      return { label: words.replace(/^0|\/.*$/g, ''), title, counts: [active, finished] };
    }),
  );
}
