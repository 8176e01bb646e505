import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientConfig } from 'pg';
import { PlainError } from '../platform/plain-error.ts';
import { checkCluster, clusterPath, createCluster, readPassword, role } from './cluster.ts';
import { findBinaries, findLauncher, giveToOwner, type Launcher, startServer } from './launcher.ts';
import { commandOf, endProcess } from './processes.ts';

export interface Postgres {
  connection: ClientConfig;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL of our own over the data folder, whose lock the caller holds, and makes its files the first time. Only this
 * user reaches it: it listens on a socket in a closed folder, and on no port.
 *
 * When it dies, it is started again at once. When it dies a second time within a minute, a PlainError is thrown where nobody
 * catches it, and so ends this process.
 * @param binaries the folder with PostgreSQL's programs
 */
export async function startPostgres(dataDir: string, binaries = findBinaries()): Promise<Postgres> {
  const folder = await realpath(dataDir);
  const cluster = clusterPath(folder);
  const isNew = !existsSync(cluster);
  const launcher = await findLauncher(isNew ? folder : cluster, binaries);
  if (isNew) await createCluster(folder, launcher);
  else await checkCluster(cluster, launcher);

  const sockets = await makeSocketFolder(cluster, launcher);
  let isStopping = false;
  let revivedAt = Number.NEGATIVE_INFINITY;
  let revival = Promise.resolve();
  let server = await launch();

  async function launch(): Promise<ChildProcess> {
    await endOrphan(cluster, sockets);
    const launched = await launchServer(cluster, sockets, launcher);
    launched.once('exit', () => {
      if (!isStopping) revival = revive().catch(throwUncaught);
    });
    return launched;
  }

  async function revive(): Promise<void> {
    if (performance.now() - revivedAt < 60_000) {
      throw new PlainError(
        `PostgreSQL has ended twice within a minute. Look into ${logPath(cluster)}, then start again.`,
      );
    }
    revivedAt = performance.now();
    server = await launch();
  }

  return {
    connection: connectionTo(sockets, await readPassword(cluster)),
    get pid() {
      return server.pid;
    },
    async stop() {
      isStopping = true;
      await revival;
      if (server.pid !== undefined) await endProcess(server.pid, endings);
      await removeSocketFolder(cluster, sockets);
    },
  };
}

function throwUncaught(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

/** How to connect to the PostgreSQL that another process runs over the data folder; null when none is ready. */
export async function findPostgres(dataDir: string): Promise<ClientConfig | null> {
  const cluster = clusterPath(dataDir);
  const status = await readStatus(cluster);
  return status?.isReady ? connectionTo(status.sockets, await readPassword(cluster)) : null;
}

const port = 5432;

function connectionTo(sockets: string, password: string): ClientConfig {
  return { host: sockets, port, user: role, database: role, password, ssl: false };
}

/** Set here and not in postgresql.conf, so that what must hold does hold, and a new version of ours may set otherwise. */
function settings(sockets: string): Record<string, string> {
  return {
    listen_addresses: '',
    port: String(port),
    unix_socket_directories: `"${sockets.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    shared_buffers: '128MB',
    max_connections: '50',
    // A restore makes the whole database in one transaction, which holds some 900 tables and indexes: of a few at once each fits.
    max_locks_per_transaction: '256',
    max_logical_replication_workers: '0',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // A failed statement is its sender's to report. Here it would write people's data into a file.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
  };
}

async function launchServer(cluster: string, sockets: string, launcher: Launcher): Promise<ChildProcess> {
  const args = Object.entries(settings(sockets)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  for (const patient = performance.now() + 60_000; ; await delay(200)) {
    const log = await openLog(cluster, launcher);
    const { size } = await log.stat();
    let failure = '';
    const server = startServer(launcher, ['-D', cluster, ...args], log.fd).once('error', (error) => {
      failure = error.message;
    });
    await log.close();

    // Without a limit: a recovery takes as long as it takes.
    while (server.pid !== undefined && server.exitCode === null && server.signalCode === null) {
      const status = await readStatus(cluster);
      if (status?.isReady && status.pid === server.pid) return server;
      await delay(10);
    }
    const said = (await readFile(logPath(cluster))).subarray(size).toString().trim();
    // Left over from a PostgreSQL that was killed: a session in the midst of a statement, which ends by itself.
    if (said.includes('is still in use') && performance.now() < patient) continue;
    failure ||= /FATAL: +(.*)/.exec(said)?.[1] ?? said.split('\n').at(-1) ?? '';
    throw new PlainError(`PostgreSQL did not start: ${failure}. Look into ${logPath(cluster)}, then start again.`);
  }
}

// Fast: sessions end, all is written. Immediate: the next start recovers. By force. Each with milliseconds of patience.
const endings = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 5_000],
] as const;

/** Ends what a killed process of ours has left running, and clears away what would hold up a start that listens in `sockets`. */
async function endOrphan(cluster: string, sockets: string): Promise<void> {
  const status = await readStatus(cluster);
  if (status && commandOf(status.pid).includes(` -D ${cluster} -c `)) {
    await endProcess(status.pid, endings);
  } else if (status && (await answers(status.sockets))) {
    throw new PlainError(
      `The database in ${cluster} is in use by a process that cannot be seen from here, perhaps in another container. Stop that first.`,
    );
  }
  // PostgreSQL believes such files when they are empty, or as soon as any process has the number in them. It does not need them
  // to notice its own processes: they share memory that is found by the cluster's inode.
  await rm(join(cluster, 'postmaster.pid'), { force: true });
  const listened = status?.sockets ?? cluster;
  for (const name of [socketName, `${socketName}.lock`]) await rm(join(listened, name), { force: true });
  if (listened !== sockets) await removeSocketFolder(cluster, listened);
}

interface Status {
  pid: number;
  sockets: string;
  isReady: boolean;
}

/** What PostgreSQL writes of itself into postmaster.pid, line by line; null when there is none. */
async function readStatus(cluster: string): Promise<Status | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const [pid, , , , sockets = '', , , state = ''] = text.split('\n');
  return pid ? { pid: Number(pid), sockets, isReady: state.trim() === 'ready' } : null;
}

const socketName = `.s.PGSQL.${port}`;

/** The cluster's folder, which is closed to others; where that path is too long for a socket, a short one. */
async function makeSocketFolder(cluster: string, launcher: Launcher): Promise<string> {
  if (Buffer.byteLength(join(cluster, socketName)) <= 100) return cluster;
  const folder = await mkdtemp(join(tmpdir(), 'domdom-'));
  await giveToOwner(launcher, folder);
  return folder;
}

async function removeSocketFolder(cluster: string, sockets: string): Promise<void> {
  if (sockets !== cluster && basename(sockets).startsWith('domdom-'))
    await rm(sockets, { recursive: true, force: true });
}

function answers(sockets: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(join(sockets, socketName), () => resolve(true));
    socket.once('error', () => resolve(false)).once('connect', () => socket.destroy());
  });
}

function logPath(cluster: string): string {
  return join(dirname(cluster), 'postgres.log');
}

/** It grows by a few lines a start. */
async function openLog(cluster: string, launcher: Launcher) {
  const path = logPath(cluster);
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size > 1_000_000) await rename(path, `${path}.old`);
  const log = await open(path, 'a', 0o600);
  await giveToOwner(launcher, path);
  return log;
}
