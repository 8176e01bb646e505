import { percentDone } from '../enrolments/completion.ts';

interface Step {
  slug: string;
  enrolled_at: unknown;
  certificate: unknown;
}

/** Where somebody stands on a path, by the certificates they hold. */
export interface Standing<Course> {
  done: number;
  total: number;
  percent: number;
  isBegun: boolean;
  /** The first without a certificate; null when there is none. */
  next: Course | null;
}

export function standingOn<Course extends Step>({ courses }: { courses: Course[] }): Standing<Course> {
  const done = courses.filter(({ certificate }) => certificate !== null).length;
  const total = courses.length;
  return {
    done,
    total,
    percent: percentDone({ done, total }),
    isBegun: courses.some(({ certificate, enrolled_at }) => certificate !== null || enrolled_at !== null),
    next: courses.find(({ certificate }) => certificate === null) ?? null,
  };
}

/**
 * The path to go on with: of those that are begun and not completed, the one begun last; where one course began several, the one that is further
 * along.
 */
export function pathToGoOn<Path extends { courses: Step[] }>(paths: Path[]): Path | null {
  const open = paths.filter((path) => {
    const { isBegun, next } = standingOn(path);
    return isBegun && next !== null;
  });
  const [first = null] = open.sort(
    (one, other) => lastBegun(other) - lastBegun(one) || standingOn(other).percent - standingOn(one).percent,
  );
  return first;
}

function lastBegun({ courses }: { courses: Step[] }): number {
  const times = courses.map(({ enrolled_at }) => (enrolled_at === null ? 0 : Date.parse(String(enrolled_at))));
  return Math.max(0, ...times);
}
