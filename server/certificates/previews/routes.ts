import type { FastifyInstance } from 'fastify';
import { type Branch, getBranch } from '../../organisations/managing/queries.ts';
import { findLetterhead } from '../../organisations/signatories/queries.ts';
import { NotFound, orNotFound } from '../../platform/errors.ts';
import { queryText } from '../../platform/forms.ts';
import { translators } from '../../platform/i18n.ts';
import { signedIn } from '../../platform/scopes.ts';
import { drawingTurn } from '../drawing.ts';
import { drawPdf } from '../pdf.ts';
import { drawPicture } from '../picture.ts';
import { picturesOf } from '../pictures.ts';
import { printLetterhead } from '../printing.ts';
import { printExample } from './example.ts';
import { findExample, listGivenCourses } from './queries.ts';

type Given = Awaited<ReturnType<typeof listGivenCourses>>;

declare module '../../platform/views.ts' {
  interface Views {
    'certificates/preview': {
      branch: Branch;
      courses: Given;
      /** The one that is shown; null where the organisation gives none. */
      chosen: Given['rows'][number] | null;
    };
  }
}

const drawings = {
  pdf: { draw: drawPdf, mediaType: 'application/pdf' },
  png: { draw: drawPicture, mediaType: 'image/png' },
};

const standing = { revokedOn: null, isExpired: false, isExample: true };

/** For managers: a certificate as it would be issued now, made out to nobody and marked so. Nothing is written. */
export function previewRoutes(app: FastifyInstance): void {
  const { db, files, config } = app;

  app.get<{ Params: { code: string } }>('/admin/organisations/:code/certificate-preview', async (request, reply) => {
    const branch = await getBranch(db, signedIn(request), request.params.code);
    const slug = queryText(request.query, 'course');
    const courses = await listGivenCourses(db, branch, request.language, { q: queryText(request.query, 'q'), slug });
    const { rows } = courses;
    const chosen = slug === '' ? (rows[0] ?? null) : orNotFound(rows.find((course) => course.slug === slug));
    return reply.page('certificates/preview', { branch, courses, chosen });
  });

  app.get<{ Params: { code: string; drawing: string } }>(
    '/admin/organisations/:code/certificate-preview/:drawing',
    async (request, reply) => {
      const branch = await getBranch(db, signedIn(request), request.params.code);
      const [, slug = '', kind] = /^(.*)\.(pdf|png)$/s.exec(request.params.drawing) ?? [];
      if (kind !== 'pdf' && kind !== 'png') throw new NotFound();
      const example = orNotFound(await findExample(db, branch, slug));
      const letterhead = printLetterhead(await findLetterhead(db, branch.code));
      const printed = printExample(example, letterhead, request.language, config.publicUrl);
      const pictures = await picturesOf(files, printed);
      const { draw, mediaType } = drawings[kind];
      const bytes = await drawingTurn(() => draw(printed, translators, standing, printed.verifyUrl, pictures));
      return reply
        .header('cache-control', 'private, no-store')
        .header('content-disposition', `inline; filename="domdom-example.${kind}"`)
        .type(mediaType)
        .send(bytes);
    },
  );
}
