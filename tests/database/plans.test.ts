import { join } from 'node:path';
import { sql } from 'kysely';
import t, { type Test } from 'tap';
import { keepSiteCounts } from '../../server/admin/queries.ts';
import { connect } from '../../server/database/connection.ts';
import { countCandidates } from '../../server/mentoring/certificates/queries.ts';
import { countBranches } from '../../server/organisations/counting/queries.ts';
import { askForLarge, countWaiting } from '../../server/results/reports/keeping/queries.ts';
import type { Spread } from '../../server/simulation/spread.ts';
import { countFunnels, countSubmissions } from '../../server/statistics/counting/queries.ts';
import { hears, type Route, testAppWithRoutes } from '../routes/route-list.ts';
import { appOver, type TestApp } from '../support/app.ts';
import { temporaryFolder } from '../support/child.ts';
import { type Client, client } from '../support/client.ts';
import { testDatabase } from '../support/database.ts';
import { signedIn } from '../support/people.ts';
import { comesIn, simulateIn } from '../support/simulated.ts';
import { openPlanner, type Reading, type Sent, sizesOf } from './plans.ts';

// What a page shows is the same in all: each learner has done as much, and in the second each branch is as large.
const small = { learners: 400 };
const manyPeople = { learners: 4_000 };
const manyCourses = { learners: 400, spread: { courses: 600, centres: 300 } };
/** One that `simulate` has filled, with its own seed, to stand for many people: a million learners. It gets an author and some sessions. */
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
  'owner: GET /cohorts':
    'Of each of the twenty cohorts of a page the members, mentors and questions are counted; a small site has fewer than a page.',
  ...Object.fromEntries(
    ['visitor', 'learner', 'mentor', 'manager', 'author', 'owner'].map((who) => [
      `${who}: GET /courses that searches`,
      'What is found is ranked, so all of it is read: among twenty times as many courses, twenty times as much.',
    ]),
  ),
};

interface Visit {
  bytes: number;
  rows: number;
  statements: { rows: number; scanned: string[]; sql: string }[];
}

async function walkNew(t: Test, wish: { learners: number; spread?: Partial<Spread> }) {
  const sent: Sent[] = [];
  const site = await listeningApp(t, sent);
  const { people } = await simulateIn(site, { ...wish, seed });
  return { code: people.learner, ...(await walkAll(t, site, sent, people.learner)) };
}

/** @param code of the learner who is the same in both */
async function walkManyPeople(t: Test, code: string) {
  if (SIMULATED_DATABASE_URL === undefined) return walkNew(t, manyPeople);
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
    owner: await comesIn(site, await ownerOf(site)),
    author: await authorAt(site),
  };
  // What the clock does. Of a million learners it takes an hour: a server that has run over them did it.
  if (site.url !== SIMULATED_DATABASE_URL) {
    await countSubmissions(site.db);
    await countFunnels(site.db);
    await countBranches(site.db);
    await countCandidates(site.db);
    await keepSiteCounts(site.db);
    await askForLarge(site.db, new Date());
    await countWaiting(site.db, new Date(Date.now() + 600_000));
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

async function ownerOf({ db }: TestApp): Promise<string> {
  const { rows } = await sql<{ learner_code: string }>`
    select learner_code from memberships join person_details using (person_id) where role = 'owner' limit 1
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
    const asks = path.includes('?q=') ? ' that searches' : '';
    visits.push({ route: `${route.name}${asks}`, bytes: Buffer.byteLength(page.body), statements });
    for (const link of page.html.querySelectorAll('main a[href^="/"], nav a[href^="/"]')) {
      const { pathname } = new URL(link.getAttribute('href') ?? '', 'http://localhost');
      found.push(pathname);
    }
  }
  return visits;
}

type Walk = Awaited<ReturnType<typeof walkAll>>;

/** @param mustGrow else it would say nothing */
function holds(t: Test, before: Walk, after: Walk, mustGrow: string[]): void {
  const grown = [...after.sizes].filter(([name, rows]) => rows > 3 * Math.max(30, before.sizes.get(name) ?? 0));
  const growing = new Set(grown.map(([name]) => name));
  for (const name of mustGrow) t.ok(growing.has(name), name);
  t.ok(after.visits.size > 150, 'most pages are reached by links');

  for (const [name, { bytes, rows, statements }] of after.visits) {
    const scans = statements.filter(({ scanned }) => scanned.some((table) => growing.has(table)));
    t.strictSame(scans, [], `${name} reads no large table from end to end`);
    const once = before.visits.get(name) ?? { rows: 0, bytes: 0 };
    const dear = statements.filter((statement) => statement.rows > few);
    if (!(name in about))
      t.ok(rows <= 2 * Math.max(few, once.rows), `${name} reads ${once.rows}, then ${rows} rows`, { dear });
    t.ok(bytes <= 2 * Math.max(light, once.bytes), `${name} weighs ${once.bytes}, then ${bytes} bytes`);
  }
}

t.test('No page reads or weighs much more where there is much more, and each statement uses an index', async (t) => {
  const before = await walkNew(t, small);
  const needed = new Set<string>();
  const needsIt = ({ visits }: Walk) => {
    for (const name of Object.keys(about)) if ((visits.get(name)?.rows ?? 0) > 2 * few) needed.add(name);
  };
  await t.test('many more people', async (t) => {
    const after = await walkManyPeople(t, before.code);
    const people = ['persons', 'memberships'];
    holds(t, before, after, [...people, ...['enrolments', 'completions', 'answers', 'certificates', 'audit_events']]);
    for (const page of ['', '/:key', '/:key/:question']) {
      const { rows } = after.visits.get(`author: GET /courses/:slug/statistics${page}`) ?? { rows: 0 };
      t.ok(rows > 0, `what learners have done is told at statistics${page}`);
    }
    needsIt(after);
  });
  await t.test('many more courses and branches', async (t) => {
    const after = await walkNew(t, manyCourses);
    holds(t, before, after, ['courses', 'course_listings', 'course_version_skills', 'items', 'organisations']);
    needsIt(after);
  });
  t.strictSame([...needed].sort(), Object.keys(about).sort(), 'what is excepted needs it');
});
