import type { FastifyInstance, FastifyRequest } from 'fastify';
import { v7 as newId } from 'uuid';
import { hiddenField } from '../accounts/way-back.ts';
import { listOwnBranches } from '../organisations/branches/queries.ts';
import { type Branch, getBranch } from '../organisations/managing/queries.ts';
import { type FoundPlace, findPlace, resolvePlace } from '../places/queries.ts';
import { placeWords, typedWords } from '../places/words.ts';
import { Forbidden } from '../platform/errors.ts';
import { blankForm, type Form, pageNumber, queryText, readForm, withErrors } from '../platform/forms.ts';
import { languages } from '../platform/i18n.ts';
import { rowId } from '../platform/row-id.ts';
import { isHelper, signedIn } from '../platform/scopes.ts';
import { type Cohort, getManagedCohort } from './access.ts';
import { type CohortFields, CohortForm, CoursesForm } from './forms.ts';
import { mostCourses } from './limits.ts';
import { listManaged } from './managed/queries.ts';
import { listOwn } from './own/queries.ts';
import { closeCohort, type Description, insertCohort, listCourseChoices, updateCohort } from './queries.ts';
import { type Question, readQuestions } from './requests/questions.ts';

type Candidates = (FoundPlace & { words: string })[];

interface FormPage {
  form: Form<CohortFields>;
  candidates: Candidates;
  courses: Awaited<ReturnType<typeof listCourseChoices>>;
  /** In the order of the cohort, as they stand in the form. */
  chosen: string[];
  /** As they stand in the form. */
  questions: Question[];
  languages: readonly string[];
}

declare module '../platform/views.ts' {
  interface Views {
    'cohorts/index': {
      own: Awaited<ReturnType<typeof listOwn>>;
      managed: Awaited<ReturnType<typeof listManaged>> | null;
      branches: Awaited<ReturnType<typeof listOwnBranches>>;
      page_number: number;
      /** They may be asked to mark and to sign off for whom nobody guides. */
      helps: boolean;
    };
    'cohorts/new': FormPage & { branch: Branch; id: string };
    'cohorts/settings': FormPage & { cohort: Cohort };
  }
}

type WithId = { Params: { id: string } };

