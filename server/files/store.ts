import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Bytes by the SHA-256 of their content; whoever holds the hash in a table decides who may see them. */
export interface FileStore {
  /** Returns once the bytes are durable. Putting the same bytes twice is harmless. */
  put(bytes: Uint8Array): Promise<string>;
  get(hash: string): Promise<Buffer>;
  /** null when they are lost. */
  find(hash: string): Promise<Buffer | null>;
  /** How many bytes there are; null when they are lost. */
  sizeOf(hash: string): Promise<number | null>;
  /** The names of all that has lain there untouched since then: hashes, and drafts that were never finished. */
  listOlder(than: Date): AsyncIterable<string>;
  remove(name: string): Promise<void>;
}

export function folderStore(folder: string): FileStore {
  const pathOf = (name: string) => join(folder, name.slice(0, 2), name);
  return {
    async put(bytes) {
      const hash = createHash('sha256').update(bytes).digest('hex');
      await writeDurably(pathOf(hash), bytes);
      return hash;
    },
    get: (hash) => readFile(pathOf(hash)),
    find: (hash) => readFile(pathOf(hash)).catch(nullIfMissing),
    sizeOf: (hash) => stat(pathOf(hash)).then(({ size }) => size, nullIfMissing),
    async *listOlder(than) {
      for (const part of (await readdir(folder).catch(nullIfMissing)) ?? []) {
        for (const name of await readdir(join(folder, part))) {
          const { mtime } = (await stat(pathOf(name)).catch(nullIfMissing)) ?? {};
          if (mtime !== undefined && mtime < than) yield name;
        }
      }
    },
    remove: (name) => rm(pathOf(name), { force: true }),
  };
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeDraft(draft, bytes);
    await rename(draft, path);
  } catch (error) {
    // On a full disk a half file keeps others from being written.
    await rm(draft, { force: true });
    throw error;
  }
  // A rename is durable once its folder is.
  const folder = await open(dirname(path), 'r');
  await folder.sync().finally(() => folder.close());
}

async function writeDraft(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}
