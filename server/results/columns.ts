import type { Progress } from '../enrolments/completion.ts';
import type { Cell } from '../platform/tables.ts';
import { meanScore, percentOf } from '../quizzes/settings.ts';
import type { Verdict } from '../sign-offs/queries.ts';
import { isWaiting, type Work } from './assignments/work.ts';

export interface CourseResult {
  /** By kind of item. */
  progress: Partial<Record<string, Progress>>;
  /** The best share of points at each quiz that was tried. */
  best: number[];
  /** Its share in the test before the lessons, and the best in the one after them; null: not taken. */
  before: number | null;
  after: number | null;
  work: Work[];
  /** What was decided last, where the course asks for a sign-off. */
  verdict: Verdict | null;
  certificate: { code: string; issued_at: string } | null;
  completed_at: string | null;
  answered_at: string | null;
  submitted_at: string | null;
}

/** A line of the table: somebody, and what they have in the courses that it is about. Times as ISO text out of nested rows. */
export interface LearnerResult {
  id: string;
  full_name: string;
  mentor_name: string | null;
  left_at: string | null;
  courses: CourseResult[];
  /** Meetings at which they were, and those that have anything on record about them. */
  attended: number;
  meetings: number;
  /** When they last asked their mentor. */
  asked_at: string | null;
}

export interface Title {
  text: string;
  language: string;
}

export interface Column<Row> {
  /** Names its header, and looks. */
  key: string;
  /** Instead of the header by its key: the title of an item. */
  title?: Title;
  /** It says of how many the column before it is: a card shows both as one. */
  isTotal?: true;
  cell(row: Row): Cell;
  /** What opens the facts behind it; nothing where the cell is empty. */
  href?(row: Row): string | null;
}

export interface Scope {
  cohortId: string;
  /** null: of all courses of the cohort. */
  slug: string | null;
  /** Managers see whose mentees they are. */
  isManager: boolean;
  hasLeft: boolean;
  /** Of the course, or of all courses. */
  assignments: { key: string; title: Title }[];
  workWords(work: Work): string;
  /** One of the courses asks for a mentor's sign-off. */
  isSignedOff: boolean;
  signOffWords(standing: SignOffStanding): string;
  /** The course has a test before its lessons; with one after them, too. */
  tests: ('before' | 'after')[];
}

/** What the table of a cohort says of each learner. Another column is another line here, and its words. */
export function columnsOf(scope: Scope): Column<LearnerResult>[] {
  const { cohortId, slug, isManager, hasLeft, assignments, isSignedOff, tests } = scope;
  const facts = (part: string) => (row: LearnerResult) =>
    `/cohorts/${cohortId}/results/${row.id}${slug === null ? '' : `?course=${slug}`}#${part}`;
  return [
    { key: 'learner', cell: ({ full_name }) => full_name, href: facts('main') },
    ...(isManager ? [{ key: 'mentor', cell: ({ mentor_name }: LearnerResult) => mentor_name }] : []),
    { key: 'lessons', cell: (row) => sumOf(row, 'lesson')?.done ?? null, href: facts('courses') },
    { key: 'lessons_total', isTotal: true, cell: (row) => sumOf(row, 'lesson')?.total ?? null },
    { key: 'quizzes', cell: (row) => sumOf(row, 'quiz')?.done ?? null, href: facts('courses') },
    { key: 'quizzes_total', isTotal: true, cell: (row) => sumOf(row, 'quiz')?.total ?? null },
    { key: 'score', cell: ({ courses }) => meanScore(courses.flatMap(({ best }) => best)), href: facts('courses') },
    ...tests.map((test) => testColumn(test, facts('courses'))),
    ...(slug !== null ? assignments.map((one) => stateColumn(one, scope, facts('courses'))) : []),
    ...(slug === null && assignments.length > 0 ? workColumns(facts('courses')) : []),
    ...(isSignedOff ? signOffColumns(scope, facts('courses')) : []),
    { key: 'attended', cell: ({ attended }) => attended, href: facts('meetings') },
    { key: 'meetings', isTotal: true, cell: ({ meetings }) => meetings },
    slug === null
      ? { key: 'certificates', cell: (row) => certificatesOf(row).length, href: facts('courses') }
      : { key: 'certificate', cell: (row) => certificatesOf(row)[0]?.day ?? null, href: certificatePath },
    { key: 'active', cell: (row) => activeAt(row, slug === null), href: facts('courses') },
    ...(hasLeft ? [{ key: 'left', cell: ({ left_at }: LearnerResult) => left_at && new Date(left_at) }] : []),
  ];
}

