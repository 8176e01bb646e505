import {
  anyNumber,
  matchSlots,
  type NumberAnswer,
  type Option,
  type Question,
  type QuestionOf,
} from '../quizzes/question.ts';
import { gaps } from './qti-gaps.ts';
import { element, equal, given, plain, rich } from './qti-markup.ts';
import { xml } from './xml.ts';

/** The words that stand for right and wrong. */
export interface QtiWords {
  true: string;
  false: string;
}

/** What is lost where a question is written by the profile alone. */
export type QtiLoss = 'out_weights' | 'out_all_or_nothing' | 'out_answers' | 'out_ordering' | 'out_gaps';

export interface Answers {
  type: string;
  fields: (readonly [string, string])[];
  responses: string[];
  rules: string[];
  says: { to: string; html: string | null }[];
}

/** @returns null where there is no word for it */
export function answersOf(question: Question, isProfile: boolean, words: QtiWords, losses: QtiLoss[]): Answers | null {
  const named = (profile: string, canvas: string) => (isProfile ? `cc.${profile}.v0p1` : `${canvas}_question`);
  const none = { fields: [], rules: [], says: [] };
  switch (question.type) {
    case 'choice': {
      const { options } = question;
      const rules = isProfile
        ? bestOnly(options, losses)
        : options.flatMap(({ weight }, index) => scored(option(index), weight));
      const type = named('multiple_choice', 'multiple_choice');
      return rules.length === 0
        ? null
        : { ...none, type, rules, responses: [choice('Single', options)], says: sayings(options) };
    }
    case 'choices': {
      const { options } = question;
      const rules = isProfile ? allOrNothing(options, losses) : eachAdded(options);
      const type = named('multiple_response', 'multiple_answers');
      return rules.length === 0
        ? null
        : { ...none, type, rules, responses: [choice('Multiple', options)], says: sayings(options) };
    }
    case 'truefalse': {
      const { correct, feedback } = question;
      const label = (said: boolean) => xml('response_label', { ident: String(said) }, plain(words[`${said}`]));
      const response = xml('render_choice', {}, label(true), label(false));
      return {
        ...none,
        type: named('true_false', 'true_false'),
        responses: [xml('response_lid', { ident: 'response1', rcardinality: 'Single' }, response)],
        rules: scored(String(correct), 100),
        says: [
          { to: String(correct), html: feedback.right },
          { to: String(!correct), html: feedback.wrong },
        ],
      };
    }
    case 'short':
      return typedWords(question.answers, isProfile, losses, named);
    case 'number':
      return isProfile ? exactNumbers(question.answers, losses) : numbers(question.answers);
    case 'matching':
      return isProfile ? null : { ...none, type: 'matching_question', ...pairs(question) };
    case 'ordering': {
      if (isProfile) return null;
      losses.push('out_ordering');
      const numbered = question.items.map(({ text }, index) => ({ prompt: text, match: String(index + 1) }));
      return { ...none, type: 'matching_question', ...pairs({ pairs: numbered, distractors: [] }) };
    }
    case 'cloze':
      return isProfile ? null : gaps(question, (loss) => losses.push(loss));
    case 'essay':
      return {
        ...none,
        type: named('essay', 'essay'),
        fields: [['qmd_computerscored', 'No']],
        responses: [typed('Box')],
      };
    default:
      return isProfile ? null : { ...none, type: 'text_only_question', responses: [] };
  }
}

const option = (index: number) => `option${index + 1}`;

function choice(rcardinality: string, options: Option[]): string {
  const labels = options.map(({ text }, index) => xml('response_label', { ident: option(index) }, rich(text)));
  return xml('response_lid', { ident: 'response1', rcardinality }, xml('render_choice', {}, ...labels));
}

function sayings(options: Option[]): Answers['says'] {
  return options.map(({ feedback }, index) => ({ to: option(index), html: feedback }));
}

/** The profile knows one right answer, and no other that counts. */
function bestOnly(options: Option[], losses: QtiLoss[]): string[] {
  const best = Math.max(...options.map(({ weight }) => weight));
  if (best <= 0) return [];
  if (
    options.some(({ weight }) => weight !== 0 && weight !== 100) ||
    options.filter(({ weight }) => weight === best).length > 1
  )
    losses.push('out_weights');
  return scored(option(options.findIndex(({ weight }) => weight === best)), 100);
}

function allOrNothing(options: Option[], losses: QtiLoss[]): string[] {
  if (!options.some(({ weight }) => weight > 0)) return [];
  losses.push('out_all_or_nothing');
  const asked = options.map(({ weight }, index) => {
    const one = equal(option(index));
    return weight > 0 ? one : xml('not', {}, one);
  });
  return [given(xml('and', {}, ...asked), 100)];
}

/** Each tick gives its own. A single one is given in two steps: alone it would be read as all or nothing. */
function eachAdded(options: Option[]): string[] {
  const giving = options.flatMap(({ weight }, index) => (weight === 0 ? [] : [{ weight, index }]));
  return giving.flatMap(({ weight, index }) => {
    const step = Math.sign(weight);
    const steps = giving.length === 1 ? [weight - step, step] : [weight];
    return steps.map((step) => given(equal(option(index)), step, 'Add'));
  });
}

