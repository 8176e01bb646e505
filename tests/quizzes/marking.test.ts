import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { readGift } from '../../server/quizzes/gift-read.ts';
import { correctResponse, mark } from '../../server/quizzes/marking.ts';
import {
  isMarkable,
  type MarkableQuestion,
  matchOptions,
  type Question,
  type Response,
} from '../../server/quizzes/question.ts';
import { questionFaults } from '../../server/quizzes/question-faults.ts';
import { question as anyQuestion, filledText, soundQuestion } from './generated-questions.ts';

const kind = { accents: 'ignore', case: 'ignore' } as const;
const strict = { accents: 'exact', case: 'exact' } as const;
const rules = fc.record({ accents: fc.constantFrom('exact', 'ignore'), case: fc.constantFrom('exact', 'ignore') });

function read(source: string): MarkableQuestion {
  const [question] = readGift(source).questions;
  assert.ok(question && isMarkable(question));
  return question;
}

function fraction(source: string, response: Response | null, how: typeof kind | typeof strict = kind): number {
  return mark(read(source), response, how).fraction;
}

t.test('one choice earns the weight of its option, never less than nothing', async (t) => {
  const source = 'Q{=all#yes ~%25%some ~nothing ~%-50%less#no####in general}';
  t.same(
    [0, 1, 2, 3].map((choice) => fraction(source, { choice })),
    [1, 0.25, 0, 0],
  );
  t.same(mark(read(source), { choice: 0 }, kind), { fraction: 1, outcome: 'right', feedback: ['yes', 'in general'] });
  t.same(mark(read(source), { choice: 1 }, kind), { fraction: 0.25, outcome: 'partly', feedback: ['in general'] });
  t.same(mark(read(source), { choice: 3 }, kind), { fraction: 0, outcome: 'wrong', feedback: ['no', 'in general'] });
});

t.test('several choices add up, between nothing and all', async (t) => {
  const source = 'Q{~%50%a#fa ~%50%b#fb ~%-50%c#fc ~d}';
  t.equal(fraction(source, { choices: [0, 1] }), 1);
  t.equal(fraction(source, { choices: [1, 3] }), 0.5);
  t.equal(fraction(source, { choices: [0, 2] }), 0);
  t.equal(fraction(source, { choices: [2] }), 0);
  t.same(mark(read(source), { choices: [2, 0] }, kind).feedback, ['fa', 'fc']);
});

t.test('ticking everything earns nothing where every wrong option costs what a right one earns', async (t) => {
  t.equal(fraction('Q{~%50%a ~%50%b ~%-50%c ~%-50%d}', { choices: [0, 1, 2, 3] }), 0);
});

t.test('without negative weights ticking everything earns everything, as in Moodle', async (t) => {
  t.equal(fraction('Q{~%50%a ~%50%b ~c}', { choices: [0, 1, 2] }), 1);
});

t.test('thirds, sixths and sevenths add up to one, however they were rounded', async (t) => {
  for (const [weight, count] of [
    ['33.333', 3],
    ['33.33333', 3],
    ['33.3', 3],
    ['16.667', 6],
    ['14.28571', 7],
    ['14.3', 7],
    ['11.11', 9],
  ] as const) {
    const source = `Q{${`~%${weight}%x`.repeat(count)} ~%-100%y}`;
    const everything = Array.from({ length: count }, (_, index) => index);
    t.equal(fraction(source, { choices: everything }), 1, weight);
    t.equal(fraction(source, { choices: [0] }), 1 / count, weight);
    t.same(questionFaults(read(source)), [], weight);
  }
  t.ok(fraction('Q{~%33%a ~%33%b ~%33%c}', { choices: [0, 1, 2] }) < 1, 'a whole per cent short is short');
});

t.test('true and false earn all or nothing, and each has its feedback', async (t) => {
  const question = read('Q{F#it is not#well seen}');
  t.hasStrict(mark(question, { truefalse: false }, kind), { fraction: 1, outcome: 'right', feedback: ['well seen'] });
  t.hasStrict(mark(question, { truefalse: true }, kind), { fraction: 0, outcome: 'wrong', feedback: ['it is not'] });
});

