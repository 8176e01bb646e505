import type { FastifyInstance } from 'fastify';
import { findCourse } from '../courses/queries.ts';
import { itemPath } from '../lessons/paths.ts';
import { orNotFound } from '../platform/errors.ts';
import { signedIn } from '../platform/scopes.ts';
import { enrol } from './queries.ts';

declare module '../platform/views.ts' {
  interface Views {
    'versions/closed': { course: { slug: string } };
  }
}

export function enrolmentRoutes(app: FastifyInstance): void {
  app.post<{ Params: { slug: string } }>('/courses/:slug/enrolment', async (request, reply) => {
    const person = signedIn(request);
    const course = orNotFound(await findCourse(app.db, person, request.params.slug, request.language));
    if (course.is_closed && course.enrolment_id === null) {
      return reply.page('versions/closed', { course: { slug: course.slug } }, { status: 403 });
    }
    await enrol(app.db, person, course);
    const next = course.items.find((item) => item.required && !item.done);
    return reply.goTo(next ? itemPath(course.slug, next) : `/courses/${course.slug}`, 'courses.enrolled');
  });
}
