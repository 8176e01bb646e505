import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findChoice, listChoices } from '../../../organisations/choices/queries.ts';
import { orNotFound } from '../../../platform/errors.ts';
import { queryText } from '../../../platform/forms.ts';
import { signedIn } from '../../../platform/scopes.ts';
import { pairFaults } from '../../../quizzes/pairing.ts';
import type { Question } from '../../../quizzes/question.ts';
import { questionFaults } from '../../../quizzes/question-faults.ts';
import { isTold, meanShare } from '../../../statistics/judging.ts';
import { courseLanguages } from '../../forms.ts';
import { fieldOf, weightOptions } from '../../questions/fields.ts';
import { readSheet, typedSheet } from '../../questions/reading.ts';
import { freshId, isAsking, withMore } from '../../questions/routes.ts';
import type { SheetErrors } from '../../questions/rows.ts';
import { blankSheet, type Sheet, sheetLike, sheetOf } from '../../questions/sheet.ts';
import { bringEntries } from '../bringing/queries.ts';
import { type BankText, bankTags, bankText, isForBanks, questionOf } from '../entry.ts';
import { type BankQuestion, getBankQuestion, saveBankText } from '../queries.ts';
import { bankTypes } from '../routes.ts';
import { listUses } from '../uses/queries.ts';

type Body = Record<string, string | string[]>;
type WithQuestion = { Params: { question: string }; Body: Body };
type Organisation = { id: string; code: string; name: string };

/** One language of a question in a bank, there or still to be written. */
interface Desk {
  organisation: Organisation;
  language: string;
  /** null: a new one */
  known: BankQuestion | null;
  /** What stands there in this language. */
  question: Question | null;
  /** The same in the language it was written in first, where that is another one. */
  original: { language: string; question: Question } | null;
}

interface Shown {
  sheet: Sheet;
  id: string;
  base?: string;
  errors?: SheetErrors;
  /** What somebody else has written meanwhile. */
  theirs?: BankText | null;
  status?: number;
}

/** As for a question of a quiz. */
const bodyLimit = 2_000_000;

