import { later } from '../platform/later.ts';

const diff = later<typeof import('diff')>('diff');

export interface DiffLine {
  /** `gap`: lines that are the same in both are left out */
  kind: 'same' | 'added' | 'removed' | 'gap';
  text: string;
}

/** Lines around a change, to know where one is. */
const around = 2;
/** In milliseconds. Texts that have nothing in common take long; they are shown one after the other. */
const longest = 2_000;

/** What one text has that the other has not, line by line. */
export function diffLines(before: string, after: string): DiffLine[] {
  const parts = diff().diffLines(before, after, { timeout: longest }) ?? [
    { value: before, removed: true, added: false },
    { value: after, added: true, removed: false },
  ];
  return parts.flatMap(({ value, added, removed }, index): DiffLine[] => {
    const lines = linesOf(value);
    if (added || removed) return lines.map((text) => ({ kind: added ? 'added' : 'removed', text }));
    const [head, tail] = [index === 0 ? 0 : around, index === parts.length - 1 ? 0 : around];
    const same = (some: string[]) => some.map((text): DiffLine => ({ kind: 'same', text }));
    if (lines.length <= head + tail + 1) return same(lines);
    return [...same(lines.slice(0, head)), { kind: 'gap', text: '' }, ...same(lines.slice(lines.length - tail))];
  });
}

function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

export interface FileDifference {
  path: string;
  kind: 'added' | 'removed' | 'changed';
  /** Of texts; null for pictures. */
  lines: DiffLine[] | null;
}

/** By file, in the order of their paths: what is the same in both is left out. */
export function folderDifference(
  before: Map<string, string | null>,
  after: Map<string, string | null>,
  isSame: (path: string) => boolean,
): FileDifference[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path): FileDifference[] => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old !== undefined && now !== undefined && (isSame(path) || (old !== null && old === now))) return [];
    const kind = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    const lines = old === null || now === null ? null : diffLines(old ?? '', now ?? '');
    return [{ path, kind, lines }];
  });
}
