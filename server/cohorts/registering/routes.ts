import type { FastifyInstance, FastifyReply } from 'fastify';
import Type, { type Static } from 'typebox';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../../accounts/way-back.ts';
import { RegisterForm } from '../../people/registering/forms.ts';
import { listNamesakes, registerPerson } from '../../people/registering/queries.ts';
import { draftOf, withBirthJudged } from '../../people/registering/routes.ts';
import { showDigitCode } from '../../platform/digit-code.ts';
import { Forbidden } from '../../platform/errors.ts';
import { blankForm, type Form, field, readForm } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Cohort, getGuidedCohort } from '../access.ts';
import type { Joined } from '../admitting/queries.ts';
import { getMember } from '../members/queries.ts';
import { addByHand } from '../requests/queries.ts';
import { type FirstDoor, openFirstDoor } from './queries.ts';

const NewcomerForm = Type.Object({
  ...RegisterForm.properties,
  told: field.choice(['yes'], { message: 'cohorts.error_told' }),
});

interface NewPage {
  cohort: Cohort;
  form: Form<Static<typeof NewcomerForm>>;
  /** Of the person to be. */
  id: string;
  /** How many are called the same; who they are is for their managers to see. */
  namesakes: number;
}

declare module '../../platform/views.ts' {
  interface Views {
    'cohorts/register': NewPage;
    'cohorts/first-pin': { cohort: Cohort; door: FirstDoor; joined: Joined };
  }
}

type WithId = { Params: { id: string } };
type WithMember = { Params: { id: string; member: string } };

/** Somebody without an account stands before a mentor: they are in the cohort in a minute, and go in by themselves with a one-time PIN. */
export function cohortRegisteringRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/cohorts/:id/people/new', async (request, reply) => {
    const cohort = await getGuidedCohort(db, signedIn(request), request.params.id);
    return reply.page('cohorts/register', { cohort, form: blankForm(NewcomerForm), id: newId(), namesakes: 0 });
  });

  app.post<WithId>('/cohorts/:id/people', async (request, reply) => {
    const mentor = signedIn(request);
    const cohort = await getGuidedCohort(db, mentor, request.params.id);
    if (cohort.closed_at !== null) throw new Forbidden();
    const id = rowId(hiddenField(request.body, 'id'));
    const form = withBirthJudged(readForm(NewcomerForm, request.body));
    const refuse = (namesakes: number) =>
      reply.page('cohorts/register', { cohort, form, id, namesakes }, { status: 422 });
    if (!form.ok) return refuse(0);

    const { organisation_id, organisation_code: code, organisation_path: path } = cohort;
    const isSure = hiddenField(request.body, 'another') === 'yes';
    const namesakes = isSure ? [] : await listNamesakes(db, { path }, form.data.full_name);
    const others = namesakes.filter(({ person_id }) => person_id !== id).length;
    if (others > 0) return refuse(others);

    const branch = { id: organisation_id, code };
    const draft = draftOf(id, form.data);
    const page = await db.transaction().execute(async (trx) => {
      await registerPerson(trx, mentor, branch, draft, 'on_the_spot');
      // Before they join: it proves that this person is the mentor's newcomer, whatever id the form has sent.
      const door = await openFirstDoor(trx, mentor, id);
      return { door, joined: await addByHand(trx, cohort, { id }, mentor) };
    });
    return showPin(reply, cohort, page);
  });

  app.post<WithMember>('/cohorts/:id/members/:member/one-time-pin', async (request, reply) => {
    const mentor = signedIn(request);
    const cohort = await getGuidedCohort(db, mentor, request.params.id);
    const { person_id } = await getMember(db, cohort, mentor, request.params.member);
    const door = await db.transaction().execute((trx) => openFirstDoor(trx, mentor, person_id));
    return showPin(reply, cohort, { door, joined: 'member' });
  });
}

function showPin(reply: FastifyReply, cohort: Cohort, { door, joined }: { door: FirstDoor; joined: Joined }) {
  reply.header('cache-control', 'no-store');
  const shown = { ...door, learner_code: showDigitCode(door.learner_code) };
  return reply.page('cohorts/first-pin', { cohort, door: shown, joined });
}
