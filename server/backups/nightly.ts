import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PoolConfig } from 'pg';
import type { FileStore } from '../files/store.ts';
import { backUp } from './backing-up.ts';
import { toPlainError } from './faults.ts';
import { isPart } from './writing.ts';

const kept = 7;
const pattern = /^domdom-\d{4}-\d\d-\d\d-\d{4}\.tar(\.[0-9a-f]{8}\.part)?$/;

/**
 * Writes tonight's backup, then removes all but the newest seven: never one before another is whole.
 * @returns what was done, in words
 */
export async function backUpNightly(
  source: { connection: PoolConfig; files: FileStore },
  backupDir: string,
  now = new Date(),
): Promise<string> {
  try {
    await mkdir(backupDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toPlainError(error, backupDir);
  }
  const name = backupName(now);
  const { rows, files, lost } = await backUp(source, join(backupDir, name), () => ({ advance() {}, end() {} }));
  const names = await readdir(backupDir);
  for (const old of outOfDate(names)) await rm(join(backupDir, old), { force: true });
  return `${name}: ${rows} rows, ${files} files${lost.length > 0 ? '; some files are lost, see doctor' : ''}`;
}

/** By the date and time of the place where the site is. */
export function backupName(now: Date): string {
  const time = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Asia/Ho_Chi_Minh',
    dateStyle: 'short',
    timeStyle: 'short',
  }).format(now);
  return `domdom-${time.replace(' ', '-').replace(':', '')}.tar`;
}

/** Of the names in the folder: what others have put there is none of ours. */
export function outOfDate(names: string[]): string[] {
  const ours = names.filter((name) => pattern.test(name)).sort();
  const whole = ours.filter((name) => !isPart(name));
  // A part that is left was killed: only one process at a time backs up.
  return [...whole.slice(0, -kept), ...ours.filter(isPart)];
}

export interface Backup {
  name: string;
  at: Date;
  bytes: number;
}

/** The newest last. */
export async function listBackups(backupDir: string): Promise<Backup[]> {
  const names = (await readdir(backupDir)).filter((name) => pattern.test(name) && !isPart(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const { mtime, size } = await stat(join(backupDir, name));
      return { name, at: mtime, bytes: size };
    }),
  );
}
