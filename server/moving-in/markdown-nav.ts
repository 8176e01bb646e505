import type { Link, List, RootContent } from 'mdast';
import { toString as wordsOf } from 'mdast-util-to-string';
import { isRecord, readYaml } from '../courses/yaml.ts';
import { readMarkdown } from './markdown.ts';
import { resolvePath } from './paths.ts';

/** What stands in the table of contents of a Markdown project. */
export interface Chapter {
  /** null: named there, and in the source by the file's own heading */
  title: string | null;
  path: string;
  section: string | null;
}

/** mdBook: links in the order of SUMMARY.md, under the headings of its parts; a draft chapter has no file. */
export function readSummary(source: string, path: string): { title: string | null; chapters: Chapter[] } {
  const chapters: Chapter[] = [];
  let part: string | null = null;
  const take = ({ url, children }: Link, section: string | null) => {
    const target = resolvePath(path, url);
    if (url !== '' && target !== null)
      chapters.push({ title: wordsOf({ type: 'paragraph', children }), path: target, section });
  };
  const list = ({ children }: List, section: string | null): void => {
    for (const item of children) {
      let name: string | null = null;
      for (const child of item.children) {
        if (child.type === 'paragraph') {
          for (const one of child.children) if (one.type === 'link') take(one, section);
          name = wordsOf(child);
        } else if (child.type === 'list') list(child, section ?? name);
      }
    }
  };
  for (const block of readMarkdown(source, path, []).children as RootContent[]) {
    if (block.type === 'heading')
      part = block.depth === 1 && chapters.length === 0 && /^summary$/i.test(wordsOf(block)) ? null : wordsOf(block);
    else if (block.type === 'thematicBreak') part = null;
    else if (block.type === 'paragraph') for (const one of block.children) if (one.type === 'link') take(one, part);
    if (block.type === 'list') list(block, part);
  }
  return { title: null, chapters };
}

/** MkDocs: `nav` of mkdocs.yml; its outermost level is the sections. null where it has none that can be read. */
export function readNav(source: string): { title: string | null; chapters: Chapter[]; root: string } | null {
  // Tags such as `!!python/name:` are for its plugins.
  const { value } = readYaml(source.replace(/!!?[\w/:.]+/g, ''), 1);
  if (!isRecord(value) || !Array.isArray(value.nav)) return null;
  const folder = typeof value.docs_dir === 'string' ? value.docs_dir : 'docs';
  const chapters: Chapter[] = [];
  const visit = (entries: unknown[], section: string | null, depth: number): void => {
    for (const entry of entries) {
      if (depth > 10) return;
      for (const [title, target] of typeof entry === 'string'
        ? [[null, entry] as const]
        : Object.entries(isRecord(entry) ? entry : {})) {
        if (typeof target === 'string') {
          const path = resolvePath(`${folder}/nav`, target);
          if (path !== null && /\.md$/i.test(path)) chapters.push({ title, path, section });
        } else if (Array.isArray(target)) visit(target, section === null ? title : `${section} · ${title}`, depth + 1);
      }
    }
  };
  visit(value.nav, null, 0);
  return { title: typeof value.site_name === 'string' ? value.site_name : null, chapters, root: folder };
}
