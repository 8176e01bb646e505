import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../accounts/way-back.ts';
import { forReader } from '../courses/data-saving.ts';
import { dropParts } from '../files/parts.ts';
import { keepFile } from '../files/queries.ts';
import { Forbidden, orNotFound } from '../platform/errors.ts';
import { blankForm, type Form, readForm, withErrors } from '../platform/forms.ts';
import { rowId } from '../platform/row-id.ts';
import { isHelper, signedIn } from '../platform/scopes.ts';
import { readUploads, type UploadedFile, withUploads } from '../platform/uploads.ts';
import { type FileFault, fileNames, mostFileBytes, mostFiles, readWorkFile } from './files.ts';
import { longestWords, type SubmissionFields, SubmissionForm } from './forms.ts';
import { type Assignment, findAssignment, findFile, insertSubmission, type KeptFile, type Try } from './queries.ts';
import { isHandedIn, lockReady, useUploads } from './uploads/queries.ts';
import { takeUploads, uploadsNamed } from './uploads/taking.ts';

/** What one of the files that were sent is refused for. */
type RefusedFile = { name: string; fault: FileFault | 'too_many' | 'gone' };

declare module '../platform/views.ts' {
  interface Views {
    'assignments/show': {
      assignment: Omit<Assignment, 'submissions'>;
      /** They read it since they help others, and hand nothing in. */
      is_trial: boolean;
      tries: Try[];
      state: 'new' | 'waiting' | 'returned' | 'passed';
      /** Of what is handed in next. */
      id: string;
      form: Form<SubmissionFields>;
      refused: RefusedFile[];
      /** Of the files that have come already, those to be handed in; null: all. */
      named: string[] | null;
      limits: { files: number; bytes: number; words: number; kinds: string };
    };
  }
}

type WithKey = { Params: { slug: string; key: string } };
type WithFile = { Params: { id: string; file: string } };

