import type { Token } from 'markdown-it';

/** Gives every piece of text the line it stands on: markdown-it knows it of blocks only, and not of the cells of a table. */
export function giveLines(tokens: Token[]): void {
  let map: Token['map'] = null;
  for (const token of tokens) {
    map = token.map ?? map;
    token.map = map;
    let line = map?.[0] ?? 0;
    for (const child of token.children ?? []) {
      child.map = [line, line + 1];
      if (isBreak(child)) line++;
    }
  }
}

/** Counted from 1. */
export function lineOf(token: Token): number | null {
  return token.map ? token.map[0] + 1 : null;
}

export function isBreak(token: Token): boolean {
  return token.type === 'softbreak' || token.type === 'hardbreak';
}

/** What a reader would read aloud, a block a line. */
export function plainText(tokens: Token[]): string {
  return tokens
    .filter(({ type }) => type === 'inline' || type === 'fence' || type === 'code_block')
    .map((token) => (token.type === 'inline' ? inlineText(token.children ?? []) : token.content).trim())
    .filter(Boolean)
    .join('\n');
}

/** A picture gives its alternative text. */
export function inlineText(tokens: Token[]): string {
  return tokens
    .map((token) => {
      if (isBreak(token)) return ' ';
      return token.type === 'image' ? inlineText(token.children ?? []) : token.content;
    })
    .join('');
}
