import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checkDigitCode } from '../../platform/digit-code.ts';
import { Forbidden, orNotFound } from '../../platform/errors.ts';
import { blankForm, type Form, pageNumber, queryText, readForm, withErrors } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { roles } from '../access.ts';
import { type Branch, getBranch } from '../managing/queries.ts';
import { GrantForm, type grantable } from './forms.ts';
import { endRole, findHolder, findPersonByCode, grantRole, listHolders } from './queries.ts';

type Grant = { learner_code: string; role: (typeof grantable)[number] };

interface RolesPage {
  branch: Branch;
  holders: Awaited<ReturnType<typeof listHolders>>;
  page_number: number;
  form: Form<Grant>;
  /** What may be given here by who reads it. */
  roles: readonly string[];
}

declare module '../../platform/views.ts' {
  interface Views {
    'organisations/roles': RolesPage;
  }
}

export function roleRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<{ Params: { code: string } }>('/admin/organisations/:code/roles', async (request, reply) => {
    const branch = await getBranch(db, signedIn(request), request.params.code);
    return show(request, reply, 200, branch, blankForm(GrantForm));
  });

  app.post<{ Params: { code: string } }>('/admin/organisations/:code/roles', async (request, reply) => {
    const manager = signedIn(request);
    const branch = await getBranch(db, manager, request.params.code);
    const form = readForm(GrantForm, request.body);
    if (!form.ok) return show(request, reply, 422, branch, form);
    const { role } = form.data;
    if (!givenHere(request, branch).includes(role)) throw new Forbidden();
    const reading = checkDigitCode(form.data.learner_code, 10);
    const person = 'code' in reading ? await findPersonByCode(db, manager, reading.code) : undefined;
    const fault =
      'fault' in reading
        ? 'organisations.error_learner_code'
        : person === undefined
          ? 'organisations.error_person_unknown'
          : person.id === manager.id
            ? 'organisations.error_own_role'
            : null;
    if (person === undefined || fault !== null) {
      return show(request, reply, 422, branch, withErrors(form, fault === null ? {} : { learner_code: fault }));
    }
    const grant = { personId: person.id, organisationId: branch.id, role };
    const { outcome } = await db
      .transaction()
      .execute((trx) => grantRole(trx, { ...grant, grantedById: manager.id, actorId: manager.id, by: 'manager' }));
    if (outcome === 'closed') throw new Forbidden();
    const back = `/admin/organisations/${branch.code}/roles`;
    return reply.goTo(back, outcome === 'held' ? 'organisations.role_held' : 'organisations.role_granted');
  });

  app.post<{ Params: { code: string; id: string } }>(
    '/admin/organisations/:code/roles/:id/remove',
    async (request, reply) => {
      const manager = signedIn(request);
      const branch = await getBranch(db, manager, request.params.code);
      const holder = orNotFound(await findHolder(db, manager, branch, request.params.id));
      if (!holder.may_end) throw new Forbidden();
      const isEnded = await db.transaction().execute((trx) => endRole(trx, holder, branch.code, manager));
      const back = `/admin/organisations/${branch.code}/roles`;
      if (!isEnded) return reply.goTo(back, 'organisations.last_owner', 'bad');
      return reply.goTo(back, 'organisations.role_ended');
    },
  );

  async function show(request: FastifyRequest, reply: FastifyReply, status: number, branch: Branch, form: Form<Grant>) {
    const page_number = pageNumber(queryText(request.query, 'page'));
    const holders = await listHolders(db, signedIn(request), branch, page_number);
    const page = { branch, holders, page_number, form, roles: givenHere(request, branch) };
    return reply.page('organisations/roles', page, { status });
  }
}

/** An owner is made by an owner, at the root. */
function givenHere(request: FastifyRequest, branch: Branch): readonly string[] {
  const isOwner = signedIn(request).roles.includes('owner');
  return isOwner && branch.parent_id === null ? [...roles, 'owner'] : roles;
}
