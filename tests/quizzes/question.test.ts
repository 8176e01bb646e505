import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { readGift } from '../../server/quizzes/gift-read.ts';
import { type AskableQuestion, askable, mapTexts, matchOptions, type Question } from '../../server/quizzes/question.ts';
import { question as anyQuestion } from './generated-questions.ts';

function read(source: string): Question {
  const [question] = readGift(source).questions;
  assert.ok(question);
  return question;
}

t.test('every displayed text is rendered once, in its own format', async (t) => {
  const source = '[markdown]Q{=a#fa ~[plain]b####g}';
  const seen: string[] = [];
  const rendered = mapTexts(read(source), (text, where, format) => {
    seen.push(`${text} ${where} ${format}`);
    return `<${text}>`;
  });
  t.same(seen.sort(), [
    'Q block markdown',
    'a inline markdown',
    'b inline plain',
    'fa block markdown',
    'g block markdown',
  ]);
  t.hasStrict(rendered, {
    text: '<Q>',
    generalFeedback: '<g>',
    options: [
      { text: '<a>', feedback: '<fa>', weight: 100 },
      { text: '<b>', feedback: null, weight: 0 },
    ],
  });
});

t.test('what is typed or stands in a select is no markup', async (t) => {
  const render = (text: string) => `<${text}>`;
  t.hasStrict(mapTexts(read('Q{=%100%a*#f}'), render), { answers: [{ text: 'a*', feedback: '<f>' }] });
  t.hasStrict(mapTexts(read('Q{#3#f}'), render), { answers: [{ min: 3, feedback: '<f>' }] });
  t.hasStrict(mapTexts(read('Q{=a -> b = -> c}'), render), {
    pairs: [{ prompt: '<a>', match: 'b' }],
    distractors: ['c'],
  });
  t.hasStrict(mapTexts(read('Q{T#w#r}'), render), { feedback: { wrong: '<w>', right: '<r>' } });
});

t.test('texts beside a blank are parts of a sentence and keep the space that divides them from it', async (t) => {
  const where = new Set<string>();
  const rendered = mapTexts(read('Grant is {~a =b} in a tomb.'), (text, place) => {
    where.add(place);
    return `<${text}>`;
  });
  t.hasStrict(rendered, { text: '<Grant is> ', after: ' <in a tomb.>' });
  t.same([...where], ['inline']);
  t.hasStrict(
    mapTexts(read('{=Asia}.'), (text) => `<${text}>`),
    { text: '', after: '<.>' },
    'nothing is rendered where nothing is',
  );
});

t.test('rendering nothing changes nothing', async () => {
  fc.assert(
    fc.property(anyQuestion, (question) =>
      assert.deepEqual(
        mapTexts(question, (text) => text),
        question,
      ),
    ),
  );
});

t.test('what a browser gets before the attempt is over tells no key', async (t) => {
  t.same(askable(read('// [id:q1] [tag:x]\n::T::Q{=right#yes ~%50%half#no####all}')), {
    key: 'q1',
    title: 'T',
    format: 'moodle',
    text: 'Q',
    type: 'choice',
    after: null,
    options: ['right', 'half'],
  });
  const asked = (source: string) => {
    const { key, title, format, text, ...own } = askable(read(source));
    return own;
  };
  t.same(asked('Q{~%100%a ~b}.'), { type: 'choices', after: '.', options: ['a', 'b'] });
  t.same(asked('Q{T#w#r}'), { type: 'truefalse' });
  t.same(asked('Q {=secret#x} end'), { type: 'short', after: ' end' });
  t.same(asked('Q{#42:1#x}'), { type: 'number' });
  t.same(asked('Q{=Pháp -> Paris =Nhật -> Tokyo = -> Oslo}'), {
    type: 'matching',
    prompts: ['Pháp', 'Nhật'],
    matches: ['Oslo', 'Paris', 'Tokyo'],
  });
  t.same(asked('Q{1:SA:=secret}{1:MC:=a#x~%50%b}'), {
    type: 'cloze',
    blanks: [
      { kind: 'short', options: [] },
      { kind: 'select', options: ['a', 'b'] },
    ],
  });
});

t.test('no weight, feedback or accepted answer of any question is in what a browser gets', async () => {
  const known = ['key', 'title', 'format', 'text', 'type', 'after', 'options', 'prompts', 'matches', 'items', 'blanks'];
  fc.assert(
    fc.property(anyQuestion, (question) => {
      const asked: AskableQuestion = askable(question);
      for (const name of Object.keys(asked)) assert.ok(known.includes(name), name);
      if ('options' in asked) for (const option of asked.options) assert.equal(typeof option, 'string');
      if ('items' in asked) for (const item of asked.items) assert.equal(typeof item, 'string');
      for (const blank of 'blanks' in asked ? asked.blanks : []) {
        assert.deepEqual(Object.keys(blank), ['kind', 'options']);
        for (const option of blank.options) assert.equal(typeof option, 'string');
        // What is typed is never named.
        if (blank.kind !== 'select') assert.deepEqual(blank.options, []);
      }
    }),
  );
});

t.test('the order of the matches is the same however the pairs stand, and names each once', async (t) => {
  const orders = ['Q{=a -> x =b -> y =c -> x = -> d}', 'Q{=c -> x =b -> y = -> d =a -> x}'].map((source) => {
    const question = read(source);
    return question.type === 'matching' ? matchOptions(question) : [];
  });
  t.same(orders, [
    ['d', 'x', 'y'],
    ['d', 'x', 'y'],
  ]);
});
