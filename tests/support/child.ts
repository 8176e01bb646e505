import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import { birthOf } from '../../server/database/processes.ts';

export const project = fileURLToPath(new URL('../../', import.meta.url));
export const isRoot = process.getuid?.() === 0;

export interface User {
  uid: number;
  gid: number;
}

/** Somebody without rights, who as root we can be: nobody. */
export const ordinaryUser: User | null = isRoot ? { uid: 65534, gid: 65534 } : null;

/** A reason to skip: the user cannot even read this project, as under /root. */
export function cannotRead(user: User): string | false {
  const { status } = spawnSync(process.execPath, ['-e', '0'], { ...user, cwd: project });
  return status === 0 ? false : 'an ordinary user cannot read this project here';
}

/** A folder of its own, removed when the test has ended. */
export async function temporaryFolder(t: Test, owner?: User | null): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'domdom-test-'));
  if (owner) await chown(folder, owner.uid, owner.gid);
  t.teardown(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

export interface Child {
  pid: number;
  process: ChildProcess;
  /** All that it has said so far, on both its outputs. */
  said(): string;
  /** Waits for words on its outputs; throws when it ends without them. */
  untilSays(words: RegExp): Promise<RegExpExecArray>;
  /** The code with which it ends, or the signal. */
  ended: Promise<number | NodeJS.Signals>;
}

/** A process with nothing in its environment but PATH, HOME and what is given. It is ended with the test, however that goes. */
export function startChild(t: Test, command: readonly string[], { env = {}, ...options }: SpawnOptions = {}): Child {
  const variables = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent', ...env };
  // By `env -i`, because tap adds variables of its own to those given to spawn.
  const pairs = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const child = spawn('env', ['-i', ...pairs, ...command], { cwd: project, ...options, stdio: 'pipe' });
  let output = '';
  const hear = (words: Buffer) => {
    output += words;
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  t.teardown(async () => {
    if (!isOver) child.kill('SIGKILL');
    await ended;
  });
  return {
    pid: child.pid ?? 0,
    process: child,
    ended,
    said: () => output,
    async untilSays(words) {
      for (;;) {
        const found = words.exec(output);
        if (found) return found;
        if (isOver) throw new Error(`It ended without saying ${words}, but:\n${output}`);
        await delay(10);
      }
    },
  };
}

/** @returns whether it has gone within the time */
export async function isGone(pid: number, milliseconds: number): Promise<boolean> {
  return holds(() => birthOf(pid) === null, milliseconds);
}

/** @returns whether the condition has come to hold within the time */
export async function holds(condition: () => boolean | Promise<boolean>, milliseconds: number): Promise<boolean> {
  for (const deadline = Date.now() + milliseconds; Date.now() < deadline; await delay(10)) {
    if (await condition()) return true;
  }
  return condition();
}
