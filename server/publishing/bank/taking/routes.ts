import type { FastifyInstance, FastifyRequest } from 'fastify';
import { v7 as newId, validate } from 'uuid';
import { pageNumber, queryText } from '../../../platform/forms.ts';
import { signedIn } from '../../../platform/scopes.ts';
import { checkDraft } from '../../checking.ts';
import { type Saved, saveDraftFiles } from '../../files/queries.ts';
import { type Draft, getOwnDraft } from '../../queries.ts';
import { courseTitleOf, type Quiz, questionsIn, quizOf } from '../../quizzes/quiz.ts';
import { longestText } from '../../texts/routes.ts';
import { drawn, questionOf } from '../entry.ts';
import { type BankQuiz, getBankPage, listBankQuestions } from '../queries.ts';
import { type BankChoice, type BankRow, choiceOf, filterOf, queryOf, rowOf } from '../routes.ts';
import { keepUses, listUsesIn } from '../uses/queries.ts';
import { keyThere, withTaken } from './copying.ts';

declare module '../../../platform/views.ts' {
  interface Views {
    'publishing/bank-taking': BankChoice & {
      draft: Draft;
      course_title: string;
      quiz: Pick<Quiz, 'key' | 'title' | 'language' | 'revision'>;
      rows: (BankRow & { is_there: boolean })[];
      total: number;
      pages: number;
      page_number: number;
      query: string;
      /** That the questions are drawn by. */
      seed: string;
      /** What was typed where a number is wanted, and is none. */
      count: string;
      error: string | null;
    };
  }
}

type Body = Record<string, string | string[]>;
type WithKey = { Params: { id: string; key: string }; Body: Body };

const mostAtOnce = 100;

/** Questions of a bank for a quiz of a draft: they are copied, so that the course stays whole by itself. */
export function bankTakingRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithKey>('/publishing/:id/quizzes/:key/bank', async (request, reply) => {
    const desk = await deskOf(request, request.query);
    return reply.page('publishing/bank-taking', await pageOf(request, desk, request.query));
  });

  app.post<WithKey>('/publishing/:id/quizzes/:key/bank', async (request, reply) => {
    const desk = await deskOf(request, request.body);
    const { draft, quiz, author, sources, revisions } = desk;
    const isRandom = queryText(request.body, 'act') === 'random';
    const count = Number(queryText(request.body, 'count'));
    const ids = [request.body?.take ?? []].flat().filter((id) => validate(id));
    const isCounted = Number.isInteger(count) && count >= 1 && count <= mostAtOnce;
    const error = isRandom
      ? isCounted
        ? null
        : 'bank.error_count'
      : ids.length === 0 || ids.length > mostAtOnce
        ? 'bank.error_none_ticked'
        : null;
    if (error) {
      const page = await pageOf(request, desk, request.body);
      const typed = { count: queryText(request.body, 'count'), error };
      return reply.page('publishing/bank-taking', { ...page, ...typed }, { status: 422 });
    }
    const here = `/publishing/${draft.id}/quizzes/${quiz.key}?language=${quiz.language}`;
    // Drawn once: the same form sent again would find other questions to draw.
    if (isRandom && Number(request.body?.revision) !== quiz.revision)
      return reply.goTo(here, 'publishing.not_saved_changed', 'bad');
    const filter = filterOf(request.body);
    const found = await listBankQuestions(db, author, isRandom ? filter : { ids }, quiz.languages);
    const known = await listUsesIn(db, draft, quiz.key);
    const free = isRandom ? found.filter((one) => !isThere(one, desk, known)) : found;
    const picked = isRandom ? drawn(free, count, queryText(request.body, 'seed')) : found;
    const { contents, uses, added, refused } = withTaken(sources, picked, known);
    if ([...contents.values()].some((content) => content.length > longestText))
      return reply.goTo(here, 'publishing.error_text_long', 'bad');
    const saved = await db.transaction().execute(async (trx): Promise<Saved> => {
      const changes = [...contents].map(([language, content]) => ({
        ...{ path: `${language}/${quiz.key}.gift`, content },
        revision: revisions.get(`${language}/${quiz.key}.gift`) ?? 0,
      }));
      const outcome: Saved =
        changes.length === 0
          ? { outcome: 'saved', revision: quiz.revision }
          : await saveDraftFiles(trx, draft, changes, author);
      if (outcome.outcome === 'saved')
        await keepUses(
          trx,
          uses.map((use) => ({ ...use, slug: draft.slug, item_key: quiz.key })),
        );
      return outcome;
    });
    if (saved.outcome !== 'saved') return reply.goTo(here, `publishing.not_saved_${saved.outcome}`, 'bad');
    if (refused > 0) return reply.goTo(here, 'bank.taken_in_part', 'bad');
    if (added === 0) return reply.goTo(here, isRandom ? 'bank.none_left' : 'bank.all_there');
    return reply.goTo(here, isRandom && added < count ? 'bank.taken_fewer' : 'bank.taken');
  });

  async function deskOf(request: FastifyRequest<WithKey>, asked: unknown) {
    const author = signedIn(request);
    const draft = await getOwnDraft(db, author, request.params.id);
    const checked = await checkDraft(app, draft);
    const quiz = quizOf(checked, request.params.key, queryText(asked, 'language'));
    const sources = new Map(
      quiz.languages.map((language) => [language, quizOf(checked, quiz.key, language).source] as const),
    );
    const there = quiz.languages.flatMap((language) =>
      questionsIn(checked, quiz.key, language).map((question) => ({ language, question })),
    );
    const course_title = courseTitleOf(draft, checked);
    return { author, draft, quiz, sources, there, course_title, revisions: checked.folder.revisions };
  }

  type Desk = Awaited<ReturnType<typeof deskOf>>;

  async function pageOf(
    request: FastifyRequest<WithKey>,
    { author, draft, quiz, there, course_title }: Desk,
    asked: unknown,
  ) {
    const filter = filterOf(asked);
    const page_number = pageNumber(queryText(asked, 'page'));
    const own: BankQuiz = { slug: draft.slug, item_key: quiz.key, languages: quiz.languages };
    const found = await getBankPage(db, author, filter, { quiz: own, page: page_number });
    const { total, pages, uses } = found;
    return {
      ...choiceOf(found, filter),
      ...{ draft, course_title, quiz, total, pages, page_number, seed: newId(), count: '5', error: null },
      query: queryOf(filter, { language: quiz.language }),
      rows: found.rows.map((row) => ({
        ...rowOf(row, request.language),
        is_there: isThere(row, { there }, uses),
      })),
    };
  }
}

function isThere(
  one: Parameters<typeof withTaken>[1][number],
  { there }: { there: Parameters<typeof keyThere>[2] },
  known: Parameters<typeof keyThere>[3],
): boolean {
  const byLanguage = new Map(
    one.texts.flatMap((text) => {
      const question = questionOf(text);
      return question ? [[text.language, question] as const] : [];
    }),
  );
  return keyThere(one, byLanguage, there, known) !== null;
}
