import type { Root } from 'mdast';
import { readGift } from '../quizzes/gift-read.ts';
import { writeGift } from '../quizzes/gift-write.ts';
import { mapTexts, type Question, type TextFormat } from '../quizzes/question.ts';
import { questionFaults } from '../quizzes/question-faults.ts';
import { type Note, root } from './draft.ts';
import { cleaned, fitBlock, fitLine, type Surroundings } from './fitting.ts';
import { readHtml } from './html.ts';
import { readMarkdown } from './markdown.ts';

/** The same question with all its texts in the Markdown of course packages. */
export function fitQuestion(question: Question, around: Surroundings): Question {
  const { formats: _, ...rest } = question;
  const fitted = mapTexts(question, (text, where, format) => {
    const notes: Note[] = [];
    const tree = treeOf(text, format, '', notes);
    for (const { code, values } of notes) around.tell(code, values);
    return where === 'inline' ? fitLine(tree, around) : fitBlock(tree, around).trim();
  });
  const { hints, ...others } = { ...rest, ...fitted };
  const said = hints?.filter((hint) => hint !== '') ?? [];
  const silent = (hints?.length ?? 0) - said.length;
  if (silent > 0) around.tell('hints_without_words', { count: silent });
  return { ...others, ...(said.length > 0 && { hints: said }), formats: {}, format: 'markdown' } as Question;
}

export function treeOf(text: string, format: TextFormat, place: string, notes: Note[]): Root {
  if (format === 'markdown') return readMarkdown(text, place, notes);
  if (format === 'plain') {
    const paragraphs = cleaned(text).split(/\n\s*\n/);
    return root(paragraphs.map((value) => ({ type: 'paragraph', children: [{ type: 'text', value }] })));
  }
  const hasBlocks = /<(?:p|div|ul|ol|table|pre|blockquote|h[1-6])\b/i.test(text);
  return readHtml(format === 'html' || hasBlocks ? text : text.replaceAll('\n', '<br>\n'), place, notes);
}

/** Why a question cannot be part of a quiz; null when it can. */
export function whyNot(question: Question): Note['because'] | null {
  const { faults, questions } = readGift(writeGift([question]));
  const [fault] = [...faults, ...questions.flatMap(questionFaults)];
  if (fault) return { code: fault.code, values: fault.values };
  return questions.length === 1 && questions[0]?.type === question.type
    ? null
    : { code: 'gift_unknown_type', values: {} };
}
