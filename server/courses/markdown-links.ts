import type { Token } from 'markdown-it';
import type { TextFault } from './fault.ts';
import { placeId } from './markdown-headings.ts';
import { inlineText, lineOf } from './markdown-text.ts';

export interface LinkOptions {
  /** What stands in the page for a picture, or why it cannot stand there. */
  resolveImage(source: string, alt: string): { html: string } | Refusal;
  /** The address of an item of the course by its file name, such as `passwords.md`. */
  resolveItem(file: string): string | null;
}

export type Refusal = Pick<TextFault, 'code' | 'values'>;

/** A link to a heading of another item. */
export interface Anchor {
  file: string;
  place: string;
  line: number | null;
}

/**
 * Puts addresses into links and pictures into place. A refused link leaves its words, a refused picture nothing; both are told.
 * @returns what only a look at the other items can check
 */
export function resolveLinks(
  tokens: Token[],
  places: Set<string>,
  options: LinkOptions,
  faults: TextFault[],
): Anchor[] {
  const anchors: Anchor[] = [];
  for (const { children } of tokens) {
    for (const { opening, inside, closing } of linksIn(children ?? [])) {
      const href = String(opening.attrGet('href'));
      const target = wrongInside(inside, href) ?? destination(href, places, options);
      if ('code' in target) {
        faults.push({ line: lineOf(opening), ...target });
        leaveOut(opening);
        leaveOut(closing);
      } else {
        opening.attrs = Object.entries(target.attributes);
        if (target.anchor) anchors.push({ ...target.anchor, line: lineOf(opening) });
      }
    }
    for (const image of (children ?? []).filter(isImage)) {
      const source = decoded(String(image.attrGet('src')));
      const alt = inlineText(image.children ?? []).trim();
      const found = options.resolveImage(source, alt);
      const picture = alt === '' ? { code: 'image_without_alt', values: { image: source } } : found;
      if ('code' in picture) faults.push({ line: lineOf(image), ...picture });
      leaveOut(image);
      if ('html' in picture) Object.assign(image, { type: 'html_inline', content: picture.html });
    }
  }
  return anchors;
}

function* linksIn(children: Token[]): Generator<{ opening: Token; inside: Token[]; closing: Token }> {
  let start = 0;
  for (const [index, token] of children.entries()) {
    if (token.type === 'link_open') start = index;
    if (token.type === 'link_close') {
      yield { opening: children[start] as Token, inside: children.slice(start + 1, index), closing: token };
    }
  }
}

function wrongInside(inside: Token[], href: string): Refusal | null {
  // With data saving on, the picture itself becomes a link.
  if (inside.some(isImage)) return { code: 'image_in_link', values: { link: href } };
  return inlineText(inside).trim() === '' ? { code: 'link_without_words', values: { link: href } } : null;
}

interface Target {
  attributes: { href: string; rel?: string };
  anchor?: { file: string; place: string };
}

function destination(href: string, places: Set<string>, options: LinkOptions): Target | Refusal {
  if (/^https?:\/\//i.test(href) && URL.canParse(href)) return { attributes: { href, rel: 'noopener nofollow' } };
  // A page of this site, a letter, a call.
  if (/^(?:\/(?!\/)|mailto:|tel:)/i.test(href)) return { attributes: { href } };
  if (/^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(href)) return { code: 'link_forbidden', values: { link: href } };

  const [path = '', fragment] = href.split('#', 2);
  const place = fragment === undefined ? null : placeId(decoded(fragment));
  if (path === '' && place !== null) {
    if (places.has(place)) return { attributes: { href: `#${place}` } };
    return { code: 'link_place_unknown', values: { link: decoded(href) } };
  }
  const file = /^(?:\.\/)?([^/]+)$/.exec(path)?.[1] ?? '';
  const address = options.resolveItem(file);
  if (address === null) return { code: 'link_unknown', values: { link: decoded(href) } };
  if (place === null) return { attributes: { href: address } };
  return { attributes: { href: `${address}#${place}` }, anchor: { file, place } };
}

function isImage(token: Token): boolean {
  return token.type === 'image';
}

function leaveOut(token: Token): void {
  Object.assign(token, { type: 'text', tag: '', nesting: 0, attrs: null, children: null, content: '' });
}

/** markdown-it writes addresses percent-encoded; files and people do not. */
function decoded(address: string): string {
  try {
    return decodeURIComponent(address).normalize('NFC');
  } catch {
    return address;
  }
}
