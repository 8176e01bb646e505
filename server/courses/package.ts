import { setImmediate as breathe } from 'node:timers/promises';
import type { Fault } from './fault.ts';
import type { Term } from './markdown-terms.ts';
import { type AssignmentText, pairAssignment, readAssignment } from './package-assignments.ts';
import {
  type ByLanguage,
  type Desk,
  drawPictures,
  fileOf,
  type Illustrated,
  inEachLanguage,
  isThere,
  readIn,
  takeText,
  tell,
  wordsIn,
} from './package-desk.ts';
import { tellDraws } from './package-draws.ts';
import { hashOf, readFolder, type SourceFolder } from './package-files.ts';
import { type Glossaries, readGlossaries, tellTermsWithoutLesson, termsOf } from './package-glossary.ts';
import { tellPreTestEssays } from './package-pre-test.ts';
import { pairQuiz, type QuizText, readQuiz } from './package-quizzes.ts';
import { type CourseSettings, type ItemSettings, type Outline, readSettings } from './package-settings.ts';
import { type CourseText, type LessonText, readCourseText, readLesson } from './package-texts.ts';
import { type Picture, readPicture } from './pictures.ts';

/** A course folder after checking: everything in it fits together. */
export interface CoursePackage {
  settings: CourseSettings;
  texts: ByLanguage<CourseText & Illustrated>;
  /** empty where the course has no glossary */
  glossaries: ByLanguage<Term[]>;
  items: Item[];
  /** by path in the folder */
  pictures: Map<string, Picture>;
  /** equal folders have equal hashes */
  hash: string;
  /** the source as it came, by path */
  files: Map<string, Buffer>;
}

export type Item = LessonItem | QuizItem | AssignmentItem;
export type LessonItem = Extract<ItemSettings, { kind: 'lesson' }> & { texts: ByLanguage<LessonText & Illustrated> };
export type QuizItem = Extract<ItemSettings, { kind: 'quiz' }> & { texts: ByLanguage<QuizText & Illustrated> };
export type AssignmentItem = Extract<ItemSettings, { kind: 'assignment' }> & {
  texts: ByLanguage<AssignmentText & Illustrated>;
};

export type PackageReading = { package: CoursePackage } | { faults: Fault[] };

/** Reads a course folder whole, or tells all that is wrong with it. `useOwnFonts` must have been called. */
export async function readPackage(folder: string, draw = readPicture): Promise<PackageReading> {
  return checkPackage(await readFolder(folder), draw);
}

export async function checkPackage(source: SourceFolder, draw = readPicture): Promise<PackageReading> {
  const desk = layOut(source);
  const settings = readCourseYaml(desk);
  if (desk.outline.languages.length === 0) return { faults: inOrder(desk.faults) };

  await drawPictures(desk, draw);
  const texts = inEachLanguage(desk, (language) => {
    tellMissing(desk, `${language}/course.md`);
    return readIn(desk, language, 'course.md', readCourseText);
  });
  const glossaries = readGlossaries(desk);
  const lessons = new Map<string, LessonItem['texts']>();
  const quizzes = new Map<string, QuizItem['texts']>();
  const assignments = new Map<string, AssignmentItem['texts']>();
  for (const item of desk.outline.items) {
    tellMissingLanguages(desk, item);
    if (item.kind === 'lesson') lessons.set(item.key, readLessonItem(desk, item.key, glossaries));
    else if (item.kind === 'quiz') quizzes.set(item.key, readQuizItem(desk, item.key));
    else assignments.set(item.key, readAssignmentItem(desk, item.key));
    await breathe();
  }
  for (const item of settings?.items ?? []) {
    tellDraws(desk, item, quizzes.get(item.key) ?? {});
    tellPreTestEssays(desk, item, quizzes.get(item.key) ?? {});
  }
  tellLostAnchors(desk);
  tellTermsWithoutLesson(desk, glossaries);
  if (settings !== null) tellUnused(desk);

  if (settings === null || desk.faults.length > 0) return { faults: inOrder(desk.faults) };
  const items = settings.items.map((item): Item => {
    if (item.kind === 'lesson') return { ...item, texts: lessons.get(item.key) ?? {} };
    if (item.kind === 'quiz') return { ...item, texts: quizzes.get(item.key) ?? {} };
    return { ...item, texts: assignments.get(item.key) ?? {} };
  });
  const { files } = source;
  const pictures = shown(desk.pictures);
  return {
    package: { settings, texts, glossaries: termsOf(glossaries), items, pictures, hash: hashOf(source), files },
  };
}

export function layOut(source: SourceFolder): Desk {
  return {
    source,
    refused: new Set(source.faults.map(({ file }) => file)),
    outline: { languages: [], items: [] },
    pictures: new Map(),
    used: new Set(['README.md']),
    places: new Map(),
    anchors: [],
    faults: [...source.faults],
  };
}

