import { isAsked } from '../quizzes/question.ts';
import type { DraftItem, DraftQuestion, Note } from './draft.ts';
import { root } from './draft.ts';
import { treeOf } from './questions.ts';

export interface QuestionSet {
  id: string;
  section: string | null;
  title: string;
  place: string;
  questions: DraftQuestion[];
}

/**
 * What a set of questions becomes: a quiz, beside it an assignment for each question that is answered with a file, or a lesson where it holds
 * nothing but words.
 */
export function itemsOf(set: QuestionSet, notes: Note[]): DraftItem[] {
  const { id, section, title, place } = set;
  const words = set.questions.filter(({ question }) => question.type === 'description');
  const uploads = set.questions.filter(({ isUpload }) => isUpload);
  const questions = set.questions.filter(({ isUpload }) => !isUpload);
  const items: DraftItem[] = [];
  if (questions.some(({ question }) => isAsked(question))) {
    items.push({ kind: 'quiz', id, section, title, place, questions });
  } else if (words.length > 0) {
    const body = root(
      words.flatMap(({ question, place }) => treeOf(question.text, question.format, place, notes).children),
    );
    items.push({ kind: 'lesson', id, section, title, place, body });
    for (const { type, place, question } of words)
      notes.push({
        outcome: 'came',
        thing: 'question',
        place,
        code: 'came_as_lesson',
        values: { type, title: question.title ?? title },
      });
  }
  uploads.forEach(({ question, type, place }, index) => {
    const body = treeOf(question.text, question.format, place, notes);
    const name = question.title ?? `${title} ${index + 1}`;
    items.push({
      kind: 'assignment',
      id: `${id}/${place}`,
      section,
      title: name,
      place,
      body,
      rubric: [],
      thing: 'question',
      type,
    });
  });
  return items;
}
