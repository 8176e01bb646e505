import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Config } from '../config.ts';
import { PlainError } from '../platform/plain-error.ts';

type Place = Pick<Config, 'keyFile' | 'dataDir'>;

/** Where the key lies that the private keys are encrypted under: 32 bytes in base64. No backup has it. */
export function masterKeyFile({ keyFile, dataDir }: Place): string {
  return keyFile ?? join(dataDir, 'master.key');
}

/** Null: there is none, or it cannot be read, or holds something else. */
export async function readMasterKey(place: Place): Promise<Buffer | null> {
  try {
    const key = Buffer.from((await readFile(masterKeyFile(place), 'utf8')).trim(), 'base64');
    return key.length === 32 ? key : null;
  } catch {
    return null;
  }
}

/** Readable by the server alone. Leaves one that is there as it is: another process may just have made it. */
export async function makeMasterKey(place: Place): Promise<void> {
  const path = masterKeyFile(place);
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  await writeKey(draft, randomBytes(32));
  try {
    // Whole at once: nobody reads half a key.
    await link(draft, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(draft);
  }
}

/**
 * Copies it to where it outlives the disk of the data, and remembers that, so that the doctor can tell.
 * @throws PlainError
 */
export async function copyMasterKey(place: Place, target: string): Promise<void> {
  const key = await readMasterKey(place);
  if (key === null)
    throw new PlainError(`There is no key in ${masterKeyFile(place)}. The first certificate makes one.`);
  const path = resolve(target);
  if (!relative(place.dataDir, path).startsWith('..')) {
    throw new PlainError(`${path} is in the data folder: a copy there would be lost with it.`);
  }
  try {
    await writeKey(path, key);
  } catch (error) {
    throw new PlainError(
      codeOf(error) === 'EEXIST' ? `${path} is there already.` : `${path} cannot be written (${codeOf(error)}).`,
    );
  }
  const note: Copy & { fingerprint: string } = { path, at: new Date().toISOString(), fingerprint: fingerprintOf(key) };
  await writeFile(noteFile(place), `${JSON.stringify(note)}\n`);
}

/** Where and when a copy was made last. */
export interface Copy {
  path: string;
  at: string;
}

export interface MasterKeyFile {
  path: string;
  isThere: boolean;
  isPrivate: boolean;
  /** Null: the key that is there now was never copied. */
  copy: Copy | null;
}

export async function examineMasterKey(place: Place): Promise<MasterKeyFile> {
  const [path, key] = [masterKeyFile(place), await readMasterKey(place)];
  if (key === null) return { path, isThere: false, isPrivate: true, copy: null };
  const { mode } = await stat(path);
  const copy = await findCopy(place, key);
  return { path, isThere: true, isPrivate: (mode & 0o077) === 0, copy };
}

async function findCopy(place: Place, key: Uint8Array): Promise<Copy | null> {
  try {
    const { path, at, fingerprint } = JSON.parse(await readFile(noteFile(place), 'utf8'));
    return fingerprint === fingerprintOf(key) ? { path, at } : null;
  } catch {
    return null;
  }
}

function noteFile(place: Place): string {
  return `${masterKeyFile(place)}.copied`;
}

function fingerprintOf(key: Uint8Array): string {
  return createHash('sha256').update(key).digest('base64url');
}

/** @throws where there is a file already */
async function writeKey(path: string, key: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${key.toString('base64')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
