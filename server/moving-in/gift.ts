import { decodeText, readGift } from '../quizzes/gift-read.ts';
import { type Draft, emptyDraft, leftOut } from './draft.ts';
import { itemsOf } from './sets.ts';

/** A file of GIFT questions: one quiz, named by its first category. */
export function readGiftFile(content: Uint8Array, place: string): Draft {
  const { questions, categories, faults } = readGift(decodeText(content));
  const draft = emptyDraft();
  const title = nameOfCategory(categories[0] ?? '') || nameOfFile(place);
  draft.title = title;
  for (const { line, code, values } of faults) {
    const because = { code, values };
    draft.notes.push({ ...leftOut('question', `${place}:${line}`, 'faulty', { type: 'GIFT', title }), because });
  }
  const set = questions.map((question) => ({ question, type: question.type, place: `${place}:${question.line}` }));
  draft.items = itemsOf({ id: place, section: null, title, place, questions: set }, draft.notes);
  return draft;
}

/** The last name on the way: a slash parts them, two are one in a name. */
export function nameOfCategory(category: string): string {
  const names = category.split(/(?<!\/)\/(?!\/)/).filter((name) => !/^(?:\$[a-z]+\$|top)$/.test(name.trim()));
  return names.at(-1)?.replaceAll('//', '/').trim() ?? '';
}

export function nameOfFile(path: string): string {
  return path
    .slice(path.lastIndexOf('/') + 1)
    .replace(/\.[^.]*$/, '')
    .replaceAll(/[_-]+/g, ' ');
}
