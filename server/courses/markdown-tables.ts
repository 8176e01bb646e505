import type { Token } from 'markdown-it';
import { inlineText } from './markdown-text.ts';

const longestLabel = 80;

/**
 * Readies tables for narrow screens, where each row becomes a card: every cell carries its column's heading. Alignment is
 * told by class, because a page allows no style of its own.
 */
export function dressTables(tokens: Token[]): void {
  let labels: string[] = [];
  let column = 0;
  tokens.forEach((token, index) => {
    if (token.type === 'table_open') token.attrSet('class', 'as-cards');
    else if (token.type === 'thead_open') labels = [];
    else if (token.type === 'tr_open') column = 0;
    else if (token.type === 'th_open') labels.push(dressHeading(tokens, index));
    else if (token.type === 'td_open') {
      const label = labels[column++] ?? '';
      token.attrs = alignment(token);
      if (label !== '') token.attrSet('data-label', label);
    }
  });
}

/** @returns the label of the column; short, for every row repeats it */
function dressHeading(tokens: Token[], index: number): string {
  const [opening, content, end] = tokens.slice(index, index + 3) as [Token, Token, Token];
  const label = inlineText(content.children ?? []).trim();
  opening.attrs = alignment(opening);
  if (label === '') opening.tag = end.tag = 'td';
  else opening.attrSet('scope', 'col');
  const letters = Array.from(label);
  // The page puts a colon behind it.
  return letters.length > longestLabel ? `${letters.slice(0, longestLabel).join('')}…` : label.replace(/[?:]$/, '');
}

function alignment(cell: Token): Token['attrs'] {
  const side = /^text-align:(right|center)$/.exec(String(cell.attrGet('style')))?.[1];
  return side === undefined ? null : [['class', side === 'right' ? 'at-end' : 'at-middle']];
}
