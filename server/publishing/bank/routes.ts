import type { FastifyInstance } from 'fastify';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import type { Question } from '../../quizzes/question.ts';
import { courseLanguages } from '../forms.ts';
import { questionTypes } from '../questions/sheet.ts';
import { wordsOf } from '../quizzes/quiz.ts';
import { questionOf } from './entry.ts';
import { type BankPage, type Filter, getBankPage, getBankQuestion, setTakenOut } from './queries.ts';

/** A question as lists show it. */
export interface BankRow {
  id: string;
  words: string;
  language: string;
  languages: string[];
  type: Question['type'] | null;
  tags: string[];
  level: string | null;
  organisation_name: string;
}

export interface BankChoice {
  filter: Filter;
  tags: string[];
  levels: string[];
  choices: BankPage['choices'];
}

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/bank': BankChoice & {
      rows: BankRow[];
      total: number;
      pages: number;
      page_number: number;
      is_taken_out: boolean;
      /** whose language a new question is offered in first */
      reader: string;
      types: Question['type'][];
      languages: readonly string[];
      /** What the address says of the filter, for the next page. */
      query: string;
    };
  }
}

type WithQuestion = { Params: { question: string } };

/** What asks nothing belongs to the questions after it, in a quiz. */
export const bankTypes = questionTypes.filter((type) => type !== 'description');

/** The questions that organisations keep for many courses. */
export function bankRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/publishing/bank', async (request, reply) => {
    const author = signedIn(request);
    const filter = filterOf(request.query);
    const page_number = pageNumber(queryText(request.query, 'page'));
    const isTakenOut = queryText(request.query, 'state') === 'out';
    const found = await getBankPage(db, author, filter, { isTakenOut, page: page_number });
    const query = queryOf(filter, isTakenOut ? { state: 'out' } : {});
    if (found.rows.length === 0 && page_number > 1) return reply.goTo(`/publishing/bank?${query}`);
    return reply.page('publishing/bank', {
      ...choiceOf(found, filter),
      ...{ total: found.total, pages: found.pages, page_number, query, types: bankTypes, is_taken_out: isTakenOut },
      ...{ languages: courseLanguages, reader: request.language },
      rows: found.rows.map((row) => rowOf(row, request.language)),
    });
  });

  app.post<WithQuestion>('/publishing/bank/questions/:question/removal', async (request, reply) => {
    const author = signedIn(request);
    const question = await getBankQuestion(db, author, request.params.question);
    await setTakenOut(db, question, true, author);
    return reply.goTo(`/publishing/bank/questions/${question.id}`, 'bank.taken_out');
  });

  app.post<WithQuestion>('/publishing/bank/questions/:question/restoration', async (request, reply) => {
    const author = signedIn(request);
    const question = await getBankQuestion(db, author, request.params.question);
    await setTakenOut(db, question, false, author);
    return reply.goTo(`/publishing/bank/questions/${question.id}`, 'bank.restored');
  });
}

export function filterOf(asked: unknown): Filter {
  const text = (name: string) => queryText(asked, name).slice(0, 200);
  return { q: text('q'), tag: text('tag'), level: text('level'), organisation: text('organisation'), of: text('of') };
}

export function queryOf(filter: Filter, more: Record<string, string> = {}): string {
  const said = Object.entries({ ...filter, ...more }).filter(([, value]) => value !== '');
  return new URLSearchParams(said).toString();
}

export function choiceOf({ tags, choices }: BankPage, filter: Filter): BankChoice {
  const levels = tags.flatMap((tag) => /^level:(.+)$/.exec(tag)?.[1] ?? []);
  const chosen = (list: string[], one: string) => (one === '' || list.includes(one) ? list : [...list, one]);
  return {
    ...{ filter, choices },
    tags: chosen(
      tags.filter((tag) => !tag.startsWith('level:')),
      filter.tag,
    ),
    levels: chosen(levels, filter.level),
  };
}

/** In the reader's language where it has it. */
export function rowOf({ id, tags, texts, organisation_name }: BankPage['rows'][number], reader: string): BankRow {
  const text = texts.find(({ language }) => language === reader) ?? texts[0];
  const question = text ? questionOf(text) : null;
  return {
    ...{ id, organisation_name, type: question?.type ?? null },
    words: question ? wordsOf(question) : '',
    language: text?.language ?? reader,
    languages: texts.map(({ language }) => language),
    tags: tags.filter((tag) => !tag.startsWith('level:')),
    level: tags.find((tag) => tag.startsWith('level:'))?.slice('level:'.length) ?? null,
  };
}
