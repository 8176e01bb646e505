import { blankQuestion, rightPlaces } from '../quizzes/cloze.ts';
import { mark } from '../quizzes/marking.ts';
import { isMarkable, matchOptions, type Question } from '../quizzes/question.ts';
import type { TypedRules } from '../quizzes/typed-answer.ts';

export interface OptionSum {
  part: number;
  position: number;
  people: number;
}

export interface TypedSum {
  /** The blank of a text; else 0. */
  part: number;
  words: string;
  people: number;
}

/** Something that people answered. */
export interface GivenAnswer {
  /** HTML of the author's; of what was typed or stands in a select, and of true and false, null. */
  html: string | null;
  /** Where there is no HTML. */
  words: string | null;
  truth: boolean | null;
  isRight: boolean;
  people: number;
}

/** The answers to a question; of a matching question, to one of its prompts, of an ordering to one of its items, of a text to a blank. */
export interface AnswerList {
  prompt: string | null;
  /** Of a blank, from 1. */
  blank: number | null;
  answers: GivenAnswer[];
}

const blank = { html: null, words: null, truth: null };

/** How often each option was taken, in its author's order; of typed answers the commonest wrong ones, in a blank the right ones too. */
export function answerLists(
  question: Question,
  options: OptionSum[],
  typed: TypedSum[],
  rules: TypedRules,
): AnswerList[] {
  if (!isMarkable(question)) return [];
  const taken = (position: number, part = 0) =>
    options
      .filter((one) => one.part === part && one.position === position)
      .reduce((sum, { people }) => sum + people, 0);
  switch (question.type) {
    case 'choice':
    case 'choices': {
      const answers = question.options.map(({ text, weight }, index) => ({
        ...blank,
        html: text,
        isRight: weight > 0,
        people: taken(index),
      }));
      return [{ prompt: null, blank: null, answers }];
    }
    case 'truefalse': {
      const answers = [true, false].map((truth) => ({
        ...blank,
        truth,
        isRight: truth === question.correct,
        people: taken(Number(truth)),
      }));
      return [{ prompt: null, blank: null, answers }];
    }
    case 'matching': {
      const offered = matchOptions(question);
      return question.pairs.map(({ prompt, match }, part) => ({
        ...{ prompt, blank: null },
        answers: offered.map((words, position) => ({
          ...blank,
          words,
          isRight: words === match,
          people: taken(position, part),
        })),
      }));
    }
    case 'ordering': {
      const right = rightPlaces(question);
      return question.items.map(({ text }, part) => ({
        ...{ prompt: text, blank: null },
        answers: question.items.map((_, position) => ({
          ...blank,
          words: String(position + 1),
          isRight: right[part] === position,
          people: taken(position, part),
        })),
      }));
    }
    case 'cloze':
      return question.blanks.map((one, part) => {
        const asked = blankQuestion(question, one);
        const picked = one.kind === 'select' ? one.answers : [];
        const offeredHere = picked.map(({ text, weight }, position) => ({
          ...{ ...blank, words: text, isRight: weight > 0 },
          people: taken(position, part),
        }));
        const typedHere = typed
          .filter((sum) => sum.part === part)
          .map(({ words, people }) => ({
            ...{ ...blank, words, people },
            isRight: mark(asked, { text: words }, rules).fraction > 0,
          }));
        return { prompt: null, blank: part + 1, answers: one.kind === 'select' ? offeredHere : typedHere };
      });
    default:
      return [
        {
          ...{ prompt: null, blank: null },
          answers: typed.map(({ words, people }) => ({ ...blank, words, isRight: false, people })),
        },
      ];
  }
}

/** What is offered, to compare versions: positions mean the same only where it is the same. */
export function offered(question: Question): string {
  switch (question.type) {
    case 'choice':
    case 'choices':
      return JSON.stringify([question.type, question.options.map(({ text }) => text)]);
    case 'matching':
      return JSON.stringify([question.type, question.pairs.map(({ prompt }) => prompt), matchOptions(question)]);
    case 'ordering':
      return JSON.stringify([question.type, question.items.map(({ text }) => text)]);
    case 'cloze': {
      const blanks = question.blanks.map(({ kind, answers }) => [
        kind,
        kind === 'select' ? answers.map((one) => ('text' in one ? one.text : '')) : [],
      ]);
      return JSON.stringify([question.type, question.text, blanks]);
    }
    default:
      return question.type;
  }
}

/** A wrong answer that more people gave than any right one; null where there is none. */
export function strongestWrong({ answers }: Pick<AnswerList, 'prompt' | 'answers'>): GivenAnswer | null {
  const most = (isRight: boolean) =>
    answers
      .filter((one) => one.isRight === isRight)
      .reduce<GivenAnswer | null>((top, one) => (top && top.people >= one.people ? top : one), null);
  const [right, wrong] = [most(true), most(false)];
  return right !== null && wrong !== null && wrong.people > right.people ? wrong : null;
}
