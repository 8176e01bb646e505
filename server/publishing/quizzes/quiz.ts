import { createHash } from 'node:crypto';
import type { Fault } from '../../courses/fault.ts';
import { orNotFound } from '../../platform/errors.ts';
import { cleanLine } from '../../platform/text.ts';
import { readableText } from '../../quizzes/cloze.ts';
import { readGiftPlaces } from '../../quizzes/gift-read.ts';
import type { Question } from '../../quizzes/question.ts';
import { type Checked, textOf } from '../checking.ts';
import type { Draft } from '../queries.ts';

/** One language of a quiz in a draft. */
export interface Quiz {
  key: string;
  title: string;
  path: string;
  language: string;
  languages: string[];
  source: string;
  /** of the file; 0 while there is none */
  revision: number;
  places: Place[];
  /** Questions that another language has. */
  lacking: { name: string; key: string; words: string; language: string }[];
  /** Of the file, where no question can be named. */
  faults: Fault[];
}

/** A question in its file, or what cannot be read as one. */
export interface Place {
  /** in addresses: its id where that can stand there, else how many stand before it */
  name: string;
  at: number;
  question: Question | null;
  words: string;
  faults: Fault[];
  /** languages that lack it */
  missing: string[];
  /** of its text: whoever began from another one overwrites nothing */
  base: string;
}

/** @throws NotFound for what is no quiz of the draft */
export function quizOf(checked: Checked, key: string, asked: string): Quiz {
  const { folder, outline, titles, faults } = checked;
  orNotFound(outline.items.find((item) => item.key === key && item.kind === 'quiz'));
  const { languages } = outline;
  const language = languages.includes(asked) ? asked : orNotFound(languages[0]);
  const path = `${language}/${key}.gift`;
  const source = textOf(folder, path);
  const own = faults.filter(({ file }) => file === path);
  const questions = new Map(languages.map((one) => [one, questionsIn(checked, key, one)]));
  const has = (one: string, id: string) => questions.get(one)?.some((question) => question.key === id) === true;
  const lines = source.split('\n');
  const places = readGiftPlaces(source).places.map(({ from, to, question = null }, at): Place => {
    const id = question?.key ?? null;
    const text = lines.slice(from - 1, to).join('\n');
    return {
      ...{ at, question, words: question ? wordsOf(question) : text.slice(0, 100) },
      name: id !== null && /^[\w.-]{1,80}$/.test(id) ? id : `~${at + 1}`,
      faults: own.filter(({ line, code }) => isBetween(line, from, to) && code !== 'pair_missing'),
      missing: id === null ? [] : languages.filter((one) => !has(one, id)),
      base: createHash('sha256').update(text).digest('hex').slice(0, 32),
    };
  });
  const elsewhere = languages.flatMap((one) => (questions.get(one) ?? []).map((question) => ({ question, one })));
  const first = new Map(elsewhere.toReversed().map((found) => [found.question.key, found]));
  return {
    ...{ key, path, language, languages, source, places },
    title: titles.get(path) || languages.map((one) => titles.get(`${one}/${key}.gift`)).find(Boolean) || key,
    revision: folder.revisions.get(path) ?? 0,
    lacking: [...first.values()].toReversed().flatMap(({ question, one }) => {
      if (question.key === null || has(language, question.key)) return [];
      return [{ name: question.key, key: question.key, words: wordsOf(question), language: one }];
    }),
    faults: own.filter((fault) => fault.code !== 'pair_missing' && !places.some((one) => one.faults.includes(fault))),
  };
}

export function questionsIn({ folder }: Checked, key: string, language: string): Question[] {
  return readGiftPlaces(textOf(folder, `${language}/${key}.gift`)).places.flatMap(({ question }) => question ?? []);
}

export function placeIn({ places }: Quiz, name: string): Place | undefined {
  return places.find((place) => place.question?.key === name) ?? places.find((place) => place.name === name);
}

/** Where a translation of a question belongs: behind the nearest one before it that both languages have. */
export function placeFor({ places }: Quiz, original: Question[], key: string): number {
  const before = original.slice(
    0,
    original.findIndex((question) => question.key === key),
  );
  const shared = before.flatMap((question) => places.find((place) => place.question?.key === question.key) ?? []);
  const last = shared.at(-1);
  return last === undefined ? 0 : last.at + 1;
}

export function courseTitleOf({ slug }: Draft, { titles, outline }: Checked): string {
  return outline.languages.map((language) => titles.get(`${language}/course.md`)).find(Boolean) ?? slug;
}

function isBetween(line: number | null, from: number, to: number): boolean {
  return line !== null && line >= from && line <= to;
}

/** A line to know it by. */
export function wordsOf(question: Question): string {
  const { title } = question;
  const words = cleanLine(
    readableText(question)
      .replace(/<[^>]{0,500}>/g, ' ')
      .replace(/[*_#`]+/g, ''),
  );
  const shown = words || title || '';
  return shown.length > 100 ? `${[...shown].slice(0, 90).join('')}…` : shown;
}