/** Work that is handed in to be marked: its page, and what was handed in. */
export function assignmentRoutes(app: FastifyInstance): void {
  const { db, files } = app;

  app.get<WithKey>('/courses/:slug/assignments/:key', async (request, reply) => {
    const assignment = await getAssignment(request, request.params);
    return show(request, reply, 200, { assignment, id: newId(), form: blankForm(SubmissionForm) });
  });

  withUploads(
    app,
    mostFileBytes,
    (inner) => {
      inner.post<WithKey>('/courses/:slug/assignments/:key/submissions', async (request, reply) => {
        const assignment = await getAssignment(request, request.params);
        const { enrolment_id, slug, key } = assignment;
        if (enrolment_id === null) throw new Forbidden();
        const work = { ...assignment, enrolment_id };
        const takesFiles = assignment.task.settings.ways.includes('files');
        const kept: KeptFile[] = [];
        const refused: RefusedFile[] = [];
        const take = async (file: UploadedFile) => {
          if (!takesFiles) return;
          const read = kept.length === mostFiles ? 'too_many' : await readWorkFile(file);
          if (typeof read === 'string') refused.push({ name: file.name, fault: read });
          else kept.push({ ...read, hash: await keepFile(db, files, read.content, read.mediaType) });
        };
        const fields = await readUploads(request, take);
        const id = rowId(hiddenField(fields, 'id'));
        const path = `/courses/${slug}/assignments/${key}`;
        const named = takesFiles ? uploadsNamed(fields) : [];
        const uploads = await takeUploads(app, work, named, async (file) => {
          if (file === null) refused.push({ name: '', fault: 'gone' });
          else await take(file);
        });
        // They are gone where the same form was quicker.
        if (uploads.length < named.length && (await isHandedIn(db, work, id)))
          return reply.goTo(path, 'assignments.outcome_saved');
        const form = checked(readForm(SubmissionForm, fields), assignment, kept.length + refused.length);
        if (!form.ok || refused.length > 0) return show(request, reply, 422, { assignment, id, form, refused, named });

        const { words = null, link = null } = form.data;
        const submission = { id, words, link, files: kept.map(({ kind, name, hash }) => ({ kind, name, hash })) };
        const { outcome, orphans } = await db.transaction().execute(async (trx) => {
          const ready = await lockReady(trx, work);
          if (!uploads.every((one) => ready.includes(one))) return { outcome: 'gone' as const, orphans: [] };
          const outcome = await insertSubmission(trx, work, submission);
          const orphans = outcome === 'saved' ? await useUploads(trx, submission, { uploads, ready }) : [];
          return { outcome, orphans };
        });
        await dropParts(app, orphans);
        if (outcome === 'saved' || (outcome === 'gone' && (await isHandedIn(db, work, id))))
          return reply.goTo(path, 'assignments.outcome_saved');
        if (outcome === 'passed') return reply.goTo(path, 'assignments.outcome_passed', 'bad');
        // What was typed in the meantime is there to be handed in later.
        const error = { [firstField[assignment.task.settings.ways[0] ?? 'text']]: `assignments.outcome_${outcome}` };
        const now = await getAssignment(request, request.params);
        return show(request, reply, 409, { assignment: now, id, form: withErrors(form, error), named });
      });
    },
    // Some too many are told so; a hundred are no mistake.
    { most: mostFiles * 2, fieldSize: longestWords * 4 },
  );

  // Pictures are ours, drawn anew. Whatever else somebody sent is never shown by a browser, only kept.
  app.get<WithFile>('/submissions/:id/files/:file', async (request, reply) => {
    const { id, file } = request.params;
    const found = orNotFound(await findFile(db, signedIn(request), id, file));
    reply.headers({
      'cache-control': 'private, no-cache',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
    if (found.kind === 'file') reply.header('content-disposition', attachment(found.name ?? 'file'));
    return reply.type(found.media_type).send(await files.get(found.hash));
  });
}

async function getAssignment(request: FastifyRequest, { slug, key }: WithKey['Params']): Promise<Assignment> {
  return orNotFound(await findAssignment(request.server.db, signedIn(request), slug, key, request.language));
}

/** What the task does not ask for is not taken; something has to be there. */
function checked(form: Form<SubmissionFields>, { task }: Assignment, files: number): Form<SubmissionFields> {
  const { ways } = task.settings;
  if (!form.ok) return form;
  const { words, link } = form.data;
  const data: SubmissionFields = {
    ...(words !== undefined && ways.includes('text') ? { words } : {}),
    ...(link !== undefined && ways.includes('link') ? { link } : {}),
  };
  if (Object.keys(data).length === 0 && files === 0)
    return withErrors(form, { [firstField[ways[0] ?? 'text']]: 'assignments.error_nothing' });
  return { ...form, data };
}

const firstField = { text: 'words', link: 'link', files: 'file' };

function show(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  sent: {
    assignment: Assignment;
    id: string;
    form: Form<SubmissionFields>;
    refused?: RefusedFile[];
    named?: string[];
  },
) {
  const page = { refused: [], named: null, ...sent };
  const { submissions, task, ...assignment } = page.assignment;
  const marking = submissions.find(({ markings }) => markings.length > 0)?.markings[0];
  const isWaiting = submissions[0]?.markings.length === 0;
  const state = assignment.is_done ? 'passed' : isWaiting ? 'waiting' : marking ? 'returned' : 'new';
  const html = forReader(request, task.html);
  const form = page.refused.length > 0 ? withErrors(page.form, { file: 'assignments.error_files' }) : page.form;
  return reply.page(
    'assignments/show',
    {
      ...page,
      is_trial: assignment.enrolment_id === null && isHelper(signedIn(request)),
      form,
      assignment: { ...assignment, task: { ...task, html } },
      tries: submissions,
      state,
      limits: { files: mostFiles, bytes: mostFileBytes, words: longestWords, kinds: fileNames.join(', ') },
    },
    { status },
  );
}

/** RFC 6266: in plain letters for old browsers, and as it is. */
function attachment(name: string): string {
  const plain = name.replace(/[^\w.-]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
