import fc from 'fast-check';
import t from 'tap';
import { markAttempt, markWithoutEssays, waitsForMarker } from '../../server/attempts/marking.ts';
import type { AttemptContents, AttemptQuestion } from '../../server/attempts/questions.ts';
import { correctResponse } from '../../server/quizzes/marking.ts';
import { isMarkable, type Question, type Response } from '../../server/quizzes/question.ts';
import { percentOf, type QuizSettings } from '../../server/quizzes/settings.ts';
import { soundQuestion } from '../quizzes/generated-questions.ts';

const settings: QuizSettings = { pass: 60, attempts: null, shuffle: true, accents: 'ignore', case: 'ignore' };

/** A question with an answer to it: none, a right one, or whatever a form may hold. */
const asked = fc
  .record({
    body: soundQuestion,
    points: fc.integer({ min: 1, max: 9_999 }).map((hundredths) => hundredths / 100),
    given: fc.constantFrom('nothing', 'right', 'anything'),
    anything: fc.oneof(
      fc.record({ choice: fc.nat(6) }),
      fc.record({ choices: fc.uniqueArray(fc.nat(6), { minLength: 1 }) }),
      fc.record({ truefalse: fc.boolean() }),
      fc.record({ text: fc.string() }),
      fc.record({ matches: fc.array(fc.option(fc.nat(4)), { maxLength: 4 }) }),
    ),
  })
  .map(({ body, points, given, anything }) => {
    const right = isMarkable(body) ? correctResponse(body) : null;
    return { body, points, response: { nothing: null, right, anything }[given] };
  });

const attempt = fc
  .array(asked, { minLength: 1, maxLength: 8 })
  .filter((questions) => questions.some(({ body }) => isMarkable(body)))
  .map((questions) => contents(questions));

t.test('Points are the sum of the marks, from nothing to the maximum, and a percentage from 0 to 100', async () => {
  fc.assert(
    fc.property(attempt, (contents) => {
      const { points, max_points, marks } = markAttempt(contents);
      const sum = marks.reduce((total, mark) => total + mark.points, 0);
      const percent = percentOf(points, max_points);
      return Math.abs(points - sum) < 1e-6 && points >= 0 && points <= max_points && percent >= 0 && percent <= 100;
    }),
  );
});

t.test(
  'Everything right, and full points for each essay, is 100 per cent, whatever the questions are worth',
  async () => {
    fc.assert(
      fc.property(attempt, (contents) => {
        const right = answered(contents, (body) => correctResponse(body));
        const { points, max_points, passed } = markAttempt(praised(right));
        return percentOf(points, max_points) === 100 && passed;
      }),
    );
  },
);

t.test('Nothing answered is nothing scored', async () => {
  fc.assert(
    fc.property(attempt, (contents) => {
      const { points, passed, marks } = markAttempt(answered(contents, () => null));
      return points === 0 && !passed && marks.every((mark) => mark.points === 0);
    }),
  );
});

t.test('A right answer in place of another never takes points away', async () => {
  fc.assert(
    fc.property(attempt, fc.nat(7), (contents, at) => {
      const better = contents.questions.map((question, index) =>
        index === at && isMarkable(question.body)
          ? { ...question, response: correctResponse(question.body) }
          : question,
      );
      return markAttempt({ ...contents, questions: better }).points >= markAttempt(contents).points;
    }),
  );
});

t.test('An essay that is written waits, a blank one does not, and what was given for it counts', async (t) => {
  const common = { key: 'k', title: null, format: 'plain', text: 'Q', generalFeedback: null, line: 1 } as const;
  const body: Question = { ...common, tags: [], type: 'essay' };
  const { questions, ...rest } = contents([
    { body, points: 1, response: { text: 'Words' } },
    { body, points: 1, response: null },
  ]);
  t.strictSame(questions.map(waitsForMarker), [true, false]);
  const marked = questions.map((one) => ({ ...one, essay_mark: { points: 0.5, comment: null } }));
  t.strictSame(marked.map(waitsForMarker), [false, false]);
  t.match(markAttempt({ ...rest, questions }), { points: 0, max_points: 2 });
  t.match(markAttempt({ ...rest, questions: marked }), { points: 1, max_points: 2, passed: false });
  t.match(markWithoutEssays({ ...rest, questions: marked }), { points: 0, max_points: 0 });
});

t.test('A description is no question: it neither earns nor costs', async (t) => {
  const common = { key: 'k', title: null, format: 'plain', text: 'Q', generalFeedback: null, line: 1 } as const;
  const description: Question = { ...common, tags: [], type: 'description' };
  const feedback = { right: null, wrong: null };
  const truth: Question = { ...common, tags: [], type: 'truefalse', correct: true, feedback };
  const marking = markAttempt(
    contents([
      { body: description, points: 5, response: null },
      { body: truth, points: 1, response: { truefalse: true } },
    ]),
  );
  t.match(marking, { points: 1, max_points: 1, passed: true });
  t.equal(marking.marks.length, 1);
});

function contents(questions: { body: Question; points: number; response: Response | null }[]): AttemptContents {
  return {
    id: 'attempt',
    settings,
    questions: questions.map(
      ({ body, points, response }, index): AttemptQuestion => ({
        id: String(index),
        key: String(index),
        body,
        points,
        response,
        revision: 1,
        answered_body: null,
        answered_language: null,
        corrected: null,
      }),
    ),
  };
}

type Markable = Parameters<typeof correctResponse>[0];

function answered(contents: AttemptContents, answer: (body: Markable) => Response | null): AttemptContents {
  const questions = contents.questions.map((question) =>
    isMarkable(question.body) ? { ...question, response: answer(question.body) } : question,
  );
  return { ...contents, questions };
}

/** Somebody has given every essay all that it is worth. */
function praised(contents: AttemptContents): AttemptContents {
  const questions = contents.questions.map((question) =>
    question.body.type === 'essay' ? { ...question, essay_mark: { points: question.points, comment: null } } : question,
  );
  return { ...contents, questions };
}
