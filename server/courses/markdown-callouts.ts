import MarkdownIt, { type Token } from 'markdown-it';
import { escapeHtml } from './escape-html.ts';
import type { TextFault } from './fault.ts';
import { inlineText, isBreak, lineOf } from './markdown-text.ts';

/** Labels in the language of the text. */
export interface CalloutWords {
  note: string;
  tip: string;
  remember: string;
  danger: string;
  check: string;
  answer: string;
}

type Kind = 'note' | 'tip' | 'remember' | 'danger' | 'check';
const kinds = new Set<string>(['note', 'tip', 'remember', 'danger', 'check']);
const mark = /^\[!([a-z]+)\][ \t]*/i;

/** Html of ours, and blocks of the author's. */
type Parts = (string | Token[])[];

/**
 * Turns blockquotes that begin with `[!NOTE]` and its like into boxes with a label in words, and those that begin with
 * `[!CHECK]` into a question whose answer, after a line `---`, opens without script.
 */
export function rewriteCallouts(tokens: Token[], words: CalloutWords, faults: TextFault[]): Token[] {
  const written: Token[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    const kind = token.type === 'blockquote_open' ? calloutKind(tokens, index, faults) : null;
    if (kind === null) {
      written.push(token);
      continue;
    }
    const end = closing(tokens, index);
    const content = tokens.slice(index + 1, end);
    for (const part of kind === 'check' ? check(content, words, faults) : note(content, kind, words, faults)) {
      if (typeof part === 'string') written.push(html(part));
      else for (const inner of rewriteCallouts(part, words, faults)) written.push(inner);
    }
    index = end;
  }
  return written;
}

function calloutKind(tokens: Token[], index: number, faults: TextFault[]): Kind | null {
  const [opening, inline] = [tokens[index + 1], tokens[index + 2]];
  if (inline?.type !== 'inline' || inline.children?.[0]?.type !== 'text' || opening?.markup === '#') return null;
  const kind = mark.exec(inline.children[0].content)?.[1];
  if (kind === undefined) return null;
  if (kinds.has(kind.toLowerCase())) return kind.toLowerCase() as Kind;
  faults.push({ line: lineOf(inline), code: 'box_unknown', values: { kind } });
  return null;
}

function note(content: Token[], kind: Exclude<Kind, 'check'>, words: CalloutWords, faults: TextFault[]): Parts {
  const { inline, line, rest } = partFirstLine(content);
  const blocks = [...paragraph(inline, line.length === 0 ? rest.slice(1) : [...line, ...rest]), ...content.slice(3)];
  if (blocks.length === 0) faults.push({ line: lineOf(inline), code: 'box_empty', values: {} });
  const name = kind === 'note' ? 'note' : `note ${kind}`;
  return [`<div class="${name}"><p class="note-title">${escapeHtml(words[kind])}</p>\n`, blocks, '</div>\n'];
}

function check(blocks: Token[], words: CalloutWords, faults: TextFault[]): Parts {
  const content = withParting(blocks);
  const { inline, line, rest } = partFirstLine(content);
  const parting = content.findIndex((token, index) => index >= 3 && isDirect(token, content) && token.type === 'hr');
  const afterQuestion = paragraph(inline, rest.slice(1));
  const more = parting === -1 ? [] : [...afterQuestion, ...content.slice(3, parting)];
  const answer = parting === -1 ? [...afterQuestion, ...content.slice(3)] : content.slice(parting + 1);
  if (inlineText(line).trim() === '') faults.push({ line: lineOf(inline), code: 'check_without_question', values: {} });
  if (answer.length === 0) faults.push({ line: lineOf(inline), code: 'check_without_answer', values: {} });
  return [
    `<div class="check"><p class="note-title">${escapeHtml(words.check)}</p>\n`,
    paragraph(inline, line, 'check-question'),
    more,
    `<details><summary>${escapeHtml(words.answer)}</summary>\n`,
    answer,
    '</details></div>\n',
  ];
}

/** CommonMark reads a line of text with `---` under it as a heading; in a self-check that line parts question and answer. */
function withParting(content: Token[]): Token[] {
  const end = content.findIndex(
    (token) =>
      isDirect(token, content) && (token.type === 'hr' || (token.type === 'heading_close' && token.markup === '-')),
  );
  const inline = content[end - 1];
  if (content[end]?.type !== 'heading_close' || inline === undefined) return content;
  const parting = new MarkdownIt.Token('hr', 'hr', 0);
  parting.level = inline.level - 1;
  return [
    ...content.slice(0, end - 2),
    ...paragraph(inline, inline.children ?? []),
    parting,
    ...content.slice(end + 1),
  ];
}

function isDirect(token: Token, content: Token[]): boolean {
  return token.level === content[0]?.level;
}

/** Cuts the mark off, and parts what stands on its line from what follows in the same paragraph, the line break first. */
function partFirstLine(content: Token[]): { inline: Token; line: Token[]; rest: Token[] } {
  const inline = content[1] as Token;
  const [marked, ...others] = inline.children as [Token, ...Token[]];
  marked.content = marked.content.replace(mark, '');
  const children = marked.content === '' ? others : [marked, ...others];
  let depth = 0;
  const end = children.findIndex((child) => {
    depth += child.nesting;
    return depth === 0 && isBreak(child);
  });
  return end === -1
    ? { inline, line: children, rest: [] }
    : { inline, line: children.slice(0, end), rest: children.slice(end) };
}

/** A paragraph that stands where `like` stood; none when there is nothing to say. */
function paragraph(like: Token, children: Token[], name?: string): Token[] {
  if (children.length === 0) return [];
  const opening = new MarkdownIt.Token('paragraph_open', 'p', 1);
  const inline = new MarkdownIt.Token('inline', '', 0);
  const end = new MarkdownIt.Token('paragraph_close', 'p', -1);
  if (name !== undefined) opening.attrSet('class', name);
  opening.level = end.level = like.level - 1;
  opening.block = inline.block = end.block = true;
  inline.level = like.level;
  inline.map = like.map;
  inline.children = children;
  return [opening, inline, end];
}

function html(content: string): Token {
  const token = new MarkdownIt.Token('html_block', '', 0);
  token.content = content;
  return token;
}

function closing(tokens: Token[], opening: number): number {
  let end = opening + 1;
  while (tokens[end]?.type !== 'blockquote_close' || tokens[end]?.level !== tokens[opening]?.level) end++;
  return end;
}
