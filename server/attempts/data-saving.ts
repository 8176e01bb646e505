import type { FastifyRequest } from 'fastify';
import { forReader } from '../courses/data-saving.ts';
import { isTyped } from '../quizzes/cloze.ts';
import { mapTexts, type Question } from '../quizzes/question.ts';
import type { AttemptQuestion } from './questions.ts';

/** Pictures become links for who saves data. */
export function questionsForReader<Q extends AttemptQuestion>(request: FastifyRequest, questions: Q[]): Q[] {
  if (!request.saving) return questions;
  const saved = (body: Question) => mapTexts(body, (html) => forReader(request, html));
  return questions.map((question) => {
    const answered = question.answered_body && saved(question.answered_body);
    return { ...question, body: saved(question.body), answered_body: answered && isTyped(answered) ? answered : null };
  });
}
