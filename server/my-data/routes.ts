import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { v7 as newId } from 'uuid';
import { requireConfirmed } from '../accounts/confirming/guard.ts';
import { hiddenField } from '../accounts/way-back.ts';
import { listDeedsFor } from '../audit/queries.ts';
import { NotFound } from '../platform/errors.ts';
import { blankForm, type Form, pageNumber, readForm } from '../platform/forms.ts';
import { formats } from '../platform/i18n.ts';
import { signedIn } from '../platform/scopes.ts';
import { endSession } from '../platform/sessions.ts';
import { zipOf } from './archive.ts';
import { erasePerson, isOnlyOwner, removeFiles } from './erasure/queries.ts';
import { AnswerForm, type AskFor, type Deletion, DeletionForm, RequestForm } from './forms.ts';
import { countPapers, getRecord, type LearningRecord } from './queries.ts';
import { answerRequest, insertRequest, listOwnRequests, listRequests } from './requests/queries.ts';

declare module '../platform/views.ts' {
  interface Views {
    'my-data/show': {
      record: LearningRecord;
      requests: Awaited<ReturnType<typeof listOwnRequests>>;
      /** What others did for them. */
      deeds: Awaited<ReturnType<typeof listDeedsFor>>;
      form: Form<AskFor>;
      /** Of the request that the form makes. */
      request_id: string;
    };
    'my-data/deletion': {
      form: Form<Deletion>;
      certificates: number;
      /** Learners whose papers carry the reader's name. */
      assessed: number;
      fault: string | null;
    };
    'my-data/requests': {
      requests: Awaited<ReturnType<typeof listRequests>>['requests'];
      pages: number;
      current: number;
      form: Form<{ answer: string }>;
      /** The request that the form answers, when it was refused. */
      answering: string | null;
    };
  }
}

const views = new Eta({ views: fileURLToPath(new URL('../../views', import.meta.url)), cache: true });

/** What the law gives everybody over their data, without asking anybody where that can be. */
export function myDataRoutes(app: FastifyInstance): void {
  const { db, files } = app;
  const guarded = { preHandler: requireConfirmed };

  app.get('/account/data', async (request, reply) =>
    reply.page('my-data/show', await pageOf(request, blankForm(RequestForm), newId())),
  );

  app.get('/account/data/archive', guarded, async (request, reply) => {
    const person = signedIn(request);
    const record = await getRecord(db, person.id, request.language);
    const { t, language } = request;
    const html = views.render('/my-data/archive', { t, language, format: formats[language], record });
    reply.type('application/zip').header('cache-control', 'no-store');
    reply.header('content-disposition', `attachment; filename="dom-dom-${record.learner_code}.zip"`);
    return reply.send(await zipOf({ db, files }, person.id, html));
  });

  app.post('/account/data/requests', async (request, reply) => {
    const person = signedIn(request);
    const typedId = hiddenField(request.body, 'request_id');
    const id = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(typedId) ? typedId : newId();
    const form = readForm(RequestForm, request.body);
    if (!form.ok) return reply.page('my-data/show', await pageOf(request, form, id), { status: 422 });
    await db.transaction().execute((trx) => insertRequest(trx, person, { id, ...form.data }, new Date()));
    return reply.goTo('/account/data', 'my_data.asked');
  });

  app.get('/account/deletion', guarded, async (request, reply) => {
    const { id } = signedIn(request);
    const form = blankForm(DeletionForm);
    return reply.page('my-data/deletion', {
      form,
      ...(await countPapers(db, id)),
      fault: await faultOf(id),
    });
  });

  app.post('/account/deletion', guarded, async (request, reply) => {
    const { id } = signedIn(request);
    const { certificates, assessed } = await countPapers(db, id);
    const fault = await faultOf(id);
    // Who has no certificate has nothing to choose.
    const form = readForm(DeletionForm, certificates > 0 ? request.body : withWithdrawal(request.body));
    if (!form.ok || fault !== null) {
      return reply.page('my-data/deletion', { form, certificates, assessed, fault }, { status: 422 });
    }
    const orphans = await db.transaction().execute((trx) => erasePerson(trx, id, form.data.certificates));
    await removeFiles(db, files, orphans);
    await endSession(request, reply);
    reply.header('clear-site-data', '"cache"');
    return reply.goTo('/', 'my_data.erased');
  });

  /** Why they cannot go yet. */
  async function faultOf(personId: string): Promise<string | null> {
    return (await isOnlyOwner(db, personId)) ? 'my_data.error_only_owner' : null;
  }

  async function pageOf(request: FastifyRequest, form: Form<AskFor>, request_id: string) {
    const person = signedIn(request);
    const record = await getRecord(db, person.id, request.language);
    const [requests, deeds] = [await listOwnRequests(db, person), await listDeedsFor(db, person)];
    return { record, requests, deeds, form, request_id };
  }
}

/** The operator's queue, with the clock of the law. */
export function dataRequestRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<{ Querystring: { page?: string } }>('/admin/data-requests', async (request, reply) => {
    const current = pageNumber(request.query.page);
    const page = { current, form: blankForm(AnswerForm), answering: null };
    return reply.page('my-data/requests', { ...(await listRequests(db, current)), ...page });
  });

  app.post<{ Params: { id: string } }>('/admin/data-requests/:id/answer', async (request, reply) => {
    const { id } = request.params;
    const form = readForm(AnswerForm, request.body);
    if (!form.ok) {
      const page = { ...(await listRequests(db, 1)), current: 1, form, answering: id };
      return reply.page('my-data/requests', page, { status: 422 });
    }
    const operator = signedIn(request);
    const isAnswered = await db.transaction().execute((trx) => answerRequest(trx, operator, id, form.data.answer));
    if (!isAnswered) throw new NotFound();
    app.postman.wake();
    return reply.goTo('/admin/data-requests', 'my_data.answer_sent');
  });
}

function withWithdrawal(body: unknown): object {
  return { ...(typeof body === 'object' ? body : {}), certificates: 'withdraw' };
}
