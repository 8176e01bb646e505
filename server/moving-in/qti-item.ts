import type { XmlElement } from '@rgrove/parse-xml';
import { toString as wordsOf } from 'mdast-util-to-string';
import { type Blank, blankSign, type Option, type Question } from '../quizzes/question.ts';
import { changed, type DraftQuestion, leftOut, type Note } from './draft.ts';
import { readHtml } from './html.ts';
import { Sayings } from './qti-feedback.ts';
import { fieldOf, percent, type Rule, rulesOf, weightsOf } from './qti-rules.ts';
import { rangeOf } from './ranges.ts';
import { attribute, element, elements, everyElement, nameOf } from './xml.ts';

type Kind = Exclude<Question['type'], 'ordering'>;

/** By what Canvas and Common Cartridge call them. An upload is an essay whose answer is a file. */
const kinds = new Map<string, Kind>([
  ['multiple_choice_question', 'choice'],
  ['multiple_answers_question', 'choices'],
  ['true_false_question', 'truefalse'],
  ['short_answer_question', 'short'],
  ['numerical_question', 'number'],
  ['matching_question', 'matching'],
  ['multiple_dropdowns_question', 'cloze'],
  ['fill_in_multiple_blanks_question', 'cloze'],
  ['essay_question', 'essay'],
  ['file_upload_question', 'essay'],
  ['text_only_question', 'description'],
  ['cc.multiple_choice.v0p1', 'choice'],
  ['cc.multiple_response.v0p1', 'choices'],
  ['cc.true_false.v0p1', 'truefalse'],
  ['cc.fib.v0p1', 'short'],
  ['cc.pattern_match.v0p1', 'short'],
  ['cc.essay.v0p1', 'essay'],
]);

interface Item {
  source: XmlElement;
  rules: Rule[];
  html(holder: XmlElement | null): string;
  say: Sayings;
  place: string;
  notes: Note[];
}

/** A question of QTI 1.2 as cartridges have it. What cannot be asked here is told, and is null. */
export function readItem(
  source: XmlElement,
  line: number,
  place: string,
  relink: (html: string) => string,
  notes: Note[],
): DraftQuestion | null {
  const [metadata] = elements(source, 'itemmetadata');
  const type = fieldOf(metadata ?? null, 'question_type') || fieldOf(metadata ?? null, 'cc_profile');
  const kind = kinds.get(type);
  // The word that Canvas puts where its author gave none.
  const name = attribute(source, 'title').trim();
  const title = /^(?:question)?$/i.test(name) ? null : name;
  const html = (holder: XmlElement | null) => htmlOf(holder === null ? [] : materialsIn(holder), relink);
  const stem = html(element(source, 'presentation'));
  const values = { type: type || '–', title: title ?? [...wordsIn(stem)].slice(0, 60).join('') };
  const rules = rulesOf(source);
  const say = new Sayings(source, rules, html);
  const generalFeedback = say.general();
  const item = { source, rules, html, say, place, notes };
  const gaps = kind === 'cloze' ? gapsOf(stem, item, type === 'multiple_dropdowns_question') : null;
  const rest = gaps ?? (kind === undefined ? null : answersOf(kind, item));
  if (rest === null) {
    const isPattern = kind === 'short';
    notes.push(leftOut('question', place, isPattern ? 'question_pattern' : 'question_type', values));
    return null;
  }
  if (say.unsaid() > 0) notes.push(changed('question', place, 'feedback_dropped', { count: say.unsaid() }));
  const key = attribute(source, 'ident') || null;
  const common = { key, title, format: 'html' as const, text: stem, generalFeedback, tags: [], line, formats: {} };
  const question = { ...common, ...rest };
  return type === 'file_upload_question' ? { question, type, place, isUpload: true } : { question, type, place };
}

type Answers<Of = Question> = Of extends Question
  ? Omit<Of, 'key' | 'title' | 'format' | 'text' | 'generalFeedback' | 'tags' | 'line' | 'formats'>
  : never;

