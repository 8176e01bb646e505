import type { FastifyInstance, FastifyRequest } from 'fastify';
import { NotFound } from '../../platform/errors.ts';
import { queryText } from '../../platform/forms.ts';
import { formats, type Language, type Translate } from '../../platform/i18n.ts';
import { signedIn } from '../../platform/scopes.ts';
import { readableText } from '../../quizzes/cloze.ts';
import type { Question } from '../../quizzes/question.ts';
import type { Column } from '../../results/columns.ts';
import type { Bars } from '../../results/reports/chart.ts';
import { fewest } from '../../results/reports/sharing.ts';
import { type ShownTable, shownTable } from '../../results/shown.ts';
import { getVersion, listQuestions, type VersionQuestion } from '../../versions/reading.ts';
import { offered } from '../answers.ts';
import { type Chosen, chosenOf, isChosen, wordsFor } from '../choosing.ts';
import { drawShares } from '../drawing.ts';
import { excerpt } from '../excerpt.ts';
import {
  addSums,
  inOrder,
  isTold,
  itemRest,
  meanShare,
  type Order,
  orders,
  type Sums,
  type Verdict,
  verdictsOf,
} from '../judging.ts';
import { type AskedIn, getQuestionStatistics, getQuizStatistics } from '../queries.ts';
import { type ShownList, shownLists } from './shown.ts';

interface Titled {
  slug: string;
  key: string;
  title: string;
  language: string;
  course_title: string;
}

declare module '../../platform/views.ts' {
  interface Views {
    'statistics/quiz': Chosen & {
      quiz: Titled;
      order: Order;
      orders: typeof orders;
      table: ShownTable;
      /** Null while nothing is told of any question. */
      bars: Bars | null;
    };
    'statistics/question': Chosen & {
      quiz: Titled;
      question: { key: string; position: number; html: string; afterHtml: string | null };
      /** Null where too few have taken it. */
      told: { people: number; answered: number; percent: number; discrimination: number | null } | null;
      verdicts: Verdict[];
      /** Typed: the wrong answers alone. */
      typed: boolean;
      lists: ShownList[];
      /** Versions that offer other options. */
      others: number[];
      fewest: number;
    };
  }
}

type WithKey = { Params: { slug: string; key: string } };
type WithQuestion = { Params: { slug: string; key: string; question: string } };

/** What the answers say about questions: for those who can mend them. */
export function questionStatisticsRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithKey>('/courses/:slug/statistics/:key', async (request, reply) => {
    const { slug, key } = request.params;
    const statistics = await getQuizStatistics(db, signedIn(request), slug, key);
    const chosen = chosenOf(
      request,
      statistics.versions.map(({ number }) => number),
    );
    const shown = statistics.versions.find(({ number }) => isChosen(chosen, number));
    if (shown === undefined) throw new NotFound();
    const quiz = await titled(request, slug, key, shown.id);
    const order = orders.find((one) => one === queryText(request.query, 'sort')) ?? 'worst';
    const questions = await listQuestions(db, { id: shown.item_id });
    const lines = inOrder(
      questionLines(questions, quiz.language, (question) =>
        statistics.questions.filter((one) => one.key === question && isChosen(chosen, one.version)),
      ),
      order,
    );
    const told = lines.filter(({ sums }) => isTold(sums));
    const bars = told.map(({ position, words, sums }) => ({
      label: String(position),
      title: request.t('statistics.question_words', { number: position, words }),
      share: meanShare(sums) ?? 0,
    }));
    return reply.page('statistics/quiz', {
      ...chosen,
      quiz,
      order,
      orders,
      table: shownTable(questionColumns(request.t, request.language, quiz, chosen), lines, request.language),
      bars: told.length === 0 ? null : drawShares(wordsFor(request), bars),
    });
  });

  app.get<WithQuestion>('/courses/:slug/statistics/:key/:question', async (request, reply) => {
    const { slug, key, question } = request.params;
    const { versions } = await getQuestionStatistics(db, signedIn(request), slug, { quiz: key, question });
    const chosen = chosenOf(
      request,
      versions.map(({ version }) => version),
    );
    const asked = versions.filter(({ version }) => isChosen(chosen, version));
    const [newest] = asked;
    if (newest === undefined) throw new NotFound();
    const quiz = await titled(request, slug, key, newest.version_id);
    const body = newest.bodies[quiz.language];
    if (body === undefined) throw new NotFound();
    const sums = addSums(asked.flatMap((one) => one.sums ?? []));
    const alike = asked.filter((one) => isAlike(one, body, quiz.language));
    return reply.page('statistics/question', {
      ...chosen,
      quiz,
      question: {
        key: question,
        position: newest.position,
        html: readableText(body),
        afterHtml: 'after' in body ? body.after : null,
      },
      told: isTold(sums)
        ? {
            people: sums.people,
            answered: sums.answered,
            percent: percentOfMean(sums),
            discrimination: rounded(itemRest(sums)),
          }
        : null,
      verdicts: verdictsOf(sums),
      typed: body.type === 'short' || body.type === 'number',
      lists: shownLists(request, body, alike),
      others: asked.filter((one) => !alike.includes(one)).map(({ version }) => version),
      fewest,
    });
  });
}