t.test('a short answer earns the best weight among the answers it says', async (t) => {
  const source = 'Q{=%50%ma#tone? =má#yes =%0%*#no}';
  t.hasStrict(mark(read(source), { text: 'má' }, strict), { fraction: 1, feedback: ['yes'] });
  t.hasStrict(mark(read(source), { text: 'ma' }, strict), { fraction: 0.5, feedback: ['tone?'] });
  t.hasStrict(mark(read(source), { text: 'ma' }, kind), { fraction: 1, feedback: ['yes'] });
  t.hasStrict(mark(read(source), { text: 'bố' }, kind), { fraction: 0, outcome: 'wrong', feedback: ['no'] });
  t.equal(fraction('Q{=%-100%x}', { text: 'x' }), 0);
});

t.test('a number is right within its range, in the notation one learnt', async (t) => {
  for (const text of ['1234,5', '1.234,5', '1,234.5', '1 234,5', '1234.5', '1.2345e3', '+1234.5']) {
    t.equal(fraction('Q{#1234.5}', { text }), 1, text);
  }
  t.equal(fraction('Q{#1500}', { text: '1.500' }), 1, 'a thousand and a half in Vietnam');
  t.equal(fraction('Q{#1.5}', { text: '1.500' }), 1, 'one and a half in England');
  t.equal(fraction('Q{#1.1005:0.0005}', { text: '1,1' }), 1, 'the ends are inside');
  t.equal(fraction('Q{#1.1005:0.0005}', { text: '1,0999' }), 0);
  t.hasStrict(mark(read('Q{#=1822:0#exactly =%50%1822:2#nearly ~#no}'), { text: '1823' }, kind), {
    fraction: 0.5,
    outcome: 'partly',
    feedback: ['nearly'],
  });
  t.hasStrict(mark(read('Q{#=1822:0#exactly ~#no}'), { text: '7' }, kind), { fraction: 0, feedback: ['no'] });
});

t.test('matching earns the share of right pairs; one match may serve two prompts', async (t) => {
  const source = 'Q{=a -> x =b -> y =c -> x = -> z}';
  t.equal(fraction(source, { matches: [0, 1, 0] }), 1);
  t.equal(fraction(source, { matches: [0, 0, 0] }), 2 / 3);
  t.equal(fraction(source, { matches: [0, null, 2] }), 1 / 3);
  t.equal(fraction(source, { matches: [2, 2, 2] }), 0);
});

t.test('an unanswered question earns nothing and is still told what goes for all', async (t) => {
  t.same(mark(read('Q{T#no#yes####all}'), null, kind), { fraction: 0, outcome: 'unanswered', feedback: ['all'] });
});

t.test('an answer that does not fit the question is none', async (t) => {
  t.equal(mark(read('Q{=a ~b}'), { choice: 7 }, kind).outcome, 'unanswered');
  t.equal(mark(read('Q{=a ~b}'), { text: 'a' }, kind).outcome, 'unanswered');
});

t.test('a mark is never below nothing nor above all', async () => {
  const response = fc.oneof(
    fc.record({ choice: fc.nat({ max: 6 }) }),
    fc.record({ choices: fc.uniqueArray(fc.nat({ max: 6 }), { minLength: 1 }) }),
    fc.record({ truefalse: fc.boolean() }),
    fc.record({ text: fc.oneof(filledText, fc.double().map(String)) }),
    fc.record({ matches: fc.array(fc.option(fc.nat({ max: 4 })), { maxLength: 4 }) }),
  );
  fc.assert(
    fc.property(anyQuestion.filter(isMarkable), fc.array(response), rules, (question, responses, how) => {
      for (const given of [null, correctResponse(question), ...responses]) {
        const { fraction, outcome } = mark(question, given, how);
        assert.ok(fraction >= 0 && fraction <= 1);
        assert.equal(outcome === 'right', fraction === 1);
      }
    }),
  );
});

t.test('answering everything right earns exactly everything', async () => {
  fc.assert(
    fc.property(soundQuestion.filter(isMarkable), rules, (question, how) => {
      assert.deepEqual(questionFaults(question), []);
      assert.equal(mark(question, correctResponse(question), how).fraction, 1);
    }),
    { numRuns: 1000 },
  );
});