/** Questions of a bank, in the form that quizzes have for theirs. */
export function bankQuestionRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/publishing/bank/new-question', async (request, reply) => {
    const like = queryText(request.query, 'like');
    const language = languageOf(queryText(request.query, 'language'));
    if (like !== '') return showText(reply, await deskOf(request, like, language));
    const organisation = await organisationOf(request, queryText(request.query, 'organisation'));
    const sheet = blankSheet(typeOf(queryText(request.query, 'type')));
    return show(reply, { ...nothing, organisation, language }, { sheet, id: freshId() });
  });

  app.get<WithQuestion>('/publishing/bank/questions/:question', async (request, reply) => {
    const desk = await deskOf(request, request.params.question, queryText(request.query, 'language'));
    return showText(reply, desk);
  });

  app.post<{ Body: Body }>('/publishing/bank/questions', { bodyLimit }, async (request, reply) => {
    const like = queryText(request.body, 'like');
    const language = languageOf(queryText(request.body, 'language'));
    if (like !== '') return save(request, reply, await deskOf(request, like, language));
    const organisation = await organisationOf(request, queryText(request.body, 'organisation'));
    const desk = { ...nothing, organisation, language };
    const asked = queryText(request.body, 'id');
    const id = /^[a-z0-9-]{1,60}$/.test(asked) ? asked : freshId();
    const sheet = typedSheet(typeOf(queryText(request.body, 'type')), request.body);
    if (isAsking(request.body)) return show(reply, desk, { sheet: withMore(sheet, request.body), id });
    const reading = readIn(request, sheet, null, id);
    if ('errors' in reading) return show(reply, desk, { sheet, id, errors: reading.errors, status: 422 });
    const { question } = reading;
    const entry = { key: id, tags: question.tags, byLanguage: new Map([[language, question]]) };
    const { ids, refused } = await db
      .transaction()
      .execute((trx) => bringEntries(trx, organisation, [entry], signedIn(request)));
    const [made] = ids;
    if (refused > 0 || made === undefined)
      return show(reply, desk, { sheet, id, errors: { text: 'question_forms.error_unwritable' }, status: 422 });
    return reply.goTo(`/publishing/bank/questions/${made}?language=${language}`, 'bank.added');
  });

  app.post<WithQuestion>('/publishing/bank/questions/:question', { bodyLimit }, async (request, reply) => {
    return save(request, reply, await deskOf(request, request.params.question, queryText(request.body, 'language')));
  });

  /** @throws NotFound where somebody is no author */
  async function organisationOf(request: FastifyRequest, code: string): Promise<Organisation> {
    const author = signedIn(request);
    if (code !== '') return orNotFound(await findChoice(db, author, 'author', code));
    const { rows } = await listChoices(db, author, 'author', { limit: 1 });
    return orNotFound(rows[0]);
  }

  async function deskOf(request: FastifyRequest, id: string, asked: string): Promise<Desk> {
    const known = await getBankQuestion(db, signedIn(request), id);
    const [first] = known.texts;
    const language = asked === '' && first ? first.language : languageOf(asked);
    const own = known.texts.find((text) => text.language === language);
    const firstQuestion = first && first.language !== language ? questionOf(first) : null;
    return {
      organisation: { id: known.organisation_id, code: known.organisation_code, name: known.organisation_name },
      ...{ known, language, question: own ? questionOf(own) : null },
      original: first && firstQuestion ? { language: first.language, question: firstQuestion } : null,
    };
  }

  async function save(request: FastifyRequest<{ Body: Body }>, reply: FastifyReply, desk: Desk) {
    const { language, question, original } = desk;
    const known = orNotFound(desk.known ?? undefined);
    // Without one it was still to be written when the form was opened.
    const base = queryText(request.body, 'base') || (question ? '0' : String(known.revision));
    const type = orNotFound((question ?? original?.question)?.type);
    const sheet = typedSheet(type, request.body);
    const shown = { sheet, id: known.key, base };
    if (isAsking(request.body)) return show(reply, desk, { ...shown, sheet: withMore(sheet, request.body) });
    const reading = readIn(request, sheet, question, known.key);
    if ('errors' in reading) return show(reply, desk, { ...shown, errors: reading.errors, status: 422 });
    const tags = bankTags(reading.question.tags);
    const text = bankText(language, reading.question, known.key, tags);
    const others = known.texts
      .filter((one) => one.language !== language)
      .map((one) => {
        const same = questionOf(one);
        return same && bankText(one.language, same, known.key, tags);
      });
    if (text === null || others.includes(null))
      return show(reply, desk, { ...shown, errors: { text: 'question_forms.error_unwritable' }, status: 422 });
    const kept = { text, tags, revision: Number(base) || 0, others: others.filter((one) => one !== null) };
    const outcome = await db.transaction().execute((trx) => saveBankText(trx, known, kept, signedIn(request)));
    if (outcome === 'changed') {
      const theirs = known.texts.find((one) => one.language === language) ?? null;
      const again = { ...shown, base: String(known.revision), theirs };
      return show(reply, desk, { ...again, errors: { text: 'bank.changed_meanwhile' }, status: 409 });
    }
    return reply.goTo(`/publishing/bank/questions/${known.id}?language=${language}`, 'publishing.saved');
  }

  async function showText(reply: FastifyReply, desk: Desk) {
    const { question, original, known } = desk;
    const { language } = reply.request;
    const sheet = question ? sheetOf(question, language) : sheetLike(orNotFound(original?.question), language);
    return show(reply, desk, { sheet, id: known?.key ?? freshId() });
  }

  async function show(reply: FastifyReply, desk: Desk, { sheet, id, errors = {}, theirs = null, ...more }: Shown) {
    const { organisation, language, known, question, original } = desk;
    const { t, language: reader } = reply.request;
    const { status = 200, base } = more;
    const told: Record<string, string> = {};
    const pairs = question && original ? pairFaults([original.question], [question]) : [];
    for (const fault of status === 200 && question ? [...questionFaults(question), ...pairs] : []) {
      const name = fieldOf({ file: '', ...fault }, sheet);
      told[name] = [told[name], t(`package.${fault.code}`, fault.values)].filter(Boolean).join(' ');
    }
    const has = known?.texts.map((text) => text.language) ?? [];
    const languages = [...new Set([...has, language, ...courseLanguages])];
    const uses = known ? await listUses(db, signedIn(reply.request), known) : [];
    const isThere = known !== null && question !== null;
    return reply.page(
      'publishing/question',
      {
        ...{ sheet, errors, told, lessons: [], course_title: organisation.name, home: '/publishing/bank' },
        draft: { id: '', state: known?.taken_out_at ? 'discarded' : 'draft' },
        quiz: { key: '', title: organisation.name, language, languages },
        place: isThere
          ? {
              ...{ name: known.id, at: 0, base: base ?? String(known.revision) },
              missing: languages.filter((one) => !has.includes(one)),
            }
          : null,
        ...{ id: isThere ? known.id : id, like: known && !isThere ? known.id : '' },
        beside: original ? { language: original.language, sheet: sheetOf(original.question, reader) } : null,
        weights: weightOptions(sheet, t),
        bank: { organisation, theirs, known, uses: uses.map((use) => ({ ...use, percent: percentIn(use) })) },
      },
      { status },
    );
  }
}

const nothing = { known: null, question: null, original: null };

function percentIn({ people, score }: { people: number | null; score: number | null }): number | null {
  const sums = { people: Number(people ?? 0), score: Number(score ?? 0) };
  return isTold(sums) ? Math.round(100 * (meanShare(sums) ?? 0)) : null;
}

/** The form has no field for a picture of a course, but its words might name one. */
function readIn(request: FastifyRequest, sheet: Sheet, question: Question | null, key: string) {
  const reading = readSheet(sheet, question, key, request.language);
  if ('errors' in reading) return reading;
  const whole = { ...reading.question, tags: bankTags(reading.question.tags) };
  const entry = { key, tags: whole.tags, byLanguage: new Map([['', whole]]) };
  return isForBanks(entry) ? { question: whole } : { errors: { text: 'bank.error_picture' } };
}

function languageOf(asked: string): string {
  return /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(asked) ? asked : courseLanguages[0];
}

function typeOf(asked: string): Question['type'] {
  return bankTypes.find((one) => one === asked) ?? 'choice';
}
