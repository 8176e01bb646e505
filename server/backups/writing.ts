import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { PlainError } from '../platform/plain-error.ts';

export interface Archive {
  /** Returns when there is room for the next. */
  add(name: string, content: Buffer): Promise<void>;
}

/** The ending of an archive that is not whole yet. */
const partEnding = '.part';

/**
 * Writes an archive beside its place, and moves it there when it is whole and on the disk: half a backup never looks like one.
 * @returns what `fill` returns
 */
export async function writeArchive<T>(path: string, fill: (archive: Archive) => Promise<T>): Promise<T> {
  if (existsSync(path)) throw new PlainError(`${path} is there already. Choose another name.`);
  const draft = `${path}.${randomBytes(4).toString('hex')}${partEnding}`;
  try {
    const result = await write(draft, fill);
    await rename(draft, path);
    await syncFolder(dirname(path));
    return result;
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function write<T>(path: string, fill: (archive: Archive) => Promise<T>): Promise<T> {
  const tar = pack();
  const written = pipeline(tar, createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }));
  // It is waited for below; until then its failure is that of the entry it cuts off.
  written.catch(() => {});
  const mtime = new Date();
  const add = (name: string, content: Buffer) =>
    new Promise<void>((resolve, reject) => {
      const entry = tar.entry({ name, mode: 0o600, mtime }, content, (error) => (error ? reject(error) : resolve()));
      entry.on('error', reject);
    });
  try {
    const result = await fill({ add });
    tar.finalize();
    await written;
    return result;
  } catch (error) {
    tar.destroy();
    // Where writing has failed, that is the reason for all else.
    await written.catch((reason: NodeJS.ErrnoException) => {
      if (reason.syscall !== undefined) throw reason;
    });
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

/** Whether it is an archive that was never finished, by a process that was killed. */
export function isPart(path: string): boolean {
  return basename(path).endsWith(partEnding);
}
