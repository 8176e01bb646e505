import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { v7 as newId, validate } from 'uuid';
import { hiddenField } from '../../accounts/way-back.ts';
import { blankForm, type Form, readForm, withErrors } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type RecordedItem, recordedItems } from '../../results/record.ts';
import { getVersion } from '../../versions/reading.ts';
import { againstDecision, againstWithdrawal, type Conflict, isAdult, isReady } from '../signing.ts';
import { type Decision, DecisionForm, WithdrawalForm } from './forms.ts';
import { type Assessment, decide, getAssessment, type Slip, withdraw } from './queries.ts';

interface Forms {
  decision: Form<Decision>;
  withdrawal: Form<{ reason: string }>;
}

declare module '../../platform/views.ts' {
  interface Views {
    'sign-offs/show': Forms & {
      assessment: Assessment;
      course: { slug: string; title: string; language: string; items: RecordedItem[] };
      /** Of the row that a form makes. */
      id: string;
      /** Why what was sent was not recorded. */
      conflict: Conflict | null;
      /** All is done but the sign-off. */
      ready: boolean;
      /** The reader's name may go on a paper. */
      adult: boolean;
    };
  }
}

type WithId = { Params: { id: string } };

/** A learner's way through a course, for whoever signs it off. */
export function assessingRoutes(app: FastifyInstance): void {
  const { db, config } = app;

  app.get<WithId>('/sign-offs/:id', async (request, reply) => {
    return show(request, reply, 200, await getAssessment(db, signedIn(request), request.params.id), {});
  });

  app.post<WithId>('/sign-offs/:id/decisions', async (request, reply) => {
    const decider = signedIn(request);
    const assessment = await getAssessment(db, decider, request.params.id);
    const slip = slipOf(request.body);
    const form = readDecision(request.body);
    if (!form.ok) return mend(request, reply, assessment, againstDecision(assessment), { id: slip.id, decision: form });
    const outcome = await db.transaction().execute((trx) => decide(trx, assessment, slip, form.data, decider, config));
    if (outcome === 'recorded') {
      return reply.goTo(`/sign-offs/${assessment.id}`, `sign_offs.recorded_${form.data.verdict}`);
    }
    const now = await getAssessment(db, decider, assessment.id);
    return show(request, reply, 409, now, { decision: form, conflict: outcome });
  });

  app.post<WithId>('/sign-offs/:id/withdrawal', async (request, reply) => {
    const decider = signedIn(request);
    const assessment = await getAssessment(db, decider, request.params.id);
    const slip = slipOf(request.body);
    const form = readForm(WithdrawalForm, request.body);
    if (!form.ok)
      return mend(request, reply, assessment, againstWithdrawal(assessment), { id: slip.id, withdrawal: form });
    const outcome = await db.transaction().execute((trx) => withdraw(trx, assessment, slip, form.data.reason, decider));
    if (outcome === 'recorded') return reply.goTo(`/sign-offs/${assessment.id}`, 'sign_offs.recorded_withdrawn');
    const now = await getAssessment(db, decider, assessment.id);
    return show(request, reply, 409, now, { withdrawal: form, conflict: outcome });
  });
}

/** What is missing, only words can say. */
function readDecision(body: unknown): Form<Decision> {
  const form = readForm(DecisionForm, body);
  const isSilent = form.ok && form.data.verdict === 'missing' && form.data.words === undefined;
  return isSilent ? withErrors(form, { words: 'sign_offs.error_missing' }) : form;
}

function slipOf(body: unknown): Slip {
  const supersedes = hiddenField(body, 'supersedes');
  return { id: rowId(hiddenField(body, 'id')), supersedes_id: validate(supersedes) ? supersedes : null };
}

/** The same form again, where it is still there to be mended. */
function mend(
  request: FastifyRequest,
  reply: FastifyReply,
  assessment: Assessment,
  conflict: Conflict | null,
  sent: Partial<Forms> & { id: string },
) {
  return conflict === null
    ? show(request, reply, 422, assessment, sent)
    : show(request, reply, 409, assessment, { conflict });
}

async function show(
  { server, language }: FastifyRequest,
  reply: FastifyReply,
  status: number,
  assessment: Assessment,
  sent: Partial<Forms & { id: string; conflict: Conflict }>,
) {
  const version = await getVersion(server.db, assessment.version_id, language);
  const { title, language: written } = version;
  return reply.page(
    'sign-offs/show',
    {
      id: newId(),
      conflict: null,
      decision: blankForm(DecisionForm),
      withdrawal: blankForm(WithdrawalForm),
      ...sent,
      assessment,
      course: { slug: assessment.slug, title, language: written, items: recordedItems(assessment, version) },
      ready: isReady(assessment.progress),
      adult: isAdult(assessment.assessor),
    },
    { status },
  );
}
