import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Cohort, getGuidedCohort } from '../cohorts/access.ts';
import { dayOf } from '../platform/day.ts';
import { NotFound, orNotFound } from '../platform/errors.ts';
import { pageNumber, queryText } from '../platform/forms.ts';
import { signedIn } from '../platform/scopes.ts';
import { sendCsv, sendSheet, type Table } from '../platform/tables.ts';
import type { QuizRole } from '../quizzes/settings.ts';
import { listVersions, type Version } from '../versions/reading.ts';
import { type Assignment, workWords } from './assignments/work.ts';
import { columnsOf } from './columns.ts';
import { findRecord, getResults, type MemberRecord } from './queries.ts';
import { type RecordedCourse, recordedCourses } from './record.ts';
import { cellsOf, headerOf, type ShownTable, shownTable } from './shown.ts';

interface Course {
  slug: string;
  title: string;
  language: string;
}

declare module '../platform/views.ts' {
  interface Views {
    'results/cohort': {
      cohort: Cohort;
      courses: Course[];
      slug: string | null;
      q: string;
      table: ShownTable;
      total: number;
      page_number: number;
      pages: number;
      /** All on one page, to be printed. */
      isWhole: boolean;
      today: Date;
      /** What is asked for, without the page. */
      query: string;
    };
    'results/learner': {
      cohort: Cohort;
      record: MemberRecord;
      courses: RecordedCourse[];
      mayMark: boolean;
    };
  }
}

type WithId = { Params: { id: string } };
type WithMember = { Params: { id: string; member: string } };

const pageSize = 50;
/** Everybody who is or was in a cohort. */
const most = 5_000;

/** What the members of a cohort have done: as a table, as files of it, and the facts behind each line. */
export function resultRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/cohorts/:id/results', async (request, reply) => {
    const isWhole = queryText(request.query, 'all') === 'yes';
    const page_number = pageNumber(queryText(request.query, 'page'));
    const page = isWhole ? { size: most, number: 1 } : { size: pageSize, number: page_number };
    const { cohort, slug, q, columns, results, versions } = await readResults(request, page);
    return reply.page('results/cohort', {
      cohort,
      courses: results.courses.flatMap((course) => titled(course, versions)),
      slug,
      q,
      table: shownTable(columns, results.learners, request.language, ({ left_at }) => left_at !== null),
      total: results.total,
      page_number,
      pages: isWhole ? 1 : Math.ceil(results.total / pageSize),
      isWhole,
      today: new Date(),
      query: new URLSearchParams({ ...(slug ? { course: slug } : {}), ...(q ? { q } : {}) }).toString(),
    });
  });

  app.get<WithId>('/cohorts/:id/results.csv', async (request, reply) => sendCsv(reply, await wholeTable(request)));

  app.get<WithId>('/cohorts/:id/results.xlsx', async (request, reply) => sendSheet(reply, await wholeTable(request)));

  app.get<WithMember>('/cohorts/:id/results/:member', async (request, reply) => {
    const reader = signedIn(request);
    const cohort = await getGuidedCohort(db, reader, request.params.id);
    const record = orNotFound(await findRecord(db, cohort, reader, request.params.member));
    const slug = queryText(request.query, 'course');
    const ofCourse = record.courses.filter((course) => slug === '' || course.slug === slug);
    const ids = ofCourse.map(({ version_id }) => version_id);
    const versions = await listVersions(db, ids, request.language);
    return reply.page('results/learner', {
      cohort,
      record,
      courses: recordedCourses(ofCourse, versions),
      // Nobody marks their own, or what somebody left behind.
      mayMark: record.left_at === null && record.person_id !== reader.id,
    });
  });

  async function readResults(request: FastifyRequest<WithId>, page: { size: number; number: number }) {
    const reader = signedIn(request);
    const cohort = await getGuidedCohort(db, reader, request.params.id);
    const slug = queryText(request.query, 'course') || null;
    const q = queryText(request.query, 'q');
    const results = await getResults(db, cohort, reader, { q, slug }, page);
    if (slug !== null && !results.courses.some((course) => course.slug === slug)) throw new NotFound();
    const { t, language } = request;
    const named = [...results.courses, ...results.assignments].map(({ version_id }) => version_id);
    const versions = await listVersions(db, [...new Set(named)], language);
    const columns = columnsOf({
      ...{ cohortId: cohort.id, slug, isManager: cohort.is_manager, hasLeft: results.has_left },
      assignments: results.assignments
        .filter((one) => slug === null || one.slug === slug)
        .flatMap((one) => assignmentIn(one, versions)),
      workWords: (work) => workWords(work, t, language),
      isSignedOff: asksForSignOff(results, slug, versions),
      signOffWords: (standing) => t(`results.sign_off_${standing}`),
      tests: testsOf(results, slug, versions),
    });
    return { cohort, slug, q, results, columns, versions };
  }

  /** The pages of it one after the other. */
  async function wholeTable(request: FastifyRequest<WithId>): Promise<Table> {
    const { slug, results, columns } = await readResults(request, { size: most, number: 1 });
    return {
      name: ['ket-qua', ...(slug === null ? [] : [slug]), dayOf(new Date())].join('-'),
      title: request.t('results.title'),
      header: headerOf(columns, request.language),
      rows: results.learners.map((row) => cellsOf(columns, row)),
    };
  }
}

/** Now, or in the older version that somebody learns. */
function asksForSignOff(
  { courses, learners }: Awaited<ReturnType<typeof getResults>>,
  slug: string | null,
  versions: Map<string, Version>,
): boolean {
  const asksNow = courses
    .filter((course) => slug === null || course.slug === slug)
    .some(({ version_id }) => versions.get(version_id)?.items.some(({ kind }) => kind === 'sign_off'));
  return asksNow || learners.some((one) => one.courses.some(({ progress }) => progress.sign_off !== undefined));
}

/** Of the one course that the table is about: a mean over courses would say nothing. */
function testsOf(
  { courses, learners }: Awaited<ReturnType<typeof getResults>>,
  slug: string | null,
  versions: Map<string, Version>,
): ('before' | 'after')[] {
  if (slug === null) return [];
  const items = courses.flatMap((one) => (one.slug === slug ? (versions.get(one.version_id)?.items ?? []) : []));
  const has = (role: QuizRole) => items.some(({ quiz }) => quiz?.role === role);
  const taken = (test: 'before' | 'after') =>
    learners.some((one) => one.courses.some((course) => course[test] !== null));
  return [
    ...(has('pre-test') || taken('before') ? (['before'] as const) : []),
    ...(has('post-test') || taken('after') ? (['after'] as const) : []),
  ];
}

function assignmentIn({ key, version_id }: Assignment, versions: Map<string, Version>) {
  const version = versions.get(version_id);
  const item = version?.items.find((one) => one.key === key);
  return version && item ? [{ key, title: { text: item.title, language: version.language } }] : [];
}

function titled({ slug, version_id }: { slug: string; version_id: string }, versions: Map<string, Version>): Course[] {
  const version = versions.get(version_id);
  return version === undefined ? [] : [{ slug, title: version.title, language: version.language }];
}