function answersOf(kind: Kind, item: Item): Answers | null {
  const { source, rules, html, say } = item;
  const responses = Array.from(everyElement(source, 'response_lid'));
  const labels = responses.slice(0, 1).flatMap((one) => Array.from(everyElement(one, 'response_label')));
  const weights = weightsOf(rules);
  const weightOf = (label: XmlElement) => weights.get(attribute(label, 'ident')) ?? 0;
  switch (kind) {
    case 'choice':
      return {
        type: 'choice',
        after: null,
        options: labels.map((label) => option(label, weightOf(label), true, item)),
      };
    case 'choices': {
      const ticked = tickedWeights(labels, rules);
      return {
        type: 'choices',
        after: null,
        options: labels.map((label, index) => option(label, ticked[index] ?? 0, false, item)),
      };
    }
    case 'truefalse': {
      const right = labels.find((label) => weightOf(label) > 0);
      const word = right === undefined ? '' : wordsIn(html(right));
      // A choice between two that are called something else.
      if (labels.length !== 2 || !/^(?:true|false|đúng|sai)$/i.test(word)) return answersOf('choice', item);
      const wrong = labels.find((label) => label !== right);
      const feedback = {
        right: say.to(attribute(right, 'ident'), true),
        wrong: say.to(attribute(wrong, 'ident'), false),
      };
      return { type: 'truefalse', correct: /^(?:true|đúng)$/i.test(word), feedback };
    }
    case 'short':
      return shortAnswers(item);
    case 'number':
      return { type: 'number', answers: numbersOf(item) };
    case 'matching':
      return matchesOf(responses, item);
    case 'cloze':
      return null;
    default:
      return { type: kind };
  }
}

function option(label: XmlElement, weight: number, isOnly: boolean, { html, say }: Item): Option {
  const value = attribute(label, 'ident');
  return { text: html(label), weight, feedback: isOnly ? say.to(value, weight > 0) : say.only(value) };
}

/** Either each tick gives its own, or all must be right: then a wrong tick takes away what a right one gives, as in Canvas. */
function tickedWeights(labels: XmlElement[], rules: Rule[]): number[] {
  const names = labels.map((label) => attribute(label, 'ident'));
  const giving = rules.filter(({ score, equals }) => (score ?? 0) !== 0 && equals.length > 0);
  if (giving.length > 1 && giving.every(({ isAdded }) => isAdded)) {
    const weights = weightsOf(giving);
    return names.map((name) => weights.get(name) ?? 0);
  }
  const right = new Set(giving.flatMap(({ equals }) => equals.map(({ value }) => value)));
  const count = names.filter((name) => right.has(name)).length;
  return names.map((name) => percent((right.has(name) ? 100 : -100) / Math.max(1, count)));
}

/** null where an answer is a pattern that says more than "anything". */
function shortAnswers({ rules, say, notes, place }: Item): Answers | null {
  const giving = rules.filter(({ score }) => (score ?? 0) > 0);
  if (giving.some(({ patterns }) => patterns.some((one) => /[[\](){}|\\^$+?]|\.\*/.test(one)))) return null;
  if (giving.some(({ equals }) => equals.some(({ isExact }) => isExact)))
    notes.push(changed('question', place, 'case_ignored'));
  const answers = giving.flatMap(({ equals, patterns, score }): Option[] => [
    ...equals.map(({ value }) => ({ text: starless(value), weight: score ?? 0, feedback: say.to(value, true) })),
    ...patterns.map((value) => ({ text: `*${starless(value)}*`, weight: score ?? 0, feedback: say.to(value, true) })),
  ]);
  return { type: 'short', after: null, answers };
}

/** In an accepted answer a star stands for anything. */
function starless(text: string): string {
  return text.replaceAll('*', '\\*');
}

