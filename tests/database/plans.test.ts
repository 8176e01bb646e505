import { join } from 'node:path';
import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { connect } from '../../server/database/connection.ts';
import { countFunnels, countSubmissions } from '../../server/statistics/counting/queries.ts';
import { hears, type Route, testAppWithRoutes } from '../routes/route-list.ts';
import { appOver, type TestApp } from '../support/app.ts';
import { temporaryFolder } from '../support/child.ts';
import { type Client, client } from '../support/client.ts';
import { testDatabase } from '../support/database.ts';
import { signedIn } from '../support/people.ts';
import { comesIn, simulateIn } from '../support/simulated.ts';
import { openPlanner, type Reading, type Sent, sizesOf } from './plans.ts';

// Ten times as many people. Each learner has done as much, each branch is as large: what a page shows is the same.
const sizes = { small: 400, large: 4_000 };
/** One that `simulate` has filled, with its own seed, to stand for the large one: a million learners. It gets an author and three sessions. */
const { SIMULATED_DATABASE_URL } = process.env;
const seed = SIMULATED_DATABASE_URL === undefined ? 'test' : 'domdom';
/** What reads no more than so many rows is well, however it grows. */
const few = 60;
/** What weighs no more than so many bytes is well, too. */
const light = 30_000;

/** Pages that are about more than one screen of people, and why they may read more. */
const about: Record<string, string> = {
  'manager: GET /admin/audit':
    'The record is gone through from the newest on until 50 deeds are of the branch: in a small branch of a large site, far.',
  'manager: GET /admin/organisations/:code/mentoring-certificates':
    'Who has earned one is counted from the graduates of every cohort there that has ended and whose mentor has none yet.',
};

interface Visit {
  bytes: number;
  rows: number;
  statements: { rows: number; scanned: string[]; sql: string }[];
}

async function walkSmall(t: Test, learners: number) {
  const sent: Sent[] = [];
  const site = await listeningApp(t, sent);
  const { people } = await simulateIn(site, { learners, seed });
  return { code: people.learner, ...(await walkAll(t, site, sent, people.learner)) };
}

/** @param code of the learner who is the same in both */
async function walkLarge(t: Test, learners: number, code: string) {
  if (SIMULATED_DATABASE_URL === undefined) return walkSmall(t, learners);
  const sent: Sent[] = [];
  return walkAll(t, await listeningApp(t, sent, SIMULATED_DATABASE_URL), sent, code);
}

async function walkAll(t: Test, site: TestApp & { routes: Route[] }, sent: Sent[], code: string) {
  const planner = await openPlanner(site.url);
  t.teardown(planner.close);
  const visitors = {
    visitor: client(site.app),
    learner: await comesIn(site, code),
    mentor: await comesIn(site, await mentorOf(site, code)),
    manager: await comesIn(site, await managerOfOrdinaryBranch(site)),
    author: await authorAt(site),
  };
  // What the clock does. Of a million learners it takes an hour: a server that has run over them did it.
  if (site.url !== SIMULATED_DATABASE_URL) {
    await countSubmissions(site.db);
    await countFunnels(site.db);
  }
  await sql`analyze`.execute(site.db);
  const routes = site.routes.filter(({ method }) => method === 'GET');
  const visits = new Map<string, Visit>();
  // Of what every page asks twice is enough.
  const read = new Map<string, Reading[]>();
  for (const [who, visitor] of Object.entries(visitors)) {
    for (const { route, bytes, statements } of await walk(visitor, routes, sent)) {
      const readings = [];
      for (const one of statements) {
        const known = read.get(`${who}: ${one.sql}`) ?? [];
        if (known.length < 2) known.push(await planner.explain(one));
        read.set(`${who}: ${one.sql}`, known);
        readings.push({ ...(known.at(-1) ?? { rows: 0, scanned: [] }), sql: one.sql });
      }
      const rows = readings.reduce((sum, reading) => sum + reading.rows, 0);
      const visit = { bytes, rows, statements: readings };
      const name = `${who}: ${route}`;
      if (rows >= (visits.get(name)?.rows ?? 0)) visits.set(name, visit);
    }
  }
  return { visits, sizes: await sizesOf(site.url) };
}

/** The whole app, that tells what it sends. */
async function listeningApp(t: Test, sent: Sent[], existing?: string) {
  const folder = await temporaryFolder(t);
  const url = existing ?? (await testDatabase(t)).url;
  const { db } = connect({ connectionString: url, max: 3 }, (sql, values) => sent.push({ sql, values }));
  t.teardown(() => db.destroy());
  return testAppWithRoutes(t, () => appOver(t, { db, url, statements: [] }, { folder, files: join(folder, 'files') }));
}