async function titled(
  { server, language }: FastifyRequest,
  slug: string,
  key: string,
  versionId: string,
): Promise<Titled> {
  const version = await getVersion(server.db, versionId, language);
  const title = version.items.find((item) => item.key === key)?.title ?? key;
  return { slug, key, title, language: version.language, course_title: version.title };
}

interface QuestionLine {
  key: string;
  position: number;
  words: string;
  sums: Sums;
}

/** Those that can be marked, in their author's order and numbered by it. */
function questionLines(
  questions: readonly VersionQuestion[],
  language: string,
  sumsOf: (key: string) => Sums[],
): QuestionLine[] {
  return questions.flatMap(({ key, position, bodies }) => {
    const body = bodies[language];
    if (body === undefined || body.type === 'description' || body.type === 'essay') return [];
    return [{ key, position, words: wordsOf(body), sums: addSums(sumsOf(key)) }];
  });
}

function wordsOf(body: Question): string {
  const after = 'after' in body && body.after !== null ? ` … ${body.after}` : '';
  return excerpt(readableText(body) + after) || (body.title ?? '');
}

function questionColumns(t: Translate, language: Language, quiz: Titled, chosen: Chosen): Column<QuestionLine>[] {
  const title = (key: string) => ({ key, title: { text: t(`statistics.${key}`), language } });
  const version = chosen.version === null ? '' : `?version=${chosen.version}`;
  return [
    {
      ...title('column_question'),
      cell: ({ position, words }) => `${position}. ${words}`,
      href: ({ key }) => `/courses/${quiz.slug}/statistics/${quiz.key}/${encodeURIComponent(key)}${version}`,
    },
    { ...title('column_did'), cell: ({ sums }) => (isTold(sums) ? sums.people : null) },
    {
      ...title('column_share'),
      cell: ({ sums }) => (isTold(sums) ? formats[language].percent(percentOfMean(sums)) : null),
    },
    { ...title('column_discrimination'), cell: ({ sums }) => (isTold(sums) ? rounded(itemRest(sums)) : null) },
    {
      ...title('column_verdict'),
      cell: ({ sums }) =>
        verdictsOf(sums)
          .map((verdict) => t(`statistics.verdict_${verdict}`))
          .join(' '),
    },
  ];
}

function percentOfMean(sums: Sums): number {
  return Math.round(100 * (meanShare(sums) ?? 0));
}

/** To two places, and never minus nothing. */
function rounded(correlation: number | null): number | null {
  return correlation === null ? null : Math.round(100 * correlation) / 100 || 0;
}

/** Positions mean the same in both; a version that is not in this language has other words for the same. */
function isAlike({ bodies }: AskedIn, body: Question, language: string): boolean {
  const other = bodies[language];
  return other !== undefined && offered(other) === offered(body);
}
