import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Branch, getBranch, getOwnBranch } from '../../organisations/managing/queries.ts';
import { placeWords } from '../../places/words.ts';
import { dayOf, endOfDay } from '../../platform/day.ts';
import { orNotFound } from '../../platform/errors.ts';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { formats } from '../../platform/i18n.ts';
import { createPartWorker } from '../../platform/part-by-part.ts';
import { signedIn } from '../../platform/scopes.ts';
import { sendCsv, sendSheet, type Table } from '../../platform/tables.ts';
import { cellsOf, headerOf, type ShownTable, shownTable } from '../shown.ts';
import { type Chart, drawMonths } from './chart.ts';
import { countIn, hiddenOutside, reportColumns, type ShownLine } from './columns.ts';
import { askFor, countNext, findKept, mostLearners } from './keeping/queries.ts';
import { monthsUntil } from './months.ts';
import { countReport, type Report, type ReportLine, type Way, ways } from './queries.ts';
import { fewest } from './sharing.ts';

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
      /** Of a large branch: when it was counted, and whether it is to be. */
      kept: { counted_at: Date | null; is_waiting: boolean } | null;
      mostLearners: number;
      /** Null while a large branch is not counted for that day. */
      table: ShownTable | null;
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
type Counted = Asked & { report: Report };

/** What learners have done, by branch, place and month: for those who answer for it, and for those whom they report to. */
export function reportRoutes(app: FastifyInstance): void {
  const atWork = createPartWorker(app);

  app.get('/admin/results', async (request, reply) => {
    const asked = await readReport(request, request.query);
    const { branch, by, day, isDayWrong, around, kept } = asked;
    const page_number = pageNumber(queryText(request.query, 'page'));
    const lines = isCounted(asked) ? shownLines(request, asked, false) : [];
    // The total goes along on every page.
    const shown = [...lines.slice(0, 1), ...lines.slice(1).slice((page_number - 1) * pageSize, page_number * pageSize)];
    const rows = by === 'month' ? lines : shown;
    if (kept?.is_waiting && !isCounted(asked)) reply.header('refresh', '30');
    return reply.page('results/report', {
      branch,
      by,
      ways,
      day,
      today: dayOf(new Date()),
      isDayWrong,
      around: around && { code: around.code, words: placeWords(request.t, around) },
      kept,
      mostLearners,
      table: isCounted(asked) ? shownTable(reportColumns(by, asked.report, ''), rows, request.language) : null,
      chart: by === 'month' && isCounted(asked) ? chartOf(request, lines) : null,
      page_number,
      pages: by === 'month' ? 1 : Math.ceil((lines.length - 1) / pageSize),
      fewest,
      query: queryOf(asked),
    });
  });

  /** Of a large branch, for a day that is not counted, or anew. */
  app.post('/admin/results', async (request, reply) => {
    const { branch, by, place, moment } = await readWish(request, request.body);
    const wish = { way: by, place, day: dayOf(moment ?? new Date()) };
    const { is_large, around } = await findKept(app.db, branch, wish);
    if (place !== null) orNotFound(around ?? undefined);
    const path = `/admin/results?${queryOf({ branch, by, around, day: wish.day })}`;
    if (moment === null) return reply.goTo(path, 'results.no_such_day', 'bad');
    if (!is_large) return reply.goTo(path);
    if (!(await askFor(app.db, branch, wish))) return reply.goTo(path, 'results.too_many_counts', 'bad');
    await atWork(async () => !(await countNext(app.db)));
    return reply.goTo(path);
  });

  app.get('/admin/results.csv', async (request, reply) => sendTable(request, reply, sendCsv));

  app.get('/admin/results.xlsx', async (request, reply) => sendTable(request, reply, sendSheet));
}

async function readWish(request: FastifyRequest, from: unknown) {
  const { db } = request.server;
  const manager = signedIn(request);
  const by: Way = ways.find((way) => way === queryText(from, 'by')) ?? 'branch';
  const code = queryText(from, 'branch');
  const branch = code === '' ? await getOwnBranch(db, manager) : await getBranch(db, manager, code);
  const within = queryText(from, 'in');
  const place = by === 'place' && within !== '' ? within : null;
  const asked = queryText(from, 'date');
  const now = new Date();
  // Null for what is no day, or has not come yet.
  return { branch, by, place, asked, now, moment: asked === '' ? now : endOfDay(asked, now) };
}

/** As it stands now; of a large branch as it was counted last, or for the day that is asked for. */
async function readReport(request: FastifyRequest, from: unknown) {
  const { db } = request.server;
  const { branch, by, place, moment, asked, now } = await readWish(request, from);
  const kept = await findKept(db, branch, {
    way: by,
    place,
    day: moment === null || asked === '' ? null : dayOf(moment),
  });
  const around = place === null ? null : orNotFound(kept.around ?? undefined);
  const what = { branch, by, around, isDayWrong: moment === null };
  if (!kept.is_large) {
    const at = moment ?? now;
    const report = await countReport(db, branch, { way: by, moment: at, withinCode: place });
    return { ...what, moment: at, day: dayOf(at), kept: null, report };
  }
  const day = kept.day ?? dayOf(moment ?? now);
  return { ...what, moment: endOfDay(day, now) ?? now, day, kept, report: kept.report };
}

function isCounted(asked: Asked): asked is Counted {
  return asked.report !== null;
}

/** The total first, then the lines; of months the lines alone, because whoever learnt in two of them would count twice. */
function shownLines(request: FastifyRequest, asked: Counted, isForOthers: boolean): ShownLine[] {
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

/** `?for=share`: to be sent outside, where what is about few people is hidden. What is not counted has no file: its page says so. */
async function sendTable(
  request: FastifyRequest,
  reply: FastifyReply,
  send: (reply: FastifyReply, table: Table) => unknown,
) {
  const asked = await readReport(request, request.query);
  if (!isCounted(asked)) return reply.goTo(`/admin/results?${queryOf(asked)}`);
  return send(reply, tableOf(request, asked));
}

function tableOf(request: FastifyRequest, asked: Counted): Table {
  const isForOthers = queryText(request.query, 'for') === 'share';
  const { t } = request;
  const columns = reportColumns(asked.by, asked.report, t('results.hidden'));
  const counted = asked.kept?.counted_at ? [formats.vi.dateTime(asked.kept.counted_at).replace(/\D+/g, '-')] : [];
  return {
    name: [asked.branch.code, asked.by, asked.day, ...counted, ...(isForOthers ? ['chia-se'] : [])].join('-'),
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

function queryOf({ branch, by, day, around }: Pick<Asked, 'branch' | 'by' | 'day' | 'around'>): string {
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
