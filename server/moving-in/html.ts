import type { Element } from 'hast';
import { fromHtml } from 'hast-util-from-html';
import { toMdast } from 'hast-util-to-mdast';
import type { Link, Root } from 'mdast';
import { changed, type Note, root } from './draft.ts';
import { most } from './limits.ts';

/** A page or a piece of one as a Markdown tree. What is too large or too deep leaves nothing, and is told. */
export function readHtml(html: string, place: string, notes: Note[]): Root {
  const cleaned = html.replaceAll('\u0000', '');
  if (Buffer.byteLength(cleaned) > most.pageBytes) {
    notes.push({
      outcome: 'left_out',
      thing: 'text',
      place,
      code: 'text_too_long',
      values: { kilobytes: most.pageBytes / 1000 },
    });
    return root([]);
  }
  if (depthOf(cleaned) > most.depthOfText) {
    notes.push({ outcome: 'left_out', thing: 'text', place, code: 'text_too_deep', values: {} });
    return root([]);
  }
  try {
    const page = fromHtml(cleaned, { fragment: !/<(?:html|body|head)\b/i.test(cleaned) });
    tellForeign(cleaned, place, notes);
    const tree = toMdast(page, {
      handlers: { input: nothing, button: nothing, script: nothing, style: nothing, iframe: link, embed: link },
    });
    return tree.type === 'root' ? tree : root([]);
  } catch (error) {
    // Elements nested thousands deep: every library that walks a tree goes down with them.
    if (!(error instanceof RangeError)) throw error;
    notes.push({ outcome: 'left_out', thing: 'text', place, code: 'text_too_deep', values: {} });
    return root([]);
  }
}

/** No more than it can be: elements that need no end count as well. Where it is thousands, libraries take minutes. */
function depthOf(html: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [, closing, name = ''] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    if (endless.has(name.toLowerCase())) continue;
    depth = Math.max(0, depth + (closing === '/' ? -1 : 1));
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

const endless = new Set([
  'area',
  'br',
  'col',
  'embed',
  'hr',
  'img',
  'input',
  'li',
  'link',
  'meta',
  'p',
  'source',
  'td',
  'th',
  'tr',
  'wbr',
]);

function nothing(): undefined {
  return undefined;
}

/** What a page shows out of another place is met there. */
function link(_: unknown, { properties }: Element): Link | undefined {
  const url = String(properties.src ?? '');
  // An address inside the source says nothing to a reader.
  const value = String(properties.title || (/^https?:/i.test(url) ? url : ''));
  return url === '' ? undefined : { type: 'link', url, children: [{ type: 'text', value }] };
}

const foreign = /<(iframe|video|audio|object|embed|form|script|svg|math)\b/gi;

/** What no lesson shows; where it had an address, that stays as a link. */
function tellForeign(html: string, place: string, notes: Note[]): void {
  const names = new Set(Array.from(html.matchAll(foreign), ([, name = '']) => name.toLowerCase()));
  for (const name of names) notes.push(changed('text', place, 'html_element', { name }));
}
