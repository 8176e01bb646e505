import { createReadStream } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { isDeepStrictEqual, promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import Schema from 'typebox/schema';
import { PlainError } from '../platform/plain-error.ts';
import { format, Head, headName, Manifest, rowsName, sha256, TableSum } from './manifest.ts';

const unzip = promisify(gunzip);
/** No piece of a table is larger than this, so that a damaged one cannot swell without end. */
const mostPieceBytes = 16 * 1024 * 1024;

export type Part =
  | { kind: 'head'; head: Head }
  | { kind: 'rows'; table: string; text: Buffer }
  | { kind: 'file'; hash: string; content: Buffer }
  | { kind: 'manifest'; manifest: Manifest };

/**
 * The parts of an archive in order, each checked, the manifest last and only if nothing is missing or changed.
 * @param onBytes told how many more bytes of the archive were read
 * @throws PlainError for what is no backup, is damaged, or was made by a newer version
 */
export async function* readArchive(path: string, onBytes: (bytes: number) => void = () => {}): AsyncGenerator<Part> {
  const check = new Check();
  for await (const { name, content } of readEntries(path, check, onBytes)) yield await check.next(name, content);
  if (!check.isWhole) throw check.fault('its end is missing');
}

/** Reads all of it, and keeps nothing but what it says of itself. */
export async function verifyArchive(path: string, onBytes?: (bytes: number) => void) {
  let head: Head | undefined;
  let manifest: Manifest | undefined;
  for await (const part of readArchive(path, onBytes)) {
    if (part.kind === 'head') head = part.head;
    if (part.kind === 'manifest') manifest = part.manifest;
  }
  if (head === undefined || manifest === undefined) throw new PlainError(notBackup);
  return { head, manifest };
}

export async function readHead(path: string): Promise<Head> {
  for await (const part of readArchive(path)) if (part.kind === 'head') return part.head;
  throw new PlainError(notBackup);
}

const notBackup = 'This file is not a backup of Đom Đóm.';

/** Follows an archive from entry to entry. */
class Check {
  isWhole = false;
  #head: string | null = null;
  #tables: TableSum[] = [];
  /** Of the last of them. */
  #pieces = 0;
  #files = { count: 0, bytes: 0 };

  get isBegun(): boolean {
    return this.#head !== null;
  }

  async next(name: string, content: Buffer): Promise<Part> {
    if (this.isWhole) throw this.fault('something stands behind its end');
    if (this.#head === null) return this.#readHead(name, content);
    const [folder, ...rest] = name.split('/');
    if (folder === 'tables' && rest[0] !== undefined) return this.#readRows(name, rest[0], content);
    if (folder === 'files' && rest[0] !== undefined) return this.#readFile(rest[0], content);
    return this.#readManifest(name, content);
  }

  fault(what: string): PlainError {
    return new PlainError(
      this.#head === null ? notBackup : `This backup is damaged: ${what}. Nothing was changed. Take another one.`,
    );
  }

  #readHead(name: string, content: Buffer): Part {
    const head = name === headName ? parse(content) : null;
    if (!hasFormat(head)) throw this.fault('');
    if (head.format > format) throw newer(head.version);
    if (!Schema.Check(Head, head)) throw this.fault('');
    this.#head = sha256(content);
    return { kind: 'head', head };
  }

  async #readRows(name: string, table: string, content: Buffer): Promise<Part> {
    if (this.#tables.at(-1)?.name !== table) {
      this.#tables.push(new TableSum(table));
      this.#pieces = 0;
    }
    this.#pieces += 1;
    if (name !== rowsName(table, this.#pieces)) throw this.fault(`${name} is not where it belongs`);
    const text = await unzip(content, { maxOutputLength: mostPieceBytes }).catch(() => null);
    if (text === null) throw this.fault(`${name} cannot be read`);
    this.#tables.at(-1)?.add(text);
    return { kind: 'rows', table, text };
  }

  #readFile(hash: string, content: Buffer): Part {
    if (sha256(content) !== hash) throw this.fault(`files/${hash} has changed`);
    this.#files.count += 1;
    this.#files.bytes += content.length;
    return { kind: 'file', hash, content };
  }

  #readManifest(name: string, content: Buffer): Part {
    const manifest = parse(content);
    if (name !== `manifest-${sha256(content)}.json` || !Schema.Check(Manifest, manifest)) {
      throw this.fault('its list of contents has changed');
    }
    if (manifest.head !== this.#head) throw this.fault('its beginning has changed');
    const stated = manifest.tables.filter(({ bytes }) => bytes > 0).map(({ rows: _, ...sum }) => sum);
    if (
      !isDeepStrictEqual(
        stated,
        this.#tables.map((table) => table.result()),
      )
    ) {
      throw this.fault('not all rows are there');
    }
    if (!isDeepStrictEqual({ ...this.#files, missing: manifest.files.missing }, manifest.files)) {
      throw this.fault('not all files are there');
    }
    this.isWhole = true;
    return { kind: 'manifest', manifest };
  }
}

async function* readEntries(path: string, check: Check, onBytes: (bytes: number) => void) {
  const source = createReadStream(path, { highWaterMark: 256 * 1024 });
  const tar = extract();
  source.on('data', ({ length }) => onBytes(length));
  source.on('error', (error) => tar.destroy(error));
  source.pipe(tar);
  try {
    for await (const entry of tar) {
      const { name } = entry.header;
      if (!check.isBegun && name !== headName) throw check.fault('');
      yield { name, content: await buffer(entry) };
    }
  } catch (error) {
    if (error instanceof PlainError) throw error;
    const { syscall, message } = error as NodeJS.ErrnoException;
    // It is the disk that has failed, and says how.
    if (syscall !== undefined) throw error;
    throw check.fault(message === 'Unexpected end of data' ? 'it was cut off' : 'it is no longer what was written');
  } finally {
    source.destroy();
  }
}

export function newer(version: unknown): PlainError {
  return new PlainError(
    `This backup is from a newer version of Đom Đóm${typeof version === 'string' ? ` (${version})` : ''}. Install that one or a later one, then restore.`,
  );
}

function hasFormat(head: unknown): head is { format: number; version?: unknown } {
  return typeof head === 'object' && head !== null && 'format' in head && typeof head.format === 'number';
}

function parse(content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    return null;
  }
}
