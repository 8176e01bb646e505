import type { Criterion } from '../assignments/rubric.ts';
import type { Question } from '../quizzes/question.ts';
import type { Fault } from './fault.ts';
import { layOut, readCourseYaml } from './package.ts';
import { readAssignment } from './package-assignments.ts';
import { drawPictures, fileOf, readIn, wordsIn } from './package-desk.ts';
import type { SourceFolder } from './package-files.ts';
import { readGlossaries } from './package-glossary.ts';
import { readQuiz } from './package-quizzes.ts';
import { readCourseText, readLesson } from './package-texts.ts';
import type { readPicture } from './pictures.ts';

/** One text of a package as readers will see it, as far as it can be read, whatever is wrong with the rest. */
export interface Preview {
  title: string;
  html: string;
  /** of a quiz: texts are html */
  questions: Question[];
  /** of an assignment: by what it is marked */
  criteria: Criterion[];
  /** as it travels, compressed; without pictures */
  bytes: number;
  faults: Fault[];
}

/** @returns null for a file that no reader sees by itself, such as course.yaml */
export async function previewText(
  source: SourceFolder,
  path: string,
  draw: typeof readPicture,
): Promise<Preview | null> {
  const [language = '', file = '', ...more] = path.split('/');
  const desk = layOut(source);
  readCourseYaml(desk);
  const item = desk.outline.items.find((one) => fileOf(one) === file);
  if (more.length > 0 || (item === undefined && file !== 'course.md')) return null;
  await drawPictures(desk, draw);
  // Only what is wrong here is told.
  desk.faults = [];
  const text = textIn();
  const faults = desk.faults.filter((fault) => fault.file === path);
  if (text === null) return { title: '', html: '', questions: [], criteria: [], bytes: 0, faults };
  return {
    title: text.title,
    html: 'html' in text ? text.html : '',
    questions: 'questions' in text ? text.questions : [],
    criteria: 'criteria' in text ? text.criteria : [],
    bytes: 'bytes' in text ? text.bytes : 0,
    faults,
  };

  function textIn() {
    if (item === undefined) return readIn(desk, language, file, readCourseText);
    if (item.kind === 'assignment') return readIn(desk, language, file, readAssignment);
    if (item.kind === 'lesson') {
      const glossary = readGlossaries(desk)[language];
      return readIn(desk, language, file, (words, options) =>
        readLesson(words, language, glossary ? { ...options, glossary } : options),
      );
    }
    const lessons = new Set(desk.outline.items.filter(({ kind }) => kind === 'lesson').map(({ key }) => key));
    return readIn(desk, language, file, (words, options) =>
      readQuiz(words, lessons, wordsIn(language)('package.quiz_title'), options),
    );
  }
}
