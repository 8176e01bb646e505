import type { FastifyInstance, FastifyReply } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../../accounts/way-back.ts';
import { dropParts, type KeptParts, keepParts } from '../../files/parts.ts';
import { most } from '../../moving-in/limits.ts';
import { type Choices, findChoice, listChoices } from '../../organisations/choices/queries.ts';
import { orNotFound } from '../../platform/errors.ts';
import { queryText } from '../../platform/forms.ts';
import { createPartWorker } from '../../platform/part-by-part.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { readStreams, withUploads } from '../../platform/uploads.ts';
import { type ReportPart, reportOf } from '../reports/report.ts';
import { bringNext } from './bringing.ts';
import { fileNameOf } from './folders.ts';
import { findUpload, insertUpload, listUploads, type Refusal, type Upload } from './queries.ts';

/** That a file may be in; else it is told from the words. */
const fileLanguages = ['vi', 'en', 'km'] as const;

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/uploads': {
      /** Of the form: sent twice it brings one file. */
      id: string;
      choices: Choices;
      values: { organisation: string; language: string };
      languages: typeof fileLanguages;
      error: string | null;
      rows: Awaited<ReturnType<typeof listUploads>>;
      most_bytes: number;
    };
    'publishing/upload': {
      upload: Omit<Upload, 'outcome'>;
      refusal: Refusal | null;
      /** Of a file in which nothing could be part of a course. */
      parts: ReportPart[];
    };
  }
}

/** Courses that somebody has already, brought in as a file: each becomes a draft of their organisation, and is never published at once. */
export function courseUploadRoutes(app: FastifyInstance): void {
  const { db } = app;
  const atWork = createPartWorker(app);

  app.get('/publishing/uploads', async (request, reply) => {
    const values = { organisation: '', language: '' };
    return showForm(reply, 200, { id: newId(), error: null, values }, queryText(request.query, 'q'));
  });

  withUploads(app, most.archiveBytes, (inner) => {
    inner.post('/publishing/uploads', async (request, reply) => {
      const author = signedIn(request);
      const { rows: organisations } = await listChoices(db, author, 'author', { limit: 1 });
      const sent: (KeptParts & { name: string; isTooLarge: boolean })[] = [];
      const drop = () =>
        dropParts(
          app,
          sent.flatMap(({ hashes }) => hashes),
        );
      const fields = await readStreams(request, async ({ name, pieces, isTooLarge }) => {
        if (organisations.length === 0) return;
        const kept = await keepParts(app, pieces);
        sent.push({ ...kept, name: fileNameOf(name), isTooLarge: isTooLarge() });
      }).catch(async (error) => {
        await drop();
        throw error;
      });
      const id = rowId(hiddenField(fields, 'id'));
      const values = { organisation: hiddenField(fields, 'organisation'), language: hiddenField(fields, 'language') };
      const refuse = async (error: string) => {
        await drop();
        return showForm(reply, 422, { id, error, values });
      };
      const organisation = await findChoice(db, author, 'author', values.organisation);
      if (organisation === undefined) return refuse('publishing.error_organisation');
      const [file] = sent;
      if (file === undefined) return refuse('course_uploads.error_missing');
      if (file.isTooLarge) return refuse('course_uploads.error_too_large');
      if (file.bytes === 0) return refuse('course_uploads.error_empty');
      const upload = {
        ...{ id, organisation_id: organisation.id, file_name: file.name, bytes: file.bytes, parts: file.hashes },
        language: fileLanguages.find((language) => language === values.language) ?? null,
      };
      const outcome = await db.transaction().execute((trx) => insertUpload(trx, upload, author));
      if (outcome === 'too_many') return refuse('course_uploads.error_too_many');
      if (outcome === 'there') await drop();
      orNotFound(await findUpload(db, author, id));
      await atWork(async () => !(await bringNext(app)));
      return reply.goTo(`/publishing/uploads/${id}`);
    });
  });

  /** How far it is: the page comes again by itself until the file has been read. */
  app.get<{ Params: { id: string } }>('/publishing/uploads/:id', async (request, reply) => {
    const { outcome, ...upload } = orNotFound(await findUpload(db, signedIn(request), request.params.id));
    if (upload.draft_id !== null) return reply.goTo(`/publishing/${upload.draft_id}/report`);
    reply.header('cache-control', 'no-store');
    if (upload.ended_at === null) reply.header('refresh', '2');
    const parts = outcome?.kind === 'nothing' ? reportOf(outcome.notes, request.language) : [];
    return reply.page('publishing/upload', { upload, refusal: outcome, parts });
  });

  async function showForm(
    reply: FastifyReply,
    status: number,
    page: { id: string; error: string | null; values: { organisation: string; language: string } },
    q = '',
  ) {
    const author = signedIn(reply.request);
    const choices = await listChoices(db, author, 'author', { q, chosen: page.values.organisation });
    const rows = await listUploads(db, author);
    const shown = { choices, rows, languages: fileLanguages, most_bytes: most.archiveBytes };
    return reply.page('publishing/uploads', { ...page, ...shown }, { status });
  }
}
