import { join } from 'node:path';
import pg from 'pg';
import type { Test } from 'tap';
import { connect } from '../../server/database/connection.ts';
import { folderStore } from '../../server/files/store.ts';
import { importCourses, sentence } from '../../server/imports/importing.ts';
import { ensureRootOrganisation } from '../../server/organisations/queries.ts';
import { useOwnFonts } from '../../server/platform/fonts.ts';
import { appOver, type TestApp } from './app.ts';
import { project, temporaryFolder } from './child.ts';
import { testDatabase, testServer } from './database.ts';
import { run, template, urlTo } from './test-postgres.ts';

const library = 'template_library';

/** The app with the courses that come with it. They are imported once a run: to draw their pictures takes half a minute. */
export async function siteWithCourses(t: Test): Promise<TestApp> {
  const folder = await temporaryFolder(t);
  useOwnFonts(join(folder, 'fonts'));
  const server = await testServer();
  // A store names files by what is in them, so tests that only add to it may share it.
  const files = join(server.folder, 'library');
  await alone(server.url, async () => {
    if (!(await hasLibrary(server.url))) await importLibrary(server.url, files);
  });
  return appOver(t, await testDatabase(t, library), { folder, files });
}

/** Of all processes, one at a time. */
async function alone(url: string, work: () => Promise<void>): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(`select pg_advisory_lock(hashtext('${library}'))`);
    await work();
  } finally {
    await client.end();
  }
}

async function hasLibrary(url: string): Promise<boolean> {
  return (await run(url, `select from pg_database where datname = '${library}'`)).length > 0;
}

async function importLibrary(url: string, files: string): Promise<void> {
  const draft = `${library}_${process.pid}`;
  await run(url, `create database ${draft} template ${template}`);
  const { db } = connect({ connectionString: urlTo(url, draft) });
  try {
    await ensureRootOrganisation(db);
    const outcomes = await importCourses({ db, files: folderStore(files) }, join(project, 'courses'));
    const faults = outcomes.flatMap(({ folder, faults }) => faults.map((fault) => sentence(folder, fault, 'en')));
    if (faults.length > 0) throw new Error(faults.join('\n'));
  } finally {
    await db.destroy();
  }
  await run(url, `alter database ${draft} rename to ${library}`);
  await run(url, `alter database ${library} allow_connections false`);
}
