import type { FastifyInstance, FastifyRequest } from 'fastify';
import { NotFound } from '../platform/errors.ts';
import type { Translate } from '../platform/i18n.ts';
import { signedIn } from '../platform/scopes.ts';
import { sendCsv, sendSheet, type Table } from '../platform/tables.ts';
import type { Column } from '../results/columns.ts';
import type { Bars, Chart } from '../results/reports/chart.ts';
import { fewest } from '../results/reports/sharing.ts';
import { cellsOf, headerOf, type ShownTable, shownTable } from '../results/shown.ts';
import { listVersions } from '../versions/reading.ts';
import { type Chosen, chosenOf, isChosen, wordsFor } from './choosing.ts';
import { drawEnrolling, drawFunnel, drawLines, monthWords } from './drawing.ts';
import { addSteps, type FunnelLine, type Step, steps, stopsByItem } from './funnel.ts';
import { type CourseStatistics, getCourseStatistics } from './queries.ts';

declare module '../platform/views.ts' {
  interface Views {
    'statistics/show': Chosen & {
      course: { slug: string; title: string; language: string };
      quizzes: { key: string; title: string }[];
      counts: Record<Step, number>;
      counted_at: Date | null;
      funnel: Bars;
      months: Chart;
      table: ShownTable;
      /** Null where too few have stopped. */
      stops: { bars: Bars; table: ShownTable } | null;
      fewest: number;
      /** Of this page, for its files. */
      query: string;
    };
  }
}

type WithSlug = { Params: { slug: string } };

/** How a course does its work: for those who can make it better. */
export function statisticsRoutes(app: FastifyInstance): void {
  app.get<WithSlug>('/courses/:slug/statistics', async (request, reply) => {
    const { server, language, t } = request;
    const asked = await readStatistics(request);
    const { statistics, chosen, lines } = asked;
    const shown = statistics.versions.filter(({ number }) => isChosen(chosen, number));
    const texts = await listVersions(
      server.db,
      shown.map(({ id }) => id),
      language,
    );
    const versions = shown.flatMap(({ id }) => texts.get(id) ?? []);
    const [newest] = versions;
    if (newest === undefined) throw new NotFound();
    const words = wordsFor(request);
    const stops = stopsByItem(
      statistics.stops.filter(({ version }) => isChosen(chosen, version)),
      versions,
    );
    const counts = addSteps(lines);
    return reply.page('statistics/show', {
      ...chosen,
      course: { slug: statistics.slug, title: newest.title, language: newest.language },
      quizzes: newest.items.filter(({ kind }) => kind === 'quiz').map(({ key, title }) => ({ key, title })),
      counts,
      counted_at: statistics.counted_at,
      funnel: drawFunnel(words, counts),
      months: drawEnrolling(words, lines),
      table: shownTable(funnelColumns(t, language), funnelRows(lines), language),
      stops:
        stops.reduce((sum, { people }) => sum + people, 0) < fewest
          ? null
          : {
              bars: drawLines(
                words,
                stops.map(({ people }) => people),
              ),
              table: shownTable(stopColumns(t, language), [...stops.entries()], language),
            },
      fewest,
      query: chosen.version === null ? '' : `version=${chosen.version}`,
    });
  });

  app.get<WithSlug>('/courses/:slug/statistics.csv', async (request, reply) => sendCsv(reply, await tableOf(request)));

  app.get<WithSlug>('/courses/:slug/statistics.xlsx', async (request, reply) =>
    sendSheet(reply, await tableOf(request)),
  );
}

async function readStatistics(request: FastifyRequest): Promise<{
  statistics: CourseStatistics;
  chosen: Chosen;
  lines: FunnelLine[];
}> {
  const { slug } = request.params as WithSlug['Params'];
  const statistics = await getCourseStatistics(request.server.db, signedIn(request), slug);
  const chosen = chosenOf(
    request,
    statistics.versions.map(({ number }) => number),
  );
  return { statistics, chosen, lines: statistics.funnels.filter(({ version }) => isChosen(chosen, version)) };
}

type FunnelRow = Record<Step, number> & { month: string | null; version: number | null };

/** All together first, then each month, the newest first, and in it each version. */
function funnelRows(lines: FunnelLine[]): FunnelRow[] {
  return lines.length === 0 ? [] : [{ ...addSteps(lines), month: null, version: null }, ...lines];
}

function funnelColumns(t: Translate, language: string): Column<FunnelRow>[] {
  const title = (key: string) => ({ key, title: { text: t(`statistics.${key}`), language } });
  return [
    {
      ...title('column_month'),
      cell: ({ month }) => (month === null ? t('statistics.total') : monthWords(month)),
    },
    { ...title('column_version'), cell: ({ version }) => version },
    ...steps.map((step) => ({ ...title(`step_${step}`), cell: (row: FunnelRow) => row[step] })),
  ];
}

function stopColumns(
  t: Translate,
  language: string,
): Column<[index: number, stop: { title: string | null; people: number }]>[] {
  const title = (key: string) => ({ key, title: { text: t(`statistics.${key}`), language } });
  return [
    {
      ...title('column_item'),
      cell: ([index, stop]) => `${index + 1}. ${stop.title ?? t('statistics.nothing_done')}`,
    },
    { ...title('column_people'), cell: ([, { people }]) => people },
  ];
}

/** What stands on the page, to take along. */
async function tableOf(request: FastifyRequest): Promise<Table> {
  const { t, language } = request;
  const { statistics, chosen, lines } = await readStatistics(request);
  const columns = funnelColumns(t, language);
  return {
    name: [statistics.slug, 'statistics', ...(chosen.version === null ? [] : [chosen.version])].join('-'),
    title: t('statistics.title'),
    header: headerOf(columns, language),
    rows: funnelRows(lines).map((row) => cellsOf(columns, row)),
  };
}
