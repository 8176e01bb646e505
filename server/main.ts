import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import closeWithGrace from 'close-with-grace';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { createOwnerLink } from './accounts/owner-links/queries.ts';
import { buildApp, type Dependencies } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { connect } from './database/connection.ts';
import { replicaConnection } from './database/external.ts';
import { takeLock } from './database/lock.ts';
import { migrate } from './database/migrator.ts';
import { type OpenDatabase, openDatabase } from './database/open.ts';
import { readingFrom } from './database/replica.ts';
import { openFileStore } from './files/opening.ts';
import { importCoursesApart } from './imports/apart.ts';
import { sentence } from './imports/importing.ts';
import { listJobs } from './jobs/list.ts';
import { createPostman } from './mail/postman.ts';
import { folderTransport, type Send, smtpTransport } from './mail/transport.ts';
import { ensureRootOrganisation } from './organisations/queries.ts';
import { importPaths } from './paths/importing.ts';
import { ensureProvinces } from './places/provinces.ts';
import { useOwnFonts } from './platform/fonts.ts';
import { type Job, startJobs } from './platform/jobs.ts';
import { PlainError } from './platform/plain-error.ts';

const coursesFolder = fileURLToPath(new URL('../courses/', import.meta.url));

type Close = () => Promise<unknown>;

/** What a site is made ready with. */
export type Prepared = Dependencies & Pick<OpenDatabase, 'connection'> & { closing: AbortSignal };

export const whole = { configure: readConfig, prepare, build: buildApp, listJobs };

/**
 * The life of the server. What is opened is closed in the opposite order, whichever way it ends.
 * @param parts what it lives for; a test of the life alone brings something smaller
 */
export async function main(_args: string[] = [], { configure, prepare, build, listJobs } = whole): Promise<void> {
  const opened: Close[] = [];
  const closing = new AbortController();
  const grace = closeWithGrace({ delay: 20_000 }, async ({ err }) => {
    closing.abort();
    if (err) console.error(err instanceof PlainError ? err.message : err);
    await closeAll(opened);
  });
  try {
    const config = configure();
    const lock = await takeLock(config.dataDir, config.address);
    opened.push(lock.release);
    const database = await openDatabase(config);
    opened.push(database.close);
    const { db, pool } = connect({ ...database.connection, patience: 3_000 });
    opened.push(() => within(1_000, pool.end()));
    await migrate(db);
    const replica = config.replicaUrl === null ? null : connect(replicaConnection(config.replicaUrl));
    if (replica !== null) opened.push(() => within(1_000, replica.pool.end()));
    const reading = replica === null ? db : readingFrom(replica.db, db, console.error);
    const files = openFileStore(config);
    await prepare({ config, db, files, connection: database.connection, closing: closing.signal });
    const postman = createPostman({ db, config, send: transportFor(config) }, console.error);
    opened.push(() => within(5_000, postman.close()));
    const app = await build({ config, db, reading, files, postman, pool });
    opened.push(() => closeApp(app));
    opened.push(everyMinute(postman.wake));
    await listen(app, config);
    await announce(config, db);
    // Last, because nobody waits for it.
    opened.push(runJobs(pool, listJobs({ config, connection: database.connection, db, files })));
  } catch (error) {
    // A signal has come meanwhile: this failure only follows from it, and the process is about to end.
    if (closing.signal.aborted) return;
    grace.uninstall();
    await closeAll(opened);
    throw error;
  }
}

function transportFor({ smtpUrl, dataDir }: Config): Send {
  return smtpUrl === null ? folderTransport(join(dataDir, 'mail')) : smtpTransport(smtpUrl);
}

/** Each process does so by itself: what is due is taken by one of them. */
function everyMinute(work: () => void): Close {
  const clock = setInterval(work, 60_000);
  return async () => clearInterval(clock);
}

/** A server whose jobs cannot run serves all the same. */
function runJobs(pool: Pool, jobs: Job[]): Close {
  if (jobs.length === 0) return async () => {};
  const started = startJobs(pool, jobs, { report: console.error }).catch(console.error);
  return async () => (await started)?.stop();
}

async function closeAll(opened: Close[]): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close().catch(console.error);
}

/** Waits for the requests under way, and no longer for a connection whose last one is answered. */
async function closeApp(app: FastifyInstance): Promise<void> {
  const sweep = setInterval(() => app.server.closeIdleConnections(), 50);
  await within(8_000, app.close()).finally(() => clearInterval(sweep));
}

function within(milliseconds: number, work: Promise<unknown>): Promise<unknown> {
  return Promise.race([work, delay(milliseconds, undefined, { ref: false })]);
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') {
      throw new PlainError(`Port ${port} is in use by another program. Stop that, or set PORT to another number.`);
    }
    if (code === 'EACCES') {
      throw new PlainError(`This user may not listen on port ${port}. Set PORT to a number from 1024.`);
    }
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw new PlainError(`This machine has no address ${host}. Correct HOST, or leave it out.`);
    }
    throw error;
  }
}

/** What comes with the platform: its organisation and its courses. A broken course is told and stops nothing. */
async function prepare({ config, db, connection, closing }: Prepared): Promise<void> {
  useOwnFonts(join(config.dataDir, 'fonts'));
  await ensureRootOrganisation(db);
  await ensureProvinces(db);
  const told = { root: coursesFolder, connection, config };
  for (const { folder, faults, version } of await importCoursesApart(db, told, closing)) {
    if (version !== null) console.log(`courses/${folder}: version ${version}`);
    for (const fault of faults) console.error(sentence(`courses/${folder}`, fault, 'en'));
  }
  const paths = await importPaths(db, join(coursesFolder, 'paths.yaml'), config);
  for (const id of paths.changed) console.log(`courses/paths.yaml: ${id}`);
  for (const fault of paths.faults) console.error(sentence('courses', fault, 'en'));
}

async function announce({ address, publicUrl }: Config, db: Dependencies['db']): Promise<void> {
  const behind = publicUrl.origin === new URL(address).origin ? '' : ` (${address})`;
  const token = await createOwnerLink(db);
  if (token !== null) console.log(`Owner, once and within 24 hours: ${new URL(`/owner-link/${token}`, publicUrl)}`);
  console.log(`Đom Đóm: ${publicUrl.origin}${behind}`);
}