/** A star stands for anything: around a word it can be said. */
function typedWords(
  answers: Option[],
  isProfile: boolean,
  losses: QtiLoss[],
  named: (profile: string, canvas: string) => string,
): Answers | null {
  let hasPattern = false;
  const said = answers.flatMap((answer) => {
    const [, around] = /^\*((?:[^*\\]|\\\*)+)\*$/.exec(answer.text) ?? [];
    const isPlain = !/(?<!\\)\*/.test(answer.text);
    const isSaid = isPlain || (around !== undefined && !/[[\](){}|\\^$+?]|\.\*/.test(around));
    const isFull = !isProfile || answer.weight === 100 || answer.weight <= 0;
    if (!isSaid) losses.push('out_answers');
    else if (!isFull) losses.push('out_weights');
    if (!isSaid || (isProfile && answer.weight !== 100)) return [];
    hasPattern ||= !isPlain;
    const value = (around ?? answer.text).replaceAll('\\*', '*');
    return [{ ...answer, value, condition: around === undefined ? equal(value) : element('varsubstring', value) }];
  });
  const rules = said.flatMap(({ condition, weight }) => (weight > 0 ? [given(condition, weight)] : []));
  if (rules.length === 0) return null;
  // Feedback is said to a word, and two answers may be told apart by a star alone.
  const isAlike = (one: (typeof said)[number]) =>
    said.find(({ value }) => value === one.value)?.feedback === one.feedback;
  if (!said.every(isAlike)) losses.push('out_answers');
  return {
    type: hasPattern && isProfile ? 'cc.pattern_match.v0p1' : named('fib', 'short_answer'),
    fields: [],
    responses: [typed('Dashline')],
    rules,
    says: said.map(({ value, feedback }) => ({ to: value, html: feedback })).filter(isFirst),
  };
}

/** Words are compared, not values: of a range nothing can be said, of a number its two ways of being written. */
function exactNumbers(answers: NumberAnswer[], losses: QtiLoss[]): Answers | null {
  const full = answers.filter(({ weight }) => weight === 100);
  if (full.length === 0 || full.some(({ min, max }) => min !== max)) return null;
  if (answers.some(({ weight }) => weight > 0 && weight < 100)) losses.push('out_weights');
  const values = full.map(({ min }) => String(min));
  const ways = [...new Set(values.flatMap((value) => [value, value.replace('.', ',')]))];
  return {
    type: 'cc.fib.v0p1',
    fields: [],
    responses: [typed('Dashline')],
    rules: ways.map((way) => given(equal(way), 100)),
    says: full.map(({ min, feedback }) => ({ to: String(min), html: feedback })).filter(isFirst),
  };
}

function numbers(answers: NumberAnswer[]): Answers | null {
  const names = new Set<string>();
  const said = answers.flatMap((answer) => {
    const { min, max, weight } = answer;
    if (min === anyNumber.min || max === anyNumber.max || weight <= 0) return [];
    // Its feedback is said to one number in it.
    const value = [min / 2 + max / 2, min, max].map(String).find((one) => !names.has(one)) ?? String(min);
    names.add(value);
    const range = xml('and', {}, element('vargte', String(min)), element('varlte', String(max)));
    const condition = min === max ? equal(value) : xml('or', {}, equal(value), range);
    return [{ ...answer, value, condition }];
  });
  if (said.length === 0) return null;
  return {
    type: 'numerical_question',
    fields: [],
    responses: [typed('Dashline')],
    rules: said.map(({ condition, weight }) => given(condition, weight)),
    says: said.map(({ value, feedback }) => ({ to: value, html: feedback })),
  };
}

function pairs(question: Pick<QuestionOf<'matching'>, 'pairs' | 'distractors'>): Pick<Answers, 'responses' | 'rules'> {
  const matches = [...new Set(matchSlots(question))];
  const labels = matches.map((match, index) => xml('response_label', { ident: `match${index + 1}` }, plain(match)));
  const share = Math.round(1e7 / Math.max(1, question.pairs.length)) / 1e5;
  return {
    responses: question.pairs.map(({ prompt }, index) =>
      xml('response_lid', { ident: `pair${index + 1}` }, rich(prompt), xml('render_choice', {}, ...labels)),
    ),
    rules: question.pairs.map(({ match }, index) =>
      given(element('varequal', `match${matches.indexOf(match) + 1}`, `pair${index + 1}`), share, 'Add'),
    ),
  };
}

function isFirst({ to }: { to: string }, index: number, all: { to: string }[]): boolean {
  return all.findIndex((one) => one.to === to) === index;
}

function scored(ident: string, weight: number): string[] {
  return weight === 0 ? [] : [given(equal(ident), weight)];
}

function typed(prompt: string): string {
  const render = xml('render_fib', { fibtype: 'String', prompt });
  return xml('response_str', { ident: 'response1', rcardinality: 'Single' }, render);
}
