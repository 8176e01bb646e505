import { availableParallelism } from 'node:os';
import { itemPath } from '../lessons/paths.ts';
import { isLanguage, type Translate, translators } from '../platform/i18n.ts';
import type { Fault, TextFault } from './fault.ts';
import type { MarkdownOptions } from './markdown.ts';
import type { Anchor } from './markdown-links.ts';
import { readText, type SourceFolder } from './package-files.ts';
import type { Outline } from './package-settings.ts';
import { pictureHtml } from './picture-markup.ts';
import type { Picture, readPicture } from './pictures.ts';

/** What lies on the desk while a package is checked: its files, what has been seen of them, what is wrong. */
export interface Desk {
  source: SourceFolder;
  /** files that are there and could not be taken */
  refused: Set<string>;
  outline: Outline;
  /** by path; null: there, but not to be shown */
  pictures: Map<string, Picture | null>;
  used: Set<string>;
  /** ids of headings, by path */
  places: Map<string, Set<string>>;
  /** links to places in other files */
  anchors: { from: string; to: string; anchor: Anchor }[];
  faults: Fault[];
}

export type ByLanguage<Text> = Record<string, Text>;

export interface Illustrated {
  /** paths of the pictures that stand in the text */
  pictures: string[];
  /** what they weigh on a phone: the widest copies, as WebP */
  pictureBytes: number;
}

interface Reading<Text> {
  text: Text;
  faults: TextFault[];
  anchors: Anchor[];
  places?: Set<string>;
}

const mostPictures = 300;

export function tell(desk: Desk, file: string, { line, code, values }: TextFault): void {
  desk.faults.push({ file, line, code, values });
}

/** There, though perhaps not to be read. */
export function isThere({ source, refused }: Desk, path: string): boolean {
  return source.files.has(path) || refused.has(path);
}

/** The words of a text file, or null when there are none to read. */
export function takeText(desk: Desk, path: string): string | null {
  desk.used.add(path);
  const content = desk.source.files.get(path);
  if (content === undefined) return null;
  const reading = readText(content);
  if ('text' in reading) return reading.text;
  tell(desk, path, reading.fault);
  return null;
}

/** As many at a time as there are cores: drawing is most of an import, and all pictures at once would not fit into memory. */
export async function drawPictures(desk: Desk, draw: typeof readPicture): Promise<void> {
  const images = [...desk.source.files].filter(([path]) => path.startsWith('images/'));
  if (images.length > mostPictures) {
    return tell(desk, 'images', { line: null, code: 'too_many_images', values: { most: mostPictures } });
  }
  for (const [path] of images) desk.pictures.set(path, null);
  const waiting = images.values();
  const drawer = async () => {
    for (const [path, content] of waiting) {
      const isPicture = /^images\/[^/]+\.(?:svg|png|jpe?g|webp|gif)$/i.test(path);
      const reading = isPicture ? await draw(content) : { fault: { line: null, code: 'image_kind', values: {} } };
      if ('fault' in reading) tell(desk, path, reading.fault);
      else desk.pictures.set(path, reading.picture);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, drawer));
}

/** What could be read, by language. */
export function inEachLanguage<Text>({ outline }: Desk, read: (language: string) => Text | null): ByLanguage<Text> {
  const texts = outline.languages.map((language) => [language, read(language)] as const);
  return Object.fromEntries(texts.flatMap(([language, text]) => (text === null ? [] : [[language, text]])));
}

/** Reads one text in one language, with its pictures in place. */
export function readIn<Text>(
  desk: Desk,
  language: string,
  file: string,
  read: (source: string, options: MarkdownOptions) => Reading<Text>,
): (Text & Illustrated) | null {
  const path = `${language}/${file}`;
  const source = takeText(desk, path);
  if (source === null) return null;
  const pictures = new Set<string>();
  const { text, faults, anchors, places = new Set() } = read(source, markdownOptions(desk, language, pictures));
  for (const fault of faults) tell(desk, path, fault);
  for (const anchor of anchors) desk.anchors.push({ from: path, to: `${language}/${anchor.file}`, anchor });
  desk.places.set(path, places);
  return { ...text, pictures: [...pictures], pictureBytes: bytesOf(desk, pictures) };
}

function markdownOptions(desk: Desk, language: string, pictures: Set<string>): MarkdownOptions {
  const t = wordsIn(language);
  const base = `/courses/${desk.source.name}`;
  return {
    words: {
      note: t('package.callout_note'),
      tip: t('package.callout_tip'),
      remember: t('package.callout_remember'),
      danger: t('package.callout_danger'),
      check: t('package.callout_check'),
      answer: t('package.callout_answer'),
    },
    resolveItem(file) {
      if (file === 'course.md') return base;
      const item = desk.outline.items.find((one) => file === fileOf(one));
      return item === undefined ? null : itemPath(desk.source.name, item);
    },
    resolveImage(image, alt) {
      if (/^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(image)) return { code: 'image_elsewhere', values: { image } };
      const path = /^\.\.\/(images\/[^/]+)$/.exec(image)?.[1] ?? '';
      desk.used.add(path);
      if (!isThere(desk, path)) return { code: 'image_missing', values: { image } };
      pictures.add(path);
      const picture = desk.pictures.get(path);
      return { html: picture ? pictureHtml(picture, alt, `${base}/pictures/`) : '' };
    },
  };
}

/** Of an item, in the folder of each language. */
export function fileOf({ key, kind }: Outline['items'][number]): string {
  return kind === 'quiz' ? `${key}.gift` : `${key}.md`;
}

/** The interface's words for a text; a language that the interface lacks gets English ones. */
export function wordsIn(language: string): Translate {
  const [primary] = language.split('-', 1);
  return translators[isLanguage(primary) ? primary : 'en'];
}

function bytesOf(desk: Desk, paths: Set<string>): number {
  const widest = [...paths].map((path) => desk.pictures.get(path)?.copies.findLast(({ format }) => format === 'webp'));
  return widest.reduce((sum, copy) => sum + (copy?.content.length ?? 0), 0);
}
