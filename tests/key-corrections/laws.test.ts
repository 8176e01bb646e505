import fc from 'fast-check';
import t from 'tap';
import { attemptQuestions, type Correction } from '../../server/attempts/contents.ts';
import { markAttempt } from '../../server/attempts/marking.ts';
import { type BlankKey, correctedQuestion, type Key, keyOf } from '../../server/key-corrections/key.ts';
import { remark } from '../../server/key-corrections/marking-again/remark.ts';
import { previewOf } from '../../server/key-corrections/writing/preview.ts';
import { askable, isMarkable, type Question, type Response } from '../../server/quizzes/question.ts';
import type { QuizSettings } from '../../server/quizzes/settings.ts';
import { soundQuestion } from '../quizzes/generated-questions.ts';

const settings: QuizSettings = { pass: 60, attempts: null, shuffle: false, accents: 'ignore', case: 'ignore' };

const response: fc.Arbitrary<Response | null> = fc.oneof(
  fc.constant(null),
  fc.record({ choice: fc.nat(4) }),
  fc.record({ choices: fc.uniqueArray(fc.nat(4), { minLength: 1 }) }),
  fc.record({ truefalse: fc.boolean() }),
  fc.record({ text: fc.constantFrom('1', '2,5', 'ánh sáng', 'a') }),
  fc.record({ matches: fc.array(fc.option(fc.nat(4)), { maxLength: 4 }) }),
  fc.record({ places: fc.array(fc.option(fc.nat(4)), { maxLength: 6 }) }),
  fc.record({ blanks: fc.array(fc.option(fc.oneof(fc.nat(4), fc.constantFrom('1', 'a'))), { maxLength: 4 }) }),
);

/** Another key of the same kind, or none at all. */
function anotherKey(question: Question): fc.Arbitrary<Key | null> {
  const key = keyOf({ vi: question });
  const voided = fc.constant(null);
  return key === null ? voided : fc.oneof(voided, another(key));
}

function another(key: Key): fc.Arbitrary<Key> {
  if ('correct' in key) return fc.record({ correct: fc.boolean() });
  if ('matches' in key) {
    const matches = fc.array(fc.nat(3), { minLength: key.matches.length, maxLength: key.matches.length });
    return fc.record({ matches });
  }
  if ('places' in key) {
    const places = fc.shuffledSubarray(key.places, { minLength: key.places.length });
    return fc.record({ places });
  }
  return 'blanks' in key ? fc.record({ blanks: fc.tuple(...key.blanks.map(anotherBlank)) }) : anotherBlank(key);
}

function anotherBlank(key: BlankKey): fc.Arbitrary<BlankKey> {
  const share = fc.constantFrom(-50, 0, 50, 100);
  if ('weights' in key) {
    const { length } = key.weights;
    return fc.record({ weights: fc.array(share, { minLength: length, maxLength: length }) });
  }
  if ('answers' in key) {
    const answer = fc.record({ text: fc.constantFrom('1', 'ánh sáng', 'a*'), weight: share });
    return fc.record({ answers: fc.record({ vi: fc.array(answer, { minLength: 1 }) }) });
  }
  const range = fc.record({ min: fc.constantFrom(0, 2), max: fc.constantFrom(2, 3), weight: share });
  return fc.record({ numbers: fc.array(range, { minLength: 1 }) });
}

const asked = soundQuestion
  .filter(isMarkable)
  .chain((body) => fc.record({ body: fc.constant(body), response, key: anotherKey(body) }));
/** With what somebody gave for it. */
const essay = fc.record({
  body: soundQuestion.map(
    ({ key, title, format, text, generalFeedback, tags, line }): Question => ({
      ...{ key, title, format, text, generalFeedback, tags, line },
      type: 'essay',
    }),
  ),
  response: fc.constant({ text: 'Hai ý.' }),
  key: fc.constant(null),
  given: fc.constantFrom(0, 0.25, 0.75, 1),
});
/** Keys are those of the questions before the essays. */
const quiz = fc
  .tuple(fc.array(asked, { minLength: 1, maxLength: 6 }), fc.array(essay, { maxLength: 2 }))
  .map(([marked, essays]) => [...marked.map((one) => ({ ...one, given: null })), ...essays]);

