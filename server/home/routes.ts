import type { FastifyInstance } from 'fastify';
import { listNewest } from '../courses/queries.ts';
import { percentDone } from '../enrolments/completion.ts';
import { getLearning } from '../learning/queries.ts';
import { itemPath } from '../lessons/paths.ts';
import { listPaths, type Path } from '../paths/queries.ts';
import { pathToGoOn, type Standing, standingOn } from '../paths/standing.ts';

type Learning = Awaited<ReturnType<typeof getLearning>>;

type PathCourse = Path['courses'][number];

interface Way {
  path: Path;
  standing: Standing<PathCourse>;
  /** What comes after the course at hand. */
  course: PathCourse | null;
}

declare module '../platform/views.ts' {
  interface Views {
    'home/welcome': { courses: Awaited<ReturnType<typeof listNewest>> };
    'home/next': {
      current: Learning['courses'][number] | undefined;
      /** The newest three. */
      certified: Learning['courses'];
      cohorts: Learning['cohorts'];
      /** Announcements. */
      unread: number;
      isNew: boolean;
      /** The learning path to go on with. */
      way: Way | null;
      percent: typeof percentDone;
      path: typeof itemPath;
    };
  }
}

/** For a visitor: what this is. For a learner: what to do next. */
export function homeRoutes(app: FastifyInstance): void {
  app.get('/', async (request, reply) => {
    if (request.person !== null) {
      const [{ courses, cohorts, unread }, paths] = await Promise.all([
        getLearning(app.db, request.person, request.language),
        listPaths(app.db, request.person, request.language),
      ]);
      const current = courses.find(({ next, certificates }) => next !== null && certificates.length === 0);
      return reply.page('home/next', {
        current,
        way: wayOn(paths, current?.slug),
        certified: courses.filter(({ certificates }) => certificates.length > 0).slice(0, 3),
        cohorts,
        unread,
        isNew: courses.length === 0,
        percent: percentDone,
        path: itemPath,
      });
    }
    return reply.page('home/welcome', { courses: await listNewest(request.reading, request.language) }, { shared: 60 });
  });
}

function wayOn(paths: Path[], current: string | undefined): Way | null {
  const path = pathToGoOn(paths);
  if (path === null) return null;
  const course = path.courses.find(({ slug, certificate }) => certificate === null && slug !== current) ?? null;
  return { path, standing: standingOn(path), course };
}
