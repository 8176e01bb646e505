import type { FastifyRequest } from 'fastify';
import type { Translate } from '../../platform/i18n.ts';
import type { Question } from '../../quizzes/question.ts';
import type { Bars } from '../../results/reports/chart.ts';
import { type AnswerList, answerLists, type GivenAnswer, strongestWrong, type TypedSum } from '../answers.ts';
import { wordsFor } from '../choosing.ts';
import { drawAnswers, letterOf, percentOf } from '../drawing.ts';
import { excerpt } from '../excerpt.ts';
import { addSums, isTold } from '../judging.ts';
import type { AskedIn } from '../queries.ts';

/** An answer as its line and its bar show it. */
interface AnswerLine extends GivenAnswer {
  letter: string;
  percent: number;
  is_blank: boolean;
}

export interface ShownList {
  promptHtml: string | null;
  /** Of a text with blanks, from 1. */
  blank: number | null;
  bars: Bars;
  answers: AnswerLine[];
  /** A wrong answer that more gave than the right one. */
  stronger: string | null;
}

/** The answers to a question, as its page shows them; none where too few have taken it. */
export function shownLists(request: FastifyRequest, body: Question, asked: AskedIn[]): ShownList[] {
  const sums = addSums(asked.flatMap((one) => one.sums ?? []));
  if (!isTold(sums)) return [];
  const lists = answerLists(
    body,
    asked.flatMap(({ options }) => options),
    typedIn(asked),
    asked[0]?.rules ?? { accents: 'exact', case: 'exact' },
  );
  const isTyped = body.type === 'short' || body.type === 'number';
  return lists.flatMap((list) => {
    const taken = list.answers.reduce((sum, { people }) => sum + people, 0);
    // Of a matching question each prompt may be left empty by itself; of what was typed into a blank the rare is not known.
    const isInParts = body.type === 'matching' || body.type === 'ordering' || list.blank !== null;
    const people = sums.people - (isInParts ? taken : sums.answered);
    const isRareUnknown = isTyped || (body.type === 'cloze' && body.blanks[(list.blank ?? 1) - 1]?.kind !== 'select');
    const blank = { html: null, words: null, truth: null, isRight: false, people, is_blank: true };
    const lines = [
      ...list.answers.map((answer) => ({ ...answer, is_blank: false })),
      ...(isRareUnknown || people === 0 ? [] : [blank]),
    ];
    if (lines.length === 0) return [];
    return [
      {
        ...{ promptHtml: list.prompt, blank: list.blank },
        bars: drawAnswers(wordsFor(request), lines, sums.people),
        answers: lines.map((line, index) => ({
          ...line,
          letter: letterOf(index),
          percent: percentOf(line.people, sums.people),
        })),
        stronger: strongerWords(request.t, list),
      },
    ];
  });
}

function strongerWords(t: Translate, list: AnswerList): string | null {
  const wrong = strongestWrong(list);
  if (wrong === null) return null;
  if (wrong.truth !== null) return t(wrong.truth ? 'statistics.true' : 'statistics.false');
  return wrong.words ?? excerpt(wrong.html ?? '');
}

/** Of all versions together, the commonest first. */
function typedIn(asked: AskedIn[]): TypedSum[] {
  const sums = new Map<string, TypedSum>();
  for (const { part, words, people } of asked.flatMap(({ typed }) => typed)) {
    const key = `${part} ${words.toLowerCase()}`;
    const sum = sums.get(key) ?? { part, words, people: 0 };
    sums.set(key, { ...sum, people: sum.people + people });
  }
  return [...sums.values()].sort((a, b) => b.people - a.people);
}
