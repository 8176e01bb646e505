import { correctResponse, mark } from '../quizzes/marking.ts';
import {
  type AskableQuestion,
  askable,
  isAsked,
  isMarkable,
  type MarkableQuestion,
  matchOptions,
  type Question,
  type Response,
} from '../quizzes/question.ts';
import { waitsForMarker } from './marking.ts';
import {
  type AskedQuestion,
  type AttemptContents,
  type AttemptQuestion,
  optionOrder,
  orderedQuestions,
} from './questions.ts';

export interface ResultOption {
  html: string;
  result: 'right' | 'wrong' | 'missed' | 'none';
  /** What the author says to whoever picked it. */
  feedbackHtml: string | null;
}

/** A question after the attempt: what was answered, what it scored, what the author says of it. */
export interface ResultQuestion {
  id: string;
  number: number;
  introduction: string[];
  ask: AskableQuestion;
  points: number;
  max_points: number;
  isAnswered: boolean;
  /** An essay that nobody has marked: its points say nothing. */
  isWaiting: boolean;
  /** What was written in an essay, and what its marker says of it. */
  essay: string | null;
  comment: string | null;
  /** For choices. */
  options: ResultOption[];
  /** For text and numbers; for true or false. */
  typed: string | boolean | null;
  /** For matching: prompt, what was picked, what is right where that may be shown. */
  pairs: { prompt: string; picked: string | null; isRight: boolean; right: string | null }[];
  /** To whatever else was answered, then to everybody. */
  feedback: string[];
  /** Where that is not the reader's: words typed in another language are answered in it. */
  feedback_language: string | null;
  /** Where no option shows it. */
  right: string | boolean | null;
  /** The lesson to read again. */
  lesson: string | null;
  /** Its key was corrected, and why. */
  corrected: AttemptQuestion['corrected'];
}

/**
 * @param reveals whether right answers that were missed are shown: not while the learner may still try again for a pass
 */
export function resultQuestions(
  attempt: AttemptContents,
  marks: { question_id: string; points: number }[],
  reveals: boolean,
): ResultQuestion[] {
  return orderedQuestions(attempt).flatMap((question, index) => {
    const { id, key, introduction, body, answered_language, response, corrected } = question;
    if (!isAsked(body)) return [];
    const isEssay = body.type === 'essay';
    const ask = askable(body);
    return [
      {
        id,
        number: index + 1,
        introduction,
        ask,
        points: marks.find((given) => given.question_id === id)?.points ?? 0,
        max_points: question.points,
        isAnswered: response !== null,
        isWaiting: waitsForMarker(question),
        essay: isEssay && response !== null && 'text' in response ? response.text : null,
        comment: question.essay_mark?.comment ?? null,
        options: optionResults(body, response, optionOrder(attempt, key, ask), reveals),
        typed: isEssay ? null : typedIn(response),
        pairs: body.type === 'matching' ? pairResults(body, response, reveals) : [],
        feedback: feedbackOf(question, attempt),
        feedback_language: answered_language,
        right: reveals && isMarkable(body) ? typedIn(correctResponse(body)) : null,
        lesson: lessonOf(body),
        corrected,
      },
    ];
  });
}

/** Of an essay its author's words are for who marks it. */
function feedbackOf({ body, answered_body, response }: AskedQuestion, { settings }: AttemptContents): string[] {
  if (!isMarkable(body)) return [];
  if ('options' in body) return [body.generalFeedback].filter((note) => note !== null);
  return mark(answered_body ?? body, response, settings).feedback;
}

function optionResults(body: Question, response: Response | null, order: number[], reveals: boolean): ResultOption[] {
  if (body.type !== 'choice' && body.type !== 'choices') return [];
  const picked =
    response === null ? [] : 'choice' in response ? [response.choice] : 'choices' in response ? response.choices : [];
  return order.flatMap((position) => {
    const option = body.options[position];
    if (option === undefined) return [];
    const isRight = option.weight > 0;
    const isPicked = picked.includes(position);
    const result = isPicked ? (isRight ? 'right' : 'wrong') : isRight && reveals ? 'missed' : 'none';
    return [{ html: option.text, result, feedbackHtml: isPicked ? option.feedback : null } as const];
  });
}

function pairResults(
  body: Extract<MarkableQuestion, { type: 'matching' }>,
  response: Response | null,
  reveals: boolean,
) {
  const offered = matchOptions(body);
  const matches = response !== null && 'matches' in response ? response.matches : [];
  return body.pairs.map(({ prompt, match }, index) => {
    const position = matches[index] ?? null;
    const picked = position === null ? null : (offered[position] ?? null);
    return { prompt, picked, isRight: picked === match, right: reveals ? match : null };
  });
}

function typedIn(response: Response | null): string | boolean | null {
  if (response === null) return null;
  return 'text' in response ? response.text : 'truefalse' in response ? response.truefalse : null;
}

function lessonOf({ tags }: Question): string | null {
  return tags.find((tag) => tag.startsWith('lesson:'))?.slice('lesson:'.length) ?? null;
}
