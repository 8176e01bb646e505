import Type from 'typebox';
import { field, readForm } from '../../platform/forms.ts';
import { cleanLine } from '../../platform/text.ts';

/** What a cohort asks those who want to join. */
export interface Question {
  words: string;
  is_required: boolean;
}

/** With the question as it stood then. */
export interface Answer {
  question: string;
  answer: string;
}

const mostQuestions = 5;

const QuestionsForm = Type.Object({
  question: field.list({ maxItems: mostQuestions }),
  required: field.list({ maxItems: mostQuestions }),
});
const AnswersForm = Type.Object({
  question: field.list({ maxItems: mostQuestions }),
  answer: field.list({ maxItems: mostQuestions }),
});

/**
 * Of the form that describes a cohort; rows left empty are none.
 * @returns null when one is too long
 */
export function readQuestions(body: unknown): Question[] | null {
  const form = readForm(QuestionsForm, body);
  if (!form.ok) return null;
  const { question, required } = form.data;
  const rows = question
    .map(cleanLine)
    .map((words, index) => ({ words, is_required: required.includes(String(index + 1)) }));
  return rows.filter(({ words }, index) => words !== '' && rows.findIndex((row) => row.words === words) === index);
}

/**
 * Of the form to join by. Each answer is found by the words of its question, since the questions may have changed under the form.
 * @param typed what stands beside each question, to show it again
 */
export function readAnswers(
  questions: Question[],
  body: unknown,
): { answers: Answer[]; typed: string[]; error: string | null } {
  const form = readForm(AnswersForm, body);
  const { question: asked, answer: given } = form.data ?? { question: [], answer: [] };
  const typed = questions.map(({ words }) => cleanLine(given[asked.map(cleanLine).indexOf(words)] ?? ''));
  const isMissing = questions.some(({ is_required }, index) => is_required && typed[index] === '');
  const answers = questions.map(({ words }, index) => ({ question: words, answer: typed[index] ?? '' }));
  const error = form.ok ? (isMissing ? 'cohorts.error_answer' : null) : 'cohorts.error_answer_long';
  return { answers: answers.filter(({ answer }) => answer !== ''), typed, error };
}
