import { englishEase, sentencesOf, vietnameseEase, wordsOf } from '../../../server/courses/reading-ease.ts';
import { type Block, isSaid } from './blocks.ts';
import type { Course, Text, Told } from './course.ts';
import { thresholds } from './thresholds.ts';

/** What every lesson opens with, and the heading of what is done with somebody else. */
const words: Record<string, { opening: RegExp; together: RegExp }> = {
  vi: { opening: /^Sau bài này, bạn /, together: /^Làm cùng / },
  en: { opening: /^After this lesson,? you /, together: /^Do it (?:with|together)/ },
};

export function lessonFaults(course: Course): Told[] {
  return [
    ...course.texts.flatMap((text) => pairFaults(text, course)),
    ...course.texts.flatMap((text) => easeFaults(text)),
    ...course.texts.filter(({ isLesson }) => isLesson && !course.isIntroduction).flatMap(partFaults),
    ...orderFaults(course).map((words) => ({ path: 'course.yaml', line: 1, words })),
  ];
}

function orderFaults({ items, isIntroduction }: Course): string[] {
  const untagged = items.filter(({ kind, isTagged }) => kind === 'lesson' && !isTagged);
  const lessonsBetweenQuizzes = items.map(({ kind }) => (kind === 'quiz' ? '|' : '.')).join('');
  const rows = lessonsBetweenQuizzes.split('|');
  const longest = Math.max(...rows.map(({ length }) => length));
  const { lessonsInARow } = thresholds;
  return [
    ...untagged.map(({ key }) => `the lesson ${key} names no competence`),
    ...(longest > lessonsInARow && !isIntroduction
      ? [`${longest} lessons in a row without a quiz: at most ${lessonsInARow}`]
      : []),
  ];
}

/** Languages pair block by block, so that readers of both learn the same and a correction finds its twin. */
function pairFaults({ language, path, name, blocks }: Text, { languages, texts }: Course): Told[] {
  const [first] = languages;
  const original = texts.find((text) => text.language === first && text.name === name)?.blocks ?? [];
  if (language === first) return [];
  const index = original.findIndex(({ kind }, place) => blocks[place]?.kind !== kind);
  if (index === -1 && blocks.length === original.length) return [];
  const place = index === -1 ? original.length : index;
  const [here, there] = [blocks[place], original[place]];
  const line = here?.line ?? blocks.at(-1)?.line ?? 1;
  const [is, was] = [here?.kind ?? 'nothing', there?.kind ?? 'nothing'];
  return [{ path, line, words: `the ${first} text has ${was} here (line ${there?.line ?? 'none'}), this one ${is}` }];
}

function easeFaults({ language, path, blocks, isLesson }: Text): Told[] {
  const measure = { vi: thresholds.vietnamese, en: thresholds.english }[language];
  if (measure === undefined) return [];
  const said = blocks.filter(isSaid);
  const long = said.flatMap((block) =>
    longSentences(block, measure.longest).map((words) => ({ path, line: block.line, words })),
  );
  // A description has a handful of sentences: their mean says nothing.
  return isLesson ? [...long, ...meanFaults(said, language, path)] : long;
}

function longSentences({ prose }: Block, most: number): string[] {
  return sentencesOf(prose)
    .map((sentence) => wordsOf(sentence).length)
    .filter((length) => length > most)
    .map((length) => `a sentence of ${length} words: at most ${most}`);
}

function meanFaults(said: Block[], language: string, path: string): Told[] {
  const prose = said.map((block) => block.prose);
  if (prose.length === 0) return [];
  if (language === 'vi') {
    const mean = vietnameseEase(prose);
    const words = `sentences of ${mean.toFixed(1)} syllables on average: at most ${thresholds.vietnamese.mean}`;
    return mean > thresholds.vietnamese.mean ? [{ path, line: 1, words }] : [];
  }
  const ease = englishEase(prose);
  const words = `reading ease ${ease.toFixed(0)} by Flesch: at least ${thresholds.english.ease}`;
  return ease < thresholds.english.ease ? [{ path, line: 1, words }] : [];
}

function partFaults({ language, path, blocks }: Text): Told[] {
  const own = words[language];
  const [, opening] = blocks;
  const { least, most } = thresholds.words;
  const count = blocks.flatMap(({ text }) => wordsOf(text)).length;
  const has = (test: (block: Block) => boolean) => blocks.some(test);
  const box = (kind: string) =>
    has(({ text, kind: place }) => place.startsWith('blockquote') && text.startsWith(`[!${kind}]`));
  const missing = [
    ...(own && !own.opening.test(opening?.text ?? '') ? ['does not open with what one will be able to do'] : []),
    ...(box('CHECK') ? [] : ['has no self-check']),
    ...(box('REMEMBER') ? [] : ['has no line to remember']),
    ...(own && !has(({ kind, text }) => kind === 'h2' && own.together.test(text))
      ? ['has no task with another person']
      : []),
    ...(has(({ pictures }) => pictures.length > 0) ? [] : ['has no picture']),
    ...(count < least || count > most ? [`has ${count} words: ${least} to ${most}`] : []),
  ];
  return missing.map((words) => ({ path, line: 1, words: `the lesson ${words}` }));
}
