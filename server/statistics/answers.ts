import { isMarkable, matchOptions, type Question } from '../quizzes/question.ts';

export interface OptionSum {
  part: number;
  position: number;
  people: number;
}

export interface TypedSum {
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

/** The answers to a question; of a matching question, to one of its prompts. */
export interface AnswerList {
  prompt: string | null;
  answers: GivenAnswer[];
}

const blank = { html: null, words: null, truth: null };

/** How often each option was taken, in its author's order; of typed answers the commonest wrong ones. */
export function answerLists(question: Question, options: OptionSum[], typed: TypedSum[]): AnswerList[] {
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
      return [{ prompt: null, answers }];
    }
    case 'truefalse': {
      const answers = [true, false].map((truth) => ({
        ...blank,
        truth,
        isRight: truth === question.correct,
        people: taken(Number(truth)),
      }));
      return [{ prompt: null, answers }];
    }
    case 'matching': {
      const offered = matchOptions(question);
      return question.pairs.map(({ prompt, match }, part) => ({
        prompt,
        answers: offered.map((words, position) => ({
          ...blank,
          words,
          isRight: words === match,
          people: taken(position, part),
        })),
      }));
    }
    default:
      return [
        {
          prompt: null,
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
    default:
      return question.type;
  }
}

/** A wrong answer that more people gave than any right one; null where there is none. */
export function strongestWrong({ answers }: AnswerList): GivenAnswer | null {
  const most = (isRight: boolean) =>
    answers
      .filter((one) => one.isRight === isRight)
      .reduce<GivenAnswer | null>((top, one) => (top && top.people >= one.people ? top : one), null);
  const [right, wrong] = [most(true), most(false)];
  return right !== null && wrong !== null && wrong.people > right.people ? wrong : null;
}
