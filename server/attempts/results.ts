import { blankQuestion, givenIn, rightPlaces, withGaps } from '../quizzes/cloze.ts';
import { correctResponse, type Mark, mark, markBlanks } from '../quizzes/marking.ts';
import {
  type AskableQuestion,
  askable,
  isAsked,
  isMarkable,
  matchOptions,
  type Question,
  type QuestionOf,
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

/** What was picked or typed, what is right where that may be shown, what the author says to it. */
export interface ResultPart {
  /** null: a blank of the text, by its place */
  prompt: string | null;
  picked: string | null;
  outcome: Mark['outcome'];
  right: string | null;
  feedback: string[];
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
  /** For matching, the places of an ordering, the blanks of a text: each part by itself. */
  pairs: ResultPart[];
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
    const order = optionOrder(attempt, key, ask);
    return [
      {
        id,
        number: index + 1,
        introduction,
        ask: ask.type === 'cloze' ? { ...ask, text: withGaps(ask.text) } : ask,
        points: marks.find((given) => given.question_id === id)?.points ?? 0,
        max_points: question.points,
        isAnswered: response !== null,
        isWaiting: waitsForMarker(question),
        essay: isEssay && response !== null && 'text' in response ? response.text : null,
        comment: question.essay_mark?.comment ?? null,
        options: optionResults(body, response, order, reveals),
        typed: isEssay ? null : typedIn(response),
        pairs: partResults(question, attempt, order, reveals),
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

function partResults(
  { body, answered_body, response }: AskedQuestion,
  { settings }: AttemptContents,
  order: number[],
  reveals: boolean,
): ResultPart[] {
  switch (body.type) {
    case 'matching':
      return pairResults(body, response, reveals);
    case 'ordering':
      return placeResults(body, response, order, reveals);
    case 'cloze': {
      const typed = answered_body?.type === 'cloze' ? answered_body : body;
      return blankResults(body, markBlanks(typed, response, settings), response, reveals);
    }
    default:
      return [];
  }
}

function pairResults(body: QuestionOf<'matching'>, response: Response | null, reveals: boolean): ResultPart[] {
  const offered = matchOptions(body);
  const matches = response !== null && 'matches' in response ? response.matches : [];
  return body.pairs.map(({ prompt, match }, index) => {
    const position = matches[index] ?? null;
    const picked = position === null ? null : (offered[position] ?? null);
    return { prompt, picked, outcome: outcomeOf(picked, match), right: reveals ? match : null, feedback: [] };
  });
}

/** In the order in which they were shown. */
function placeResults(
  body: QuestionOf<'ordering'>,
  response: Response | null,
  order: number[],
  reveals: boolean,
): ResultPart[] {
  const number = (place: number | null | undefined) => (typeof place === 'number' ? String(place + 1) : null);
  const right = rightPlaces(body);
  const places = response !== null && 'places' in response ? response.places : [];
  return order.map((item) => {
    const [picked, place] = [number(places[item]), number(right[item])];
    const prompt = body.items[item]?.text ?? '';
    return { prompt, picked, outcome: outcomeOf(picked, place), right: reveals ? place : null, feedback: [] };
  });
}

/** Words are judged in the language they were typed in; what is right is told in the reader's. */
function blankResults(
  body: QuestionOf<'cloze'>,
  marks: Mark[],
  response: Response | null,
  reveals: boolean,
): ResultPart[] {
  const given = response !== null && 'blanks' in response ? response.blanks : [];
  return body.blanks.map((blank, index) => {
    const say = (one: number | string | null | undefined) =>
      typeof one === 'number' && blank.kind === 'select' ? (blank.answers[one]?.text ?? null) : (one ?? null);
    const right = say(givenIn(correctResponse(blankQuestion(body, blank))));
    const { outcome = 'unanswered', feedback = [] } = marks[index] ?? {};
    const picked = say(given[index]);
    return {
      ...{ prompt: null, outcome, feedback },
      picked: picked === null ? null : String(picked),
      right: reveals && right !== null ? String(right) : null,
    };
  });
}

function outcomeOf(picked: string | null, right: string | null): Mark['outcome'] {
  return picked === null ? 'unanswered' : picked === right ? 'right' : 'wrong';
}

function typedIn(response: Response | null): string | boolean | null {
  if (response === null) return null;
  return 'text' in response ? response.text : 'truefalse' in response ? response.truefalse : null;
}

function lessonOf({ tags }: Question): string | null {
  return tags.find((tag) => tag.startsWith('lesson:'))?.slice('lesson:'.length) ?? null;
}
