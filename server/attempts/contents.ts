import type { EssayMark } from '../essays/queries.ts';
import { correctedQuestion, type Key } from '../key-corrections/key.ts';
import { isTyped } from '../quizzes/cloze.ts';
import { keepDrawn } from '../quizzes/draw.ts';
import type { Question, Response } from '../quizzes/question.ts';
import type { VersionQuestion } from '../versions/reading.ts';
import type { AttemptQuestion } from './questions.ts';

export interface NewestAnswer {
  question_id: string;
  revision: number;
  response: Response | null;
  language: string;
}

/** A corrected key as it stands beside a version. */
export interface Correction {
  /** Among those of its quiz, from 1. */
  number: number;
  question_id: string;
  /** Null: the question is void. */
  key: Key | null;
  reason: string;
}

interface Facts {
  answers: NewestAnswer[];
  corrections: Correction[];
  essay_marks: EssayMark[];
  /** Those drawn for it; null: all of the quiz. */
  question_ids: string[] | null;
}

/** What an attempt is marked by and shown from: the version's questions, their keys as corrected, and what was answered and marked. */
export function attemptQuestions(
  questions: readonly VersionQuestion[],
  { answers, corrections, essay_marks, question_ids }: Facts,
  language: string,
): AttemptQuestion[] {
  return keepDrawn(questions, question_ids).flatMap(({ bodies, ...question }) => {
    const correction = newestOf(question, corrections);
    const body = correctedBody(bodies, language, correction);
    if (body === undefined) return [];
    const { revision = 0, response = null, language: typedIn = null } = answers.find(isTo(question)) ?? {};
    const essay_mark = essay_marks.find(isTo(question));
    // Accepted words differ by language; all else about a key is the same in each.
    const typed = typedIn === null || response === null ? undefined : correctedBody(bodies, typedIn, correction);
    const answered = typed && isTyped(typed) ? { answered_body: typed, answered_language: typedIn } : unanswered;
    const corrected = correction && { is_void: correction.key === null, reason: correction.reason };
    return [{ ...question, body, corrected, revision, response, ...answered, essay_mark }];
  });
}

/** How many corrections of a quiz a marking knows that is made with these. */
export function knownCorrections(corrections: Pick<Correction, 'number'>[]): number {
  return Math.max(0, ...corrections.map(({ number }) => number));
}

/** A later one takes the place of an earlier. */
export function newestOf<C extends Pick<Correction, 'number' | 'question_id'>>(
  { id }: { id: string },
  corrections: C[],
): C | null {
  return corrections
    .filter(({ question_id }) => question_id === id)
    .reduce<C | null>((newest, one) => (newest && newest.number > one.number ? newest : one), null);
}

const unanswered = { answered_body: null, answered_language: null };

function isTo({ id }: { id: string }) {
  return ({ question_id }: { question_id: string }) => question_id === id;
}

/** The question by its key as it stands now. */
export function correctedBody(
  bodies: Record<string, Question>,
  language: string,
  correction: Correction | null,
): Question | undefined {
  const body = bodies[language];
  return body === undefined || !correction?.key ? body : correctedQuestion(body, language, correction.key);
}
