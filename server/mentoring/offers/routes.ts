import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../../accounts/way-back.ts';
import { type Branch, getBranch } from '../../organisations/managing/queries.ts';
import { blankForm, type Form, pageNumber, queryText, readForm, withErrors } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { listVersions, type Version } from '../../versions/reading.ts';
import { type DecisionFields, DecisionForm, faultsOf, type OfferFields, OfferForm } from './forms.ts';
import { type Obstacle, obstacleOf } from './offering.ts';
import { type Decided, decideOffer, getOffering, insertOffer, listOffers, withdrawOffer } from './queries.ts';

type Offering = Awaited<ReturnType<typeof getOffering>>;

declare module '../../platform/views.ts' {
  interface Views {
    'mentoring/offers': {
      offering: Offering;
      obstacle: Obstacle | null;
      form: Form<OfferFields>;
      /** Of the row that the form makes. */
      id: string;
      versions: Map<string, Version>;
    };
    'mentoring/deciding': {
      branch: Branch;
      offers: Awaited<ReturnType<typeof listOffers>>;
      page_number: number;
      versions: Map<string, Version>;
      /** Of one offer, when it was refused. */
      refused: { id: string; form: Form<DecisionFields> } | null;
    };
  }
}

type WithId = { Params: { id: string } };
type WithCode = { Params: { code: string } };
type WithOffer = { Params: { code: string; id: string } };

/** Somebody offers to guide others in what they have learnt, reads what came of it, and withdraws it. */
export function mentoringOfferRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/mentoring/offers', async (request, reply) => {
    const offering = await getOffering(db, signedIn(request));
    const [course, another] = offering.courses;
    const [organisation, elsewhere] = offering.organisations.filter(({ is_guide }) => !is_guide);
    const form = blankForm(OfferForm, {
      course: another === undefined ? (course?.slug ?? '') : '',
      organisation: elsewhere === undefined ? (organisation?.code ?? '') : '',
    });
    return show(request, reply, 200, { offering, form });
  });

  app.post('/mentoring/offers', async (request, reply) => {
    const person = signedIn(request);
    const offering = await getOffering(db, person);
    const form = readForm(OfferForm, request.body);
    const course = offering.courses.find(({ slug }) => slug === form.data?.course);
    const organisation = offering.organisations.find(
      ({ code, is_guide }) => code === form.data?.organisation && !is_guide,
    );
    const hindered = obstacleOf({ ...offering, birth: offering }, new Date()) !== null;
    if (hindered || course === undefined || organisation === undefined) {
      const faults = {
        ...(course === undefined ? { course: 'mentoring.error_course' } : {}),
        ...(organisation === undefined ? { organisation: 'mentoring.error_organisation' } : {}),
      };
      return show(request, reply, 422, { offering, form: withErrors(form, faults) });
    }
    const id = rowId(hiddenField(request.body, 'id'));
    await db.transaction().execute((trx) => insertOffer(trx, id, { course, organisation }, person));
    return reply.goTo('/mentoring/offers', 'mentoring.offered');
  });

  app.post<WithId>('/mentoring/offers/:id/withdrawal', async (request, reply) => {
    await db.transaction().execute((trx) => withdrawOffer(trx, signedIn(request), request.params.id));
    return reply.goTo('/mentoring/offers', 'mentoring.offer_withdrawn');
  });

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    { offering, form }: { offering: Offering; form: Form<OfferFields> },
  ) {
    const { courses, offers } = offering;
    const versions = await versionsOf(request, [...courses, ...offers]);
    const obstacle = obstacleOf({ ...offering, birth: offering }, new Date());
    return reply.page('mentoring/offers', { offering, obstacle, form, id: newId(), versions }, { status });
  }
}

/** A manager reads who offers, and accepts or says why not. */
export function mentoringDecisionRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithCode>('/admin/organisations/:code/mentoring-offers', async (request, reply) => {
    const branch = await getBranch(db, signedIn(request), request.params.code);
    return show(request, reply, 200, branch, null);
  });

  app.post<WithOffer>('/admin/organisations/:code/mentoring-offers/:id/decision', async (request, reply) => {
    const manager = signedIn(request);
    const branch = await getBranch(db, manager, request.params.code);
    const { id } = request.params;
    const read = readForm(DecisionForm, request.body);
    const faults = read.ok ? faultsOf(read.data) : {};
    const form = Object.keys(faults).length === 0 ? read : withErrors(read, faults);
    if (!form.ok) return show(request, reply, 422, branch, { id, form });
    const { decision, reason = null } = form.data;
    const outcome = await db
      .transaction()
      .execute((trx) => decideOffer(trx, branch, id, { decision, reason }, manager));
    const isDone = outcome === 'accepted' || outcome === 'declined';
    if (isDone) app.postman.wake();
    return reply.goTo(`/admin/organisations/${branch.code}/mentoring-offers`, said[outcome], isDone ? 'good' : 'bad');
  });

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    status: number,
    branch: Branch,
    refused: { id: string; form: Form<DecisionFields> } | null,
  ) {
    const page_number = pageNumber(queryText(request.query, 'page'));
    const offers = await listOffers(db, branch, signedIn(request), { page: page_number, first: refused?.id ?? null });
    // Decided by somebody else while the form was open.
    if (refused !== null && offers.rows.every(({ id }) => id !== refused.id)) {
      return reply.goTo(`/admin/organisations/${branch.code}/mentoring-offers`, said.before, 'bad');
    }
    const shown = offers.rows.map(
      ({ certificate, current_version_id }) => certificate?.version_id ?? current_version_id,
    );
    const versions = await versionsOf(
      request,
      shown.map((version_id) => ({ version_id })),
    );
    return reply.page('mentoring/deciding', { branch, offers, page_number, versions, refused }, { status });
  }
}

const said: Record<Decided, string> = {
  accepted: 'mentoring.decided_accepted',
  declined: 'mentoring.decided_declined',
  before: 'mentoring.decided_before',
  lapsed: 'mentoring.decided_lapsed',
  closed: 'mentoring.decided_closed',
};

async function versionsOf({ server, language }: FastifyRequest, rows: { version_id: string | null }[]) {
  const ids = new Set(rows.flatMap(({ version_id }) => version_id ?? []));
  return listVersions(server.db, [...ids], language);
}