async function mentorOf({ db }: TestApp, code: string): Promise<string> {
  const { rows } = await sql<{ learner_code: string }>`
    select mentor.learner_code from person_details as learner
    join cohort_members on cohort_members.person_id = learner.person_id and left_at is null
    join mentorships on mentorships.member_id = cohort_members.id and mentorships.valid_until is null
    join person_details as mentor on mentor.person_id = mentorships.mentor_id
    where learner.learner_code = ${code}
  `.execute(db);
  return rows[0]?.learner_code ?? '';
}

/** Of the walk before, where there was one. */
async function authorAt(site: TestApp): Promise<Client> {
  const { rows } = await sql<{ learner_code: string }>`
    select learner_code from memberships join person_details using (person_id) where role = 'author' limit 1
  `.execute(site.db);
  return rows[0] ? comesIn(site, rows[0].learner_code) : signedIn(site, { roles: ['author'] });
}

/** Branches differ in size: of one with about as many learners in both. */
async function managerOfOrdinaryBranch({ db }: TestApp): Promise<string> {
  const { rows } = await sql<{ learner_code: string }>`
    select learner_code from memberships as managing
    join person_details using (person_id)
    where role = 'manager' and exists (
      select from cohorts where cohorts.organisation_id = managing.organisation_id
    )
    order by abs(100 - (
      select count(*) from memberships as own where own.organisation_id = managing.organisation_id and role = 'learner'
    )), learner_code
    limit 1
  `.execute(db);
  return rows[0]?.learner_code ?? '';
}

/** Follows the links that somebody finds, three of each kind, and notes what each page sends. */
async function walk(visitor: Client, routes: Route[], sent: Sent[]) {
  const found = [
    '/',
    '/courses',
    '/courses?q=bảng',
    '/courses?topic=data&sort=title',
    '/cohorts',
    '/learning',
    '/admin',
  ];
  const visits: { route: string; bytes: number; statements: Sent[] }[] = [];
  const seen = new Set<string>();
  for (const path of found) {
    const route = routes.find((one) => hears(one, path.replace(/\?.*/, '')));
    if (route === undefined || seen.has(path) || /\.\w+$/.test(path)) continue;
    if (visits.filter((visit) => visit.route === route.name).length >= 3 && !path.includes('?')) continue;
    seen.add(path);
    const before = sent.length;
    const page = await visitor.get(path);
    // To begin and to end a transaction has no plan.
    const statements = sent.slice(before).filter(({ sql }) => !/^(?:begin|commit|rollback)\b/.test(sql));
    visits.push({ route: route.name, bytes: Buffer.byteLength(page.body), statements });
    for (const link of page.html.querySelectorAll('main a[href^="/"], nav a[href^="/"]')) {
      const { pathname } = new URL(link.getAttribute('href') ?? '', 'http://localhost');
      found.push(pathname);
    }
  }
  return visits;
}

t.test(
  'No page reads or weighs much more where there are many more people, and each statement uses an index',
  async (t) => {
    const small = await walkSmall(t, sizes.small);
    const large = await walkLarge(t, sizes.large, small.code);
    const grown = [...large.sizes].filter(([name, rows]) => rows > 3 * Math.max(30, small.sizes.get(name) ?? 0));
    const growing = new Set(grown.map(([name]) => name));
    for (const name of [
      'persons',
      'memberships',
      'enrolments',
      'completions',
      'answers',
      'certificates',
      'audit_events',
    ]) {
      t.ok(growing.has(name), name);
    }
    t.ok(large.visits.size > 150, 'most pages are reached by links');
    for (const page of ['', '/:key', '/:key/:question']) {
      const { rows } = large.visits.get(`author: GET /courses/:slug/statistics${page}`) ?? { rows: 0 };
      t.ok(rows > 0, `what learners have done is told at statistics${page}`);
    }

    for (const [name, { bytes, rows, statements }] of large.visits) {
      const scans = statements.filter(({ scanned }) => scanned.some((table) => growing.has(table)));
      t.strictSame(scans, [], `${name} reads no large table from end to end`);
      const before = small.visits.get(name) ?? { rows: 0, bytes: 0 };
      if (!(name in about))
        t.ok(rows <= 2 * Math.max(few, before.rows), `${name} reads ${before.rows}, then ${rows} rows`);
      t.ok(bytes <= 2 * Math.max(light, before.bytes), `${name} weighs ${before.bytes}, then ${bytes} bytes`);
    }
    const known = Object.keys(about).filter((name) => (large.visits.get(name)?.rows ?? 0) > 2 * few);
    t.strictSame(known, Object.keys(about), 'what is excepted needs it');
  },
);
