import type { FastifyInstance, FastifyReply } from 'fastify';
import { birthFault, isChild } from '../../accounts/birth.ts';
import { hiddenField } from '../../accounts/way-back.ts';
import { type Branch, getBranch } from '../../organisations/managing/queries.ts';
import { Forbidden } from '../../platform/errors.ts';
import { blankForm, type Form, readForm, withErrors } from '../../platform/forms.ts';
import { rowId } from '../../platform/row-id.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Register, RegisterForm } from './forms.ts';
import { type Draft, listNamesakes, registerPerson } from './queries.ts';

interface NewPage {
  branch: Branch;
  form: Form<Register>;
  /** Of the person to be. */
  id: string;
  /** Who is called the same already. */
  namesakes: Awaited<ReturnType<typeof listNamesakes>>;
}

declare module '../../platform/views.ts' {
  interface Views {
    'people/new': NewPage;
  }
}

/** Somebody stands before a helper who has a phone, and has none: they are on the list in a minute. */
export function registeringRoutes(app: FastifyInstance): void {
  const { db } = app;
  interface WithCode {
    Params: { code: string };
  }

  app.get<WithCode>('/admin/organisations/:code/people/new', async (request, reply) => {
    const branch = await openBranch(request.params.code, signedIn(request));
    return show(reply, 200, { branch, form: blankForm(RegisterForm), id: rowId(''), namesakes: [] });
  });

  app.post<WithCode>('/admin/organisations/:code/people', async (request, reply) => {
    const manager = signedIn(request);
    const branch = await openBranch(request.params.code, manager);
    const id = rowId(hiddenField(request.body, 'id'));
    const form = withBirthJudged(readForm(RegisterForm, request.body));
    if (!form.ok) return show(reply, 422, { branch, form, id, namesakes: [] });

    const { full_name } = form.data;
    const isSure = hiddenField(request.body, 'another') === 'yes';
    const namesakes = isSure ? [] : (await listNamesakes(db, branch, full_name)).filter((one) => one.person_id !== id);
    if (namesakes.length > 0) return show(reply, 422, { branch, form, id, namesakes });

    const draft = draftOf(id, form.data);
    await db.transaction().execute((trx) => registerPerson(trx, manager, branch, draft, 'on_the_spot'));
    return reply.goTo(`/admin/people/${id}`, 'people.registered');
  });

  async function openBranch(code: string, manager: { id: string }): Promise<Branch> {
    const branch = await getBranch(db, manager, code);
    if (branch.closed_at !== null) throw new Forbidden();
    return branch;
  }
}

function show(reply: FastifyReply, status: number, page: NewPage) {
  return reply.page('people/new', page, { status });
}

/** Who is to be, as the form says. A child's phone needs the representative's word first. */
export function draftOf(id: string, said: Register): Draft {
  const { full_name, birth_year = null, birth_month = null, phone = null } = said;
  const birth = { birth_year, birth_month };
  return { id, full_name, ...birth, email: null, phone: isChild(birth, new Date()) ? null : phone };
}

/** Month and year together or not at all. */
export function withBirthJudged<Fields extends Register>(form: Form<Fields>): Form<Fields> {
  if (!form.ok) return form;
  const { birth_year, birth_month } = form.data;
  if (birth_year === undefined && birth_month === undefined) return form;
  if (birth_year === undefined) return withErrors(form, { birth_year: 'accounts.error_birth_year' });
  if (birth_month === undefined) return withErrors(form, { birth_month: 'accounts.error_birth_month' });
  const fault = birthFault({ birth_year, birth_month }, new Date());
  return fault === null ? form : withErrors(form, { birth_year: fault });
}
