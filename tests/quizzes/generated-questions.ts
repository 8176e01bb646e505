import fc from 'fast-check';
import {
  anyNumber,
  type Blank,
  blankSign,
  type Option,
  type Question,
  textFormats,
} from '../../server/quizzes/question.ts';

/** Everything that has a meaning somewhere in GIFT, and what Vietnamese phones and editors send. */
const awkward = [
  ...['~', '=', '#', '####', '{', '}', ':', '::', '\\', '\\\\', '\\n', '\\~', '\\#', '->', '-\\>', '%50%', '%', '..'],
  ...[
    '[html]',
    '[markdown]',
    '[plain]',
    '[id:x]',
    ']',
    '//',
    '$CATEGORY: x',
    'TRUE',
    'F',
    '#1',
    '>',
    '*',
    '\\*',
    '_____',
  ],
  ...['\n', '\n\n', '\n// ', '\n::', '  ', ' \t ', '\u00a0', '\u200b', '\u2028', 'n', '1', '<b>', '&', '"', "'"],
  ...['hoà', 'hòa', 'Đường', 'ế', 'nghiêng', 'ữ', '🙂', '👩‍🌾', '🇻🇳', 'ខ្មែរ'],
];

const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true });

const raw = fc
  .array(
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...awkward) }, fc.string({ unit: 'grapheme', maxLength: 6 })),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''));

/** Texts as a reader gives them: NFC, no edge of white space, no control character but tab and line break. */
const text = raw.map((parts) =>
  parts
    .replace(/(?![\t\n])\p{Cc}|\ufffd/gu, '')
    .normalize('NFC')
    .trim(),
);
export const filledText = text.filter((value) => value !== '');
const line = text.map((value) => value.replaceAll('\n', ' ').trim());
const filledLine = line.filter((value) => value !== '');
const note = fc.option(filledText);
const space = fc.constantFrom('', ' ');

const weight = fc.oneof(
  fc.constantFrom(100, 0, 50, -50, 33.33333, -100),
  fc.integer({ min: -1e7, max: 1e7 }).map((units) => units / 1e5),
);
const options = (minLength: number) =>
  fc.array(record({ text: filledText, weight, feedback: note }), { minLength, maxLength: 5 });

const numberAnswer = fc
  .oneof(
    fc.tuple(fc.integer(), fc.integer()),
    fc.tuple(finite(), finite()),
    finite().map((value) => [value, value] as const),
    fc.constant([anyNumber.min, anyNumber.max] as const),
  )
  .chain(([a, b]) =>
    record({ min: fc.constant(Math.min(a, b)), max: fc.constant(Math.max(a, b)), weight, feedback: note }),
  );

function finite() {
  // Adding zero takes the sign from -0.
  return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
}

const common = record({
  key: fc.option(filledLine),
  title: fc.option(filledLine),
  format: fc.constantFrom(...textFormats),
  text,
  generalFeedback: note,
  tags: fc.array(filledLine, { maxLength: 3 }),
  hints: fc.array(text, { maxLength: 3 }),
  line: fc.constant(1),
});

/** A text before a blank keeps the space at its end, the one after it the space at its beginning. */
const aroundBlank = fc.oneof(
  record({ text, after: fc.constant(null) }),
  fc
    .tuple(text, space, space, filledText)
    .map(([before, gap, next, after]) => ({ text: before === '' ? '' : before + gap, after: next + after })),
);

const share = fc.integer({ min: 1, max: 100 });
const blank: fc.Arbitrary<Blank> = fc.oneof(
  record({ kind: fc.constant('short' as const), share, answers: options(1) }),
  record({
    kind: fc.constant('select' as const),
    share,
    answers: fc.array(record({ text: filledLine, weight, feedback: note }), { minLength: 1, maxLength: 4 }),
  }),
  record({
    kind: fc.constant('number' as const),
    share,
    answers: fc.array(numberAnswer, { minLength: 1, maxLength: 3 }),
  }),
);

/** A text with a sign for each blank, and no other. */
const cloze = fc.tuple(fc.array(fc.tuple(blank, raw), { minLength: 1, maxLength: 4 }), raw).map(([parts, start]) => {
  const words = [start, ...parts.map(([, after]) => after)].map((part) =>
    part.replace(/(?![\t\n])\p{Cc}|[\ufffd\ufffc]/gu, ''),
  );
  return {
    type: 'cloze' as const,
    text: words.join(blankSign).normalize('NFC').trim(),
    blanks: parts.map(([one]) => one),
  };
});

