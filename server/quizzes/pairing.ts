import type { TextFault } from '../courses/fault.ts';
import { type Blank, matchOptions, matchSlots, type Question, type QuestionOf } from './question.ts';

export interface PairFault extends TextFault {
  line: number;
  code:
    | 'pair_missing'
    | 'pair_unknown'
    | 'pair_order'
    | 'pair_type'
    | 'pair_count'
    | 'pair_weight'
    | 'pair_answer'
    | 'pair_matches'
    | 'pair_hints';
}

type Found = Omit<PairFault, 'line'>;

/**
 * What keeps a translated quiz from being the same quiz: an answer is kept by positions, so questions and options must stand
 * in the same order and earn the same. Accepted short answers are words of their language and are compared with nothing.
 * @returns faults by lines of the translation; a question without a key pairs with none
 */
export function pairFaults(original: Question[], translation: Question[]): PairFault[] {
  const originals = byKey(original);
  const translations = byKey(translation);
  const lastLine = translation.at(-1)?.line ?? 1;
  const missing = [...originals.keys()]
    .filter((key) => !translations.has(key))
    .map((id): PairFault => ({ line: lastLine, code: 'pair_missing', values: { id } }));
  const unknown = [...translations]
    .filter(([key]) => !originals.has(key))
    .map(([id, { line }]): PairFault => ({ line, code: 'pair_unknown', values: { id } }));

  const shared = [...originals.keys()].filter((key) => translations.has(key));
  const order = [...translations.keys()].filter((key) => originals.has(key));
  const moved = order.find((key, index) => key !== shared[index]);
  const pairs = order.flatMap((id) => {
    const [one, other] = [originals.get(id), translations.get(id)];
    if (!one || !other) return [];
    const found: Found[] = id === moved ? [{ code: 'pair_order', values: {} }] : [];
    return [...found, ...hintDifferences(one, other), ...differences(one, other)].map(
      ({ code, values }): PairFault => ({ line: other.line, code, values: { id, ...values } }),
    );
  });
  return [...pairs, ...unknown, ...missing];
}

/** The translation with the selects of its matching questions in the original's order: a stored position means the same pair. */
export function alignMatches(original: Question[], translation: Question[]): Question[] {
  const originals = byKey(original);
  return translation.map((question) => {
    const other = question.key === null ? undefined : originals.get(question.key);
    if (question.type !== 'matching' || other?.type !== 'matching') return question;
    const slots = matchSlots(other);
    return { ...question, matchOrder: matchOptions(other).map((match) => slots.indexOf(match)) };
  });
}

function byKey(questions: Question[]): Map<string, Question> {
  return new Map(questions.flatMap((question) => (question.key === null ? [] : [[question.key, question] as const])));
}

function hintDifferences({ hints: one = [] }: Question, { hints: other = [] }: Question): Found[] {
  const values = { original: one.length, translation: other.length };
  return one.length === other.length ? [] : [{ code: 'pair_hints', values }];
}

function differences(original: Question, translation: Question): Found[] {
  if ('options' in original && translation.type === original.type)
    return listDifferences(original.options, translation.options);
  if (original.type === 'number' && translation.type === 'number') {
    return [
      ...listDifferences(original.answers, translation.answers),
      ...original.answers.flatMap(({ min, max }, index): Found[] => {
        const other = translation.answers[index];
        const isSame = !other || (other.min === min && other.max === max);
        return isSame ? [] : [{ code: 'pair_answer', values: { position: index + 1 } }];
      }),
    ];
  }
  if (original.type === 'truefalse' && translation.type === 'truefalse') {
    return original.correct === translation.correct ? [] : [{ code: 'pair_answer', values: { position: 1 } }];
  }
  if (original.type === 'matching' && translation.type === 'matching') return matchDifferences(original, translation);
  if (original.type === 'ordering' && translation.type === 'ordering') {
    const [one, other] = [original.items.length, translation.items.length];
    return one === other ? [] : [countFault(one, other)];
  }
  if (original.type === 'cloze' && translation.type === 'cloze') return blankDifferences(original, translation);
  if (original.type === translation.type) return [];
  return [{ code: 'pair_type', values: { original: original.type, translation: translation.type } }];
}

function listDifferences(original: { weight: number }[], translation: { weight: number }[]): Found[] {
  if (original.length !== translation.length) return [countFault(original.length, translation.length)];
  return original.flatMap(({ weight }, index): Found[] => {
    const other = translation[index]?.weight ?? 0;
    if (other === weight) return [];
    return [{ code: 'pair_weight', values: { position: index + 1, original: weight, translation: other } }];
  });
}

/** Where two prompts share a match in one language they must in the other. */
function matchDifferences(original: QuestionOf<'matching'>, translation: QuestionOf<'matching'>): Found[] {
  if (original.pairs.length !== translation.pairs.length) {
    return [countFault(original.pairs.length, translation.pairs.length)];
  }
  const [one, other] = [matchSlots(original), matchSlots(translation)];
  if (one.length !== other.length) return [countFault(one.length, other.length)];
  const differs = one.findIndex((match, slot) => one.indexOf(match) !== other.indexOf(other[slot] ?? ''));
  return differs < 0 ? [] : [{ code: 'pair_matches', values: { position: differs + 1 } }];
}

function blankDifferences(original: QuestionOf<'cloze'>, translation: QuestionOf<'cloze'>): Found[] {
  const [one, other] = [original.blanks, translation.blanks];
  if (one.length !== other.length) return [countFault(one.length, other.length)];
  return one.flatMap((blank, index): Found[] => {
    const theirs = other[index];
    return theirs && earned(blank) === earned(theirs) ? [] : [{ code: 'pair_answer', values: { position: index + 1 } }];
  });
}

/** What must be the same in every language: typed words are of their own. */
function earned({ kind, share, ...blank }: Blank): string {
  const keys = blank.answers.map(({ weight, ...answer }) =>
    'min' in answer ? [answer.min, answer.max, weight] : weight,
  );
  return JSON.stringify([kind, share, kind === 'short' ? [] : keys]);
}

function countFault(original: number, translation: number): Found {
  return { code: 'pair_count', values: { original, translation } };
}
