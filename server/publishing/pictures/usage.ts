import { freeKey } from '../../moving-in/keys.ts';
import { later } from '../../platform/later.ts';
import { writeEscapes } from '../../quizzes/gift-text.ts';
import { type Checked, textOf } from '../checking.ts';
import { isText } from '../files/content.ts';

const mdast = later<typeof import('mdast-util-to-markdown')>('mdast-util-to-markdown');

/** A text of the draft in which a picture stands, and the words that stand for it there. */
export interface Usage {
  path: string;
  title: string;
  words: string[];
}

/** Of the pictures of a draft, in the order of their paths. */
export function picturePaths({ folder }: Checked): string[] {
  return [...folder.source.files.keys()].filter((path) => /^images\/[^/]+$/.test(path));
}

/** Where its name stands in whatever form: what is named is not free to go. */
export function usagesOf(checked: Checked, picture: string): Usage[] {
  const paths = [...checked.folder.source.files.keys()].filter(isText);
  return paths.flatMap((path) => {
    const text = textOf(checked.folder, path);
    if (!text.includes(picture)) return [];
    return [{ path, title: checked.titles.get(path) || path, words: wordsIn(text, picture) }];
  });
}

function wordsIn(text: string, picture: string): string[] {
  const images = text.matchAll(/!\[((?:[^\]\\\n]|\\.){0,1000})\]\(\s{0,9}<?\.\.\/(images\/[^)>\s"]{1,200})/g);
  const own = [...images].filter(([, , path]) => path === picture);
  return [...new Set(own.map(([, words = '']) => words.replace(/\\(.)/g, '$1')).filter(Boolean))];
}

/** What an author puts into a text where the picture is to stand. */
export function markdownOf(picture: string, words: string, text: string): string {
  const image = { type: 'image' as const, url: `../${picture}`, alt: words };
  const markdown = mdast()
    .toMarkdown({ type: 'paragraph', children: [image] })
    .trim();
  return text.endsWith('.gift') ? writeEscapes(markdown) : markdown;
}

/** Said by what it shows: that is how its author finds it again. */
export function freePicture(checked: Checked, words: string, ending: string): string {
  const taken = new Set(picturePaths(checked).map((path) => path.replace(/^images\/|\.[^.]*$/g, '').toLowerCase()));
  const [short = words] = /^.{1,40}(?=\s|$)/u.exec(words) ?? [];
  return `images/${freeKey(short, taken, 'hinh')}.${ending}`;
}

/** Lessons, assignments and descriptions: a question has its own place for a picture. */
export function isPlaceable(path: string): boolean {
  return path.endsWith('.md');
}

/** @returns null where it stands there already, as after a second tap */
export function withPicture(text: string, markdown: string): string | null {
  const body = text.trimEnd();
  return body.endsWith(markdown) ? null : `${body}\n\n${markdown}\n`;
}
