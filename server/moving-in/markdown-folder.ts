import type { Heading, Root, RootContent } from 'mdast';
import { toString as wordsOf } from 'mdast-util-to-string';
import { isRecord, readYaml } from '../courses/yaml.ts';
import { decodeText } from '../quizzes/gift-read.ts';
import type { Files } from './archive.ts';
import { changed, type Draft, type DraftItem, emptyDraft, leftOut, MovingFault, type Note } from './draft.ts';
import { nameOfFile } from './gift.ts';
import { readMarkdown } from './markdown.ts';
import { type Chapter, readNav, readSummary } from './markdown-nav.ts';
import { folderOf } from './paths.ts';
import { placeQuizzes, readQuizFiles } from './quiz-json.ts';
import { relink } from './relinking.ts';

/** What a project says of itself, not of its subject. */
const ofTheProject =
  /(?:^|\/)(?:code_of_conduct|contributing|security|support|agents|claude|changelog|licen[cs]e|summary|translations|_sidebar)\.md$/i;

/**
 * A folder of Markdown: in the order of its mdBook SUMMARY or MkDocs nav where it has one, else of its numbered names, the README
 * of a folder first. Quizzes in JSON stand beside the lesson that links to them.
 */
export function readMarkdownFolder({ files, notes }: Files, place: string): Draft {
  const draft = emptyDraft();
  draft.notes = notes;
  const paths = [...files.keys()].filter((path) => /\.(?:md|markdown)$/i.test(path));
  if (paths.length === 0) throw new MovingFault('no_markdown', place);
  const contents = contentsOf(files);
  const chapters = contents?.chapters ?? plainOrder(paths);
  const listed = new Set(chapters.map(({ path }) => path));
  draft.title = contents?.title ?? null;
  for (const path of paths)
    if (!listed.has(path) && path !== rootReadme(paths)) notes.push(leftOut('file', path, reasonFor(path)));

  const read = new Map<string, Page>();
  for (const { path, title, section } of chapters) {
    const content = files.get(path);
    if (content === undefined) notes.push(leftOut('file', path, 'chapter_missing', { title: title ?? path }));
    else if (!read.has(path)) read.set(path, pageOf(content, path, title, section, notes));
  }
  const readme = rootReadme(paths);
  if (readme !== null && !read.has(readme)) {
    const about = pageOf(files.get(readme) ?? Buffer.alloc(0), readme, null, null, notes);
    draft.title ??= about.title;
    draft.about = firstWords(about.body);
    notes.push(changed('file', readme, 'readme_shortened'));
  }
  for (const [path, content] of files) if (isPicture(path)) draft.pictures.set(path, { content, place: path });
  const items = [...read].map(([path, page]): DraftItem => {
    const common = { id: path, section: page.section, title: page.title, place: path };
    const body = relink(page.body, path, {
      item: (target) =>
        [target, `${target}/README.md`, `${target}/index.md`, `${target}.md`].find((one) => read.has(one)) ?? null,
      picture: (target) => (files.has(target) ? target : null),
    });
    const isTask = /(?:^|\/)assignment\.md$/i.test(path);
    return isTask
      ? { kind: 'assignment', ...common, body, rubric: [], thing: 'assignment', type: 'assignment.md' }
      : { kind: 'lesson', ...common, body };
  });
  const quizzes = readQuizFiles(files, notes);
  draft.items = placeQuizzes(items, quizzes, notes);
  return draft;
}

interface Page {
  title: string;
  section: string | null;
  body: Root;
}

function pageOf(content: Buffer, path: string, title: string | null, section: string | null, notes: Note[]): Page {
  const { front, text } = partFront(decodeText(content).replace(/\r\n?/g, '\n'));
  const body = readMarkdown(text, path, notes);
  const heading = body.children.find((block): block is Heading => block.type === 'heading');
  const isTitle = heading?.depth === 1 || title === null;
  const own = heading && isTitle ? wordsOf(heading).trim() : '';
  if (heading && isTitle && own !== '') body.children = body.children.filter((block) => block !== heading);
  return { title: title?.trim() || front || own || nameOfFile(path), section, body };
}

/** What other generators put before a page. */
function partFront(text: string): { front: string | null; text: string } {
  const found = /^---\n([\s\S]{0,20000}?)\n---(?:\n|$)/.exec(text);
  if (found === null) return { front: null, text };
  const { value } = readYaml(found[1] ?? '', 2);
  const title = isRecord(value) && typeof value.title === 'string' ? value.title : null;
  return { front: title, text: text.slice(found[0].length) };
}

function contentsOf(files: Map<string, Buffer>): { title: string | null; chapters: Chapter[] } | null {
  const shallowest = (name: RegExp) =>
    [...files.keys()]
      .filter((path) => name.test(path))
      .sort((one, other) => one.split('/').length - other.split('/').length)[0];
  const nav = shallowest(/(?:^|\/)mkdocs\.ya?ml$/i);
  if (nav !== undefined) {
    const read = readNav(decodeText(files.get(nav) ?? Buffer.alloc(0)));
    const base = folderOf(nav);
    if (read)
      return {
        ...read,
        chapters: read.chapters.map((one) => ({ ...one, path: base ? `${base}/${one.path}` : one.path })),
      };
  }
  const summary = shallowest(/(?:^|\/)SUMMARY\.md$/i);
  const read = summary === undefined ? null : readSummary(decodeText(files.get(summary) ?? Buffer.alloc(0)), summary);
  return read && read.chapters.length > 0 ? read : null;
}

const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** By folder, the README of each first; sections are the outermost folders, or the number before the point of a flat name. */
function plainOrder(paths: string[]): Chapter[] {
  const root = rootReadme(paths);
  const own = paths.filter((path) => path !== root && !ofTheProject.test(path));
  const key = (path: string) => path.replace(/(^|\/)(?:readme|index)\.md$/i, '$1!').split('/');
  own.sort((one, other) => {
    const [ones, others] = [key(one), key(other)];
    for (let at = 0; at < Math.max(ones.length, others.length); at += 1) {
      const order = byName.compare(ones[at] ?? '', others[at] ?? '');
      if (order !== 0) return order;
    }
    return 0;
  });
  const base = root === null ? '' : folderOf(root);
  return own.map((path) => {
    const below = base === '' ? path : path.slice(base.length + 1);
    const [, module] = /^(\d+)\.\d+\s/.exec(below) ?? [];
    const section = below.includes('/') ? nameOfFolder(below.split('/')[0] ?? '') : (module ?? null);
    return { title: null, path, section };
  });
}

function nameOfFolder(name: string): string {
  return name.replaceAll(/[_-]+/g, ' ');
}

function rootReadme(paths: string[]): string | null {
  const readmes = paths.filter((path) => /(?:^|\/)(?:readme|index)\.md$/i.test(path));
  const [first] = readmes.sort(
    (one, other) => one.split('/').length - other.split('/').length || byName.compare(one, other),
  );
  const shallowest = Math.min(...paths.map((path) => path.split('/').length));
  return first !== undefined && first.split('/').length <= shallowest ? first : null;
}

function reasonFor(path: string): string {
  return ofTheProject.test(path) ? 'of_the_project' : 'not_in_contents';
}

function isPicture(path: string): boolean {
  return /\.(?:png|jpe?g|gif|webp|svg)$/i.test(path);
}

/** What says in a few sentences what it is about. */
function firstWords(body: Root): Root {
  const words = body.children.filter(
    (block: RootContent) => block.type === 'paragraph' && wordsOf(block, { includeImageAlt: false }).trim().length > 60,
  );
  return { type: 'root', children: words.slice(0, 3) };
}
