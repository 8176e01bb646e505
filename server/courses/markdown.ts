import MarkdownIt from 'markdown-it';
import type { TextFault } from './fault.ts';
import { type CalloutWords, rewriteCallouts } from './markdown-callouts.ts';
import { nameHeadings } from './markdown-headings.ts';
import { type Anchor, type LinkOptions, resolveLinks } from './markdown-links.ts';
import { dressTables } from './markdown-tables.ts';
import { markTerms, meaningsOf, type OpenGlossary, type ShownTerm } from './markdown-terms.ts';
import { giveLines, lineOf, plainText } from './markdown-text.ts';
import { sanitise } from './sanitise.ts';

export interface MarkdownOptions extends LinkOptions {
  /** in the language of the text */
  words: CalloutWords;
  /** whose terms are explained in this text */
  glossary?: OpenGlossary;
}

export interface RenderedMarkdown {
  html: string;
  /** the words alone, for search and counting */
  plain: string;
  /** ids of the headings */
  places: Set<string>;
  /** links that name a place in another item */
  anchors: Anchor[];
  /** terms of the glossary that are explained here */
  terms: ShownTerm[];
  faults: TextFault[];
}

// Raw HTML is text, quotes stay as typed, and only what is written as a link is one.
const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false }).disable('strikethrough');
const inlineMarkdown = new MarkdownIt({ html: false }).disable(['strikethrough', 'link', 'image', 'autolink']);
for (const { renderer } of [markdown, inlineMarkdown]) {
  const renderCode = renderer.rules.code_inline;
  renderer.rules.code_inline = (tokens, index, ...rest) => {
    const token = tokens[index];
    // As much as fits a phone's line: `rm -rf` and an address are read in one piece.
    if (token && token.content.length <= 20) token.attrJoin('class', 'short');
    return renderCode?.(tokens, index, ...rest) ?? '';
  };
}
// A refused address must be told, not shown as text: `resolveLinks` says which may stand.
markdown.validateLink = () => true;

/** markdown-it leaves out what is nested 100 deep. No lesson needs half of it, so it is told before anything is lost. */
const deepestNesting = 50;

/**
 * Renders CommonMark with tables, callouts and self-checks, in time linear in the length. Never throws: what cannot be
 * shown is left out and told as a fault. The page brings h1, so headings begin at h2.
 */
export function renderMarkdown(source: string, options: MarkdownOptions): RenderedMarkdown {
  const faults: TextFault[] = [];
  const parsed = markdown.parse(source, {});
  giveLines(parsed);
  const tooDeep = parsed.find(({ level }) => level > deepestNesting);
  if (tooDeep) faults.push({ line: lineOf(tooDeep), code: 'nested_too_deep', values: {} });

  const tokens = rewriteCallouts(parsed, options.words, faults);
  dressTables(tokens);
  const places = nameHeadings(tokens, faults);
  const plain = plainText(tokens);
  const anchors = resolveLinks(tokens, places, options, faults);
  const { glossary } = options;
  const terms = glossary ? markTerms(tokens, glossary) : [];
  const meanings = glossary ? meaningsOf(terms, glossary) : '';
  const html = sanitise(markdown.renderer.render(tokens, markdown.options, {}) + meanings);
  return { html, plain, places, anchors, terms, faults };
}

/** Text that stands inside a line, such as an answer to pick: no block, no link, no picture. */
export function renderInline(source: string): { html: string; plain: string } {
  const tokens = inlineMarkdown.parseInline(source, {});
  return {
    html: sanitise(inlineMarkdown.renderer.render(tokens, inlineMarkdown.options, {})),
    plain: plainText(tokens),
  };
}
