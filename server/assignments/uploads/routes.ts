import type { FastifyInstance, FastifyRequest } from 'fastify';
import { v7 as newId } from 'uuid';
import { dropParts, keepParts } from '../../files/parts.ts';
import { BadInput, Forbidden, HttpError, orNotFound } from '../../platform/errors.ts';
import { signedIn } from '../../platform/scopes.ts';
import { mostFileBytes } from '../files.ts';
import { findAssignment } from '../queries.ts';
import { addParts, beginUpload, findUpload } from './queries.ts';
import {
  fileNameIn,
  knowsFile,
  partType,
  requireTus,
  sendsPart,
  tusExtensions,
  tusVersion,
  wholeNumber,
} from './tus.ts';

type WithKey = { Params: { slug: string; key: string } };
type WithId = { Params: { id: string } };

/**
 * Files of work that come part by part, so that a link that is cut costs no more than the part under way. They are handed in by the form of
 * the assignment, which names them.
 */
export function assignmentUploadRoutes(app: FastifyInstance): void {
  app.register(async (inner) => {
    const { db } = inner;
    // Bodies are read as they come, by the one handler that wants one.
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser('*', (_request, _payload, done) => done(null));
    inner.addHook('onRequest', async (_request, reply) => {
      reply.headers({ 'tus-resumable': tusVersion, 'tus-version': tusVersion, 'cache-control': 'no-store' });
    });

    inner.options<WithKey>('/courses/:slug/assignments/:key/uploads', async (_request, reply) => {
      return reply.status(204).headers({ 'tus-extension': tusExtensions, 'tus-max-size': mostFileBytes }).send();
    });

    inner.post<WithKey>('/courses/:slug/assignments/:key/uploads', async (request, reply) => {
      const { slug, key } = request.params;
      const { person_id, enrolment_id, task, ...item } = orNotFound(
        await findAssignment(db, signedIn(request), slug, key, request.language),
      );
      if (enrolment_id === null || !task.settings.ways.includes('files')) throw new Forbidden();
      requireTus(request.headers);
      const bytes = wholeNumber(request.headers['upload-length']);
      const metadata = String(request.headers['upload-metadata'] ?? '');
      const file_name = fileNameIn(metadata);
      if (bytes === null || file_name === null) throw new BadInput('no upload of tus');
      if (bytes > mostFileBytes) throw new HttpError(413, 'too large');
      const upload = { id: newId(), person_id, enrolment_id, item_id: item.id, file_name, metadata, bytes };
      const { orphans, ...begun } = await db
        .transaction()
        .execute((trx) => beginUpload(trx, { ...upload, isKnown: knowsFile(metadata) }));
      await dropParts(inner, orphans);
      return reply
        .status(201)
        .headers({
          location: `/uploads/${begun.id}`,
          'upload-offset': begun.received,
          'upload-expires': begun.expires_at.toUTCString(),
        })
        .send();
    });

    /** How much of it has come. */
    inner.head<WithId>('/uploads/:id', async (request, reply) => {
      const upload = orNotFound(await findUpload(db, signedIn(request), request.params.id));
      requireTus(request.headers);
      const { received, bytes, metadata, expires_at } = upload;
      reply.headers({
        'upload-offset': received,
        'upload-length': bytes,
        'upload-expires': expires_at.toUTCString(),
        ...(metadata === '' ? {} : { 'upload-metadata': metadata }),
      });
      return reply.send();
    });

    inner.route<WithId>({
      method: ['PATCH', 'POST'],
      url: '/uploads/:id',
      handler: async (request, reply) => {
        const { headers, method, params } = request;
        const upload = orNotFound(await findUpload(db, signedIn(request), params.id));
        requireTus(headers);
        if (!sendsPart(method, headers)) throw new BadInput('no part of an upload');
        if (headers['content-type'] !== partType) throw new HttpError(415, 'no part of an upload');
        const offset = wholeNumber(headers['upload-offset']);
        if (offset === null) throw new BadInput('no offset');
        // Usual after a cut, and no page: nobody reads it.
        if (offset !== upload.received) return reply.status(409).send();
        const kept = await keepParts(inner, whatComes(request, upload.bytes - offset));
        const now = await db
          .transaction()
          .execute((trx) => addParts(trx, upload, kept))
          .catch(async (error) => {
            await dropParts(inner, kept.hashes);
            throw error;
          });
        if (now === null) {
          await dropParts(inner, kept.hashes);
          return reply.status(409).send();
        }
        reply.headers({ 'upload-offset': now.received, 'upload-expires': now.expires_at.toUTCString() });
        return reply.status(204).send();
      },
    });
  });
}

/**
 * A body as far as the link carries it: what came before it was cut is as good as the rest.
 * @param most bytes that are missing of the file
 */
async function* whatComes({ raw }: FastifyRequest, most: number): AsyncGenerator<Buffer> {
  let left = most;
  try {
    // Left alone when it is too much: destroying it would take the answer's way along.
    for await (const piece of raw.iterator({ destroyOnReturn: false })) {
      left -= piece.length;
      if (left < 0) break;
      yield piece;
    }
  } catch {
    return;
  }
  if (left < 0) throw new HttpError(413, 'more than the file has');
}
