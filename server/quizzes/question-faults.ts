import type { TextFault } from '../courses/fault.ts';
import { blankQuestion } from './cloze.ts';
import { fullWeight, sumOfWeights, weightUnits } from './marking.ts';
import { blankSign, matchOptions, type Option, type Question } from './question.ts';
import { longestText } from './response.ts';
import { exampleOf } from './typed-answer.ts';

export interface QuestionFault extends TextFault {
  line: number;
  code:
    | 'question_no_text'
    | 'question_few_options'
    | 'question_few_matches'
    | 'question_few_items'
    | 'question_same_items'
    | 'question_no_right_answer'
    | 'question_not_full_marks'
    | 'question_everything_ticked'
    | 'question_answer_untypable'
    | 'question_hint_empty'
    | 'question_hint_unasked';
}

type Found = Omit<QuestionFault, 'line'>;

/** Why a learner could not earn all of a question's points, or could without knowing: such a question is not published. */
export function questionFaults(question: Question): QuestionFault[] {
  return [...textFaults(question), ...hintFaults(question), ...answerFaults(question)].map((found) => ({
    line: question.line,
    ...found,
  }));
}

function textFaults(question: Question): Found[] {
  const after = 'after' in question ? question.after : null;
  const words = `${question.text}${after ?? ''}`.replaceAll(blankSign, ' ');
  return words.trim() === '' ? [{ code: 'question_no_text', values: {} }] : [];
}

function hintFaults({ type, hints = [] }: Question): Found[] {
  if (type === 'description' && hints.length > 0) return [{ code: 'question_hint_unasked', values: {} }];
  return hints.flatMap((hint, index): Found[] =>
    hint === '' ? [{ code: 'question_hint_empty', values: { position: index + 1 } }] : [],
  );
}

function answerFaults(question: Question): Found[] {
  switch (question.type) {
    case 'choice':
      return [...optionFaults(question.options), ...bestFaults(question.options)];
    case 'choices':
      return [...optionFaults(question.options), ...sumFaults(question.options)];
    case 'short': {
      const examples = question.answers.map(({ text }) => exampleOf(text));
      const isTypable = examples.every((text) => text !== '' && text.length <= longestText);
      const untypable: Found = { code: 'question_answer_untypable', values: { most: longestText } };
      return [...(isTypable ? [] : [untypable]), ...bestFaults(question.answers)];
    }
    case 'number':
      return bestFaults(question.answers);
    case 'matching': {
      const isGuessed = question.pairs.length < 2 || matchOptions(question).length < 2;
      return isGuessed ? [{ code: 'question_few_matches', values: {} }] : [];
    }
    case 'ordering': {
      const different = new Set(question.items.map(({ text }) => text)).size;
      if (different < 2) return [{ code: 'question_few_items', values: {} }];
      // Which of them comes first nobody could know.
      return different < question.items.length ? [{ code: 'question_same_items', values: {} }] : [];
    }
    case 'cloze': {
      const faults = question.blanks.flatMap((blank) => answerFaults(blankQuestion(question, blank)));
      return faults.filter(({ code }, index) => faults.findIndex((other) => other.code === code) === index);
    }
    default:
      return [];
  }
}

function optionFaults(options: Option[]): Found[] {
  return options.length < 2 ? [{ code: 'question_few_options', values: { count: options.length } }] : [];
}

function bestFaults(answers: { weight: number }[]): Found[] {
  const best = Math.max(0, ...answers.map(({ weight }) => weight));
  return best === 100 ? [] : [rightFault(best)];
}

/** Where the author punishes wrong ticks, ticking everything must not earn everything. */
function sumFaults(options: Option[]): Found[] {
  const right = sumOfWeights(options.filter(({ weight }) => weight > 0));
  const full = fullWeight(options);
  if (right < full) return [rightFault(right / weightUnits)];
  const punishes = options.some(({ weight }) => weight < 0);
  return punishes && sumOfWeights(options) >= full ? [{ code: 'question_everything_ticked', values: {} }] : [];
}

function rightFault(best: number): Found {
  return best === 0
    ? { code: 'question_no_right_answer', values: {} }
    : { code: 'question_not_full_marks', values: { best } };
}
