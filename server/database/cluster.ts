import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlainError } from '../platform/plain-error.ts';
import { failureOf, giveToOwner, type Launcher, runProgram } from './launcher.ts';

export const role = 'domdom';

/** The folder that PostgreSQL calls a cluster: all its files, and our password. */
export function clusterPath(dataDir: string): string {
  return join(dataDir, 'postgres');
}

export function readPassword(cluster: string): Promise<string> {
  return readFile(join(cluster, 'password'), 'utf8');
}

/** @throws PlainError when this PostgreSQL cannot start over the cluster */
export async function checkCluster(cluster: string, launcher: Launcher): Promise<void> {
  const { uid } = await stat(cluster);
  const we = process.getuid?.();
  if (we !== 0 && we !== uid) {
    throw new PlainError(
      `The database in ${cluster} belongs to another user of this machine. Start as that user, or set another DATA_DIR.`,
    );
  }
  const major = Number(await readFile(join(cluster, 'PG_VERSION'), 'utf8'));
  if (major !== launcher.majorVersion) {
    throw new PlainError(
      `The database in ${cluster} was made by PostgreSQL ${major}, and here is PostgreSQL ${launcher.majorVersion}. Start the version of Đom Đóm that made it, or move it away and restore a backup.`,
    );
  }
  await giveToOwner(launcher, cluster);
}

/** Made beside its place and moved there when complete: a start that is cut off leaves nothing half made. */
export async function createCluster(dataDir: string, launcher: Launcher): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith('postgres-new-')) await rm(join(dataDir, name), { recursive: true });
  }
  const draft = await mkdtemp(join(dataDir, 'postgres-new-'));
  await giveToOwner(launcher, draft);
  const password = randomBytes(32).toString('base64url');
  try {
    await runProgram(launcher, 'initdb', [`--pgdata=${draft}`, ...initialSettings]);
    await writeFile(join(draft, 'pg_hba.conf'), `local all ${role} scram-sha-256\n`, { flush: true });
    await writeFile(join(draft, 'password'), password, { mode: 0o600, flush: true });
    await giveToOwner(launcher, join(draft, 'password'));
    await runProgram(
      launcher,
      'postgres',
      ['--single', '-D', draft, '-c', 'exit_on_error=on', 'postgres'],
      sql(password),
    );
  } catch (error) {
    throw new PlainError(
      `The database cannot be made in ${dataDir}: ${failureOf(error)}. Look after that and start again.`,
    );
  }
  await rename(draft, clusterPath(dataDir));
  const folder = await open(dataDir);
  await folder.sync().finally(() => folder.close());
}

const initialSettings = [
  '--username=postgres',
  // Never by a connection, only by the owner of the files: nobody needs a password for it.
  '--auth=reject',
  '--encoding=UTF8',
  // Sorted and compared byte by byte, the quickest; what people read is sorted by collations that queries name.
  '--locale=C',
  // But what is a letter, and which are its capitals, is known beyond ASCII.
  `--lc-ctype=${process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8'}`,
  '--data-checksums',
  '--no-instructions',
];

/** One statement a line, as single-user mode reads them. The owner of a database may add the extensions that PostgreSQL trusts. */
function sql(password: string): string {
  return `create role ${role} login createdb password '${password}'\ncreate database ${role} owner ${role}\n`;
}