/** Of one course: what somebody knew before it, or knows after it. */
function testColumn(key: Scope['tests'][number], href: (row: LearnerResult) => string): Column<LearnerResult> {
  return {
    key,
    href,
    cell({ courses: [course] }) {
      const share = course?.[key] ?? null;
      return share === null ? null : percentOf(share, 1);
    },
  };
}

/** Of one course: how it stands with an assignment. */
function stateColumn(
  { key, title }: Scope['assignments'][number],
  { workWords }: Scope,
  href: (row: LearnerResult) => string,
): Column<LearnerResult> {
  const workOf = ({ courses }: LearnerResult) => courses.flatMap(({ work }) => work).find((one) => one.key === key);
  return {
    key: 'assignment',
    title,
    href,
    cell(row) {
      const work = workOf(row);
      return work === undefined ? null : workWords(work);
    },
  };
}

/** Of all courses: how many passed of how many, and how many wait for somebody to mark them. */
function workColumns(href: (row: LearnerResult) => string): Column<LearnerResult>[] {
  return [
    { key: 'assignments', cell: (row) => sumOf(row, 'assignment')?.done ?? null, href },
    { key: 'assignments_total', isTotal: true, cell: (row) => sumOf(row, 'assignment')?.total ?? null },
    { key: 'waiting', cell: ({ courses }) => courses.flatMap(({ work }) => work).filter(isWaiting).length, href },
  ];
}

/** How it stands with a sign-off: what was decided, or that only it is missing. */
export type SignOffStanding = Verdict | 'waiting';

/** Of one course in words; of all courses how many were given of how many that are asked for. */
function signOffColumns({ slug, signOffWords }: Scope, href: (row: LearnerResult) => string): Column<LearnerResult>[] {
  if (slug === null)
    return [
      { key: 'sign_offs', cell: (row) => sumOf(row, 'sign_off')?.done ?? null, href },
      { key: 'sign_offs_total', isTotal: true, cell: (row) => sumOf(row, 'sign_off')?.total ?? null },
    ];
  return [
    {
      key: 'sign_off',
      href,
      cell({ courses: [course] }) {
        const standing = course === undefined ? null : standingOf(course);
        return standing === null ? null : signOffWords(standing);
      },
    },
  ];
}

function standingOf({ progress, verdict }: CourseResult): SignOffStanding | null {
  if (!progress.sign_off?.total) return null;
  if (verdict !== null) return verdict;
  const others = Object.entries(progress).filter(([kind]) => kind !== 'sign_off');
  return others.every(([, part]) => part === undefined || part.done === part.total) ? 'waiting' : null;
}

/** Over the courses that somebody is enrolled in; null where they are in none of them. */
function sumOf({ courses }: LearnerResult, kind: string): Progress | null {
  if (courses.length === 0) return null;
  const parts = courses.map(({ progress }) => progress[kind] ?? { done: 0, total: 0 });
  return parts.reduce((sum, { done, total }) => ({ done: sum.done + done, total: sum.total + total }));
}

function certificatesOf({ courses }: LearnerResult) {
  return courses.flatMap(({ certificate: one }) => (one ? [{ code: one.code, day: new Date(one.issued_at) }] : []));
}

function certificatePath(row: LearnerResult): string | null {
  const [first] = certificatesOf(row);
  return first ? `/certificates/${first.code}` : null;
}

/** The last thing on record, as the mentor's day has it; a question to the mentor belongs to no single course. */
function activeAt({ courses, asked_at }: LearnerResult, isOfAll: boolean): Date | null {
  const times = [
    ...courses.flatMap((one) => [one.completed_at, one.answered_at, one.submitted_at]),
    isOfAll ? asked_at : null,
  ];
  const known = times.flatMap((time) => (time === null ? [] : [new Date(time).getTime()]));
  return known.length === 0 ? null : new Date(Math.max(...known));
}
