import type { BlockContent, Heading, Image, Link, Nodes, Parents, PhrasingContent, Root, RootContent } from 'mdast';
import { gfmTableToMarkdown } from 'mdast-util-gfm-table';
import { toMarkdown } from 'mdast-util-to-markdown';
import { toString as wordsOf } from 'mdast-util-to-string';
import { placeId } from '../courses/markdown-headings.ts';
import { decoded, named } from './addresses.ts';
import { fitCallout } from './callouts.ts';
import { fitHtml } from './embedded-html.ts';
import { headingsIn, isEmpty, levelHeadings } from './headings.ts';
import { asBlocks, asPhrasing, inOneLine } from './phrasing.ts';

/** What a text may lead to, and who is told what became of the rest. */
export interface Surroundings {
  /** The address of an item as a text of the package names it; null: it is not in the package. */
  item(id: string): string | null;
  /** The same of a picture. */
  picture(name: string): string | null;
  /** What a picture without words is called. */
  untitledPicture: string;
  tell(code: string, values?: Record<string, string | number>): void;
}

/** Deeper lists and quotations are read by nobody on a phone. */
const deepest = 10;

/** Brings a foreign tree into the Markdown of course packages, and tells all that is changed on the way. */
export function fitLesson(tree: Root, title: string, around: Surroundings): string {
  const fitted = fit(tree, around);
  fitted.children = levelHeadings(fitted.children, title);
  return write({ ...fitted, children: fitInner(fitted, around) });
}

/** A text of a question: a block without headings. */
export function fitBlock(tree: Root, around: Surroundings): string {
  const fitted = fit(tree, around);
  fitted.children = fitted.children.map((block) =>
    block.type === 'heading' ? { type: 'paragraph', children: [{ type: 'strong', children: block.children }] } : block,
  );
  return write({ ...fitted, children: fitInner(fitted, around) });
}

