import { type TextFormat, textFormats } from './question.ts';

/**
 * The characters of GIFT. A backslash takes the meaning from `~ = # { } :` and from itself, and `\n` is a line break; before
 * anything else it is a backslash (Markdown has its own use for those). Everything here takes linear time.
 */
function readEscapes(text: string): string {
  return text.replace(/\\([~=#{}:n\\])/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

export function writeEscapes(text: string): string {
  return text.replace(/[~=#{}:\\]/g, '\\$&').replace(/\r\n?|\n/g, '\\n');
}

/** A part of a question's source that knows where it stands, so that a fault can name its line. */
export interface Piece {
  text: string;
  /** offset in the question's source */
  at: number;
}

export function cut({ text, at }: Piece, from: number, to?: number): Piece {
  return { text: text.slice(from, to), at: at + from };
}

/** The first place where a token stands unescaped, or -1. */
export function find(text: string, token: string): number {
  let at = text.indexOf(token);
  while (at >= 0 && isEscaped(text, at)) at = text.indexOf(token, at + 1);
  return at;
}

export function findLast(text: string, token: string): number {
  let at = text.lastIndexOf(token);
  while (at > 0 && isEscaped(text, at)) at = text.lastIndexOf(token, at - 1);
  return at;
}

/** Every place where one of the characters stands unescaped. */
export function* findAll(text: string, characters: string): Generator<number> {
  for (let at = 0; at < text.length; at += 1) {
    if (characters.includes(text.charAt(at)) && !isEscaped(text, at)) yield at;
  }
}

/** Two backslashes are one that escapes nothing. */
function isEscaped(text: string, at: number): boolean {
  let start = at;
  while (text[start - 1] === '\\') start -= 1;
  return (at - start) % 2 === 1;
}

/** The part before the first token and the part after it, which is null without a token. */
export function divide(piece: Piece, token: string): [Piece, Piece | null] {
  const at = find(piece.text, token);
  return at < 0 ? [piece, null] : [cut(piece, 0, at), cut(piece, at + token.length)];
}

/** A text may begin with the name of its format, as in `[html]<p>…</p>`. */
export function takeFormat(source: string): { format: TextFormat | null; text: string } {
  const text = source.trimStart();
  const format = textFormats.find((name) => text.startsWith(`[${name}]`)) ?? null;
  return { format, text: format === null ? text : text.slice(format.length + 2) };
}

/** In Markdown and HTML the line breaks of the source count; elsewhere they are layout, and only `\n` breaks a line. */
export function readText(source: string, format: TextFormat): string {
  const laidOut = format === 'markdown' || format === 'html' ? source : foldLines(source);
  return readEscapes(laidOut).trim().normalize('NFC');
}

/** A text of one line: a title, a match in a select. */
export function readLine(source: string): string {
  return foldLines(readEscapes(source)).trim().normalize('NFC');
}

/** Not one pattern over white space and line breaks together: on long runs of spaces it would take quadratic time. */
function foldLines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join(' ');
}
