import { readGlossary } from '../../../server/courses/glossary.ts';
import { formsOf } from '../../../server/courses/markdown-terms.ts';
import type { CoursePackage, Item } from '../../../server/courses/package.ts';
import { readText } from '../../../server/courses/package-files.ts';
import { readGift } from '../../../server/quizzes/gift-read.ts';
import type { Question } from '../../../server/quizzes/question.ts';
import type { TypedRules } from '../../../server/quizzes/typed-answer.ts';
import { type Block, blocksOf } from './blocks.ts';
import { thresholds } from './thresholds.ts';

/** A course as one reads it with a pencil in hand: its sources, with their lines. */
export interface Course {
  isIntroduction: boolean;
  /** the original first */
  languages: string[];
  /** description and lessons, in order */
  texts: Text[];
  quizzes: Quiz[];
  /** lessons and quizzes, in order */
  items: { key: string; kind: Item['kind']; isTagged: boolean }[];
  glossaries: Glossary[];
  pictures: { path: string; bytes: number; source: string }[];
}

export interface Text {
  language: string;
  path: string;
  name: string;
  isLesson: boolean;
  blocks: Block[];
}

export interface Quiz {
  language: string;
  path: string;
  key: string;
  /** asked for by the completion rule */
  isRequired: boolean;
  rules: TypedRules;
  questions: Question[];
}

export interface Glossary {
  language: string;
  path: string;
  terms: { line: number; term: string; forms: string[]; lesson: string }[];
}

/** What is wrong, told where its author finds it. */
export interface Told {
  path: string;
  line: number;
  words: string;
}

export function toldAt({ path }: Quiz, question: Question | undefined, faults: string[]): Told[] {
  return faults.map((words) => ({ path, line: question?.line ?? 1, words }));
}

export function courseOf({ settings, items, files }: CoursePackage): Course {
  const { languages, hours, completion } = settings;
  const source = (path: string) => {
    const reading = readText(files.get(path) ?? Buffer.alloc(0));
    return 'text' in reading ? reading.text : '';
  };
  const lessons = items.filter(({ kind }) => kind === 'lesson').map(({ key }) => `${key}.md`);
  const quizzes = items.filter((item) => item.kind === 'quiz');
  return {
    isIntroduction: hours < thresholds.hoursOfAnIntroduction,
    languages,
    texts: languages.flatMap((language) =>
      ['course.md', ...lessons].map((name) => {
        const path = `${language}/${name}`;
        const isLesson = name !== 'course.md';
        return { language, path, name, isLesson, blocks: blocksIn(source(path), isLesson) };
      }),
    ),
    quizzes: languages.flatMap((language) =>
      quizzes.map(({ key, quiz: rules }) => {
        const path = `${language}/${key}.gift`;
        const { questions } = readGift(source(path));
        return { language, path, key, isRequired: completion.quizzes.includes(key), rules, questions };
      }),
    ),
    items: items.map(({ key, kind, skills }) => ({ key, kind, isTagged: skills.length > 0 })),
    glossaries: languages.map((language) => {
      const path = `${language}/glossary.yaml`;
      const entries = files.has(path) ? readGlossary(source(path)).entries : [];
      const terms = entries.map((entry, position) => ({
        line: entry.line,
        term: entry.term,
        forms: formsOf(entry),
        lesson: explainingLesson(items, language, position),
      }));
      return { language, path, terms };
    }),
    pictures: [...files]
      .filter(([path]) => path.startsWith('images/'))
      .map(([path, { length }]) => ({ path, bytes: length, source: path.endsWith('.svg') ? source(path) : '' })),
  };
}

function explainingLesson(items: Item[], language: string, position: number): string {
  const lesson = items.find(
    (item) => item.kind === 'lesson' && item.texts[language]?.terms.some((term) => term.position === position),
  );
  return lesson?.key ?? '';
}

/** The settings at the front of a description are data, not text. */
function blocksIn(source: string, isLesson: boolean): Block[] {
  if (isLesson) return blocksOf(source);
  const lines = source.split('\n');
  const end = lines.indexOf('---', 1) + 1;
  return blocksOf(lines.slice(end).join('\n'), end + 1);
}
