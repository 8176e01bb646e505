import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlainError } from '../platform/plain-error.ts';
import { birthOf } from './processes.ts';

/** The process that works on a data folder. */
export interface Holder {
  pid: number;
  birth: string;
  /** null: a command, which listens nowhere. */
  address: string | null;
}

/**
 * Makes this process the only one that works on the data folder, until `release` or its end.
 *
 * The lock is the file `lock.N` with the highest number. Whoever finds its holder dead, or the file empty, makes the next one: of
 * any that try at once the file system lets one succeed. The highest is never removed, so nobody can remove a lock that another
 * has just taken.
 */
export async function takeLock(dataDir: string, address: string | null): Promise<{ release(): Promise<void> }> {
  const draft = join(dataDir, `lock-${randomUUID()}`);
  await writeFirstFile(dataDir, draft, { pid: process.pid, birth: birthOf(process.pid) ?? '', address });
  try {
    for (;;) {
      const newest = Math.max(0, ...(await lockNumbers(dataDir)));
      const holder = await readHolder(dataDir, newest);
      if (holder) throw new PlainError(refusal(dataDir, holder));
      if (!(await isLinked(draft, lockPath(dataDir, newest + 1)))) continue;

      const numbers = await lockNumbers(dataDir);
      const mine = lockPath(dataDir, newest + 1);
      if (Math.max(...numbers) === newest + 1) {
        for (const number of numbers) if (number <= newest) await rm(lockPath(dataDir, number), { force: true });
        return { release: () => truncate(mine) };
      }
      // Another was quicker by so much that it has cleared away what was looked at above.
      await rm(mine, { force: true });
    }
  } finally {
    await rm(draft);
  }
}

/** Who works on the data folder now. */
export async function findHolder(dataDir: string): Promise<Holder | null> {
  const numbers = await lockNumbers(dataDir).catch(() => []);
  return readHolder(dataDir, Math.max(0, ...numbers));
}

function lockPath(dataDir: string, number: number): string {
  return join(dataDir, `lock.${number}`);
}

async function lockNumbers(dataDir: string): Promise<number[]> {
  const names = await readdir(dataDir);
  return names.flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? []).map(Number);
}

/** null: nobody holds this lock, or nobody any more. */
async function readHolder(dataDir: string, number: number): Promise<Holder | null> {
  try {
    const holder: Holder = JSON.parse(await readFile(lockPath(dataDir, number), 'utf8'));
    return birthOf(holder.pid) === holder.birth ? holder : null;
  } catch {
    // There is none, or it was released, or a power cut has left a file without its content.
    return null;
  }
}

async function isLinked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function writeFirstFile(dataDir: string, path: string, holder: Holder): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await writeFile(path, JSON.stringify(holder), { flag: 'wx' });
    // For every user to read, whatever the umask: a lock that root has left behind must not hold the folder's owner up.
    await chmod(path, 0o644);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new PlainError(
      `The data folder ${dataDir} cannot be written (${code}). Make it writable for this user, or set DATA_DIR to another folder.`,
    );
  }
}

function refusal(dataDir: string, { pid, address }: Holder): string {
  if (address === null) return `A command is at work on ${dataDir} (process ${pid}). Try again when it is done.`;
  return `Đom Đóm already runs over ${dataDir}: ${address} (process ${pid}). Use that one, or stop it first; another DATA_DIR makes another site.`;
}
