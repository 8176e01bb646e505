import MarkdownIt, { type Token } from 'markdown-it';
import { escapeHtml } from './escape-html.ts';

/** A word of a course's glossary. */
export interface Term {
  term: string;
  /** one plain sentence */
  meaning: string;
  /** other spellings and inflected forms, as they stand in the lessons */
  forms: string[];
}

/** A glossary on its way through the lessons of a course: a term is explained in the first that has it. */
export interface OpenGlossary {
  terms: Term[];
  /** positions of those that a lesson has shown */
  shown: Set<number>;
  /** of the page with all terms */
  address: string;
  words: GlossaryWords;
}

/** Labels in the language of the text. */
export interface GlossaryWords {
  title: string;
  back: string;
  all: string;
}

export interface ShownTerm {
  /** in the glossary, from 0 */
  position: number;
  /** the id of the place where the term stands */
  place: string;
}

/**
 * Makes the first occurrence of each term that is still open a link to its meaning, which `meaningsOf` puts under the lesson. Headings, links,
 * code and the words for pictures stay as they are.
 */
export function markTerms(tokens: Token[], glossary: OpenGlossary): ShownTerm[] {
  const shown: ShownTerm[] = [];
  const find = finderOf(glossary.terms);
  const take = (position: number): string | null => {
    if (glossary.shown.has(position)) return null;
    glossary.shown.add(position);
    const place = `term-${shown.length + 1}`;
    shown.push({ position, place });
    return place;
  };
  tokens.forEach((token, index) => {
    if (token.type !== 'inline' || tokens[index - 1]?.type === 'heading_open') return;
    token.children = withTerms(token.children ?? [], (prose) => markProse(prose, find, take));
  });
  return shown;
}

/** The list under a lesson: it is read on paper too, and leads back to where one was. */
export function meaningsOf(shown: ShownTerm[], { terms, address, words }: OpenGlossary): string {
  if (shown.length === 0) return '';
  const entries = shown.map(({ position, place }) => {
    const { term = '', meaning = '' } = terms[position] ?? {};
    const back = `<a href="#${place}">${escapeHtml(words.back)}</a>`;
    return `<div id="meaning-${place}"><dt><dfn>${escapeHtml(term)}</dfn></dt><dd>${escapeHtml(meaning)} ${back}</dd></div>\n`;
  });
  const all = `<p><a href="${escapeHtml(address)}">${escapeHtml(words.all)}</a></p>`;
  return `<div class="terms"><h2 id="terms">${escapeHtml(words.title)}</h2>\n<dl>\n${entries.join('')}</dl>\n${all}</div>\n`;
}

type Find = (text: string) => Iterable<{ start: number; end: number; position: number }>;

/** Whole words only; where one term begins with another, the longer one is meant. */
function finderOf(terms: Term[]): Find {
  const positions = new Map(terms.flatMap((term, position) => formsOf(term).map((form) => [form, position])));
  const alternatives = [...positions.keys()].sort((one, other) => other.length - one.length).map(patternOf);
  const letter = '[\\p{L}\\p{M}\\p{N}]';
  const pattern = new RegExp(
    `(?<!${letter})(?<!${letter}-)(?:${alternatives.join('|')})(?!${letter})(?!-${letter})`,
    'giu',
  );
  return function* (text) {
    for (const match of alternatives.length === 0 ? [] : text.matchAll(pattern)) {
      const position = positions.get(formOf(match[0]));
      if (position !== undefined) yield { start: match.index, end: match.index + match[0].length, position };
    }
  };
}

/** All ways in which a term may stand in a lesson; two that differ in capitals or spaces alone are one. */
export function formsOf({ term, forms }: Term): string[] {
  return [term, ...forms].map(formOf);
}

function formOf(text: string): string {
  return text.toLowerCase().normalize('NFC').replace(/\s+/g, ' ').trim();
}

function patternOf(form: string): string {
  return form.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replaceAll(' ', '\\s+');
}

/** Text flows on over the end of a line, and is marked as a whole. */
function withTerms(children: Token[], mark: (prose: Token[]) => Token[]): Token[] {
  const written: Token[] = [];
  let prose: Token[] = [];
  let openLinks = 0;
  for (const child of children) {
    if (child.type === 'link_open') openLinks++;
    if (openLinks === 0 && isProse(child)) {
      prose.push(child);
      continue;
    }
    written.push(...mark(prose), child);
    prose = [];
    if (child.type === 'link_close') openLinks--;
  }
  return [...written, ...mark(prose)];
}

function isProse({ type }: Token): boolean {
  return type === 'text' || type === 'softbreak';
}

function markProse(prose: Token[], find: Find, take: (position: number) => string | null): Token[] {
  const words = prose.map(({ type, content }) => (type === 'softbreak' ? '\n' : content)).join('');
  const written: Token[] = [];
  let from = 0;
  for (const { start, end, position } of find(words)) {
    const place = take(position);
    if (place === null) continue;
    const link = new MarkdownIt.Token('link_open', 'a', 1);
    link.attrs = Object.entries({ class: 'term', id: place, href: `#meaning-${place}` });
    written.push(text(words.slice(from, start)), link, text(words.slice(start, end)));
    written.push(new MarkdownIt.Token('link_close', 'a', -1));
    from = end;
  }
  return from === 0 ? prose : [...written, text(words.slice(from))];
}

function text(content: string): Token {
  const token = new MarkdownIt.Token('text', '', 0);
  token.content = content;
  return token;
}
