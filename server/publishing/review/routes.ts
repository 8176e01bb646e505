import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Static } from 'typebox';
import { v7 as newId } from 'uuid';
import { Forbidden } from '../../platform/errors.ts';
import { blankForm, type Form, readForm } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { checkDraft } from '../checking.ts';
import { type Check, standing } from '../checks.ts';
import { type DeskPage, deskOf } from '../desk.ts';
import { type Draft, getDraft, getOwnDraft } from '../queries.ts';
import { staleChecks } from '../translation/stale.ts';
import { PublicationForm, ReturnForm, SubmissionForm, WaiverForm } from './forms.ts';
import { publishDraft, publishingChecks } from './publishing.ts';
import { getReviewing, insertWaiver, returnDraft, setBase, submitDraft } from './queries.ts';

interface ReviewPage extends DeskPage {
  /** null while there are faults */
  checks: Check[] | null;
  /** Those among them that keep it from being published. */
  standing: Check[];
  submission: Form<Static<typeof SubmissionForm>>;
  publication: Form<Static<typeof PublicationForm>>;
  returning: Form<Static<typeof ReturnForm>>;
  waiving: Form<Static<typeof WaiverForm>>;
  /** For the forms that make something. */
  id: string;
  /** Why it was not published. */
  refusal: string | null;
  may_decide: boolean;
}

declare module '../../platform/views.ts' {
  interface Views {
    'publishing/review': ReviewPage;
  }
}

type WithId = { Params: { id: string }; Body: Record<string, string> };
type Shown = Partial<Pick<ReviewPage, 'submission' | 'publication' | 'returning' | 'waiving' | 'refusal'>>;

/** From the author's desk to the readers: submitted, looked at by somebody else, sent back or published. */
export function draftReviewRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/publishing/:id/review', async (request, reply) => {
    const draft = await getDraft(db, signedIn(request), request.params.id);
    return show(reply, draft, 200);
  });

  app.post<WithId>('/publishing/:id/submission', async (request, reply) => {
    const author = signedIn(request);
    const draft = await getOwnDraft(db, author, request.params.id);
    const submission = readForm(SubmissionForm, request.body);
    if (!submission.ok) return show(reply, draft, 422, { submission });
    const checks = await publishingChecks(app, draft);
    if (checks === null || checks.some(({ weight }) => weight === 'refused'))
      return show(reply, draft, 422, { submission, refusal: checks === null ? 'faults' : 'checks' });
    const sent = { id: rowId(request.body.id ?? ''), ...submission.data };
    const outcome = await db.transaction().execute((trx) => submitDraft(trx, draft, sent, author));
    if (outcome === 'changed') return show(reply, draft, 409, { submission, refusal: 'changed' });
    return reply.goTo(`/publishing/${draft.id}`, 'publishing.submitted');
  });

  app.post<WithId>('/publishing/:id/withdrawal', async (request, reply) => {
    const author = signedIn(request);
    const draft = await getOwnDraft(db, author, request.params.id);
    await db.transaction().execute((trx) => returnDraft(trx, draft, { verdict: 'withdrawn' }, author));
    return reply.goTo(`/publishing/${draft.id}`, 'publishing.withdrawn');
  });

  app.post<WithId>('/publishing/:id/return', async (request, reply) => {
    const reviewer = signedIn(request);
    const draft = await getReviewable(reviewer, request.params.id);
    const returning = readForm(ReturnForm, request.body);
    if (!returning.ok) return show(reply, draft, 422, { returning });
    const decision = { verdict: 'sent_back' as const, ...returning.data };
    await db.transaction().execute((trx) => returnDraft(trx, draft, decision, reviewer));
    return reply.goTo('/publishing?state=in_review', 'publishing.sent_back');
  });

  app.post<WithId>('/publishing/:id/waivers', async (request, reply) => {
    const reviewer = signedIn(request);
    const draft = await getReviewable(reviewer, request.params.id);
    if (!mayDecide(draft, await getReviewing(db, draft), reviewer)) throw new Forbidden();
    const waiving = readForm(WaiverForm, request.body);
    if (!waiving.ok) return show(reply, draft, 422, { waiving });
    const checks = (await publishingChecks(app, draft)) ?? [];
    const { path, code, reason } = waiving.data;
    const check = checks.find((one) => one.path === path && one.code === code && one.weight === 'waivable');
    if (check) await db.transaction().execute((trx) => insertWaiver(trx, draft, { path, code, reason }, reviewer));
    return reply.goTo(`/publishing/${draft.id}/review#checks`, 'publishing.waived');
  });

  app.post<WithId>('/publishing/:id/publication', async (request, reply) => {
    const reviewer = signedIn(request);
    const draft = await getReviewable(reviewer, request.params.id);
    if (draft.state !== 'published' && !mayDecide(draft, await getReviewing(db, draft), reviewer))
      throw new Forbidden();
    const publication = readForm(PublicationForm, request.body);
    if (!publication.ok) return show(reply, draft, 422, { publication });
    const done = await publishDraft(app, draft, publication.data, reviewer);
    if (done.outcome !== 'published') return show(reply, draft, 409, { publication, refusal: done.outcome });
    return reply.goTo(`/publishing/${draft.id}/review`, 'publishing.published');
  });

  app.post<WithId>('/publishing/:id/base', async (request, reply) => {
    const draft = await getOwnDraft(db, signedIn(request), request.params.id);
    await db.transaction().execute((trx) => setBase(trx, draft));
    return reply.goTo(`/publishing/${draft.id}`, 'publishing.base_set');
  });

  /** @throws NotFound, and Forbidden for an author who is no reviewer */
  async function getReviewable(reviewer: { id: string }, id: string): Promise<Draft> {
    const draft = await getDraft(db, reviewer, id);
    if (!draft.may_review) throw new Forbidden();
    return draft;
  }

  async function show(reply: FastifyReply, draft: Draft, status: number, shown: Shown = {}) {
    const reader = signedIn(reply.request);
    const reviewing = await getReviewing(db, draft);
    const desk = deskOf(draft, await checkDraft(app, draft), reviewing, reply.request.language);
    const found = await publishingChecks(app, draft);
    const checks = found && [...found, ...staleChecks(desk.stale_by_path)];
    const revision = String(draft.revision);
    const changes = reviewing.last?.changes ?? '';
    return reply.page(
      'publishing/review',
      {
        ...desk,
        ...{
          checks,
          standing: standing(checks ?? [], reviewing.waivers),
          id: newId(),
          refusal: null,
          may_decide: mayDecide(draft, reviewing, reader),
        },
        submission: blankForm(SubmissionForm, { revision }),
        publication: blankForm(PublicationForm, { revision, changes }),
        returning: blankForm(ReturnForm),
        waiving: blankForm(WaiverForm),
        ...shown,
      },
      { status },
    );
  }
}

/** Somebody other than who wrote or submitted it, unless their organisation is trusted to review its own. */
function mayDecide(
  { may_review, wrote, trusted }: Draft,
  { last }: ReviewPage['reviewing'],
  { id }: { id: string },
): boolean {
  return may_review && (trusted || (!wrote && last?.submitted_by_id !== id));
}
