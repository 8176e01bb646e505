import { readText } from '../courses/package-files.ts';
import { changed, leftOut, type Note } from '../moving-in/draft.ts';
import { categoryLine } from '../moving-in/package-files.ts';
import { countDrawn } from '../quizzes/draw.ts';
import { readGift } from '../quizzes/gift-read.ts';
import { writeGift } from '../quizzes/gift-write.ts';
import { mapTexts, type Question } from '../quizzes/question.ts';
import type { QuizSettings } from '../quizzes/settings.ts';
import { type MoodlePicture, pluginFile, writeMoodleXml } from './moodle-xml.ts';
import { standingAlone } from './standing-alone.ts';

/** A quiz as its author wrote it. */
export interface SourceQuiz {
  title: string;
  /** of its file in the package */
  path: string;
  content: Buffer;
  settings?: Pick<QuizSettings, 'time_limit' | 'draw'> | null;
}

export function giftOf(quizzes: SourceQuiz[], notes: Note[]): string {
  return quizzes
    .map((quiz) => {
      const questions = questionsOf(quiz).map((question) => alone(question, quiz.path, notes, () => null));
      tellCame(quiz, questions, notes);
      const count = questions.reduce((sum, { hints = [] }) => sum + hints.length, 0);
      if (count > 0) notes.push(changed('quiz', quiz.path, 'out_hints_comments', { count }));
      return `${categoryLine(quiz.title)}${writeGift(questions)}`;
    })
    .join('\n');
}

/** @param pictureAt of the package; null where it has none there */
export async function moodleXmlOf(
  quizzes: SourceQuiz[],
  pictureAt: (path: string) => Promise<Uint8Array | null>,
  notes: Note[],
): Promise<string> {
  const written = [];
  for (const quiz of quizzes) {
    const questions = [];
    for (const source of questionsOf(quiz)) {
      const shown = new Set<string>();
      const question = alone(source, quiz.path, notes, (path) => {
        shown.add(path);
        return pluginFile(nameOf(path));
      });
      const pictures: MoodlePicture[] = [];
      for (const path of shown) {
        const content = await pictureAt(path);
        if (content !== null) pictures.push({ name: nameOf(path), content });
      }
      questions.push({ question, pictures, place: `${quiz.path}:${source.line}` });
    }
    tellCame(quiz, questions, notes);
    written.push({ title: quiz.title, questions });
  }
  return writeMoodleXml(written, notes);
}

function questionsOf({ content, path }: SourceQuiz): Question[] {
  const reading = readText(content);
  if (!('text' in reading)) throw new Error(`${path} was published and is no text`);
  return readGift(reading.text).questions;
}

function alone(question: Question, path: string, notes: Note[], picture: (path: string) => string | null): Question {
  const place = `${path}:${question.line}`;
  return mapTexts(question, (text, where, format) => {
    if (format !== 'markdown' || where === 'inline') return text;
    return standingAlone(text, {
      picture,
      tell: (code, values) => {
        const outcome = code === 'out_picture' ? leftOut : changed;
        notes.push(outcome(code === 'out_picture' ? 'picture' : 'link', place, code, values));
      },
    });
  });
}

function tellCame({ title, path, settings }: SourceQuiz, { length: count }: unknown[], notes: Note[]): void {
  notes.push({ outcome: 'came', thing: 'quiz', place: path, code: 'came_quiz', values: { title, count } });
  const { time_limit: minutes, draw } = settings ?? {};
  if (minutes !== undefined) notes.push(leftOut('quiz', path, 'out_time_limit', { minutes }));
  if (draw) notes.push(leftOut('quiz', path, 'out_draw', { count: countDrawn(draw) }));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
