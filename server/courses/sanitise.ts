import type { IOptions } from 'sanitize-html';
import { later } from '../platform/later.ts';

const sanitizer = later<typeof import('sanitize-html')>('sanitize-html');

const inline = ['a', 'b', 'br', 'code', 'em', 'i', 'strong', 'sub', 'sup', 'u'];
const table = ['table', 'thead', 'tbody', 'tr', 'th', 'td'];
const blocks = ['blockquote', 'hr', 'li', 'ol', 'p', 'pre', 'ul', ...table];
const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'];
const own = ['details', 'summary', 'div', 'dl', 'dt', 'dd', 'dfn', 'picture', 'source', 'img'];
const common = {
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowProtocolRelative: false,
  selfClosing: ['br', 'hr', 'img', 'source'],
};

/** The last gate for html that this program made out of an author's text: whatever is not on the list falls away. */
export function sanitise(html: string): string {
  return clean(html, {
    ...common,
    allowedTags: [...inline, ...blocks, ...headings, ...own],
    allowedAttributes: {
      a: ['href', 'rel', 'id'],
      div: ['id'],
      ol: ['start'],
      ...Object.fromEntries(headings.map((heading) => [heading, ['id']])),
      th: ['scope'],
      td: ['data-label'],
      picture: ['data-image', 'data-bytes'],
      source: ['type', 'srcset', 'sizes'],
      img: ['src', 'srcset', 'sizes', 'width', 'height', 'alt', 'loading', 'decoding'],
    },
    allowedClasses: {
      a: ['term'],
      code: ['short'],
      div: ['note', 'tip', 'remember', 'danger', 'check', 'terms'],
      p: ['note-title', 'check-question'],
      table: ['as-cards'],
      th: ['at-end', 'at-middle'],
      td: ['at-end', 'at-middle'],
    },
  });
}

/** Html that an author wrote, in a question: plain formatting stays, headings become paragraphs, all else leaves its text. */
export function sanitiseForeign(html: string): string {
  const { simpleTransform } = sanitizer();
  const paragraph = simpleTransform('p', {});
  return clean(html, {
    ...common,
    allowedTags: [...inline, ...blocks],
    allowedAttributes: { a: ['href', 'rel'], ol: ['start'] },
    transformTags: {
      ...Object.fromEntries([...headings, 'div'].map((tag) => [tag, paragraph])),
      a: simpleTransform('a', { rel: 'noopener nofollow' }),
    },
  });
}

/** The same where only a line's worth may stand: blocks end in a line break. */
export function sanitiseForeignInline(html: string): string {
  const broken = html.replace(/<\/(?:p|div|li|tr|h[1-6])\s*>\s*(?=\S)/gi, '<br>');
  return clean(broken, {
    ...common,
    allowedTags: inline.filter((tag) => tag !== 'a'),
    allowedAttributes: {},
  });
}

/** Every other `>` comes out escaped, so these are the slashes of void elements, which HTML does not have. */
function clean(html: string, options: IOptions): string {
  return sanitizer()(html, options).replaceAll(' />', '>');
}
