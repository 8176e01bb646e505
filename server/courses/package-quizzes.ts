import { gzipSync } from 'node:zlib';
import { cleanLine } from '../platform/text.ts';
import { readGift } from '../quizzes/gift-read.ts';
import { alignMatches, pairFaults } from '../quizzes/pairing.ts';
import { askable, isAsked, type Question } from '../quizzes/question.ts';
import { questionFaults } from '../quizzes/question-faults.ts';
import type { TextFault } from './fault.ts';
import type { MarkdownOptions } from './markdown.ts';
import type { Anchor } from './markdown-links.ts';
import { renderQuestion } from './question-text.ts';

export interface QuizText {
  title: string;
  /** texts are html */
  questions: Question[];
  /** compressed, as it travels */
  bytes: number;
}

export interface QuizReading {
  text: QuizText;
  anchors: Anchor[];
  faults: TextFault[];
}

/**
 * Reads a quiz in one language. Its title is the last part of the first `$CATEGORY:`, where Moodle keeps the name of a set.
 * @param lessons keys that a question may send back to
 * @param untitled what a quiz without a name is called
 */
export function readQuiz(
  source: string,
  lessons: Set<string>,
  untitled: string,
  options: MarkdownOptions,
): QuizReading {
  const { questions, categories, faults } = readGift(source);
  const rendered = questions.map((question) => renderQuestion(question, options));
  const found: TextFault[] = [
    ...faults,
    ...questions.flatMap((question) => [...ownFaults(question, lessons), ...questionFaults(question)]),
    ...rendered.flatMap((one) => one.faults),
  ];
  if (found.length === 0 && !questions.some(isAsked)) found.push({ line: null, code: 'quiz_empty', values: {} });
  return {
    text: quizText(
      quizTitle(categories) || untitled,
      rendered.map(({ question }) => question),
    ),
    anchors: rendered.flatMap(({ anchors }) => anchors),
    faults: found,
  };
}

/** The translation with its positions those of the original, or what keeps the two from being one quiz. */
export function pairQuiz(original: QuizText, translation: QuizText): { text: QuizText; faults: TextFault[] } {
  return {
    text: quizText(translation.title, alignMatches(original.questions, translation.questions)),
    faults: pairFaults(original.questions, translation.questions),
  };
}

function ownFaults(question: Question, lessons: Set<string>): TextFault[] {
  const { key, line, tags } = question;
  const faults: TextFault[] = [];
  if (key === null) faults.push({ line, code: 'question_without_id', values: {} });
  for (const tag of tags) {
    const lesson = /^lesson:(.*)$/.exec(tag)?.[1];
    if (lesson !== undefined && !lessons.has(lesson))
      faults.push({ line, code: 'question_lesson_unknown', values: { lesson } });
  }
  return faults;
}

/** A slash parts the names of categories, two are one slash in a name. */
export function quizTitle([category = '']: string[]): string {
  const names = category.split(/(?<!\/)\/(?!\/)/);
  return cleanLine(names.at(-1)?.replaceAll('//', '/') ?? '');
}

/** Hints travel with what is asked. */
function sent(question: Question) {
  return { ...askable(question), hints: question.hints };
}

function quizText(title: string, questions: Question[]): QuizText {
  return { title, questions, bytes: gzipSync(JSON.stringify(questions.map(sent))).length };
}
