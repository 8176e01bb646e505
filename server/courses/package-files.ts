import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, opendir } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import type { Fault, TextFault } from './fault.ts';

export interface SourceFolder {
  name: string;
  /** Bytes by path from the course folder, with slashes, in NFC, in the order of the paths. */
  files: Map<string, Buffer>;
  faults: Fault[];
}

export const generous = { entries: 10_000, bytes: 100_000_000 };
/** A package has two levels; a third is looked at, so that what lies there is told by name. */
export const deepest = 3;
/** In bytes. A lesson has some 10,000: a hundred times that would only cost time. */
const longestLesson = 1_000_000;
const longestFile = 5_000_000;

/** What systems leave beside people's files. */
export const leftBehind = /^(?:\..*|__MACOSX|Thumbs\.db|desktop\.ini)$/i;

/** Reads a course folder into memory and follows no link. A file that cannot be taken is a fault. */
export async function readFolder(folder: string, most = generous): Promise<SourceFolder> {
  const root = resolve(folder);
  const name = basename(root).normalize('NFC');
  const files = new Map<string, Buffer>();
  const faults: Fault[] = [];
  const paths: string[] = [];
  let bytes = 0;
  let entries = 0;
  for await (const { place, kind } of walk(root)) {
    const path = place.normalize('NFC');
    const tell = (code: string, values: Fault['values'] = {}) => faults.push({ file: path, line: null, code, values });
    if (++entries > most.entries) return refused(name, 'too_many_files', { most: most.entries });
    if (kind !== 'file') {
      if (kind !== 'folder') tell(kind);
      continue;
    }
    paths.push(path);
    const longest = longestOf(path);
    const content = await readFile(join(root, place), longest);
    if (content === 'unreadable') tell('file_unreadable');
    else if (content === 'too large') tell('file_too_large', { kilobytes: longest / 1000 });
    else {
      bytes += content.length;
      if (bytes > most.bytes) return refused(name, 'package_too_large', { megabytes: most.bytes / 1e6 });
      files.set(path, content);
    }
  }
  return taken(name, files, faults, paths);
}

/** How many bytes are read of a file with that name. */
export function longestOf(path: string): number {
  return extname(path) === '.md' ? longestLesson : longestFile;
}

/** @param paths of all files, also of those that could not be taken */
export function taken(name: string, files: Map<string, Buffer>, faults: Fault[], paths: string[]): SourceFolder {
  const inOrder = [...files].sort(([one], [other]) => (one < other ? -1 : 1));
  return { name, files: new Map(inOrder), faults: [...faults.sort(byFile), ...clashes(paths.sort())] };
}

function byFile(one: Fault, other: Fault): number {
  return one.file < other.file ? -1 : 1;
}

/** Where capitals do not count, one of two such files is lost. */
function clashes(paths: string[]): Fault[] {
  const spellings = new Set<string>();
  return paths.flatMap((file) => {
    const isTaken = spellings.has(file.toLowerCase());
    spellings.add(file.toLowerCase());
    return isTaken ? [{ file, line: null, code: 'file_name_clash', values: {} }] : [];
  });
}

export function refused(name: string, code: string, values: Fault['values']): SourceFolder {
  return { name, files: new Map(), faults: [{ file: '.', line: null, code, values }] };
}

type Kind = 'file' | 'folder' | 'folder_missing' | 'folder_too_deep' | 'file_is_link' | 'file_unreadable';

async function* walk(root: string, place = '', depth = 1): AsyncGenerator<{ place: string; kind: Kind }> {
  const folder = await opendir(join(root, place)).catch(() => null);
  if (folder === null) return yield { place: place || '.', kind: place === '' ? 'folder_missing' : 'file_unreadable' };
  for await (const entry of folder) {
    if (leftBehind.test(entry.name)) continue;
    const path = place === '' ? entry.name : `${place}/${entry.name}`;
    if (entry.isDirectory()) {
      yield { place: path, kind: depth < deepest ? 'folder' : 'folder_too_deep' };
      if (depth < deepest) yield* walk(root, path, depth + 1);
    } else {
      yield {
        place: path,
        kind: entry.isFile() ? 'file' : entry.isSymbolicLink() ? 'file_is_link' : 'file_unreadable',
      };
    }
  }
}

async function readFile(path: string, most: number): Promise<Buffer | 'unreadable' | 'too large'> {
  // A file that became a link since its folder was read is refused, not followed.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => null);
  if (file === null) return 'unreadable';
  try {
    return (await file.stat()).size > most ? 'too large' : await file.readFile();
  } finally {
    await file.close();
  }
}

/** Equal folders have equal hashes, on every machine. What could not be taken counts too: without it the folder is another. */
export function hashOf({ files, faults }: SourceFolder): string {
  const hash = createHash('sha256');
  for (const [path, content] of files) hash.update(`${path}\0${content.length}\0`).update(content);
  for (const { file, code } of faults) hash.update(`${file}\0${code}\0`);
  return hash.digest('hex');
}

/** The text of a file in the one form that all else looks at: NFC, no mark at its front, lines ended by a line feed. */
export function readText(content: Buffer): { text: string } | { fault: TextFault } {
  if (!isUtf8(content)) return { fault: { line: firstBadLine(content), code: 'text_not_utf8', values: {} } };
  const text = new TextDecoder().decode(content).replace(/\r\n?/g, '\n').normalize('NFC');
  // Those that turn the direction of writing make a line say something else than it holds.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  const control = text.search(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
  if (control === -1) return { text };
  return { fault: { line: text.slice(0, control).split('\n').length, code: 'text_control_character', values: {} } };
}

function firstBadLine(content: Buffer): number {
  const lines = content.toString('latin1').split('\n');
  return lines.findIndex((line) => !isUtf8(Buffer.from(line, 'latin1'))) + 1;
}
