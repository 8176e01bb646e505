import MarkdownIt, { type Token } from 'markdown-it';
import type { PartKind, Piece } from './part.ts';

// As lessons are read: raw HTML is text.
const markdown = new MarkdownIt({ html: false });

interface Placed extends Piece {
  /** Lines of the text, from 0; the last is not among them. */
  from: number;
  to: number;
}

/** The blocks of a text in Markdown. @param front how many lines its settings take */
export function lessonBlocks(text: string, front: number): Piece[] {
  return placedBlocks(text, front).map(({ from: _from, to: _to, ...piece }) => piece);
}

/** What is to be put in the place of a block, or after it; '' takes it away. */
export interface BlockChange {
  /** Position of a block; -1: before the first. */
  at: number;
  isNew: boolean;
  text: string;
}

/** The text with these changes; what nobody touched stays as it is to the last space. */
export function withBlocks(text: string, front: number, changes: BlockChange[]): string {
  const lines = text.split('\n');
  const blocks = placedBlocks(text, front);
  // From the end, so that what stands before keeps its lines; of two after one block the first stays first.
  const ordered = changes
    .map((change, index) => ({ ...change, index }))
    .sort((one, other) => other.at - one.at || Number(other.isNew) - Number(one.isNew) || other.index - one.index);
  for (const { at, isNew, text: words } of ordered) {
    const block = blocks[at];
    const added = words === '' ? [] : words.split('\n');
    if (!isNew && block !== undefined) {
      const gap = added.length === 0 && (lines[block.to] ?? '').trim() === '' ? 1 : 0;
      lines.splice(block.from, block.to - block.from + gap, ...added);
    } else if (added.length > 0) {
      const line = block?.to ?? 0;
      lines.splice(line, 0, ...(line === 0 ? [...added, ''] : ['', ...added]));
    }
  }
  const whole = lines.join('\n').trimEnd();
  return whole === '' ? '' : `${whole}\n`;
}

function placedBlocks(text: string, front: number): Placed[] {
  const lines = text.split('\n');
  const tokens: Token[] = [];
  const body = lines.map((line, index) => (index < front ? '' : line)).join('\n');
  markdown.block.parse(body, markdown, {}, tokens);
  const blocks: Placed[] = front === 0 ? [] : [placed(lines, 0, front, 'front', 'front')];
  let at = front;
  for (const [index, token] of tokens.entries()) {
    if (token.level !== 0 || token.nesting === -1 || !token.map) continue;
    const [from, to] = token.map;
    // What gives no block of its own, such as the addresses of links, stands between.
    blocks.push(...between(lines, at, from), placed(lines, from, to, ...kindOf(token, tokens[index + 1])));
    at = to;
  }
  return [...blocks, ...between(lines, at, lines.length)].filter((block) => block.text !== '');
}

function placed(lines: string[], from: number, end: number, kind: PartKind, shape: string): Placed {
  let to = end;
  while (to > from && (lines[to - 1] ?? '').trim() === '') to -= 1;
  return { kind, shape, place: null, text: lines.slice(from, to).join('\n').trimEnd(), isRequired: false, from, to };
}

function between(lines: string[], from: number, to: number): Placed[] {
  let start = from;
  while (start < to && (lines[start] ?? '').trim() === '') start += 1;
  return start < to ? [placed(lines, start, to, 'other', 'other')] : [];
}

function kindOf({ type, tag, map }: Token, next: Token | undefined): [PartKind, string] {
  const words = next?.type === 'inline' ? next.content : '';
  switch (type) {
    case 'heading_open':
      return ['heading', tag];
    case 'paragraph_open':
      return /^!\[[^\]]*\]\([^)]*\)$/.test(words) ? ['paragraph', 'picture'] : ['paragraph', 'p'];
    case 'bullet_list_open':
    case 'ordered_list_open':
      return ['list', tag];
    case 'table_open':
      return ['table', 'table'];
    case 'blockquote_open':
      return ['box', 'box'];
    case 'fence':
    case 'code_block':
      return ['code', 'code'];
    default:
      return ['other', map ? type : 'other'];
  }
}
