import { gzipSync } from 'node:zlib';
import Type from 'typebox';
import Schema from 'typebox/schema';
import { cleanLine } from '../platform/text.ts';
import type { TextFault } from './fault.ts';
import { type MarkdownOptions, type RenderedMarkdown, renderInline, renderMarkdown } from './markdown.ts';
import type { ShownTerm } from './markdown-terms.ts';
import { readYaml, schemaFaults, type YamlReading } from './yaml.ts';

export interface CourseText {
  title: string;
  /** one sentence, for the catalogue */
  summary: string;
  /** what a learner will be able to do */
  outcomes: string[];
  html: string;
  plain: string;
}

export interface LessonText {
  title: string;
  html: string;
  plain: string;
  words: number;
  /** terms of the glossary that are explained here */
  terms: ShownTerm[];
  /** compressed, as it travels */
  bytes: number;
}

/** A text as far as it could be read: it means nothing while there are faults. */
export interface TextReading<Text> extends Pick<RenderedMarkdown, 'anchors' | 'places' | 'faults'> {
  text: Text;
}

const longestTitle = 120;
const Title = Type.String({ pattern: '\\S', maxLength: longestTitle });
const Sentence = Type.String({ pattern: '\\S', maxLength: 300 });
const FrontMatter = Type.Object({
  title: Title,
  summary: Sentence,
  outcomes: Type.Array(Sentence, { minItems: 1, maxItems: 20 }),
});

/** Reads `course.md`: YAML between two lines `---`, then the description in Markdown. */
export function readCourseText(source: string, options: MarkdownOptions): TextReading<CourseText> {
  const { front, lines, end } = partFrontMatter(source);
  const { places, anchors, faults, html, plain } = renderMarkdown(blankUntil(lines, end), options);
  const { title, summary, outcomes } = Schema.Check(FrontMatter, front?.value)
    ? front.value
    : { title: '', summary: '', outcomes: [] };
  const own = front === null ? [because(1, 'front_matter_missing')] : frontFaults(front);
  return {
    text: { title: cleanLine(title), summary: cleanLine(summary), outcomes: outcomes.map(cleanLine), html, plain },
    faults: [...own, ...faults],
    places,
    anchors,
  };
}

/** Reads a lesson: its first line is `# Title`. */
export function readLesson(source: string, language: string, options: MarkdownOptions): TextReading<LessonText> {
  const { title, html, plain, terms, ...reading } = readTitled(source.split('\n'), 0, options);
  return {
    text: { title, html, plain, words: countWords(plain, language), terms, bytes: gzipSync(html).length },
    ...reading,
  };
}

/** A text whose line `at`, or the first after it that is not empty, is `# Title`. */
export function readTitled(
  lines: string[],
  at: number,
  options: MarkdownOptions,
): RenderedMarkdown & { title: string } {
  const first = at === 0 ? 0 : lines.findIndex((line, index) => index >= at && line.trim() !== '');
  const heading = lines[first] ?? '';
  const isTitled = /^# +\S/.test(heading);
  const title = isTitled ? cleanLine(renderInline(heading.slice(2)).plain) : '';
  const rendered = renderMarkdown(blankUntil(lines, isTitled ? first + 1 : at), options);
  const own: TextFault[] = [];
  if (title === '') own.push(because(Math.max(first, 0) + 1, 'title_line_missing'));
  if (title.length > longestTitle) own.push(because(first + 1, 'setting_title', { value: title }));
  if (rendered.html.trim() === '') own.push(because(null, 'lesson_empty'));
  return { ...rendered, title, faults: [...own, ...rendered.faults] };
}

/** @returns `front`: null where the text does not begin with one; `end`: how many lines it takes */
export function partFrontMatter(source: string): { front: YamlReading | null; lines: string[]; end: number } {
  const lines = source.split('\n');
  const end = lines.findIndex((line, index) => index > 0 && isRule(line));
  return isRule(lines[0]) && end > 0
    ? { front: readYaml(lines.slice(1, end).join('\n'), 2), lines, end: end + 1 }
    : { front: null, lines, end: 0 };
}

function frontFaults(front: YamlReading): TextFault[] {
  return front.faults.length > 0 ? front.faults : schemaFaults(FrontMatter, front.value, front);
}

function isRule(line: string | undefined): boolean {
  return line?.trimEnd() === '---';
}

/** What follows keeps its line numbers. */
function blankUntil(lines: string[], count: number): string {
  return '\n'.repeat(count) + lines.slice(count).join('\n');
}

function because(line: number | null, code: string, values: TextFault['values'] = {}): TextFault {
  return { line, code, values };
}

/** By the rules of the language: Khmer puts no spaces between words. */
function countWords(text: string, language: string): number {
  let count = 0;
  for (const { isWordLike } of new Intl.Segmenter(language, { granularity: 'word' }).segment(text))
    if (isWordLike) count++;
  return count;
}
