import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Fault } from '../../../courses/fault.ts';
import { type Choices, findChoice, listChoices } from '../../../organisations/choices/queries.ts';
import { queryText } from '../../../platform/forms.ts';
import { signedIn } from '../../../platform/scopes.ts';
import { readGift } from '../../../quizzes/gift-read.ts';
import { checkDraft } from '../../checking.ts';
import { typedText } from '../../files/content.ts';
import { courseLanguages } from '../../forms.ts';
import { getOwnDraft } from '../../queries.ts';
import { questionsIn, quizOf } from '../../quizzes/quiz.ts';
import { longestText } from '../../texts/routes.ts';
import { entriesOf, isForBanks } from '../entry.ts';
import { bringEntries } from './queries.ts';

interface Typed {
  organisation: string;
  language: string;
  gift: string;
}

declare module '../../../platform/views.ts' {
  interface Views {
    'publishing/bank-gift': {
      choices: Choices;
      languages: readonly string[];
      values: Typed;
      error: string | null;
      faults: Fault[];
    };
  }
}

/** Three bytes for each letter with a mark, encoded. */
const bodyLimit = 4_000_000;
const mostAtOnce = 500;

/** Many questions at once: out of a text in GIFT, or out of a quiz that somebody has written or brought. */
export function bankBringingRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/publishing/bank/gift', async (request, reply) => {
    const values = { organisation: queryText(request.query, 'organisation'), language: request.language, gift: '' };
    return show(reply, values, null);
  });

  app.post<{ Body: Record<string, string> }>('/publishing/bank/gift', { bodyLimit }, async (request, reply) => {
    const author = signedIn(request);
    const values = {
      organisation: queryText(request.body, 'organisation'),
      language: queryText(request.body, 'language'),
      gift: typedText(request.body?.gift),
    };
    const { organisation, language, gift } = values;
    if (queryText(request.body, 'find') !== '') return show(reply, values, null, [], queryText(request.body, 'q'));
    if (gift.length > longestText) return show(reply, values, 'publishing.error_text_long');
    const { questions, faults } = readGift(gift);
    if (faults.length > 0) return show(reply, values, 'bank.error_gift', faults);
    const entries = entriesOf(new Map([[language, questions]]));
    if (entries.length === 0 || entries.length > mostAtOnce) return show(reply, values, 'bank.error_count_questions');
    if (!entries.every(isForBanks)) return show(reply, values, 'bank.error_picture');
    const bank = await findChoice(db, author, 'author', organisation);
    const isKnown = courseLanguages.some((one) => one === language);
    if (bank === undefined || !isKnown) return show(reply, values, 'publishing.error_organisation');
    const { refused } = await db.transaction().execute((trx) => bringEntries(trx, bank, entries, author));
    return answer(reply, `/publishing/bank?organisation=${bank.code}`, refused > 0);
  });

  app.post<{ Params: { id: string; key: string }; Body: Record<string, string> }>(
    '/publishing/:id/quizzes/:key/bank/additions',
    async (request, reply) => {
      const author = signedIn(request);
      const draft = await getOwnDraft(db, author, request.params.id);
      const checked = await checkDraft(app, draft);
      const { key, languages } = quizOf(checked, request.params.key, queryText(request.body, 'language'));
      const all = entriesOf(new Map(languages.map((language) => [language, questionsIn(checked, key, language)])));
      const entries = all.filter(isForBanks).slice(0, mostAtOnce);
      const bank = { id: draft.organisation_id };
      const quiz = { slug: draft.slug, item_key: key };
      const { refused } = await db.transaction().execute((trx) => bringEntries(trx, bank, entries, author, quiz));
      const path = `/publishing/bank?organisation=${draft.organisation_code}`;
      return answer(reply, path, refused > 0 || entries.length < all.length);
    },
  );

  async function show(
    reply: FastifyReply,
    values: Typed,
    error: string | null,
    faults: Omit<Fault, 'file'>[] = [],
    q = '',
  ) {
    const chosen = values.organisation;
    const choices = await listChoices(db, signedIn(reply.request), 'author', { q, chosen });
    const page = { choices, languages: courseLanguages, values, error };
    const told = faults.map((fault) => ({ ...fault, file: 'GIFT' }));
    return reply.page('publishing/bank-gift', { ...page, faults: told }, { status: error === null ? 200 : 422 });
  }
}

function answer(reply: FastifyReply, path: string, isInPart: boolean) {
  return reply.goTo(path, isInPart ? 'bank.brought_in_part' : 'bank.brought');
}