function numbersOf({ rules, say }: Item): Extract<Question, { type: 'number' }>['answers'] {
  return rules.flatMap(({ equals, ranges, score }) => {
    if ((score ?? 0) <= 0) return [];
    const wide = ranges.map(({ min, max }) => ({ min: rangeOf(min, '').min, max: rangeOf(max, '').max }));
    // Beside a range Canvas names its middle once more.
    const exact = equals
      .map(({ value }) => rangeOf(value, ''))
      .filter((one) => !wide.some(({ min, max }) => min <= one.min && one.max <= max));
    const feedback = say.to(equals[0]?.value ?? '', true);
    return [...wide, ...exact].map((one) => ({ ...one, weight: score ?? 0, feedback }));
  });
}

/** A blank's name stands in brackets in the text, and once more over what goes into it. */
function gapsOf(stem: string, { source, rules, html }: Item, isPicked: boolean) {
  const found = Array.from(everyElement(source, 'response_lid')).map((response) => {
    const weights = weightsOf(rules, attribute(response, 'ident'));
    const labels = Array.from(everyElement(response, 'response_label'));
    const answers = labels.map((label): Option => {
      const isRight = (weights.get(attribute(label, 'ident')) ?? 0) > 0;
      const text = wordsIn(html(label));
      return { text: isPicked ? text : starless(text), weight: isRight ? 100 : 0, feedback: null };
    });
    const name = `[${wordsIn(html(response))}]`;
    return { name, at: stem.indexOf(name), points: Math.round(Math.max(1, ...weights.values())), answers };
  });
  const inText = found.toSorted((one, other) => one.at - other.at);
  if (inText.length === 0 || inText.some(({ at }) => at < 0)) return null;
  const isEqual = inText.every(({ points }) => points === inText[0]?.points);
  const blanks = inText.map(
    ({ points, answers }): Blank => ({ kind: isPicked ? 'select' : 'short', share: isEqual ? 1 : points, answers }),
  );
  const text = inText.reduce((words, { name }) => words.replace(name, () => blankSign), stem.replaceAll(blankSign, ''));
  return { type: 'cloze' as const, text, blanks };
}

function matchesOf(responses: XmlElement[], { rules, html }: Item): Answers {
  const words = new Map<string, string>();
  for (const response of responses)
    for (const label of everyElement(response, 'response_label'))
      words.set(attribute(label, 'ident'), wordsIn(html(label)));
  const used = new Set<string>();
  const pairs = responses.flatMap((response) => {
    const [right] = [...weightsOf(rules, attribute(response, 'ident'))].filter(([, weight]) => weight > 0);
    const match = words.get(right?.[0] ?? '') ?? '';
    const prompt = html(response);
    if (prompt === '' || match === '') return [];
    used.add(match);
    return [{ prompt, match }];
  });
  const distractors = [...new Set(words.values())].filter((word) => word !== '' && !used.has(word));
  return { type: 'matching', pairs, distractors };
}

/** Not what stands in the answers below. */
function materialsIn(holder: XmlElement): XmlElement[] {
  return elements(holder).flatMap((child) => {
    const name = nameOf(child);
    if (name === 'material') return [child];
    return /^(?:response_|render_)/.test(name) ? [] : materialsIn(child);
  });
}

function htmlOf(materials: XmlElement[], relink: (html: string) => string): string {
  const texts = materials.flatMap((material) =>
    elements(material).map((one) => {
      const text = one.text.trim();
      if (nameOf(one) === 'matimage') return relink(`<img src="${escaped(attribute(one, 'uri'))}" alt="">`);
      if (nameOf(one) !== 'mattext') return '';
      return /^text\/html$/i.test(attribute(one, 'texttype')) ? relink(text) : escaped(text);
    }),
  );
  const said = texts.filter(Boolean);
  return said.length > 1 ? said.map((text) => `<div>${text}</div>`).join('\n') : (said[0] ?? '');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function wordsIn(html: string): string {
  return wordsOf(readHtml(html, '', []))
    .replace(/\s+/g, ' ')
    .trim();
}
