import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { readGift } from '../../server/quizzes/gift-read.ts';
import type { Question } from '../../server/quizzes/question.ts';
import { isResponse, readResponse } from '../../server/quizzes/response.ts';
import { question as anyQuestion } from './generated-questions.ts';

const choice = read('Q{=a ~b ~c}');
const choices = read('Q{~%50%a ~%50%b ~%-50%c}');
const truefalse = read('Q{T}');
const short = read('Q{=a}');
const number = read('Q{#3}');
const matching = read('Q{=a -> x =b -> y =c -> x = -> z}');
const essay = read('Q{}');
const all = { choice, choices, truefalse, short, number, matching, essay };

function read(source: string): Question {
  const [question] = readGift(source).questions;
  assert.ok(question);
  return question;
}

t.test('plain form fields become an answer', async (t) => {
  t.same(readResponse(choice, { q_1: '2' }, 'q_1'), { response: { choice: 2 } });
  t.same(readResponse(choices, { q_1: '1' }, 'q_1'), { response: { choices: [1] } });
  t.same(
    readResponse(choices, { q_1: ['2', '0', '2'] }, 'q_1'),
    { response: { choices: [0, 2] } },
    'in source order, once',
  );
  t.same(readResponse(truefalse, { q_1: 'false' }, 'q_1'), { response: { truefalse: false } });
  t.same(readResponse(short, { q_1: '  Hà   Nội ' }, 'q_1'), { response: { text: 'Hà Nội' } });
  t.same(readResponse(number, { q_1: '1\u00a0234,5' }, 'q_1'), { response: { text: '1 234,5' } });
  t.same(readResponse(matching, { q_1_0: '0', q_1_1: '', q_1_2: '2' }, 'q_1'), { response: { matches: [0, null, 2] } });
});

t.test('nothing picked and nothing typed is no answer', async (t) => {
  const nothing = [
    {},
    { q_1: '' },
    { q_1: ' \u00a0 ' },
    { q_1: [] },
    { q_1: ['', ''] },
    { q_1_0: '', q_1_1: '' },
    { q_2: '1' },
  ];
  for (const question of Object.values(all)) {
    for (const fields of nothing) t.same(readResponse(question, fields, 'q_1'), { response: null }, question.type);
  }
});

t.test('an essay keeps its lines', async (t) => {
  t.same(readResponse(essay, { q_1: ' Một\r\n\r\n  hai ' }, 'q_1'), { response: { text: 'Một\n\n  hai' } });
  t.same(readResponse(essay, { q_1: 'a'.repeat(5001) }, 'q_1'), { fault: 'response_essay_too_long' });
  t.ok(isResponse(essay, { text: 'Một\nhai' }));
});

t.test('a field sent twice counts the first time', async (t) => {
  t.same(readResponse(choice, { q_1: ['1', '2'] }, 'q_1'), { response: { choice: 1 } });
  t.same(readResponse(short, { q_1: ['a', 'b'] }, 'q_1'), { response: { text: 'a' } });
  t.same(readResponse(matching, { q_1_0: ['1', '2'] }, 'q_1'), { response: { matches: [1, null, null] } });
});

t.test('what is on no form of ours is refused', async (t) => {
  const refused = { fault: 'response_not_an_option' };
  for (const value of ['3', '-1', '1.5', '1e0', ' 0x1', 'a', '00000', '٣', '99999999999999999999']) {
    t.same(readResponse(choice, { q_1: value }, 'q_1'), refused, value);
    t.same(readResponse(choices, { q_1: ['0', value] }, 'q_1'), refused, value);
    t.same(readResponse(matching, { q_1_0: '0', q_1_2: value }, 'q_1'), refused, value);
    t.same(readResponse(truefalse, { q_1: value }, 'q_1'), refused, value);
  }
});

t.test('a text that is too long, and a number that is none, are told', async (t) => {
  t.same(readResponse(short, { q_1: 'a'.repeat(500) }, 'q_1'), { response: { text: 'a'.repeat(500) } });
  t.same(readResponse(short, { q_1: 'a'.repeat(501) }, 'q_1'), { fault: 'response_too_long' });
  t.same(readResponse(number, { q_1: '1'.repeat(501) }, 'q_1'), { fault: 'response_too_long' });
  t.same(readResponse(number, { q_1: 'twelve' }, 'q_1'), { fault: 'response_not_a_number' });
  t.same(readResponse(number, { q_1: '12 km' }, 'q_1'), { fault: 'response_not_a_number' });
});

t.test('a typed text is kept in one form: NFC, without NUL and other invisible characters', async (t) => {
  const typed = 'Đa\u0300 Na\u0306\u0303ng\0\u200b\ud800';
  t.same(readResponse(short, { q_1: typed }, 'q_1'), { response: { text: 'Đà Nẵng\ufffd' } });
});

t.test('an answer from outside is checked against the very question', async (t) => {
  t.ok(isResponse(choice, { choice: 2 }));
  t.ok(isResponse(choices, { choices: [2, 0] }));
  t.ok(isResponse(truefalse, { truefalse: false }));
  t.ok(isResponse(short, { text: 'x' }));
  t.ok(isResponse(number, { text: '3,5' }));
  t.ok(isResponse(matching, { matches: [0, null, 2] }));
  for (const [question, value] of [
    [choice, { choice: 3 }],
    [choice, { choice: -1 }],
    [choice, { choice: 0.5 }],
    [choice, { choice: '0' }],
    [choice, { choice: 0, text: 'x' }],
    [choices, { choices: [] }],
    [choices, { choices: [0, 0] }],
    [choices, { choices: [0, 3] }],
    [choices, { choices: { length: 1, 0: 0 } }],
    [truefalse, { truefalse: 1 }],
    [short, { text: '' }],
    [short, { text: ' x' }],
    [short, { text: 'a\0b' }],
    [short, { text: '\ud800' }],
    [short, { text: 'a'.repeat(501) }],
    [short, { text: 'Đa\u0300' }],
    [number, { text: 'x' }],
    [matching, { matches: [0, 1] }],
    [matching, { matches: [0, 1, 3] }],
    [matching, { matches: [null, null, null] }],
    [matching, { matches: [0, undefined, 1] }],
    [essay, { text: '' }],
    [essay, { text: ' x' }],
    [essay, { text: 'a'.repeat(5001) }],
    [essay, { text: 'x', choice: 0 }],
    [choice, null],
    [choice, []],
    [choice, 'choice'],
  ] as const) {
    t.notOk(isResponse(question, value), `${question.type} ${JSON.stringify(value)}`);
  }
});

t.test('an answer to one type is none to another', async (t) => {
  const given = { choice: 0 };
  t.same(
    Object.values(all).filter((question) => isResponse(question, given)),
    [choice],
  );
});

t.test('whatever is sent, reading gives an answer that fits, none, or a fault', async () => {
  const value = fc.oneof(fc.constantFrom('0', '1', '2', '', 'true', '1.234,5'), fc.string({ unit: 'binary' }));
  const fields = fc.dictionary(fc.constantFrom('q', 'q_0', 'q_1', 'q_2'), fc.oneof(value, fc.array(value)));
  fc.assert(
    fc.property(anyQuestion, fields, (question, sent) => {
      const reading = readResponse(question, sent, 'q');
      if ('response' in reading && reading.response !== null) assert.ok(isResponse(question, reading.response));
    }),
  );
});
