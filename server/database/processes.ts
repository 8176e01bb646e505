import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const hasProc = process.platform === 'linux';

/** What tells this life of a process from a later process with the same number; null when none is alive. */
export function birthOf(pid: number): string | null {
  if (!hasProc) {
    const [, state, start] = /^(\S+)\s+(.+)$/.exec(ps(pid, 'stat=,lstart=')) ?? [];
    return state?.startsWith('Z') ? null : (start ?? null);
  }
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // The name before it stands in brackets and may hold anything, brackets included. See proc_pid_stat(5).
  const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie is dead; where process 1 does not care for orphans it stays in the list for ever.
  if (!state || state === 'Z' || state === 'X') return null;
  return `${fields[18]}@${readOrEmpty('/proc/sys/kernel/random/boot_id').trim()}`;
}

export function commandOf(pid: number): string {
  return hasProc ? readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ') : ps(pid, 'args=');
}

/** Sends the signals one after another, each when the milliseconds of patience after the one before are over, until the process is gone. */
export async function endProcess(pid: number, steps: readonly (readonly [NodeJS.Signals, number])[]): Promise<void> {
  const birth = birthOf(pid);
  const isGone = () => birth === null || birthOf(pid) !== birth;
  for (const [signal, patience] of steps) {
    if (isGone()) return;
    process.kill(pid, signal);
    for (const deadline = Date.now() + patience; !isGone() && Date.now() < deadline; ) await delay(10);
  }
}

function ps(pid: number, columns: string): string {
  try {
    return execFileSync('ps', ['-o', columns, '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return '';
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