/** The cohorts somebody has to do with, and what a manager sets up. */
export function cohortRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get('/cohorts', async (request, reply) => {
    const person = signedIn(request);
    const page_number = pageNumber(queryText(request.query, 'page'));
    const own = await listOwn(db, person);
    const helps = isHelper(person);
    if (!person.roles.some((role) => role === 'manager' || role === 'owner'))
      return reply.page('cohorts/index', { own, managed: null, branches: [], page_number, helps });
    const managed = await listManaged(db, person, page_number);
    const branches = await listOwnBranches(db, person);
    return reply.page('cohorts/index', { own, managed, branches, page_number, helps });
  });

  app.get('/cohorts/new', async (request, reply) => {
    const branch = await getBranch(db, signedIn(request), queryText(request.query, 'organisation'));
    const form = blankForm(CohortForm, { language: 'vi', joining: 'decided' });
    const courses = await listCourseChoices(db, null, { language: request.language, q: '', chosen: [] });
    const page = { form, candidates: [], courses, chosen: [], questions: [], languages };
    return reply.page('cohorts/new', { branch, id: newId(), ...page });
  });

  app.post('/cohorts', async (request, reply) => {
    const manager = signedIn(request);
    const branch = await getBranch(db, manager, queryText(request.body, 'organisation'));
    if (branch.closed_at !== null) throw new Forbidden();
    const id = rowId(hiddenField(request.body, 'id'));
    const read = await readDescription(request, readForm(CohortForm, request.body), null);
    if ('page' in read) return reply.page('cohorts/new', { branch, id, ...read.page }, { status: statusOf(read.page) });
    await db
      .transaction()
      .execute((trx) => insertCohort(trx, branch, { id, ...read.description }, read.courseIds, manager));
    return reply.goTo(`/cohorts/${id}/mentors`, 'cohorts.created');
  });

  app.get<WithId>('/cohorts/:id/settings', async (request, reply) => {
    const cohort = await getManagedCohort(db, signedIn(request), request.params.id);
    const place = cohort.place_code === null ? undefined : await findPlace(db, cohort.place_code);
    const courses = await listCourseChoices(db, cohort, { language: request.language, q: '', chosen: [] });
    const form = blankForm(CohortForm, {
      name: cohort.name,
      place: place ? typedWords({ name: place.name, parent_name: null }) : '',
      place_code: cohort.place_code ?? '',
      starts_on: cohort.starts_on ?? '',
      ends_on: cohort.ends_on ?? '',
      language: cohort.language,
      seats: cohort.seats === null ? '' : String(cohort.seats),
      cost_note: cohort.cost_note ?? '',
      joining: cohort.is_open ? 'open' : 'decided',
    });
    const chosen = courses.rows
      .filter(({ position }) => position !== null)
      .sort((a, b) => (a.position ?? 0) - (b.position ?? 0))
      .map(({ id }) => id);
    const { questions } = cohort;
    return reply.page('cohorts/settings', { cohort, form, candidates: [], courses, chosen, questions, languages });
  });

  app.post<WithId>('/cohorts/:id/settings', async (request, reply) => {
    const manager = signedIn(request);
    const cohort = await getManagedCohort(db, manager, request.params.id);
    if (cohort.closed_at !== null) throw new Forbidden();
    const form = readForm(CohortForm, request.body);
    const read = await readDescription(request, form, cohort);
    if ('page' in read)
      return reply.page('cohorts/settings', { cohort, ...read.page }, { status: statusOf(read.page) });
    const isDone = await db
      .transaction()
      .execute((trx) => updateCohort(trx, cohort, read.description, read.courseIds, manager));
    if (isDone) return reply.goTo(`/cohorts/${cohort.id}`, 'cohorts.saved');
    const tooFew = read.refused({ seats: 'cohorts.error_seats_taken' });
    return reply.page('cohorts/settings', { cohort, ...tooFew.page }, { status: 422 });
  });

  app.post<WithId>('/cohorts/:id/closing', async (request, reply) => {
    const manager = signedIn(request);
    const cohort = await getManagedCohort(db, manager, request.params.id);
    await db.transaction().execute((trx) => closeCohort(trx, cohort, manager));
    return reply.goTo('/cohorts', 'cohorts.closed');
  });

  /** What the form says, with the place and the courses that are meant; or the page to show again. */
  async function readDescription(
    request: FastifyRequest,
    form: Form<CohortFields>,
    cohort: Cohort | null,
  ): Promise<
    | { description: Description; courseIds: string[]; refused: (errors: Record<string, string>) => { page: FormPage } }
    | { page: FormPage }
  > {
    const { course: typed = [], q = '', find } = readForm(CoursesForm, request.body).data ?? {};
    const courses = await listCourseChoices(db, cohort, { language: request.language, q, chosen: typed });
    const known = [...new Set(typed)].filter((id) => courses.rows.some((row) => row.id === id));
    const chosen = known.slice(0, mostCourses);
    const asked = readQuestions(request.body);
    const questions = asked ?? [];
    const page = { form, candidates: [], courses, chosen, questions, languages };
    if (find) return { page: { ...page, form: blankForm(CohortForm, form.values) } };
    if (!form.ok) return { page };
    const { name, place, place_code = '', starts_on = null, ends_on = null, language } = form.data;
    const { seats = null, cost_note = null, joining } = form.data;
    const refused = (errors: Record<string, string>, candidates: Candidates = []) => ({
      page: { ...page, form: withErrors(form, errors), candidates },
    });
    if (chosen.length === 0) return refused({ course: 'cohorts.error_course' });
    if (asked === null) return refused({ question: 'cohorts.error_question' });
    if (starts_on !== null && ends_on !== null && ends_on < starts_on)
      return refused({ ends_on: 'cohorts.error_days_order' });
    const found = place === undefined ? null : await resolvePlace(db, place, place_code);
    if (found !== null && 'candidates' in found) {
      const key = found.candidates.length === 0 ? 'organisations.error_place' : 'organisations.error_place_which';
      const candidates = found.candidates.map((one) => ({ ...one, words: placeWords(request.t, one) }));
      return refused({ place: key }, candidates);
    }
    const place_of = found?.place.code ?? null;
    const description = { name, place_code: place_of, starts_on, ends_on, language, seats, cost_note };
    return { description: { ...description, is_open: joining === 'open', questions }, courseIds: chosen, refused };
  }
}

/** A page on which courses were looked for is no refusal. */
function statusOf({ form }: FormPage): number {
  return Object.keys(form.errors).length === 0 ? 200 : 422;
}