t.test('where a wrong tick costs, ticking everything never earns everything', async () => {
  fc.assert(
    fc.property(fc.oneof(anyQuestion, soundQuestion), (question) => {
      if (question.type !== 'choices' || questionFaults(question).length > 0) return;
      if (question.options.every(({ weight }) => weight >= 0)) return;
      const choices = question.options.map((_, index) => index);
      assert.ok(mark(question, { choices }, kind).fraction < 1);
    }),
    { numRuns: 1000 },
  );
});

t.test('pairs that are right one by one are right together', async () => {
  fc.assert(
    fc.property(soundQuestion, (question) => {
      if (question.type !== 'matching') return;
      const options = matchOptions(question);
      const right = question.pairs.map(({ match }) => options.indexOf(match));
      assert.deepEqual(correctResponse(question), { matches: right });
      const alone = right.map((match, index) => right.map((_, other) => (other === index ? match : null)));
      const shares = alone.map((matches) => mark(question, { matches }, kind).fraction);
      for (const share of shares) assert.equal(share, 1 / right.length);
    }),
  );
});

t.test('the right answer can be shown as one would give it', async (t) => {
  const right = (source: string) => correctResponse(read(source));
  t.same(right('Q{~a =b ~c}'), { choice: 1 });
  t.same(right('Q{~%50%a ~%-50%b ~%50%c}'), { choices: [0, 2] });
  t.same(right('Q{F}'), { truefalse: false });
  t.same(right('Q{=%50%a =Hà * Nội*#x}'), { text: 'Hà … Nội' });
  t.same(right('Q{=*}'), { text: '…' });
  t.same(right('Q{=* đường}'), { text: '… đường' });
  t.same(right('Q{#=%50%1 =2..3}'), { text: '2' });
  t.same(right('Q{#2.5:0.1}'), { text: '2.5' });
  t.same(right('Q{#10:0.01}'), { text: '10' });
  t.same(right('Q{=a -> y =b -> x}'), { matches: [1, 0] });
  t.equal(right('Q{~a ~b}'), null, 'nothing is right here');
});

t.test('a question that cannot earn everything, or earns it blindly, is told before it is published', async (t) => {
  const codes = (source: string) => {
    const [question] = readGift(source).questions as [Question];
    return questionFaults(question).map(({ line, code, values }) =>
      `${line} ${code} ${Object.values(values).join(' ')}`.trim(),
    );
  };
  t.same(codes('Q{=a ~b}'), []);
  t.same(codes('Q{~%100%a}'), ['1 question_few_options 1']);
  t.same(codes('\n\nQ{~a ~b}'), ['3 question_no_right_answer']);
  t.same(codes('Q{=%80%a ~%20%b}'), ['1 question_not_full_marks 80']);
  t.same(codes('Q{~%33%a ~%33%b ~%33%c}'), ['1 question_not_full_marks 99']);
  t.same(codes('Q{~%50%a ~%50%b ~%50%c}'), [], 'any two of three');
  t.same(codes('Q{~%100%a ~%50%b ~%-50%c}'), ['1 question_everything_ticked']);
  t.same(codes('Q{~%50%a ~%50%b ~%-1%c}'), []);
  t.same(codes('Q{=%0%a}'), ['1 question_no_right_answer']);
  t.same(codes(`Q{=${'a'.repeat(501)}}`), ['1 question_answer_untypable 500']);
  t.same(codes('Q{=\u200b}'), ['1 question_answer_untypable 500'], 'nobody types what nobody sees');
  t.same(codes('Q{#=%50%1}'), ['1 question_not_full_marks 50']);
  t.same(codes('Q{=a -> x =b -> x}'), ['1 question_few_matches']);
  t.same(codes('Q{=a -> x = -> y}'), ['1 question_few_matches']);
  t.same(codes('::T::{T}'), ['1 question_no_text']);
  t.same(codes('{=Asia} is large.'), []);
  t.same(codes('Q{}'), []);
});
