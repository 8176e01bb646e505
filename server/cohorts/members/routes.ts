import type { FastifyInstance, FastifyReply } from 'fastify';
import Type, { type Static } from 'typebox';
import { lookUp } from '../../limits/lookups.ts';
import { checkDigitCode } from '../../platform/digit-code.ts';
import { Forbidden } from '../../platform/errors.ts';
import { blankForm, type Form, field, readForm, withErrors } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Cohort, getCohort, getGuidedCohort } from '../access.ts';
import { addByHand } from '../requests/queries.ts';
import { findByLearnerCode, getMember, leave } from './queries.ts';

const AddForm = Type.Object({
  learner_code: field.text({ maxLength: 40, message: 'organisations.error_learner_code' }),
  told: field.choice(['yes'], { message: 'cohorts.error_told' }),
});
type AddFields = Static<typeof AddForm>;

declare module '../../platform/views.ts' {
  interface Views {
    'cohorts/add': { cohort: Cohort; form: Form<AddFields>; wait: number };
  }
}

type WithId = { Params: { id: string } };
type WithMember = { Params: { id: string; member: string } };

/** Who is put into a cohort by hand, and who leaves it. */
export function cohortMemberRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/cohorts/:id/members/new', async (request, reply) => {
    const cohort = await getGuidedCohort(db, signedIn(request), request.params.id);
    return showAdd(reply, 200, cohort, blankForm(AddForm));
  });

  app.post<WithId>('/cohorts/:id/members', async (request, reply) => {
    const actor = signedIn(request);
    const cohort = await getGuidedCohort(db, actor, request.params.id);
    if (cohort.closed_at !== null) throw new Forbidden();
    const form = readForm(AddForm, request.body);
    if (!form.ok) return showAdd(reply, 422, cohort, form);
    const refused = (error: string) => showAdd(reply, 422, cohort, withErrors(form, { learner_code: error }));
    const reading = checkDigitCode(form.data.learner_code, 10);
    if ('fault' in reading) return refused('organisations.error_learner_code');
    const { wait, found } = await lookUp(request, 'learner code', () => findByLearnerCode(db, reading.code));
    if (wait > 0) return showAdd(reply.header('retry-after', wait), 429, cohort, form, wait);
    if (found === undefined) return refused('cohorts.error_nobody');
    if (found.id === actor.id) return refused('cohorts.error_oneself');
    const joined = await db.transaction().execute((trx) => addByHand(trx, cohort, found, actor));
    return joined === 'member'
      ? reply.goTo(`/cohorts/${cohort.id}`, 'cohorts.added')
      : reply.goTo(`/cohorts/${cohort.id}/requests`, 'cohorts.no_room', 'bad');
  });

  app.post<WithMember>('/cohorts/:id/members/:member/remove', async (request, reply) => {
    const actor = signedIn(request);
    const cohort = await getGuidedCohort(db, actor, request.params.id);
    const member = await getMember(db, cohort, actor, request.params.member);
    await db.transaction().execute((trx) => leave(trx, cohort, member, actor));
    return reply.goTo(`/cohorts/${cohort.id}`, 'cohorts.removed');
  });

  app.post<WithId>('/cohorts/:id/departure', async (request, reply) => {
    const person = signedIn(request);
    const cohort = await getCohort(db, person, request.params.id);
    const { member_id } = cohort;
    if (member_id === null) throw new Forbidden();
    await db.transaction().execute((trx) => leave(trx, cohort, { id: member_id, person_id: person.id }, person));
    return reply.goTo('/cohorts', 'cohorts.left');
  });
}

function showAdd(reply: FastifyReply, status: number, cohort: Cohort, form: Form<AddFields>, wait = 0) {
  return reply.page('cohorts/add', { cohort, form, wait }, { status });
}
