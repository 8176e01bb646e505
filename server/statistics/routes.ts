import type { FastifyInstance, FastifyRequest } from 'fastify';
import { NotFound } from '../platform/errors.ts';
import { queryText } from '../platform/forms.ts';
import type { Translate } from '../platform/i18n.ts';
import { signedIn } from '../platform/scopes.ts';
import { sendCsv, sendSheet, type Table } from '../platform/tables.ts';
import type { Column } from '../results/columns.ts';
import type { Bars, Chart } from '../results/reports/chart.ts';
import { fewest } from '../results/reports/sharing.ts';
import { cellsOf, headerOf, type ShownTable, shownTable } from '../results/shown.ts';
import { listVersions } from '../versions/reading.ts';
import { type Chosen, chosenOf, isChosen, wordsFor } from './choosing.ts';
import { drawEnrolling, drawFunnel, drawGain, drawLines, monthWords } from './drawing.ts';
import { addSteps, type FunnelLine, type Step, steps, stopsByItem } from './funnel.ts';
import { type Gain, type GainSums, gainsOf } from './gains.ts';
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
      /** Null where the course has no tests before and after; without pictures where too few took both. */
      gains: { all: Gain; bars: Bars; table: ShownTable } | 'few' | null;
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
    const gains = gainsOf(asked.gains);
    const [all] = gains;
    const hasTests = newest.items.some(({ quiz }) => quiz?.role === 'post-test') || asked.gains.length > 0;
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
      gains: all
        ? { all, bars: drawGain(words, all), table: shownTable(gainColumns(t, language), gains, language) }
        : hasTests
          ? 'few'
          : null,
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
  gains: GainSums[];
}> {
  const { slug } = request.params as WithSlug['Params'];
  const statistics = await getCourseStatistics(request.server.db, signedIn(request), slug);
  const chosen = chosenOf(
    request,
    statistics.versions.map(({ number }) => number),
  );
  const ofChosen = <Line extends { version: number }>(all: Line[]) =>
    all.filter(({ version }) => isChosen(chosen, version));
  return { statistics, chosen, lines: ofChosen(statistics.funnels), gains: ofChosen(statistics.gains) };
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

function gainColumns(t: Translate, language: string): Column<Gain>[] {
  const title = (key: string) => ({ key, title: { text: t(`statistics.${key}`), language } });
  const tenths = (value: number) => Math.round(value * 10) / 10;
  return [
    {
      ...title('column_version'),
      cell: ({ version }) =>
        version === null ? t('statistics.total') : t('statistics.one_version', { number: version }),
    },
    { ...title('column_took_both'), cell: ({ people }) => people },
    { ...title('column_before'), cell: ({ before }) => tenths(before) },
    { ...title('column_after'), cell: ({ after }) => tenths(after) },
    { ...title('column_gain'), cell: ({ gain }) => tenths(gain) },
    {
      ...title('column_normalised'),
      cell: ({ normalised }) => (normalised === null ? null : Math.round(normalised * 100) / 100),
    },
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
  const { statistics, chosen, lines, gains } = await readStatistics(request);
  const ofVersion = chosen.version === null ? [] : [chosen.version];
  if (queryText(request.query, 'table') === 'gain') {
    const columns = gainColumns(t, language);
    return {
      name: [statistics.slug, 'gain', ...ofVersion].join('-'),
      title: t('statistics.gain'),
      header: headerOf(columns, language),
      rows: gainsOf(gains).map((row) => cellsOf(columns, row)),
    };
  }
  const columns = funnelColumns(t, language);
  return {
    name: [statistics.slug, 'statistics', ...ofVersion].join('-'),
    title: t('statistics.title'),
    header: headerOf(columns, language),
    rows: funnelRows(lines).map((row) => cellsOf(columns, row)),
  };
}
