import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { clozePieces } from '../../server/quizzes/cloze.ts';
import { readGift } from '../../server/quizzes/gift-read.ts';
import { writeGift } from '../../server/quizzes/gift-write.ts';
import { correctResponse, mark, markBlanks } from '../../server/quizzes/marking.ts';
import { pairFaults } from '../../server/quizzes/pairing.ts';
import { blankSign, type MarkableQuestion, type Question, type QuestionOf } from '../../server/quizzes/question.ts';
import { questionFaults } from '../../server/quizzes/question-faults.ts';
import { isResponse, readResponse } from '../../server/quizzes/response.ts';
import { question as anyQuestion, soundQuestion } from './generated-questions.ts';

const sign = blankSign;

function read(source: string): Question {
  const { questions, faults } = readGift(source);
  const [question] = questions;
  if (!question) throw new Error(JSON.stringify(faults));
  return question;
}

t.test('a text with several blanks is written as Moodle embeds answers', async (t) => {
  const question = read(`// [id:c1]
::Sông::[markdown]Sông {2:SHORTANSWER:=Hồng#Đúng.~%50%Cái#Tên cũ.} chảy qua {:MC:Huế#Xa quá.~=Hà Nội} và dài {1:NM:=1149:5~%50%1100..1200#Gần đúng.~*#Chưa.} km.{####Xem bản đồ.}
`);
  t.match(question, {
    ...{ key: 'c1', title: 'Sông', type: 'cloze', generalFeedback: 'Xem bản đồ.' },
    text: `Sông ${sign} chảy qua ${sign} và dài ${sign} km.`,
    blanks: [
      {
        ...{ kind: 'short', share: 2 },
        answers: [
          { text: 'Hồng', weight: 100, feedback: 'Đúng.' },
          { text: 'Cái', weight: 50, feedback: 'Tên cũ.' },
        ],
      },
      {
        ...{ kind: 'select', share: 1 },
        answers: [
          { text: 'Huế', weight: 0, feedback: 'Xa quá.' },
          { text: 'Hà Nội', weight: 100, feedback: null },
        ],
      },
      {
        ...{ kind: 'number', share: 1 },
        answers: [
          { min: 1144, max: 1154, weight: 100, feedback: null },
          { min: 1100, max: 1200, weight: 50, feedback: 'Gần đúng.' },
          { weight: 0, feedback: 'Chưa.' },
        ],
      },
    ],
  });
  t.strictSame(read(writeGift([question])), { ...question, line: 2 });
});

t.test('what is wrong in a text with blanks is told at its line', async (t) => {
  const fault = (source: string) => readGift(source).faults.map(({ line, code }) => `${line} ${code}`);
  t.same(fault('A {1:SA:=x} b {~y}'), ['1 gift_second_answers']);
  t.same(fault('A {1:SA:=x} {####y} b'), ['1 gift_second_answers']);
  t.same(fault('A {1:SA:=x} {####y} {1:SA:=z}'), ['1 gift_second_answers']);
  t.same(fault('A {1:SA:=x b'), ['1 gift_no_closing_brace']);
  t.same(fault('A {1:SA:=x} b } c'), ['1 gift_no_opening_brace']);
  t.same(fault('A {1:SA:=x {1:SA:y}'), ['1 gift_brace_in_answers']);
  t.same(fault('A {1:MR:=x~=y}'), ['1 gift_unknown_type']);
  t.same(fault('A {1:SA:=x}\n{1:FOO:=x}'), ['2 gift_unknown_type']);
  t.same(fault('A {101:SA:=x}'), ['1 gift_share']);
  t.same(fault('A {1:SA:=x~}'), ['1 gift_empty_answer']);
  t.same(fault('A {1:NM:=x}'), ['1 gift_number']);
  t.same(fault('A {1:SA:=%101%x}'), ['1 gift_weight']);
  t.same(fault(`A ${'{1:SA:=x}'.repeat(51)}`), ['1 gift_too_many_answers']);
  t.same(fault(`A {1:SA:=x${'~y'.repeat(100)}}`), ['1 gift_too_many_answers']);
});

t.test('braces that hold no blank are what they were', async (t) => {
  t.equal(read('Q{=1:SA:x =y}').type, 'short');
  t.equal(read('Q{1:x}').type, 'short');
  t.match(read(`Q${sign} {1:SA:=x}`), { text: `Q ${sign}` }, 'the sign itself means a blank alone');
});

