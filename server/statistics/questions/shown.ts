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
  );
  const isTyped = body.type === 'short' || body.type === 'number';
  return lists.flatMap((list) => {
    const taken = list.answers.reduce((sum, { people }) => sum + people, 0);
    // Of a matching question each prompt may be left empty by itself.
    const people = sums.people - (body.type === 'matching' ? taken : sums.answered);
    const blank = { html: null, words: null, truth: null, isRight: false, people, is_blank: true };
    const lines = [
      ...list.answers.map((answer) => ({ ...answer, is_blank: false })),
      ...(isTyped || people === 0 ? [] : [blank]),
    ];
    if (lines.length === 0) return [];
    return [
      {
        promptHtml: list.prompt,
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
  for (const { words, people } of asked.flatMap(({ typed }) => typed)) {
    const sum = sums.get(words.toLowerCase()) ?? { words, people: 0 };
    sums.set(words.toLowerCase(), { ...sum, people: sum.people + people });
  }
  return [...sums.values()].sort((a, b) => b.people - a.people);
}
