import type { FastifyInstance } from 'fastify';
import { v7 as newId } from 'uuid';
import { pageNumber, queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { contentOf } from '../files/content.ts';
import { insertDraft } from '../queries.ts';
import { getOwnCourse, listOwnCourses, listVersionFiles } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/courses': Awaited<ReturnType<typeof listOwnCourses>> & { page_number: number; q: string };
  }
}

/** The courses that are published, and a draft of one. */
export function ownCourseRoutes(app: FastifyInstance): void {
  const { db, files } = app;

  app.get('/publishing/courses', async (request, reply) => {
    const page_number = pageNumber(queryText(request.query, 'page'));
    const q = queryText(request.query, 'q');
    const list = await listOwnCourses(db, signedIn(request), q, page_number);
    if (list.rows.length === 0 && page_number > 1) return reply.goTo('/publishing/courses');
    return reply.page('publishing/courses', { ...list, page_number, q });
  });

  app.post<{ Params: { slug: string } }>('/publishing/courses/:slug/drafts', async (request, reply) => {
    const author = signedIn(request);
    const course = await getOwnCourse(db, author, request.params.slug);
    const id = newId();
    const version_id = course.current_version_id ?? '';
    const sources = await Promise.all(
      (await listVersionFiles(db, version_id)).map(async ({ path, hash, bytes }) => ({
        path,
        content: await contentOf(path, { hash, bytes }, files),
      })),
    );
    const draft = {
      id,
      slug: course.slug,
      organisation_id: course.owner_organisation_id,
      course: { id: course.id, version_id },
    };
    const outcome = await db.transaction().execute((trx) => insertDraft(trx, draft, sources, author));
    return outcome === 'made'
      ? reply.goTo(`/publishing/${id}`, 'publishing.made_from_version')
      : reply.goTo('/publishing/courses', 'publishing.draft_there_already', 'bad');
  });
}
