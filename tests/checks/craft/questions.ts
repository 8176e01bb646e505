import { askable, mapTexts, type Question } from '../../../server/quizzes/question.ts';

/** What somebody sees while they answer. */
export function wordsAsked(question: Question): string[] {
  const { title, text, ...asked } = askable(question);
  const after = 'after' in asked ? (asked.after ?? '') : '';
  const options = 'options' in asked ? asked.options : [];
  const sides = 'prompts' in asked ? [...asked.prompts, ...asked.matches] : [];
  return [title ?? '', text, after, ...options, ...sides];
}

/** All that is ever read of a question: what may be typed as an answer is spelt in every way, and is left out. */
export function wordsShown(question: Question): string[] {
  const words = wordsAsked(question);
  mapTexts(question, (text) => {
    words.push(text);
    return text;
  });
  return [...new Set(words)];
}

/** What is typed follows other rules than what is said. */
export function withoutCode(text: string): string {
  return text
    .replace(/```[\s\S]*?```/g, '')
    .replace(/`[^`]*`/g, '')
    .replace(/^(?: {4}|\t).*$/gm, '')
    .replace(/\]\([^)]*\)/g, ']');
}