const own = fc.oneof(
  fc.tuple(aroundBlank, options(2)).map(([around, list]) => ({ ...around, type: 'choice' as const, options: list })),
  fc.tuple(aroundBlank, options(1)).map(([around, list]) => ({ ...around, type: 'choices' as const, options: list })),
  fc.tuple(aroundBlank, options(1)).map(([around, list]) => ({ ...around, type: 'short' as const, answers: list })),
  record({
    type: fc.constant('truefalse' as const),
    correct: fc.boolean(),
    feedback: record({ right: note, wrong: note }),
  }),
  record({ type: fc.constant('number' as const), answers: fc.array(numberAnswer, { minLength: 1, maxLength: 4 }) }),
  record({
    type: fc.constant('matching' as const),
    pairs: fc.array(record({ prompt: filledText, match: filledLine }), { minLength: 1, maxLength: 4 }),
    distractors: fc.array(filledLine, { maxLength: 3 }),
  }),
  record({
    type: fc.constant('ordering' as const),
    items: fc.array(record({ text: filledText }), { minLength: 1, maxLength: 6 }),
  }),
  cloze,
  record({ type: fc.constant('essay' as const) }),
  // Only braces can hold general feedback.
  record({ type: fc.constant('description' as const), generalFeedback: fc.constant(null) }),
);

/** Any question that a reader can give, sense or nonsense. */
export const question = fc
  .tuple(common, own, fc.constantFrom(...textFormats))
  .map(([{ hints, ...shared }, part, other]): Question => {
    const plain: Question = { ...shared, ...(hints.length > 0 && { hints }), ...part };
    const formats = {
      ...(plain.generalFeedback !== null && { generalFeedback: other }),
      ...(hints.at(-1) && { [`hints.${hints.length - 1}`]: other }),
      ...('options' in plain && { 'options.0.text': other }),
      ...('pairs' in plain && { 'pairs.0.prompt': other }),
      ...('items' in plain && { 'items.0.text': other }),
      ...('blanks' in plain && plain.blanks[0]?.answers[0]?.feedback && { 'blanks.0.answers.0.feedback': other }),
    };
    return other === shared.format || Object.keys(formats).length === 0 ? plain : { ...plain, formats };
  });

export const questions = fc.uniqueArray(question, { maxLength: 4, selector: ({ key }) => key ?? {} });

/** Weights as authors round them: thirds, sixths, sevenths, with wrong options that cost something or nothing. */
const choicesToEarn = fc
  .record({
    right: fc.integer({ min: 1, max: 9 }),
    decimals: fc.integer({ min: 3, max: 5 }),
    wrong: fc.array(fc.constantFrom(0, -10, -33.33333, -50, -100), { minLength: 1, maxLength: 4 }),
  })
  .map(({ right, decimals, wrong }) =>
    [...Array(right).fill(Number((100 / right).toFixed(decimals))), ...wrong].map(
      (value): Option => ({ text: 'x', weight: value, feedback: null }),
    ),
  );

/** Questions that may be published: everything can be earned. */
export const soundQuestion = fc.tuple(question, choicesToEarn, filledText).map(([any, choices, end]): Question => {
  // With a letter, there is something to see and to type.
  const visible = (value: string) => `a${value}`.normalize('NFC');
  const words = visible(end);
  const asked = { ...any, text: words, ...(any.hints && { hints: any.hints.map(visible) }) };
  switch (asked.type) {
    case 'choice':
      return { ...asked, options: [...asked.options, { text: words, weight: 100, feedback: null }, ...choices] };
    case 'choices':
      return { ...asked, options: choices };
    case 'short':
      return {
        ...asked,
        answers: [...asked.answers, { text: words, weight: 100, feedback: null }].map((answer) => ({
          ...answer,
          text: visible(answer.text),
        })),
      };
    case 'number':
      return { ...asked, answers: [...asked.answers, { min: -1.5, max: 1234.5, weight: 100, feedback: null }] };
    case 'matching':
      return {
        ...asked,
        pairs: [...asked.pairs, { prompt: 'x', match: words }],
        distractors: [...asked.distractors, `${words}x`],
      };
    case 'ordering':
      return {
        ...asked,
        items: [...asked.items, { text: 'x' }, { text: 'y' }].map((one, index) => ({ text: `${index}${one.text}` })),
      };
    case 'cloze': {
      const right = (answers: Option[]) =>
        [...answers, { text: words, weight: 100, feedback: null }].map((one) => ({ ...one, text: visible(one.text) }));
      const blanks = asked.blanks.map(
        (blank): Blank =>
          blank.kind === 'number'
            ? { ...blank, answers: [...blank.answers, { min: -1.5, max: 1234.5, weight: 100, feedback: null }] }
            : { ...blank, answers: right(blank.answers) },
      );
      return { ...asked, text: words + any.text.replaceAll(/[^\ufffc]/gu, ' '), blanks };
    }
    case 'description': {
      const { hints, formats, ...shown } = asked;
      return shown;
    }
    default:
      return asked;
  }
});
