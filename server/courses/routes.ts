import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { percentDone } from '../enrolments/completion.ts';
import { itemPath } from '../lessons/paths.ts';
import { listPathTitles } from '../paths/queries.ts';
import { orNotFound } from '../platform/errors.ts';
import { field, pageNumber, readForm } from '../platform/forms.ts';
import type { Language } from '../platform/i18n.ts';
import { isHelper } from '../platform/scopes.ts';
import type { Person } from '../platform/sessions.ts';
import { findClosable } from '../versions/closing/queries.ts';
import { forReader } from './data-saving.ts';
import { skillNames } from './frameworks.ts';
import { findCourse, findPicture, listCatalogue } from './queries.ts';
import { levels, topics } from './topics.ts';

type Catalogue = Awaited<ReturnType<typeof listCatalogue>>;
type Course = NonNullable<Awaited<ReturnType<typeof findCourse>>>;

declare module '../platform/views.ts' {
  interface Views {
    'courses/index': {
      catalogue: Catalogue;
      filter: { q: string; topic: string; level: string; language: string; sort: string; page: number };
      topics: readonly string[];
      /** Where to begin; not told to who looks for something. */
      paths: { slug: string; title: string }[];
      path_without: (...names: string[]) => string;
    };
    'courses/show': {
      course: Course;
      progress: Progress | null;
      /** They may open every item: they are enrolled, or help others. */
      reads_all: boolean;
      skills: Skill[];
      path: typeof itemPath;
      /** They manage or review it. */
      may_close: boolean;
    };
  }
}
interface Progress {
  done: number;
  total: number;
  percent: number;
}
interface Skill {
  framework: string;
  code: string;
  name: string;
  /** Of the name: some frameworks have names in one language only. */
  language: string;
}

const Filter = Type.Object({
  q: field.optional(field.text({ maxLength: 100 })),
  topic: field.optional(field.choice(topics)),
  level: field.optional(field.choice(levels)),
  language: field.optional(field.text({ maxLength: 12 })),
  sort: field.optional(field.choice(['newest', 'title', 'short'])),
});

export function courseRoutes(app: FastifyInstance): void {
  const { files } = app;

  app.get<{ Querystring: Record<string, string> }>('/courses', async (request, reply) => {
    const { values, errors } = readForm(Filter, request.query);
    // A filter that does not exist filters nothing: a link that somebody mistyped still shows courses.
    const filter = {
      q: values.q.slice(0, 100),
      topic: errors.topic ? '' : values.topic,
      level: errors.level ? '' : values.level,
      language: errors.language ? '' : values.language,
      sort: errors.sort || values.sort === '' ? 'newest' : values.sort,
      page: pageNumber(request.query.page),
    };
    const isSearching = pathWithout(filter, []) !== '/courses';
    const [catalogue, paths] = await Promise.all([
      listCatalogue(request.reading, request.language, filter),
      isSearching ? [] : listPathTitles(request.reading, request.language),
    ]);
    // Past the last page, "none found" would be untrue.
    if (catalogue.courses.length === 0 && filter.page > 1) return reply.goTo(pathWithout(filter, ['page']));
    return reply.page(
      'courses/index',
      { catalogue, filter, topics, paths, path_without: (...names) => pathWithout(filter, names) },
      { fragment: 'courses/_results', shared: 60 },
    );
  });

  app.get<{ Params: { slug: string } }>('/courses/:slug', async (request, reply) => {
    const { person } = request;
    const course = orNotFound(await findCourse(request.reading, person, request.params.slug, request.language));
    return reply.page(
      'courses/show',
      {
        course: { ...course, html: forReader(request, course.html) },
        progress: course.enrolment_id === null ? null : progressOf(course),
        reads_all: course.enrolment_id !== null || (person !== null && isHelper(person)),
        skills: skillsOf(course, request.language),
        path: itemPath,
        may_close: person !== null && (await mayClose(app.db, person, course.slug, request.language)),
      },
      { shared: 60 },
    );
  });

  app.get<{ Params: { slug: string; file: string } }>('/courses/:slug/pictures/:file', async (request, reply) => {
    const [, hash] = /^([0-9a-f]{32})\.(?:webp|png|jpg)$/.exec(request.params.file) ?? [];
    const picture = orNotFound(
      hash === undefined ? undefined : await findPicture(request.reading, request.person, request.params.slug, hash),
    );
    return reply
      .header('cache-control', 'private, max-age=31536000, immutable')
      .type(picture.media_type)
      .send(await files.get(picture.hash));
  });
}

/** Asked only for whoever has such a role anywhere. */
async function mayClose(db: FastifyInstance['db'], person: Person, slug: string, language: Language): Promise<boolean> {
  const mayAnywhere = person.roles.some((role) => ['reviewer', 'manager', 'owner'].includes(role));
  return mayAnywhere && (await findClosable(db, person, slug, language))?.may_close === true;
}

function progressOf(course: Course): Progress {
  const required = course.items.filter((item) => item.required);
  const counts = { done: required.filter((item) => item.done).length, total: required.length };
  return { ...counts, percent: percentDone(counts) };
}

function skillsOf(course: Course, wanted: Language): Skill[] {
  return course.skills.map((skill) => {
    const names = skillNames(skill.framework, skill.code);
    const [language = wanted, name = ''] =
      Object.entries(names).find(([tag]) => tag === wanted) ?? Object.entries(names)[0] ?? [];
    return { ...skill, name, language };
  });
}

/** The catalogue's address with some filters taken off, ending ready for another: `/courses?topic=data&` */
function pathWithout(filter: Record<string, string | number>, names: string[]): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(filter)) {
    const isDefault = value === '' || (name === 'sort' && value === 'newest') || (name === 'page' && value === 1);
    if (!isDefault && !names.includes(name)) query.set(name, String(value));
  }
  return query.size === 0 ? '/courses' : `/courses?${query}`;
}
