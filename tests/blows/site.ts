import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { buildApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { connect } from '../../server/database/connection.ts';
import { type Postgres, startPostgres } from '../../server/database/embedded.ts';
import { migrate } from '../../server/database/migrator.ts';
import { folderStore } from '../../server/files/store.ts';
import { importFolder } from '../../server/imports/importing.ts';
import { ensureRootOrganisation } from '../../server/organisations/queries.ts';
import { useOwnFonts } from '../../server/platform/fonts.ts';
import { freePort, type Program, startProgram } from '../bench/programs.ts';
import { cookieOf } from '../budgets/learner.ts';
import { type RightResponse, rightResponses } from '../budgets/right-responses.ts';
import { soundCourse } from '../courses/folder.ts';
import { signedIn } from '../support/people.ts';
import { smallCourse } from '../support/small-course.ts';
import { type Network, startNetwork } from './network.ts';

export interface AppServer {
  origin: string;
  start(): Promise<void>;
  /** Without a word, as a power cut would. */
  kill(): Promise<void>;
}

/** Two servers over one database, and somebody who can do anything to all three. */
export interface BlowSite {
  servers: AppServer[];
  cookies: string[];
  responses: RightResponse[];
  network: Network;
  postgres: { crash(): Promise<void>; restart(): Promise<void>; endConnections(): Promise<void> };
  /** Straight to the database, past the network. */
  look<T>(work: (db: ReturnType<typeof connect>['db']) => Promise<T>): Promise<T>;
}

/** Over a data folder of its own. Whatever it starts is ended by `endings`, and by itself when this process dies. */
export async function openSite(learners: number, endings: (() => unknown)[]): Promise<BlowSite> {
  const folder = await mkdtemp(join(tmpdir(), 'domdom-blows-'));
  endings.push(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  let postgres = await startPostgres(folder);
  endings.push(() => postgres.stop());
  const look: BlowSite['look'] = async (work) => {
    const { db } = connect(postgres.connection);
    return work(db).finally(() => db.destroy());
  };
  const cookies = await look((db) => prepare(db, folder, learners));

  const { host, port, user, password, database } = postgres.connection;
  const network = await startNetwork(`${host}/.s.PGSQL.${port}`);
  endings.push(network.close);
  const url = `postgres://${user}:${password}@127.0.0.1:${network.port}/${database}`;
  const servers = await Promise.all(['a', 'b'].map((name) => appServer(join(folder, name), url, endings)));
  await Promise.all(servers.map((server) => server.start()));

  return {
    servers,
    cookies,
    responses: await look((db) => rightResponses(db, { slug: 'small', quiz: 'final' })),
    network,
    look,
    postgres: {
      async crash() {
        const { pid } = postgres;
        if (pid === undefined) throw new Error('PostgreSQL does not run');
        process.kill(pid, 'SIGKILL');
        await untilAnother(() => postgres, pid);
      },
      async restart() {
        await postgres.stop();
        postgres = await startPostgres(folder);
      },
      endConnections: () => look(endOthers),
    },
  };
}

async function prepare(db: ReturnType<typeof connect>['db'], folder: string, learners: number): Promise<string[]> {
  await migrate(db);
  await ensureRootOrganisation(db);
  useOwnFonts(join(folder, 'fonts'));
  const course = join(folder, 'small');
  for (const [name, content] of Object.entries({ ...soundCourse, ...smallCourse })) {
    await mkdir(dirname(join(course, name)), { recursive: true });
    await writeFile(join(course, name), content ?? '');
  }
  const files = folderStore(join(folder, 'files'));
  const { faults } = await importFolder({ db, files }, course);
  if (faults.length > 0) throw new Error(JSON.stringify(faults));

  const config = readConfig({ DATA_DIR: folder, PUBLIC_URL: 'http://localhost', LOG_LEVEL: 'silent' }, folder);
  const app = await buildApp({ config, db, files });
  const people = await Promise.all(Array.from({ length: learners }, () => signedIn({ app, db })));
  await app.close();
  return people.map(cookieOf);
}

async function appServer(dataDir: string, url: string, endings: (() => unknown)[]): Promise<AppServer> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  // Where its pages are said to be, for both: they are one site.
  const settings = { HOST: '127.0.0.1', PORT: String(port), PUBLIC_URL: 'http://localhost', LOG_LEVEL: 'fatal' };
  let program: Program | null = null;
  endings.push(() => program?.stop());
  return {
    origin,
    async start() {
      const env = { ...settings, DATA_DIR: dataDir, DATABASE_URL: url, TRUST_PROXY: '', NODE_ENV: 'production' };
      const all = { ...env, BACKUP_DIR: '', SMTP_URL: '', METRICS_TOKEN: '' };
      // A start that does not reach the database in ten seconds ends; whoever looks after it starts it again.
      for (let tries = 1; ; tries += 1) {
        program = startProgram('tests/blows/blow-server.ts', [], all);
        try {
          await program.untilSays(/^Đom Đóm: http/m);
          return;
        } catch (error) {
          if (tries === 5) throw error;
        }
      }
    },
    async kill() {
      const killed = program;
      program = null;
      killed?.process.kill('SIGKILL');
      await killed?.stop();
    },
  };
}

async function untilAnother(current: () => Postgres, pid: number): Promise<void> {
  for (const deadline = performance.now() + 60_000; current().pid === pid; await delay(10)) {
    if (performance.now() > deadline) throw new Error('PostgreSQL was not started again');
  }
}

async function endOthers(db: ReturnType<typeof connect>['db']): Promise<void> {
  await sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
  `.execute(db);
}