/** What stands inside one line: an answer to pick. It has neither links nor pictures. */
export function fitLine(tree: Root, around: Surroundings): string {
  const fitted = fit(tree, {
    ...around,
    picture: () => null,
    tell: (code, values) => around.tell(code === 'picture_missing' ? 'picture_in_line' : code, values),
  });
  return write({ type: 'root', children: [{ type: 'paragraph', children: inOneLine(fitted.children) }] })
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

function fit(tree: Root, around: Surroundings): Root {
  const copy = structuredClone(tree);
  const definitions = definitionsOf(copy);
  const isNote = ({ type }: RootContent) => type === 'footnoteDefinition';
  copy.children = [...copy.children.filter((block) => !isNote(block)), ...copy.children.filter(isNote)];
  fitChildren(copy, { ...around, definitions, depth: 0 });
  return copy;
}

interface Place extends Surroundings {
  definitions: Map<string, string>;
  depth: number;
}

function fitChildren(parent: Parents, place: Place): void {
  const children = parent.children.flatMap((child) => fitNode(child as RootContent, place));
  const isFlow = ['root', 'blockquote', 'listItem'].includes(parent.type);
  const isWords = ['paragraph', 'heading', 'tableCell', 'emphasis', 'strong', 'link'].includes(parent.type);
  parent.children = (isFlow ? asBlocks(children) : isWords ? asPhrasing(children) : children) as never;
}

/** @returns what stands in its place */
function fitNode(node: RootContent, place: Place): RootContent[] {
  switch (node.type) {
    case 'html':
      return fitHtml(node, place.tell).flatMap((child) => fitNode(child, { ...place, depth: place.depth + 1 }));
    case 'yaml':
    case 'definition':
      return [];
    case 'text':
    case 'inlineCode':
    case 'code':
      return [{ ...node, value: cleaned(node.value) }];
    case 'footnoteReference':
      return [{ type: 'text', value: `[${node.label ?? node.identifier}]` }];
    case 'footnoteDefinition': {
      const value = cleaned(`[${node.label ?? node.identifier}] ${wordsOf(node)}`);
      return [{ type: 'paragraph', children: [{ type: 'text', value }] }];
    }
    case 'linkReference':
    case 'imageReference': {
      const url = place.definitions.get(node.identifier) ?? '';
      if (node.type === 'imageReference') return fitNode({ type: 'image', url, alt: node.alt }, place);
      return fitNode({ type: 'link', url, children: node.children }, place);
    }
    case 'image':
      return fitImage(node, place);
    case 'link':
      fitChildren(node, place);
      return [node];
    case 'delete':
      fitChildren(node, place);
      return node.children;
    case 'listItem': {
      if (place.depth >= deepest) break;
      const { checked, ...item } = node;
      fitChildren(item, { ...place, depth: place.depth + 1 });
      return [item];
    }
    default:
      if ('children' in node) {
        if (place.depth >= deepest && (node.type === 'list' || node.type === 'blockquote')) break;
        fitChildren(node, { ...place, depth: place.depth + (node.type === 'blockquote' ? 1 : 0) });
      }
      return [node];
  }
  place.tell('nesting');
  return [{ type: 'paragraph', children: [{ type: 'text', value: cleaned(wordsOf(node)) }] }];
}

function fitImage({ url, alt }: Image, place: Place): RootContent[] {
  const words = cleaned(alt ?? '').trim();
  const name = named('picture', url);
  const path = name === null ? null : place.picture(name);
  if (path !== null) {
    if (words === '') place.tell('picture_words', { picture: name ?? '' });
    return [{ type: 'image', url: path, alt: words || place.untitledPicture }];
  }
  if (/^https?:\/\//i.test(url) && URL.canParse(url)) {
    place.tell('picture_remote', { address: url });
    return [{ type: 'link', url, children: [{ type: 'text', value: words || url }] }];
  }
  place.tell('picture_missing', { picture: shortened(name ?? url) });
  return words === '' ? [] : [{ type: 'text', value: words }];
}

/** What only makes sense once all around it is in place: links, boxes, what a heading may hold. */
function fitInner(tree: Root, around: Surroundings): RootContent[] {
  const places = new Set(headingsIn(tree).map((heading) => placeId(wordsOf(heading))));
  const visit = (parent: Parents): void => {
    const written: Nodes[] = [];
    for (const child of parent.children as RootContent[]) {
      if (child.type === 'blockquote') fitCallout(child);
      if ('children' in child) visit(child);
      if (child.type === 'link') written.push(...fitLink(child, places, around));
      else if (child.type === 'heading') written.push(...fitHeading(child));
      else if (child.type === 'paragraph') written.push(...(isEmpty(child.children) ? [] : [child]));
      else if ((child.type === 'list' || child.type === 'blockquote') && child.children.length === 0) continue;
      else written.push(child);
    }
    parent.children = written as never;
  };
  visit(tree);
  return tree.children;
}

function fitLink(link: Link, places: Set<string>, around: Surroundings): PhrasingContent[] {
  const pictures = link.children.filter(({ type }) => type === 'image');
  const words = asPhrasing(link.children.filter(({ type }) => type !== 'image' && type !== 'link'));
  const url = address(link.url, places, around);
  if (url === null) {
    if (!/^#/.test(link.url)) around.tell('link_lost', { address: shortened(named('picture', link.url) ?? link.url) });
    return [...pictures, ...link.children.filter(({ type }) => type !== 'image')];
  }
  const isNamed = wordsOf({ type: 'paragraph', children: words }).trim() !== '';
  const label: PhrasingContent[] = isNamed ? words : [{ type: 'text', value: shortened(url) }];
  if (pictures.length > 0 && !isNamed) {
    // A picture is never a link: it may itself become one.
    around.tell('picture_in_link', { address: shortened(url) });
    const alt = pictures.map((one) => ('alt' in one ? one.alt : '')).join(' ');
    return [
      ...pictures,
      { type: 'text', value: ' ' },
      { type: 'link', url, children: [{ type: 'text', value: alt || url }] },
    ];
  }
  return [...pictures, { type: 'link', url, children: label }];
}

function address(url: string, places: Set<string>, around: Surroundings): string | null {
  const item = named('item', url);
  if (item !== null) return around.item(item);
  if (/^https?:\/\//i.test(url)) return URL.canParse(url) ? new URL(url).href : null;
  if (/^(?:mailto|tel):[^\s<>]+$/i.test(url)) return url;
  if (url.startsWith('#')) {
    const place = placeId(decoded(url.slice(1)));
    return places.has(place) ? `#${place.slice(2)}` : null;
  }
  return null;
}

/** Pictures go below, for a heading is words; one without words is none. */
function fitHeading(heading: Heading): (Heading | BlockContent)[] {
  const pictures = heading.children.filter(({ type }) => type === 'image');
  heading.children = asPhrasing(heading.children.filter(({ type }) => type !== 'image' && type !== 'break'));
  const own = wordsOf(heading).trim() === '' ? [] : [heading];
  return [...own, ...(pictures.length > 0 ? [{ type: 'paragraph' as const, children: pictures }] : [])];
}

function definitionsOf(parent: Parents): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (children: RootContent[]): void => {
    for (const child of children) {
      if (child.type === 'definition' && !found.has(child.identifier)) found.set(child.identifier, child.url);
      if ('children' in child) visit(child.children as RootContent[]);
    }
  };
  visit(parent.children as RootContent[]);
  return found;
}

function write(tree: Root): string {
  return toMarkdown(tree, {
    extensions: [gfmTableToMarkdown({ tablePipeAlign: false })],
    bullet: '-',
    fences: true,
    rule: '-',
    resourceLink: false,
    // A box is one quotation with its mark on the first line.
    join: [(left) => (left.type === 'html' ? 0 : undefined)],
  });
}

// What a course package refuses, for it would make a line say something else than it holds.
const unwanted = /(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069\ufeff]/gu;

export function cleaned(text: string): string {
  return text.toWellFormed().replace(/\r\n?/g, '\n').replace(unwanted, '').normalize('NFC');
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
