import type { Token } from 'markdown-it';
import type { TextFault } from './fault.ts';
import { inlineText, lineOf } from './markdown-text.ts';

/** Gives every heading an id of its own, and tells where their order has a gap. */
export function nameHeadings(tokens: Token[], faults: TextFault[]): Set<string> {
  const places = new Set<string>();
  const uses = new Map<string, number>();
  let above = 1;
  tokens.forEach((token, index) => {
    if (token.type !== 'heading_open') return;
    const text = inlineText(tokens[index + 1]?.children ?? []);
    const level = Number(token.tag.slice(1));
    const line = lineOf(token);
    if (text.trim() === '') faults.push({ line, code: 'heading_empty', values: {} });
    if (level === 1) faults.push({ line, code: 'heading_second_title', values: {} });
    else if (level > above + 1)
      faults.push({ line, code: 'heading_gap', values: { found: level, expected: above + 1 } });
    above = level;
    const id = freeId(placeId(text), places, uses);
    places.add(id);
    token.attrSet('id', id);
  });
  return places;
}

const longestId = 60;

/**
 * The id of a heading with this text. The prefix keeps an author's words from meeting an id of the page; marks are folded,
 * so that `#dau-hieu` and `#Dấu hiệu` name one place.
 */
export function placeId(text: string): string {
  const folded = text
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replaceAll('đ', 'd')
    .normalize('NFC');
  const words = folded.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  return `h-${Array.from(words.join('-')).slice(0, longestId).join('')}`;
}

function freeId(wanted: string, places: Set<string>, uses: Map<string, number>): string {
  let id = wanted;
  let use = uses.get(wanted) ?? 1;
  while (places.has(id)) id = `${wanted}-${++use}`;
  uses.set(wanted, use);
  return id;
}
