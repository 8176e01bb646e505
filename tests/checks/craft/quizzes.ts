import { correctResponse, mark } from '../../../server/quizzes/marking.ts';
import { isMarkable, type MarkableQuestion, type Question, type Response } from '../../../server/quizzes/question.ts';
import { exampleOf, type TypedRules } from '../../../server/quizzes/typed-answer.ts';
import { type Course, type Quiz, type Told, toldAt } from './course.ts';
import { thresholds } from './thresholds.ts';

export function quizFaults({ quizzes, isIntroduction }: Course): Told[] {
  return quizzes.flatMap((quiz) => [
    ...quiz.questions.flatMap((question) =>
      toldAt(quiz, question, [...feedbackFaults(question), ...markFaults(question, quiz.rules)]),
    ),
    ...(quiz.isRequired && !isIntroduction ? toldAt(quiz, quiz.questions[0], finalFaults(quiz)) : []),
  ]);
}

/** Whoever was wrong is told why, and everybody what to take along. */
function feedbackFaults(question: Question): string[] {
  if (question.type === 'description') return [];
  const general = isBlank(question.generalFeedback) ? ['no general feedback'] : [];
  return [...wrongFaults(question), ...general];
}

function wrongFaults(question: Question): string[] {
  if (question.type === 'truefalse')
    return isBlank(question.feedback.wrong) ? ['no feedback for the wrong answer'] : [];
  if (question.type !== 'choice' && question.type !== 'choices') return [];
  return question.options
    .filter(({ weight, feedback }) => weight <= 0 && isBlank(feedback))
    .map(({ text }) => `no feedback for the wrong answer “${beginning(text)}”`);
}

/** Some answer earns everything, and each that the author named earns what it says: no broader one stands in its way. */
function markFaults(question: Question, rules: TypedRules): string[] {
  if (!isMarkable(question)) return [];
  const earned = (response: Response | null) => Math.round(mark(question, response, rules).fraction * 100);
  const full = earned(correctResponse(question)) === 100 ? [] : ['no answer earns everything'];
  const meant = namedAnswers(question).flatMap(({ text, weight }) => {
    const is = earned({ text });
    return is === weight ? [] : [`the answer “${text}” earns ${is} per cent in place of ${weight}`];
  });
  return [...full, ...meant];
}

/** Those that may be typed, but for the ranges and the patterns that catch the rest. */
function namedAnswers(question: MarkableQuestion): { text: string; weight: number }[] {
  if (question.type === 'short') {
    const named = question.answers.filter(({ text }) => !/^\*|\*$/.test(text));
    return named.map(({ text, weight }) => ({ text: exampleOf(text), weight }));
  }
  if (question.type !== 'number') return [];
  return question.answers
    .filter(({ min, max }) => min === max)
    .map(({ min, weight }) => ({ text: String(min), weight }));
}

function finalFaults({ questions }: Quiz): string[] {
  const asked = questions.filter(({ type }) => type !== 'description');
  const types = new Set(asked.map(({ type }) => type)).size;
  const { final } = thresholds;
  return [
    ...(asked.length < final.questions ? [`${asked.length} questions: at least ${final.questions}`] : []),
    ...(types < final.types ? [`${types} types of questions: at least ${final.types}`] : []),
  ];
}

function isBlank(text: string | null): boolean {
  return text === null || text.trim() === '';
}

function beginning(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