t.test('an ordering question says its items line by line', async (t) => {
  const items = (source: string) => {
    const question = read(source);
    return question.type === 'ordering' ? question.items.map(({ text }) => text) : question.type;
  };
  t.same(items('Q{>3 ALL VERTICAL ABSOLUTE_POSITION SHOW none\nMột\n\n  Hai\n[html]<b>Ba</b>\n}'), [
    'Một',
    'Hai',
    '<b>Ba</b>',
  ]);
  t.same(items('Q{>\n1\n2\n}'), ['1', '2'], 'what stands on lines of its own is an item');
  t.same(items('Q{>2 RANDOM H REL\nALL\nSHOW\n####Chung}'), ['ALL', 'SHOW']);
  t.same(
    readGift('Q{>2}').faults.map(({ code }) => code),
    ['gift_empty_answer'],
  );
  t.same(
    readGift(`Q{>\n${'x\n'.repeat(101)}}`).faults.map(({ code }) => code),
    ['gift_too_many_answers'],
  );
});

const kind = { accents: 'ignore', case: 'ignore' } as const;

t.test('each item in its place earns the same, whatever the others got', async () => {
  fc.assert(
    fc.property(soundQuestion, fc.array(fc.option(fc.nat(8)), { minLength: 10, maxLength: 10 }), (question, given) => {
      if (question.type !== 'ordering') return;
      const places = given.slice(0, question.items.length);
      const right = places.filter((place, index) => place === index).length;
      assert.equal(mark(question, { places }, kind).fraction, right / question.items.length);
      const all = correctResponse(question);
      assert.ok(all && isResponse(question, all));
      assert.equal(mark(question, all, kind).outcome, 'right');
      // The same question by another key: the places say what is right, not where the items stand.
      const other = { ...question, places: [...question.items.keys()].reverse() };
      assert.equal(mark(other, correctResponse(other), kind).fraction, 1);
    }),
    { numRuns: 500 },
  );
});

t.test('blanks earn their shares, in whole hundred-thousandths of a per cent', async () => {
  fc.assert(
    fc.property(soundQuestion, fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }), (question, known) => {
      if (question.type !== 'cloze') return;
      const right = correctResponse(question);
      assert.ok(right && 'blanks' in right && isResponse(question, right));
      assert.equal(mark(question, right, kind).fraction, 1);
      const blanks = right.blanks.map((given, index) => (known[index] ? given : null));
      const sum = (shares: number[]) => shares.reduce((all, share) => all + share, 0);
      const shares = question.blanks.map(({ share }) => share);
      const earned = sum(shares.filter((_, index) => known[index]));
      assert.equal(mark(question, { blanks }, kind).fraction, earned / sum(shares));
      const marks = markBlanks(question, { blanks }, kind);
      assert.deepEqual(
        marks.map(({ outcome }) => outcome),
        blanks.map((given) => (given === null ? 'unanswered' : 'right')),
      );
    }),
    { numRuns: 500 },
  );
});

t.test('any answer to any such question earns between nothing and all', async () => {
  const response = fc.oneof(
    fc.record({ places: fc.array(fc.option(fc.integer({ min: -2, max: 9 })), { maxLength: 9 }) }),
    fc.record({ blanks: fc.array(fc.option(fc.oneof(fc.nat(6), fc.string())), { maxLength: 6 }) }),
  );
  fc.assert(
    fc.property(anyQuestion, response, (question, given) => {
      if (question.type !== 'ordering' && question.type !== 'cloze') return;
      const { fraction } = mark(question, given, kind);
      assert.ok(fraction >= 0 && fraction <= 1);
    }),
    { numRuns: 500 },
  );
});

t.test('a part of a blank is a part of its share', async (t) => {
  const question = read('A {2:SA:=x#Đúng.~%50%y#Gần.} b {1:MC:=p~%-50%q#Sai.}');
  const { blanks } = question as QuestionOf<'cloze'>;
  const marked = (given: (number | string | null)[]) => mark(question as MarkableQuestion, { blanks: given }, kind);
  t.equal(blanks.length, 2);
  t.match(marked(['y', 0]), { fraction: 2 / 3, outcome: 'partly' });
  t.match(marked(['x', 1]), { fraction: 2 / 3 }, 'a wrong blank takes nothing from the others');
  t.match(marked([null, 1]), { fraction: 0, outcome: 'wrong' });
  t.same(
    markBlanks(question as QuestionOf<'cloze'>, { blanks: ['y', 1] }, kind).map(({ feedback }) => feedback),
    [['Gần.'], ['Sai.']],
  );
});

