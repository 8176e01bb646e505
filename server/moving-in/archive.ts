import { opendir, open as openFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { fromBuffer } from 'yauzl';
import { leftOut, MovingFault, type Note } from './draft.ts';
import { most } from './limits.ts';

/** The files of a folder or an archive by path, with slashes, in NFC. */
export interface Files {
  files: Map<string, Buffer>;
  notes: Note[];
}

const leftBehind = /(?:^|\/)(?:\.[^/]*|__MACOSX|Thumbs\.db|desktop\.ini|node_modules)(?:\/|$)/i;

/** Takes what comes within bounds. A path that leads out, a link, a file that is too large: refused by name, the others come. */
class Taking {
  readonly files = new Map<string, Buffer>();
  readonly notes: Note[] = [];
  readonly #place: string;
  #entries = 0;
  #bytes = 0;

  constructor(place: string) {
    this.#place = place;
  }

  /** @returns the path to take the content for, or null for one that is not taken */
  enter(name: string, bytes: number, kind: 'file' | 'folder' | 'link'): string | null {
    this.#entries += 1;
    if (this.#entries > most.entries) throw new MovingFault('too_many_files', this.#place, { most: most.entries });
    const path = name
      .replaceAll('\\', '/')
      .replace(/^(?:\.\/)+/, '')
      .normalize('NFC');
    const steps = path.split('/');
    const isOutside = path.startsWith('/') || /^[a-z]:/i.test(path) || steps.includes('..') || path.includes('\u0000');
    if (isOutside) return this.#refuse(path.replaceAll('\u0000', ''), 'path_outside');
    if (kind === 'link') return this.#refuse(path, 'link_refused');
    if (kind === 'folder' || leftBehind.test(path)) return null;
    if (steps.length > most.depth) return this.#refuse(path, 'path_too_deep');
    if (bytes > most.fileBytes) return this.#refuse(path, 'file_too_large');
    if (this.files.has(path)) return this.#refuse(path, 'path_twice');
    return path;
  }

  put(path: string, content: Buffer): void {
    this.grow(content.length);
    this.files.set(path, content);
  }

  grow(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > most.bytes)
      throw new MovingFault('unpacks_too_large', this.#place, { megabytes: most.bytes / 1e6 });
  }

  #refuse(path: string, code: string): null {
    this.notes.push(leftOut('file', path, code, { name: path, megabytes: most.fileBytes / 1e6 }));
    return null;
  }
}

/** By what the file begins with; null for what is no archive. */
export function kindOfArchive(content: Buffer): 'zip' | 'gzip' | null {
  if (
    content.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004' ||
    content.subarray(0, 4).toString('latin1') === 'PK\u0005\u0006'
  )
    return 'zip';
  return content[0] === 0x1f && content[1] === 0x8b ? 'gzip' : null;
}

export async function readZip(content: Buffer, place: string): Promise<Files> {
  const taking = new Taking(place);
  try {
    const zip = await new Promise<import('yauzl').ZipFile>((resolve, reject) =>
      // A name that leads out is told, and the others read.
      fromBuffer(
        content,
        { lazyEntries: true, decodeStrings: true, validateEntrySizes: true, strictFileNames: false },
        (error, file) => (error ? reject(error) : resolve(file)),
      ),
    );
    for await (const entry of zip.eachEntry()) {
      if (entry.generalPurposeBitFlag & 1) throw new MovingFault('zip_locked', place);
      const isLink = ((entry.externalFileAttributes >>> 16) & 0o170000) === 0o120000;
      const kind = isLink ? 'link' : entry.fileName.endsWith('/') ? 'folder' : 'file';
      const path = taking.enter(entry.fileName, entry.uncompressedSize, kind);
      if (path !== null) taking.put(path, await contentOf(await zip.openReadStreamPromise(entry), place));
    }
  } catch (error) {
    if (error instanceof MovingFault) throw error;
    // The library refuses such a name, and with it the archive.
    const isOutside = error instanceof Error && /relative path|absolute path/.test(error.message);
    throw new MovingFault(isOutside ? 'path_outside' : 'archive_broken', place);
  }
  return taking;
}

export async function readTarGz(content: Buffer, place: string): Promise<Files> {
  const taking = new Taking(place);
  const tar = extract();
  const unzipping = pipeline(Readable.from([content]), createGunzip(), tar);
  // Told below by the loop over the entries.
  unzipping.catch(() => undefined);
  try {
    for await (const entry of tar) {
      const { name, type, size = 0 } = entry.header;
      const kind = type === 'directory' ? 'folder' : type === 'file' || type === 'contiguous-file' ? 'file' : 'link';
      const path = taking.enter(name, size, kind);
      if (path !== null) taking.put(path, await contentOf(entry, place));
      else {
        taking.grow(size);
        entry.resume();
      }
    }
    await unzipping;
  } catch (error) {
    throw error instanceof MovingFault ? error : new MovingFault('archive_broken', place);
  }
  return taking;
}

export async function readFiles(folder: string, place: string): Promise<Files> {
  const taking = new Taking(place);
  const walk = async (below: string): Promise<void> => {
    for await (const entry of await opendir(join(folder, below))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        if (leftBehind.test(path)) continue;
        if (path.split('/').length > most.depth) throw new MovingFault('folder_too_deep', place, { most: most.depth });
        await walk(path);
        continue;
      }
      const file = join(folder, path);
      const size = entry.isFile() ? await sizeOf(file) : 0;
      const taken = taking.enter(path, size, entry.isFile() ? 'file' : 'link');
      if (taken !== null) taking.put(taken, await readFile(file));
    }
  };
  await walk('');
  return { files: new Map([...taking.files].sort(([one], [other]) => (one < other ? -1 : 1))), notes: taking.notes };
}

async function sizeOf(path: string): Promise<number> {
  const file = await openFile(path);
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** What an entry says of its size may be a lie. */
async function contentOf(stream: AsyncIterable<unknown>, place: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stream) {
    if (!Buffer.isBuffer(piece)) continue;
    bytes += piece.length;
    if (bytes > most.fileBytes) throw new MovingFault('unpacks_too_large', place, { megabytes: most.fileBytes / 1e6 });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
