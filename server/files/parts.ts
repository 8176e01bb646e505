import { randomBytes } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Database } from '../database/connection.ts';
import { dropFiles, keepFile } from './queries.ts';
import type { FileStore } from './store.ts';

type Stores = { db: Kysely<Database>; files: FileStore };

/** So much of a file is held in memory. */
const partBytes = 4_000_000;
/** By chance, before each part: so no two files share one, and one can be removed without asking for whom else it is. */
const saltBytes = 16;

export interface KeptParts {
  hashes: string[];
  bytes: number;
}

/** Keeps a file as it comes, part by part. What breaks off leaves nothing. */
export async function keepParts(stores: Stores, pieces: AsyncIterable<Buffer>): Promise<KeptParts> {
  const kept: KeptParts = { hashes: [], bytes: 0 };
  let held: Buffer[] = [];
  let heldBytes = 0;
  const keep = async () => {
    const part = Buffer.concat([randomBytes(saltBytes), ...held]);
    kept.hashes.push(await keepFile(stores.db, stores.files, part, 'application/octet-stream'));
    kept.bytes += heldBytes;
    [held, heldBytes] = [[], 0];
  };
  try {
    for await (const piece of pieces) {
      held.push(piece);
      heldBytes += piece.length;
      if (heldBytes >= partBytes) await keep();
    }
    if (heldBytes > 0) await keep();
    return kept;
  } catch (error) {
    await dropParts(stores, kept.hashes);
    throw error;
  }
}

export async function dropParts({ db, files }: Stores, hashes: string[]): Promise<void> {
  await dropFiles(db, files, hashes);
}

/** A file that is small enough to be held. @returns null where a part is gone */
export async function readParts(files: FileStore, hashes: string[]): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  for (const hash of hashes) {
    const part = await files.find(hash);
    if (part === null) return null;
    parts.push(part.subarray(saltBytes));
  }
  return Buffer.concat(parts);
}

/** Lets work have the file on a disk, under its own name, for as long as it takes. */
export async function withFile<Result>(
  files: FileStore,
  { hashes, folder, name }: { hashes: string[]; folder: string; name: string },
  work: (path: string) => Promise<Result>,
): Promise<Result> {
  // One that ended in the middle may have left something.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const path = join(folder, name);
    const file = await open(path, 'wx', 0o600);
    try {
      for (const hash of hashes) await file.writeFile((await files.get(hash)).subarray(saltBytes));
    } finally {
      await file.close();
    }
    return await work(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