t.test('fields become an answer, and what is none is told by its blank', async (t) => {
  const ordering = read('Q{>3 ALL\na\nb\nc\n}');
  t.same(readResponse(ordering, { q_0: '3', q_1: '', q_2: '1' }, 'q'), { response: { places: [2, null, 0] } });
  t.same(readResponse(ordering, { q_0: '2', q_1: '2', q_2: '2' }, 'q'), { response: { places: [1, 1, 1] } });
  t.same(readResponse(ordering, { q_0: '', q_1: ' ' }, 'q'), { response: null });
  for (const bad of ['0', '4', '-1', '1.5', 'a', '1e0', '99999'])
    t.same(readResponse(ordering, { q_0: bad }, 'q'), { fault: 'response_not_an_option' }, bad);
  const cloze = read('A {1:SA:=x} {1:NM:=2.5} {1:MC:=p~q}');
  const given = (q_0: string, q_1: string, q_2: string) => readResponse(cloze, { q_0, q_1, q_2 }, 'q');
  t.same(given(' x ', '2,5', '1'), { response: { blanks: ['x', '2,5', 1] } });
  t.same(given('', '', '0'), { response: { blanks: [null, null, 0] } });
  t.same(given('', ' ', ''), { response: null });
  t.same(given('x', 'hai', '0'), { fault: 'response_not_a_number', part: 1 });
  t.same(given('x', '2', '2'), { fault: 'response_not_an_option', part: 2 });
  t.same(given('x'.repeat(501), '2', '1'), { fault: 'response_too_long', part: 0 });
  for (const foreign of [
    { blanks: [1, '2', 0] },
    { blanks: ['x', 'y', 0] },
    { blanks: ['x', '2', 2] },
    { blanks: ['x'] },
    { places: [0, 1, 2] },
    { blanks: [null, null, null] },
  ])
    t.notOk(isResponse(cloze, foreign), JSON.stringify(foreign));
  t.notOk(isResponse(ordering, { places: [0, 1, 3] }));
});

t.test('what nobody could answer in full is told before it is published', async (t) => {
  const codes = (source: string) => questionFaults(read(source)).map(({ code }) => code);
  t.same(codes('Q{>2 ALL\na\nb\n}'), []);
  t.same(codes('Q{>2 ALL\na\n}'), ['question_few_items']);
  t.same(codes('Q{>2 ALL\na\nb\na\n}'), ['question_same_items']);
  t.same(codes('A {1:SA:=x} {1:MC:=p~q}'), []);
  t.same(codes('{1:SA:=x}'), ['question_no_text']);
  t.same(codes('A {1:SA:%50%x}'), ['question_not_full_marks']);
  t.same(codes('A {1:MC:=p} {1:MC:=p}'), ['question_few_options']);
});

t.test('a translation has the same places, blanks, shares and numbers; words are its own', async (t) => {
  const codes = (original: string, translation: string) =>
    pairFaults([read(`// [id:a]\n${original}`)], [read(`// [id:a]\n${translation}`)]).map(({ code, values }) => [
      code,
      values.position,
    ]);
  t.same(codes('Q{>2 ALL\na\nb\n}', 'Q{>2 ALL\nx\ny\n}'), []);
  t.same(codes('Q{>2 ALL\na\nb\n}', 'Q{>3 ALL\nx\ny\nz\n}'), [['pair_count', undefined]]);
  t.same(codes('A {1:SA:=x~y} {2:NM:=2}', 'B {1:SA:=z} c {2:NM:=2}'), []);
  t.same(codes('A {1:SA:=x}', 'B {1:SA:=z} {1:SA:=z}'), [['pair_count', undefined]]);
  t.same(codes('A {1:SA:=x} {2:NM:=2}', 'A {1:SA:=x} {1:NM:=2}'), [['pair_answer', 2]]);
  t.same(codes('A {1:MC:=x~y}', 'A {1:MC:x~=y}'), [['pair_answer', 1]]);
  t.same(codes('A {1:NM:=2}', 'A {1:NM:=3}'), [['pair_answer', 1]]);
  t.same(codes('A {1:MC:=2~3}', 'A {1:SA:=2~3}'), [['pair_answer', 1]]);
});

t.test('each blank has one place on the page, wherever its sign stands', async (t) => {
  const pieces = (html: string, count: number) =>
    clozePieces(html, count)
      .map((piece) => ('html' in piece ? piece.html : `[${piece.blank}]`))
      .join('');
  t.equal(pieces(`<p>a ${sign} b</p><p>${sign}</p>`, 2), '<p>a [0] b</p><p>[1]</p>');
  t.equal(pieces(`<a href="/x">a ${sign} b</a> c`, 1), '<a href="/x">a  b</a>[0] c');
  t.equal(pieces(`<img alt="${sign}"> c`, 1), '<img alt="">[0] c');
  t.equal(pieces('<p>x</p>', 2), '<p>x</p>[0][1]');
  t.equal(pieces(`${sign}${sign}`, 1), '[0]');
});
