import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Note } from '../moving-in/draft.ts';
import { inWords } from '../moving-in/report.ts';
import { orNotFound } from '../platform/errors.ts';
import { queryText } from '../platform/forms.ts';
import { signedIn } from '../platform/scopes.ts';
import { turns } from '../platform/turns.ts';
import { getVersion } from '../versions/reading.ts';
import { getBook } from './books.ts';
import { endings, type Format, formats, isFormat, mediaTypes } from './formats.ts';
import { findCourseOfAuthor, findReadVersion } from './queries.ts';

type Course = NonNullable<Awaited<ReturnType<typeof findCourseOfAuthor>>>;

declare module '../platform/views.ts' {
  interface Views {
    'exports/index': { course: Course; formats: readonly Format[] };
    'exports/show': {
      course: Course;
      kind: Format;
      language: string;
      report: { outcome: Note['outcome']; sentences: string[] }[];
    };
  }
}

/** What is lost first: it decides whether the file is wanted. */
const outcomes = ['left_out', 'changed', 'came'] as const;

interface WithFormat {
  Params: { slug: string; format: string };
}

/** Two at a time: what is written from questions is made in memory. */
const writingTurn = turns(2);

/** A course as a file, with the keys of its questions: for authors and managers of the organisation that owns it, and nobody else. */
export function exportRoutes(app: FastifyInstance): void {
  const { db, files, config } = app;

  app.get<{ Params: { slug: string } }>('/courses/:slug/exports', async (request, reply) => {
    const course = orNotFound(await findCourseOfAuthor(db, signedIn(request), request.params.slug));
    return reply.page('exports/index', { course, formats });
  });

  /** What the file will not hold, before it is fetched. */
  app.get<WithFormat>('/courses/:slug/exports/:format', async (request, reply) => {
    const { course, format, language } = await open(request);
    const { notes } = await writingTurn(() => exported(course, format, language));
    const report = outcomes.map((outcome) => ({
      outcome,
      sentences: notes.filter((note) => note.outcome === outcome).map((note) => inWords(note, request.language)),
    }));
    return reply.page('exports/show', { course, kind: format, language, report });
  });

  app.get<WithFormat>('/courses/:slug/exports/:format/file', async (request, reply) => {
    const { course, format, language } = await open(request);
    const { bytes } = await writingTurn(() => exported(course, format, language));
    const name = format === 'package' ? course.slug : `${course.slug}-${language}`;
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${name}.${endings[format]}"`)
      .type(mediaTypes[format])
      .send(Readable.from(bytes, { objectMode: false }));
  });

  /** To read without a network, in the version that the person reads; without the questions of quizzes. */
  app.get<{ Params: { slug: string } }>('/courses/:slug/offline.epub', async (request, reply) => {
    const read = orNotFound(await findReadVersion(db, signedIn(request), request.params.slug));
    const version = await getVersion(db, read.id, request.language);
    const wanted = queryText(request.query, 'in') || version.language;
    const language = orNotFound(version.languages.find((one) => one === wanted));
    const bytes = await getBook({ db, files }, version, language, config.publicUrl);
    return reply
      .header('cache-control', 'private, no-cache')
      .header('content-disposition', `attachment; filename="${read.slug}-${language}.epub"`)
      .type(mediaTypes.epub)
      .send(bytes);
  });

  async function exported(course: Course, format: Format, language: string) {
    const { exportCourse } = await import('./exporting.ts');
    return exportCourse({ db, files }, course, format, language, config.publicUrl);
  }

  async function open(request: FastifyRequest<WithFormat>) {
    const { slug, format } = request.params;
    const course = orNotFound(await findCourseOfAuthor(db, signedIn(request), slug));
    const [original = ''] = course.languages;
    const wanted = queryText(request.query, 'in') || original;
    const language = orNotFound(course.languages.find((one) => one === wanted));
    return { course, format: orNotFound(isFormat(format) ? format : undefined), language };
  }
}
