import type { FastifyInstance } from 'fastify';
import { keepFile } from '../../files/queries.ts';
import { orNotFound } from '../../platform/errors.ts';
import { signedIn } from '../../platform/scopes.ts';
import { readUpload, withUploads } from '../../platform/uploads.ts';
import { getBranch } from '../managing/queries.ts';
import { drawLogo, mostLogoBytes } from './logo.ts';
import { findLogo, setLogo } from './queries.ts';

export function logoRoutes(app: FastifyInstance): void {
  const { db, files } = app;

  app.get<{ Params: { code: string; file: string } }>('/organisations/:code/logo/:file', async (request, reply) => {
    const { code, file } = request.params;
    const logo = orNotFound(/^[0-9a-f]{32}$/.test(file) ? await findLogo(db, code, file) : undefined);
    return reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type(logo.media_type)
      .send(await files.get(logo.hash));
  });
}

export function logoManagingRoutes(app: FastifyInstance): void {
  const { db, files } = app;

  withUploads(app, mostLogoBytes, (inner) => {
    inner.post<{ Params: { code: string } }>('/admin/organisations/:code/logo', async (request, reply) => {
      const manager = signedIn(request);
      const branch = await getBranch(db, manager, request.params.code);
      const { file } = await readUpload(request);
      const logo = file === null || file.isTooLarge ? null : await drawLogo(file.bytes);
      const back = `/admin/organisations/${branch.code}/settings`;
      if (logo === null) {
        const fault = file === null ? 'missing' : file.isTooLarge ? 'too_large' : 'unreadable';
        return reply.goTo(back, `organisations.logo_${fault}`, 'bad');
      }
      const hash = await keepFile(db, files, logo.content, logo.mediaType);
      await db.transaction().execute((trx) => setLogo(trx, branch, hash, manager));
      return reply.goTo(back, 'organisations.logo_saved');
    });
  });

  app.post<{ Params: { code: string } }>('/admin/organisations/:code/logo/remove', async (request, reply) => {
    const manager = signedIn(request);
    const branch = await getBranch(db, manager, request.params.code);
    await db.transaction().execute((trx) => setLogo(trx, branch, null, manager));
    return reply.goTo(`/admin/organisations/${branch.code}/settings`, 'organisations.logo_removed');
  });
}
