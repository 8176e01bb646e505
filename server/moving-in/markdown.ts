import type { Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { type Note, root } from './draft.ts';
import { most } from './limits.ts';

/** Markdown of other projects, with the extensions that GitHub made common. */
export function readMarkdown(source: string, place: string, notes: Note[]): Root {
  const tell = (code: string, values: Note['values'] = {}) =>
    notes.push({ outcome: 'left_out', thing: 'text', place, code, values });
  if (Buffer.byteLength(source) > most.pageBytes) {
    tell('text_too_long', { kilobytes: most.pageBytes / 1000 });
    return root([]);
  }
  if (tooDeep.test(source)) {
    tell('text_too_deep');
    return root([]);
  }
  try {
    return fromMarkdown(source, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    tell('text_too_deep');
    return root([]);
  }
}

/** A hundred quotations or lists in one another: what reads them takes time by the square. */
const tooDeep = /^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))){100}/m;