export function readCourseYaml(desk: Desk): CourseSettings | null {
  // Where the folder itself could not be read, that says it all.
  if (!isThere(desk, '.')) tellMissing(desk, 'course.yaml');
  const text = takeText(desk, 'course.yaml');
  if (text === null) return null;
  const { settings, outline, faults } = readSettings(text, desk.source.name);
  for (const fault of faults) tell(desk, 'course.yaml', fault);
  desk.outline = outline;
  return settings;
}

function readLessonItem(desk: Desk, key: string, glossaries: Glossaries): LessonItem['texts'] {
  return inEachLanguage(desk, (language) => {
    const glossary = glossaries[language];
    return readIn(desk, language, `${key}.md`, (source, options) =>
      readLesson(source, language, glossary ? { ...options, glossary } : options),
    );
  });
}

function readQuizItem(desk: Desk, key: string): QuizItem['texts'] {
  const file = `${key}.gift`;
  const lessons = new Set(desk.outline.items.filter(({ kind }) => kind === 'lesson').map((item) => item.key));
  const texts = inEachLanguage(desk, (language) => {
    const t = wordsIn(language);
    return readIn(desk, language, file, (source, options) =>
      readQuiz(source, lessons, t('package.quiz_title'), options),
    );
  });
  // What could not be read cannot be paired: that would only tell the same fault again.
  const isWhole = (language: string) =>
    !desk.faults.some((fault) => fault.file === `${language}/${file}` && fault.code.startsWith('gift_'));
  const [first = '', ...others] = desk.outline.languages;
  for (const language of others.filter(isWhole)) {
    const [original, translation] = [texts[first], texts[language]];
    if (!original || !translation || !isWhole(first)) continue;
    const { text, faults } = pairQuiz(original, translation);
    for (const fault of faults) tell(desk, `${language}/${file}`, fault);
    texts[language] = { ...translation, ...text };
  }
  return texts;
}

function readAssignmentItem(desk: Desk, key: string): AssignmentItem['texts'] {
  const file = `${key}.md`;
  const texts = inEachLanguage(desk, (language) => readIn(desk, language, file, readAssignment));
  // As with quizzes: what could not be read cannot be paired.
  const [original, ...others] = Object.entries(texts).filter(([, { criteria }]) => criteria.length > 0);
  for (const [language, translation] of others) {
    for (const fault of original ? pairAssignment(original[1], translation) : [])
      tell(desk, `${language}/${file}`, fault);
  }
  return texts;
}

function tellMissing(desk: Desk, path: string): void {
  if (!isThere(desk, path)) tell(desk, path, { line: null, code: 'file_missing', values: {} });
}

function tellMissingLanguages(desk: Desk, item: Outline['items'][number]): void {
  const { key, line } = item;
  const file = fileOf(item);
  const paths = desk.outline.languages.map((language) => `${language}/${file}`);
  const there = paths.find((path) => isThere(desk, path));
  if (there === undefined)
    tell(desk, 'course.yaml', { line, code: 'item_without_file', values: { key, file: paths[0] ?? '' } });
  for (const path of there === undefined ? [] : paths) {
    if (!isThere(desk, path))
      tell(desk, path, { line: null, code: 'translation_missing', values: { other: there ?? '' } });
  }
}

function tellLostAnchors(desk: Desk): void {
  for (const { from, to, anchor } of desk.anchors) {
    const places = desk.places.get(to);
    if (places === undefined || places.has(anchor.place)) continue;
    tell(desk, from, {
      line: anchor.line,
      code: 'link_place_unknown',
      values: { link: `${anchor.file}#${anchor.place.slice(2)}` },
    });
  }
}

/** Nothing that an author put into the folder is lost without a word. */
function tellUnused(desk: Desk): void {
  for (const path of desk.source.files.keys()) {
    if (desk.used.has(path)) continue;
    const isPicture = desk.pictures.has(path);
    // A picture that cannot be shown has been told.
    if (isPicture && desk.pictures.get(path) === null) continue;
    tell(desk, path, { line: null, code: isPicture ? 'image_unused' : 'file_unused', values: {} });
  }
}

function shown(pictures: Desk['pictures']): Map<string, Picture> {
  return new Map([...pictures].flatMap(([path, picture]) => (picture === null ? [] : [[path, picture]])));
}

/** By file and line, each once. */
function inOrder(faults: Fault[]): Fault[] {
  const once = [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
  const byPath = (one: Fault, other: Fault) => (one.file === other.file ? 0 : one.file < other.file ? -1 : 1);
  return once.sort((one, other) => byPath(one, other) || (one.line ?? 0) - (other.line ?? 0));
}
