import { blankQuestion, blankResponse, givenIn, rightPlaces } from './cloze.ts';
import { type MarkableQuestion, matchOptions, type Option, type QuestionOf, type Response } from './question.ts';
import { exampleOf, numbersIn, saysTheSame, type TypedRules } from './typed-answer.ts';

/** The smallest weight that can be written, in parts of one per cent. */
export const weightUnits = 1e5;

export interface Mark {
  /** of the question's points, 0 to 1 */
  fraction: number;
  outcome: 'right' | 'partly' | 'wrong' | 'unanswered';
  /** what the author says to this answer, then to everybody */
  feedback: string[];
}

/** Marks an answer as Moodle does. An answer that does not fit the question is none. */
export function mark(question: MarkableQuestion, response: Response | null, rules: TypedRules): Mark {
  const judgement = response && judge(question, response, rules);
  const { fraction, notes } = judgement ?? { fraction: 0, notes: [] };
  const feedback = [...notes, question.generalFeedback].filter((note) => note !== null);
  if (!judgement) return { fraction, outcome: 'unanswered', feedback };
  return { fraction, outcome: fraction === 1 ? 'right' : fraction > 0 ? 'partly' : 'wrong', feedback };
}

/** An answer that earns everything, or null where the author gave none. */
export function correctResponse(question: MarkableQuestion): Response | null {
  switch (question.type) {
    case 'choice': {
      const right = best(question.options);
      return right ? { choice: question.options.indexOf(right) } : null;
    }
    case 'choices': {
      const right = question.options.flatMap(({ weight }, index) => (weight > 0 ? [index] : []));
      return right.length > 0 ? { choices: right } : null;
    }
    case 'truefalse':
      return { truefalse: question.correct };
    case 'short': {
      const right = best(question.answers);
      return right ? { text: exampleOf(right.text) } : null;
    }
    case 'number': {
      const right = best(question.answers);
      return right ? { text: exampleWithin(right) } : null;
    }
    case 'matching':
      return question.pairs.length > 0 ? { matches: rightMatches(question) } : null;
    case 'ordering':
      return { places: rightPlaces(question) };
    case 'cloze': {
      const right = question.blanks.map((blank) => givenIn(correctResponse(blankQuestion(question, blank))));
      return right.every((given) => given !== null) ? { blanks: right } : null;
    }
  }
}

/** What each blank of a cloze question earns, of its own points. */
export function markBlanks(question: QuestionOf<'cloze'>, response: Response | null, rules: TypedRules): Mark[] {
  const given = response !== null && 'blanks' in response ? response.blanks : [];
  return question.blanks.map((blank, index) =>
    mark(blankQuestion(question, blank), blankResponse(given[index]), rules),
  );
}

/** Of 2.5 ± 0.1 the 2.5 that its author wrote, without the noise of binary fractions; of 2 to 3 the 2. */
function exampleWithin({ min, max }: { min: number; max: number }): string {
  const middle = Number(((min + max) / 2).toPrecision(12));
  const isSimple = middle >= min && middle <= max && String(middle).length <= String(min).length;
  return String(isSimple ? middle : min);
}

interface Judgement {
  fraction: number;
  notes: (string | null)[];
}

function judge(question: MarkableQuestion, response: Response, rules: TypedRules): Judgement | null {
  if (question.type === 'choice' && 'choice' in response) {
    const picked = question.options[response.choice];
    return picked ? earn(picked) : null;
  }
  if (question.type === 'choices' && 'choices' in response) return judgeChoices(question, response.choices);
  if (question.type === 'truefalse' && 'truefalse' in response) {
    const isRight = response.truefalse === question.correct;
    return { fraction: isRight ? 1 : 0, notes: [isRight ? question.feedback.right : question.feedback.wrong] };
  }
  if (question.type === 'short' && 'text' in response) {
    return earn(best(question.answers.filter(({ text }) => saysTheSame(response.text, text, rules))));
  }
  if (question.type === 'number' && 'text' in response) {
    const numbers = numbersIn(response.text);
    return earn(best(question.answers.filter(({ min, max }) => numbers.some((n) => min <= n && n <= max))));
  }
  if (question.type === 'matching' && 'matches' in response) return judgeMatches(question, response.matches);
  if (question.type === 'ordering' && 'places' in response) return judgePlaces(question, response.places);
  if (question.type === 'cloze' && 'blanks' in response) return judgeBlanks(question, response, rules);
  return null;
}

/**
 * The weights of what was ticked are added, never below nothing nor above all. Where the author gave wrong options no
 * negative weight, ticking everything earns everything, as in Moodle.
 */
function judgeChoices({ options }: QuestionOf<'choices'>, choices: number[]): Judgement {
  const picked = options.filter((_, index) => choices.includes(index));
  const fraction = sumOfWeights(picked) / fullWeight(options);
  return { fraction: Math.min(1, Math.max(0, fraction)), notes: picked.map(({ feedback }) => feedback) };
}

/** In whole hundred-thousandths of a per cent: 33.333 + 33.333 + 33.333 has no binary sum, and no drift here. */
export function sumOfWeights(options: Option[]): number {
  return options.reduce((sum, { weight }) => sum + Math.round(weight * weightUnits), 0);
}

/** What counts as all: 100 per cent, or the sum of the right options where only rounding parts it from 100. */
export function fullWeight(options: Option[]): number {
  const right = sumOfWeights(options.filter(({ weight }) => weight > 0));
  const all = 100 * weightUnits;
  return Math.abs(right - all) <= all / 1000 ? right : all;
}

function judgeMatches(question: QuestionOf<'matching'>, matches: (number | null)[]): Judgement {
  const right = rightMatches(question).filter((match, index) => match === matches[index]);
  return { fraction: right.length / question.pairs.length, notes: [] };
}

function rightMatches(question: QuestionOf<'matching'>): number[] {
  const options = matchOptions(question);
  return question.pairs.map(({ match }) => options.indexOf(match));
}

/** Each item earns the same for standing where it belongs, as by "absolute position" in Moodle (qtype_ordering). */
function judgePlaces(question: QuestionOf<'ordering'>, places: (number | null)[]): Judgement {
  const right = rightPlaces(question).filter((place, index) => place === places[index]);
  return { fraction: right.length / question.items.length, notes: [] };
}

/**
 * The sum of what the blanks earn, by their shares, of the sum of the shares, as in Moodle (qtype_multianswer). A wrong blank takes
 * nothing from the others. In whole hundred-thousandths of a per cent, as weights are.
 */
function judgeBlanks(question: QuestionOf<'cloze'>, response: Response, rules: TypedRules): Judgement {
  const all = 100 * weightUnits;
  const marks = markBlanks(question, response, rules);
  const earned = question.blanks.reduce(
    (sum, { share }, index) => sum + share * Math.round((marks[index]?.fraction ?? 0) * all),
    0,
  );
  const total = question.blanks.reduce((sum, { share }) => sum + share, 0);
  return { fraction: earned / (total * all), notes: [] };
}

type Weighted = Pick<Option, 'weight' | 'feedback'>;

function best<T extends Weighted>(answers: T[]): T | undefined {
  return answers.reduce<T | undefined>((top, answer) => (top && top.weight >= answer.weight ? top : answer), undefined);
}

function earn(answer: Weighted | undefined): Judgement {
  return answer ? { fraction: Math.max(0, answer.weight) / 100, notes: [answer.feedback] } : { fraction: 0, notes: [] };
}
