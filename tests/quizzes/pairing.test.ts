import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { readGift } from '../../server/quizzes/gift-read.ts';
import { mark } from '../../server/quizzes/marking.ts';
import { alignMatches, pairFaults } from '../../server/quizzes/pairing.ts';
import { matchOptions, type Question, type QuestionOf } from '../../server/quizzes/question.ts';
import { question as anyQuestion } from './generated-questions.ts';

function read(...sources: string[]): Question[] {
  return readGift(sources.join('\n\n')).questions;
}

function faults(original: string[], translation: string[]): string[] {
  return pairFaults(read(...original), read(...translation)).map(
    ({ line, code, values }) => `${line} ${code} ${Object.values(values).join(' ')}`,
  );
}

const one = (id: string, body: string) => `// [id:${id}]\n${body}`;

t.test('a translation with the same questions, options and weights pairs', async (t) => {
  const vi = [one('a', 'Một{=đúng ~%25%gần đúng ~sai}'), one('b', 'Hai{#1..2}'), one('c', 'Ba{=mèo =%50%chó}')];
  const en = [one('a', 'One{=right ~%25%nearly ~wrong}'), one('b', 'Two{#1..2}'), one('c', 'Three{=cat}')];
  t.same(faults(vi, en), [], 'accepted short answers are words of their language');
});

t.test('every question is there once in each language, in the same order', async (t) => {
  t.same(faults([one('a', 'Q{T}'), one('b', 'Q{T}')], [one('a', 'Q{T}'), one('x', 'Q{T}')]), [
    '5 pair_unknown x',
    '5 pair_missing b',
  ]);
  t.same(faults([one('a', 'Q{T}'), one('b', 'Q{T}')], [one('b', 'Q{T}'), one('a', 'Q{T}')]), ['2 pair_order b']);
  t.same(faults([one('a', 'Q{T}')], []), ['1 pair_missing a']);
});

t.test('what differs is told by line of the translation, with position', async (t) => {
  const differs = (original: string, translation: string) => faults([one('a', original)], [one('a', translation)]);
  t.same(differs('Q{=x ~y}', 'Q{~%100%x ~y}'), ['2 pair_type a choice choices']);
  t.same(differs('Q{=x ~y}', 'Q{=x ~y ~z}'), ['2 pair_count a 2 3']);
  t.same(differs('// [hint:x]\nQ{=x ~y}', 'Q{=x ~y}'), ['2 pair_hints a 1 0']);
  t.same(differs('Q{=x ~y}', 'Q{~y =x}'), ['2 pair_weight a 1 100 0', '2 pair_weight a 2 0 100']);
  t.same(differs('Q{T}', 'Q{F}'), ['2 pair_answer a 1']);
  t.same(differs('Q{#=1 =%50%2}', 'Q{#=1 =%50%3}'), ['2 pair_answer a 2']);
  t.same(differs('Q{#=1 =%50%2}', 'Q{#=1 =%40%2}'), ['2 pair_weight a 2 50 40']);
  t.same(differs('Q{=a -> x =b -> y}', 'Q{=a -> x =b -> y =c -> z}'), ['2 pair_count a 2 3']);
  t.same(differs('Q{=a -> x =b -> y}', 'Q{=a -> x =b -> y = -> z}'), ['2 pair_count a 2 3']);
  t.same(differs('Q{=a -> x =b -> y =c -> x}', 'Q{=a -> x =b -> y =c -> z}'), ['2 pair_matches a 3']);
});

t.test('a stored position means the same pair in every language', async (t) => {
  const vi = read(one('a', 'Con gì kêu?{=meo meo -> mèo =gâu gâu -> chó =miu miu -> mèo = -> bò}'));
  const en = alignMatches(vi, read(one('a', 'Who says it?{=meow -> cat =woof -> dog =mew -> cat = -> cow}')));
  const [original, translated] = [vi[0], en[0]] as [QuestionOf<'matching'>, QuestionOf<'matching'>];
  t.same(matchOptions(original), ['bò', 'chó', 'mèo']);
  t.same(matchOptions(translated), ['cow', 'dog', 'cat']);
  const rules = { accents: 'ignore', case: 'ignore' } as const;
  t.equal(mark(original, { matches: [2, 1, 2] }, rules).fraction, 1);
  t.equal(mark(translated, { matches: [2, 1, 2] }, rules).fraction, 1);
});

t.test('every quiz pairs with itself, and aligning it changes no order', async () => {
  fc.assert(
    fc.property(anyQuestion, (question) => {
      const quiz = [{ ...question, key: 'a' }];
      assert.deepEqual(pairFaults(quiz, quiz), []);
      const [aligned] = alignMatches(quiz, quiz);
      if (question.type === 'matching' && aligned?.type === 'matching') {
        assert.deepEqual(matchOptions(aligned), matchOptions(question));
      }
    }),
  );
});
