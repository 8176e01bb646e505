import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Branch, getBranch } from '../../organisations/managing/queries.ts';
import { Forbidden } from '../../platform/errors.ts';
import { blankForm, type Form, readForm } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { type Mentoring, MentoringForm } from '../forms.ts';
import { getMentoring, setMentoring } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'cohorts/mentoring': { branch: Branch; form: Form<Mentoring>; names: string[] };
  }
}

type WithCode = { Params: { code: string } };

/** What holds for the cohorts of a branch: the least number of mentees, and when a mentor is told of somebody. */
export function mentoringRoutes(app: FastifyInstance): void {
  const { db } = app;

  app.get<WithCode>('/admin/organisations/:code/mentoring', async (request, reply) => {
    const branch = await getBranch(db, signedIn(request), request.params.code);
    const mentoring = await getMentoring(db, branch);
    const values = Object.fromEntries(
      Object.keys(MentoringForm.properties).map((name) => [name, String(mentoring[name as keyof Mentoring])]),
    );
    return show(reply, 200, branch, blankForm(MentoringForm, values));
  });

  app.post<WithCode>('/admin/organisations/:code/mentoring', async (request, reply) => {
    const manager = signedIn(request);
    const branch = await getBranch(db, manager, request.params.code);
    if (branch.closed_at !== null) throw new Forbidden();
    const form = readForm(MentoringForm, request.body);
    if (!form.ok) return show(reply, 422, branch, form);
    await db.transaction().execute((trx) => setMentoring(trx, branch, form.data, manager));
    return reply.goTo(`/admin/organisations/${branch.code}/mentoring`, 'cohorts.saved');
  });
}

function show(reply: FastifyReply, status: number, branch: Branch, form: Form<Mentoring>) {
  return reply.page('cohorts/mentoring', { branch, form, names: Object.keys(MentoringForm.properties) }, { status });
}
