import type { Link, Nodes, RootContent } from 'mdast';
import { isRecord, listIn } from '../courses/yaml.ts';
import { decodeText } from '../quizzes/gift-read.ts';
import type { Question } from '../quizzes/question.ts';
import { itemAddress } from './addresses.ts';
import { type DraftItem, type DraftQuestion, type DraftQuiz, leftOut, type Note } from './draft.ts';
import { most } from './limits.ts';

interface NumberedQuiz {
  /** by which lessons link to it, as in `/quiz/12` */
  number: string;
  quiz: DraftQuiz;
}

/** Quizzes as courses on GitHub keep them: `[{ quizzes: [{ id, title, quiz: [{ questionText, answerOptions }] }] }]`. */
export function readQuizFiles(files: Map<string, Buffer>, notes: Note[]): NumberedQuiz[] {
  return [...files].flatMap(([path, content]) => {
    if (!/\.json$/i.test(path) || content.length > most.textBytes) return [];
    const value = parsed(content);
    const holders = Array.isArray(value) ? value : [value];
    return holders
      .flatMap((holder) => listIn(holder, 'quizzes'))
      .map((quiz, index) => quizOf(quiz, index, path, notes));
  });
}

function quizOf(source: unknown, index: number, path: string, notes: Note[]): NumberedQuiz {
  const number = isRecord(source) ? String(source.id ?? index + 1) : String(index + 1);
  const title = isRecord(source) && typeof source.title === 'string' ? source.title : `Quiz ${number}`;
  const place = `${path} ${number}`;
  const questions = listIn(source, 'quiz').flatMap((one, position): DraftQuestion[] => {
    const question = questionOf(one, position + 1);
    const here = `${place}.${position + 1}`;
    if (question !== null) return [{ question, type: 'multichoice', place: here }];
    notes.push(leftOut('question', here, 'question_type', { type: 'JSON', title }));
    return [];
  });
  return { number, quiz: { kind: 'quiz', id: `quiz ${place}`, section: null, title, place, questions } };
}

function questionOf(source: unknown, line: number): Question | null {
  if (!isRecord(source) || typeof source.questionText !== 'string') return null;
  const options = listIn(source, 'answerOptions').flatMap((option) => {
    if (!isRecord(option) || typeof option.answerText !== 'string') return [];
    return [{ text: option.answerText, isRight: option.isCorrect === true || option.isCorrect === 'true' }];
  });
  const right = options.filter(({ isRight }) => isRight).length;
  const weighted = options.map(({ text, isRight }) => ({
    text,
    weight: isRight ? Math.round(1e7 / right) / 1e5 : 0,
    feedback: null,
  }));
  const common = {
    key: null,
    title: null,
    format: 'plain' as const,
    text: source.questionText,
    generalFeedback: null,
    tags: [],
    line,
  };
  return { ...common, type: right === 1 ? 'choice' : 'choices', after: null, options: weighted };
}

/** Before the lesson where it is the first that a lesson links to, after it where it is a later one; the rest at the end. */
export function placeQuizzes(items: DraftItem[], quizzes: NumberedQuiz[], notes: Note[]): DraftItem[] {
  const waiting = new Map(quizzes.map((one) => [one.number, one.quiz]));
  const placed = items.flatMap((item): DraftItem[] => {
    if (item.kind !== 'lesson') return [item];
    const linked = linksIn(item.body).flatMap((link) => {
      const number = /\/quiz\/(\d+)\/?(?:[?#].*)?$/.exec(link.url)?.[1] ?? '';
      const quiz = waiting.get(number);
      if (quiz === undefined) return [];
      waiting.delete(number);
      link.url = itemAddress(quiz.id);
      return [{ ...quiz, section: item.section }];
    });
    const [first, ...others] = linked;
    return first && others.length > 0 ? [first, item, ...others] : [item, ...linked];
  });
  const rest = [...waiting.values()];
  for (const { title, place } of rest)
    notes.push({ outcome: 'changed', thing: 'quiz', place, code: 'quiz_at_the_end', values: { title } });
  return [...placed, ...rest];
}

function linksIn(node: Nodes | RootContent): Link[] {
  if (node.type === 'link') return [node];
  return 'children' in node ? (node.children as RootContent[]).flatMap(linksIn) : [];
}

function parsed(content: Buffer): unknown {
  try {
    return JSON.parse(decodeText(content));
  } catch {
    return null;
  }
}
