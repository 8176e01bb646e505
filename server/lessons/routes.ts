import type { FastifyInstance } from 'fastify';
import { issueWhenComplete } from '../certificates/issuing.ts';
import { forReader } from '../courses/data-saving.ts';
import { complete, lockEnrolment } from '../enrolments/queries.ts';
import { Forbidden, orNotFound } from '../platform/errors.ts';
import { signedIn } from '../platform/scopes.ts';
import { itemPath } from './paths.ts';
import { findLesson } from './queries.ts';

type Lesson = NonNullable<Awaited<ReturnType<typeof findLesson>>>;

declare module '../platform/views.ts' {
  interface Views {
    'lessons/show': { lesson: Lesson; path: typeof itemPath };
  }
}

interface LessonParams {
  Params: { slug: string; key: string };
}

export function lessonRoutes(app: FastifyInstance): void {
  app.get<LessonParams>('/courses/:slug/lessons/:key', async (request, reply) => {
    const { slug, key } = request.params;
    const lesson = orNotFound(await findLesson(request.reading, request.person, slug, key, request.language));
    const html = lesson.html && forReader(request, lesson.html);
    return reply.page('lessons/show', { lesson: { ...lesson, html }, path: itemPath }, { shared: 60 });
  });
}

export function completionRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.post<LessonParams>('/courses/:slug/lessons/:key/completion', async (request, reply) => {
    const person = signedIn(request);
    const { slug, key } = request.params;
    const lesson = orNotFound(await findLesson(db, person, slug, key, request.language));
    const { enrolment_id } = lesson;
    if (enrolment_id === null) throw new Forbidden();
    const code = await db.transaction().execute(async (trx) => {
      const enrolment = { id: enrolment_id, person_id: person.id };
      await lockEnrolment(trx, enrolment.id);
      await complete(trx, enrolment, lesson, 'read');
      return issueWhenComplete(trx, enrolment, app.config);
    });
    if (code !== null) return reply.goTo(`/certificates/${code}`, 'certificates.issued');
    return lesson.next === null
      ? reply.goTo(`/courses/${slug}`, 'lessons.completed')
      : reply.goTo(itemPath(slug, lesson.next), 'lessons.completed');
  });
}
