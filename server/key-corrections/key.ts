import { isDeepStrictEqual } from 'node:util';
import { blankOf, blankQuestion, rightPlaces } from '../quizzes/cloze.ts';
import { matchOptions, type NumberAnswer, type Option, type Question } from '../quizzes/question.ts';

/** Which answers are right, apart from the question itself; positions as in a learner's answer. */
export type Key =
  | BlankKey
  | { correct: boolean }
  | { matches: number[] }
  | { places: number[] }
  | { blanks: BlankKey[] };

/** As a blank of a text may have it, too. */
export type BlankKey =
  | { weights: number[] }
  | { answers: Record<string, Pick<Option, 'text' | 'weight'>[]> }
  | { numbers: Pick<NumberAnswer, 'min' | 'max' | 'weight'>[] };

/**
 * The question with another key: its texts, and the places that learners' answers point to, stay. What its author says of an answer stays
 * only where the answer is judged as before.
 * @param language of this question: accepted words differ by it
 */
export function correctedQuestion(question: Question, language: string, key: Key): Question {
  const published = keyOf({ [language]: question });
  const here = 'blanks' in key ? { blanks: key.blanks.map((one) => keyIn(one, language)) } : keyIn(key, language);
  // Whoever takes a correction back finds all as it was.
  return isDeepStrictEqual(published, here) ? question : withKey(question, language, key);
}

/** Of accepted words those of one language. */
function keyIn<K extends Key>(key: K, language: string): K | Pick<Extract<Key, { answers: unknown }>, 'answers'> {
  return 'answers' in key ? { answers: { [language]: key.answers[language] ?? [] } } : key;
}

function withKey(question: Question, language: string, key: Key): Question {
  switch (question.type) {
    case 'choice':
    case 'choices': {
      if (!('weights' in key)) return question;
      const options = question.options.map((option, index) => judgedAs(option, key.weights[index] ?? 0));
      return { ...question, generalFeedback: null, options };
    }
    case 'truefalse': {
      if (!('correct' in key)) return question;
      return { ...question, generalFeedback: null, correct: key.correct, feedback: { right: null, wrong: null } };
    }
    case 'short': {
      const accepted = 'answers' in key ? key.answers[language] : undefined;
      if (accepted === undefined) return question;
      const answers = accepted.map(({ text, weight }) => {
        const before = question.answers.find((answer) => answer.text === text);
        return before ? judgedAs(before, weight) : { text, weight, feedback: null };
      });
      return { ...question, generalFeedback: null, answers };
    }
    case 'number': {
      if (!('numbers' in key)) return question;
      const answers = key.numbers.map(({ min, max, weight }) => {
        const before = question.answers.find((answer) => answer.min === min && answer.max === max);
        return before ? judgedAs(before, weight) : { min, max, weight, feedback: null };
      });
      return { ...question, generalFeedback: null, answers };
    }
    case 'matching': {
      if (!('matches' in key)) return question;
      // What is offered, and in which order, stays: answers are positions in it.
      const offered = matchOptions(question);
      const pairs = question.pairs.map((pair, index) => ({
        ...pair,
        match: offered[key.matches[index] ?? -1] ?? pair.match,
      }));
      const matchOrder = offered.map((_, index) => pairs.length + index);
      return { ...question, generalFeedback: null, pairs, distractors: offered, matchOrder };
    }
    case 'ordering': {
      if (!('places' in key)) return question;
      return { ...question, generalFeedback: null, places: key.places };
    }
    case 'cloze': {
      if (!('blanks' in key)) return question;
      const blanks = question.blanks.map((blank, index) => {
        const own = key.blanks[index];
        const corrected = own && correctedQuestion(blankQuestion(question, blank), language, own);
        return (corrected && blankOf(corrected, blank.share)) ?? blank;
      });
      return { ...question, generalFeedback: null, blanks };
    }
    default:
      return question;
  }
}

function judgedAs<Answer extends Pick<Option, 'weight' | 'feedback'>>(answer: Answer, weight: number): Answer {
  return { ...answer, weight, feedback: answer.weight > 0 === weight > 0 ? answer.feedback : null };
}

/** The key that a question has, in each of its languages; null where nothing can be right or wrong. */
export function keyOf(bodies: Record<string, Question>): Key | null {
  const [question] = Object.values(bodies);
  switch (question?.type) {
    case 'choice':
    case 'choices':
      return { weights: question.options.map(({ weight }) => weight) };
    case 'truefalse':
      return { correct: question.correct };
    case 'short': {
      const accepted = Object.entries(bodies).map(([language, body]) => [
        language,
        body.type === 'short' ? body.answers.map(({ text, weight }) => ({ text, weight })) : [],
      ]);
      return { answers: Object.fromEntries(accepted) };
    }
    case 'number':
      return { numbers: question.answers.map(({ min, max, weight }) => ({ min, max, weight })) };
    case 'matching': {
      const offered = matchOptions(question);
      return { matches: question.pairs.map(({ match }) => offered.indexOf(match)) };
    }
    case 'ordering':
      return { places: rightPlaces(question) };
    case 'cloze':
      return { blanks: question.blanks.flatMap((_, index) => blankKeyOf(bodies, index) ?? []) };
    default:
      return null;
  }
}

function blankKeyOf(bodies: Record<string, Question>, index: number): BlankKey | null {
  const alone = Object.entries(bodies).flatMap(([language, body]) => {
    const blank = body.type === 'cloze' ? body.blanks[index] : undefined;
    return body.type === 'cloze' && blank ? [[language, blankQuestion(body, blank)] as const] : [];
  });
  const key = keyOf(Object.fromEntries(alone));
  return key && ('weights' in key || 'answers' in key || 'numbers' in key) ? key : null;
}
