import type { FastifyInstance } from 'fastify';
import { NotFound, orNotFound } from '../../platform/errors.ts';
import { signedIn } from '../../platform/scopes.ts';
import { checkDraft } from '../checking.ts';
import { getDraft } from '../queries.ts';
import { drawOnce } from './drawing.ts';

/** The pictures of a draft, drawn anew as readers will get them: nothing is served as it came. */
export function draftPictureRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<{ Params: { id: string; file: string } }>('/publishing/:id/pictures/:file', async (request, reply) => {
    const draft = await getDraft(db, signedIn(request), request.params.id);
    const [, short, format] = /^([0-9a-f]{32})\.(webp|png)$/.exec(request.params.file) ?? [];
    if (short === undefined) throw new NotFound();
    const { folder } = await checkDraft(app, draft);
    const [path] = [...folder.hashes].find(([, hash]) => hash.startsWith(short)) ?? [];
    const content = orNotFound(folder.source.files.get(path ?? ''));
    const reading = await drawOnce(content);
    if ('fault' in reading) throw new NotFound();
    const isAsked = (copy: { format: string }) => (copy.format === 'webp') === (format === 'webp');
    const copy = orNotFound(reading.picture.copies.findLast(isAsked));
    return reply
      .header('cache-control', 'private, max-age=86400')
      .type(copy.format === 'jpg' ? 'image/jpeg' : `image/${copy.format}`)
      .send(copy.content);
  });
}
