import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { Forbidden } from '../../platform/errors.ts';
import { type Form, field, queryText, readForm, withErrors } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import type { Views } from '../../platform/views.ts';
import { type Cohort, getGuidedCohort, getManagedCohort } from '../access.ts';
import { fillPlaces } from '../admitting/queries.ts';
import { beginLeaving, handOver, stay } from '../handing-over/queries.ts';
import { mostMentees } from '../limits.ts';
import {
  addMentor,
  getMentor,
  listCandidates,
  listMentors,
  listPastMentors,
  type Mentor,
  setCapacity,
} from './queries.ts';

const CapacityForm = Type.Object({
  capacity: field.integer({ minimum: 1, maximum: mostMentees, message: 'cohorts.error_capacity' }),
});
type Capacity = Static<typeof CapacityForm>;

declare module '../../platform/views.ts' {
  interface Views {
    'cohorts/mentors': {
      cohort: Cohort;
      mentors: Mentor[];
      /** Who guided there to the end, once it has ended. */
      past: Awaited<ReturnType<typeof listPastMentors>>;
      candidates: Awaited<ReturnType<typeof listCandidates>>;
      reader_id: string;
      /** Of one mentor, when it was refused. */
      refused: { row_id: string; form: Form<Capacity> } | null;
    };
    'cohorts/hand-over': { cohort: Cohort; mentor: Mentor; others: Mentor[] };
  }
}

type WithId = { Params: { id: string } };
type WithMentor = { Params: { id: string; mentor: string } };

/** Who guides in a cohort, how many they can take, and how they hand over. Mentors see this of each other; a manager changes it. */
export function cohortMentorRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithId>('/cohorts/:id/mentors', async (request, reply) => {
    const person = signedIn(request);
    const cohort = await getGuidedCohort(db, person, request.params.id);
    return show(reply, 200, cohort, person);
  });

  app.post<WithId>('/cohorts/:id/mentors', async (request, reply) => {
    const manager = signedIn(request);
    const cohort = await getManagedCohort(db, manager, request.params.id);
    if (cohort.closed_at !== null) throw new Forbidden();
    const personId = queryText(request.body, 'person');
    const isAdded = await db.transaction().execute(async (trx) => {
      const added = await addMentor(trx, cohort, personId, manager);
      if (added) await fillPlaces(trx, cohort);
      return added;
    });
    const back = `/cohorts/${cohort.id}/mentors`;
    return isAdded ? reply.goTo(back, 'cohorts.mentor_added') : reply.goTo(back, 'cohorts.mentor_not_added', 'bad');
  });

  app.post<WithMentor>('/cohorts/:id/mentors/:mentor/capacity', async (request, reply) => {
    const { person, cohort, mentor } = await load(request);
    const back = `/cohorts/${cohort.id}/mentors`;
    const form = readForm(CapacityForm, request.body);
    const { row_id } = mentor;
    if (!form.ok) return show(reply, 422, cohort, person, { row_id, form });
    const { capacity } = form.data;
    const isSet = await db.transaction().execute(async (trx) => {
      const set = await setCapacity(trx, cohort, mentor, capacity, person);
      if (set) await fillPlaces(trx, cohort);
      return set;
    });
    if (isSet) return reply.goTo(back, 'cohorts.saved');
    const tooFew = withErrors(form, { capacity: 'cohorts.error_capacity_taken' });
    return show(reply, 422, cohort, person, { row_id, form: tooFew });
  });

  app.get<WithMentor>('/cohorts/:id/mentors/:mentor', async (request, reply) => {
    const { cohort, mentor } = await load(request);
    const mentors = await listMentors(db, cohort);
    const others = mentors.filter(({ id, leaving, may_guide }) => id !== mentor.id && !leaving && may_guide);
    return reply.page('cohorts/hand-over', { cohort, mentor, others });
  });

  app.post<WithMentor>('/cohorts/:id/mentors/:mentor/departure', async (request, reply) => {
    const { person, cohort, mentor } = await load(request);
    const isFree = await db.transaction().execute((trx) => beginLeaving(trx, cohort, mentor, person));
    return isFree
      ? reply.goTo(mentor.id === person.id ? '/cohorts' : `/cohorts/${cohort.id}/mentors`, 'cohorts.mentor_free')
      : reply.goTo(`/cohorts/${cohort.id}/mentors/${mentor.row_id}`, 'cohorts.mentor_leaving_now');
  });

  app.post<WithMentor>('/cohorts/:id/mentors/:mentor/departure/remove', async (request, reply) => {
    const { person, cohort, mentor } = await load(request);
    await db.transaction().execute((trx) => stay(trx, cohort, mentor, person));
    return reply.goTo(`/cohorts/${cohort.id}/mentors`, 'cohorts.mentor_stays');
  });

  app.post<WithMentor>('/cohorts/:id/mentors/:mentor/hand-over', async (request, reply) => {
    const { person, cohort, mentor } = await load(request);
    const chosen = queryText(request.body, 'to') || null;
    const { placed, left } = await db.transaction().execute((trx) => handOver(trx, cohort, mentor, chosen, person));
    const path = `/cohorts/${cohort.id}/mentors/${mentor.row_id}`;
    if (left > 0) return reply.goTo(path, placed > 0 ? 'cohorts.handed_some' : 'cohorts.handed_none', 'bad');
    return reply.goTo(mentor.id === person.id ? '/cohorts' : `/cohorts/${cohort.id}/mentors`, 'cohorts.handed_over');
  });

  async function show(
    reply: FastifyReply,
    status: number,
    cohort: Cohort,
    { id: reader_id }: { id: string },
    refused: Views['cohorts/mentors']['refused'] = null,
  ) {
    const mentors = await listMentors(db, cohort);
    const past = await listPastMentors(db, cohort);
    const candidates = cohort.is_manager && cohort.closed_at === null ? await listCandidates(db, cohort) : [];
    return reply.page('cohorts/mentors', { cohort, mentors, past, candidates, reader_id, refused }, { status });
  }

  /** A mentor answers for themselves, a manager for all. */
  async function load(request: FastifyRequest<WithMentor>) {
    const person = signedIn(request);
    const cohort = await getGuidedCohort(db, person, request.params.id);
    const mentor = await getMentor(db, cohort, request.params.mentor);
    if (!cohort.is_manager && mentor.id !== person.id) throw new Forbidden();
    return { person, cohort, mentor };
  }
}