const rows = (quiz: { body: Question }[]) =>
  quiz.map(({ body }, index) => ({
    ...{ id: String(index), key: String(index), position: index + 1, points: 1 + index, draw: null },
    bodies: { vi: body },
  }));
const factsOf = (quiz: { response: Response | null; given: number | null }[], corrections: Correction[]) => ({
  answers: quiz.map(({ response }, index) => ({ question_id: String(index), revision: 1, response, language: 'vi' })),
  corrections,
  question_ids: null,
  essay_marks: quiz.flatMap(({ given }, index) =>
    given === null ? [] : [{ question_id: String(index), points: given, comment: null }],
  ),
});

t.test('Marked again is marked as if it were handed in now, and only a pass may be kept', async () => {
  fc.assert(
    fc.property(quiz, fc.nat(5), fc.boolean(), (quiz, which, mayFail) => {
      const index = which % quiz.filter(({ body }) => isMarkable(body)).length;
      const corrections: Correction[] = [
        { number: 1, question_id: String(index), key: quiz[index]?.key ?? null, reason: 'sai' },
      ];
      const contents = (with_: Correction[]) => ({
        settings,
        questions: attemptQuestions(rows(quiz), factsOf(quiz, with_), 'vi'),
      });
      const before = markAttempt(contents([]));
      const fresh = markAttempt(contents(corrections));
      const after = remark(contents(corrections), before, mayFail) ?? before;
      if (after.points !== fresh.points || after.max_points !== fresh.max_points) return false;
      if (JSON.stringify(after.marks) !== JSON.stringify(fresh.marks)) return false;
      // Of all other questions the marks are as they were.
      if (after.marks.some(({ points }, at) => at !== index && points !== before.marks[at]?.points)) return false;
      if (quiz.some(({ given }, at) => given !== null && after.marks[at]?.points !== given)) return false;
      if (after.passed !== (fresh.passed || (before.passed && !mayFail))) return false;
      return remark(contents(corrections), after, mayFail) === null;
    }),
  );
});

t.test('The preview says what marking again does', async () => {
  fc.assert(
    fc.property(quiz, fc.nat(5), (quiz, which) => {
      const index = which % quiz.filter(({ body }) => isMarkable(body)).length;
      const { key = null, response = null } = quiz[index] ?? {};
      const questions = rows(quiz);
      const question = questions[index];
      if (question === undefined) return false;
      const before = markAttempt({ settings, questions: attemptQuestions(questions, factsOf(quiz, []), 'vi') });
      const correction = { number: 1, question_id: question.id, key, reason: 'sai' };
      const after = markAttempt({
        settings,
        questions: attemptQuestions(questions, factsOf(quiz, [correction]), 'vi'),
      });
      const { points, max_points, passed } = before;
      const mark = before.marks[index]?.points ?? 0;
      const alike = {
        question_id: question.id,
        settings,
        response,
        language: 'vi',
        mark,
        points,
        max_points,
        passed,
        count: 3,
      };
      const preview = previewOf([alike], question, key);
      return (
        preview.up === (after.points > points ? 3 : 0) &&
        preview.down === (after.points < points ? 3 : 0) &&
        preview.pass === (after.passed && !passed ? 3 : 0) &&
        preview.fail === (passed && !after.passed ? 3 : 0)
      );
    }),
  );
});

t.test('A corrected question asks what it asked before, and its published key brings it back', async () => {
  fc.assert(
    fc.property(asked, ({ body, key }) => {
      const published = keyOf({ vi: body });
      if (published === null || key === null) return true;
      const corrected = correctedQuestion(body, 'vi', key);
      if (JSON.stringify(askable(corrected)) !== JSON.stringify(askable(body))) return false;
      return JSON.stringify(correctedQuestion(body, 'vi', published)) === JSON.stringify(body);
    }),
  );
});
