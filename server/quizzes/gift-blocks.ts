import { findAll, readLine } from './gift-text.ts';

/** The source of one question, without its comments. */
export interface Block {
  lines: string[];
  /** the line of the file each line stands on, from 1 */
  numbers: number[];
  comments: string[];
  /** its first and its last line in the file, comments included, from 1 */
  from: number;
  to: number;
}

type Braces = 'none' | 'open' | 'closed';

/**
 * Cuts a GIFT file into questions. A blank line ends a question, except between its braces; a line that begins a new one
 * ends it where the blank line was forgotten.
 */
export function splitBlocks(source: string): { blocks: Block[]; categories: string[] } {
  const lines = source.split('\n');
  const kinds = lines.map(kindOf);
  const blocks: Block[] = [];
  const categories: string[] = [];
  let block = emptyBlock();
  let braces: Braces = 'none';
  let closingLine = -1;

  const end = () => {
    if (block.lines.length > 0) blocks.push(block);
    block = emptyBlock();
    braces = 'none';
  };
  const reach = (line: number) => {
    block.from ||= line;
    block.to = line;
  };
  const isInside = (index: number) => {
    if (braces !== 'open') return false;
    if (index > closingLine) closingLine = findClosingLine(lines, kinds, index);
    return index < closingLine;
  };

  for (const [index, line] of lines.entries()) {
    const kind = kinds[index];
    if (kind === 'comment') {
      if (braces === 'closed' && line.includes('[id:')) end();
      block.comments.push(line);
      reach(index + 1);
      continue;
    }
    if (kind === 'category' && braces !== 'open') {
      end();
      categories.push(readLine(line.slice(line.indexOf(':') + 1)));
      continue;
    }
    if (kind === 'title' && braces === 'closed') end();
    if (kind === 'blank' && !isInside(index)) {
      end();
      continue;
    }
    block.lines.push(line);
    block.numbers.push(index + 1);
    reach(index + 1);
    braces = afterLine(braces, line);
  }
  end();
  return { blocks, categories };
}

function emptyBlock(): Block {
  return { lines: [], numbers: [], comments: [], from: 0, to: 0 };
}

type Kind = 'blank' | 'comment' | 'category' | 'title' | 'text';

function kindOf(line: string): Kind {
  const text = line.trimStart();
  if (text === '') return 'blank';
  if (text.startsWith('//')) return 'comment';
  if (text.startsWith('$CATEGORY:')) return 'category';
  return text.startsWith('::') ? 'title' : 'text';
}

function afterLine(braces: Braces, line: string): Braces {
  let state = braces;
  for (const at of findAll(line, '{}')) {
    if (state === 'none' && line[at] === '{') state = 'open';
    else if (state === 'open' && line[at] === '}') state = 'closed';
  }
  return state;
}

/**
 * The line with the closing brace, or -1 where another question begins first: one forgotten brace must not swallow the rest
 * of the file. No line is looked at twice in vain: without a closing brace the question ends here, and none is open until
 * the place where the search stopped.
 */
function findClosingLine(lines: string[], kinds: Kind[], from: number): number {
  for (let index = from; index < lines.length; index += 1) {
    const kind = kinds[index];
    if (kind === 'title' || kind === 'category') return -1;
    if (kind === 'comment') continue;
    const line = lines[index] ?? '';
    const [brace] = findAll(line, '{}');
    if (brace !== undefined) return line[brace] === '}' ? index : -1;
  }
  return -1;
}

export interface Marks {
  key: string | null;
  tags: string[];
  /** each with the name of its format in front, where it has one of its own */
  hints: string[];
}

/**
 * What Moodle writes into comments: `// [id:q01] [tag:lesson:passwords]`, a bracket in a value as `\]`. Hints are ours, and stand in
 * comments because every other reader passes over them: `// [hint:Count the letters.]`, a line break as `\n`.
 */
export function readMarks(comments: string[]): Marks {
  const marks = comments.flatMap((comment) => [...marksIn(comment)]);
  const valuesOf = (kind: string) => marks.filter(({ name }) => name === kind).map(({ value }) => value);
  return {
    key: valuesOf('id').find((value) => value !== '') ?? null,
    tags: valuesOf('tag').filter((value) => value !== ''),
    // One without words keeps its place, for whoever translates it, and is told.
    hints: valuesOf('hint'),
  };
}

/** A hint whose bracket is never closed would vanish without a word. */
export function hasOpenHint(comments: string[]): boolean {
  return comments.some((comment) => {
    const end = [...marksIn(comment)].at(-1)?.to ?? 0;
    return comment.includes('[hint:', end);
  });
}

/** What an author noted beside the marks. */
export function withoutMarks(comment: string): string {
  let [kept, end] = ['', 0];
  for (const mark of marksIn(comment)) {
    kept += comment.slice(end, mark.from);
    end = mark.to;
  }
  return kept + comment.slice(end);
}

const markNames = ['id', 'tag', 'hint'];

function* marksIn(comment: string): Generator<{ name: string; value: string; from: number; to: number }> {
  for (let at = comment.indexOf('['); at >= 0; at = comment.indexOf('[', at + 1)) {
    const name = markNames.find((known) => comment.startsWith(`[${known}:`, at));
    if (name === undefined) continue;
    const [from, start] = [at, at + name.length + 2];
    at = start;
    while (at < comment.length && comment[at] !== ']') at += comment[at] === '\\' ? 2 : 1;
    if (at >= comment.length) return;
    yield {
      ...{ name, from, to: at + 1 },
      value: comment
        .slice(start, at)
        .replace(name === 'hint' ? /\\([\]\\n])/g : /\\([\]\\])/g, (_, sign) => (sign === 'n' ? '\n' : sign))
        .trim()
        .normalize('NFC'),
    };
  }
}

export function writeMarks({ key, tags, hints }: Marks): string {
  const mark = (name: string, value: string) => `[${name}:${value.replace(/[\]\\]/g, '\\$&')}]`;
  const marks = [...(key === null ? [] : [mark('id', key)]), ...tags.map((tag) => mark('tag', tag))];
  const lines = hints.map((hint) => mark('hint', hint).replace(/\r\n?|\n/g, '\\n'));
  return [...(marks.length === 0 ? [] : [marks.join(' ')]), ...lines].map((line) => `// ${line}\n`).join('');
}
