import type { FastifyInstance, FastifyReply } from 'fastify';
import { hiddenField } from '../../accounts/way-back.ts';
import { Forbidden } from '../../platform/errors.ts';
import { queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import type { Person } from '../../platform/sessions.ts';
import { type Choice, type Choices, listChoices } from '../choices/queries.ts';
import { type Branch, getBranch, getRearrangeableBranch, lockTree } from '../managing/queries.ts';
import { type BranchCounts, countBranch, mergeBranch, moveBranch, setClosed } from './queries.ts';

interface TargetPage {
  branch: Branch;
  /** `moves` or `merger`: the page's own noun, in addresses and words. */
  deed: Deed;
  targets: Choices<Choice & { names_above: string | null }>;
}
interface ConfirmationPage {
  branch: Branch;
  deed: Deed;
  target: Branch;
  counts: BranchCounts;
  /** The box that says one has read it was not ticked. */
  isUnticked: boolean;
}
type Deed = 'moves' | 'merger';

declare module '../../platform/views.ts' {
  interface Views {
    'organisations/targets': TargetPage;
    'organisations/rearrangement': ConfirmationPage;
    'organisations/closing': { branch: Branch; counts: BranchCounts };
  }
}

/** More than those are searched. */
const mostTargets = 20;

/** Moving, merging and closing: for managers strictly above, because the organisation as a whole changes its place. */
export function treeRoutes(app: FastifyInstance): void {
  const { db } = app;

  for (const deed of ['moves', 'merger'] as const) {
    app.get<{ Params: { code: string } }>(`/admin/organisations/:code/${deed}`, async (request, reply) => {
      const manager = signedIn(request);
      const branch = await getRearrangeableBranch(db, manager, request.params.code);
      const to = queryText(request.query, 'to');
      if (to !== '') return confirm(reply, manager, branch, deed, to);
      const q = queryText(request.query, 'q');
      const targets = await listChoices(db, manager, 'manager', { q, outside: branch, limit: mostTargets });
      return reply.page('organisations/targets', { branch, deed, targets });
    });

    app.post<{ Params: { code: string } }>(`/admin/organisations/:code/${deed}`, async (request, reply) => {
      const manager = signedIn(request);
      const branch = await getRearrangeableBranch(db, manager, request.params.code);
      const to = hiddenField(request.body, 'to');
      if (to === '')
        return reply.goTo(`/admin/organisations/${branch.code}/${deed}`, 'organisations.choose_target', 'bad');
      if (hiddenField(request.body, 'understood') !== 'yes') {
        return confirm(reply.status(422), manager, branch, deed, to, true);
      }
      const done = await rearrange(manager, branch.code, deed, to);
      return reply.goTo(`/admin/organisations/${done}`, `organisations.done_${deed}`);
    });
  }

  app.get<{ Params: { code: string } }>('/admin/organisations/:code/closing', async (request, reply) => {
    const branch = await getRearrangeableBranch(db, signedIn(request), request.params.code);
    return reply.page('organisations/closing', { branch, counts: await countBranch(db, branch) });
  });

  for (const isClosed of [true, false]) {
    const undo = isClosed ? '' : '/remove';
    app.post<{ Params: { code: string } }>(`/admin/organisations/:code/closing${undo}`, async (request, reply) => {
      const manager = signedIn(request);
      const { code } = await getRearrangeableBranch(db, manager, request.params.code);
      const isDone = await db.transaction().execute(async (trx) => {
        await lockTree(trx);
        const branch = await getRearrangeableBranch(trx, manager, code);
        if (branch.merged_into_code !== null) throw new Forbidden();
        if (isClosed && (await countBranch(trx, branch)).open_below > 0) return false;
        await setClosed(trx, branch, isClosed, manager);
        return true;
      });
      if (!isDone) return reply.goTo(`/admin/organisations/${code}/closing`, 'organisations.open_below', 'bad');
      return reply.goTo(
        `/admin/organisations/${code}`,
        isClosed ? 'organisations.closed_now' : 'organisations.open_again',
      );
    });
  }

  async function confirm(
    reply: FastifyReply,
    manager: Person,
    branch: Branch,
    deed: Deed,
    to: string,
    isUnticked = false,
  ) {
    const target = await getTarget(db, manager, branch, to);
    const counts = await countBranch(db, branch);
    const status = isUnticked ? 422 : 200;
    return reply.page('organisations/rearrangement', { branch, deed, target, counts, isUnticked }, { status });
  }

  /** Looked at again under the lock: between the page and the button the tree may have changed. */
  async function rearrange(manager: Person, code: string, deed: Deed, to: string): Promise<string> {
    return db.transaction().execute(async (trx) => {
      await lockTree(trx);
      const branch = await getRearrangeableBranch(trx, manager, code);
      // The same form sent again.
      if (deed === 'merger' && branch.merged_into_code !== null) return branch.merged_into_code;
      const target = await getTarget(trx, manager, branch, to);
      if (deed === 'merger') await mergeBranch(trx, branch, target, manager);
      else if (branch.parent_id !== target.id) await moveBranch(trx, branch, target, manager);
      return deed === 'merger' ? target.code : branch.code;
    });
  }
}

/** Where to: an open organisation that the person manages too, and not in the branch itself. */
async function getTarget(db: FastifyInstance['db'], manager: Person, branch: Branch, code: string): Promise<Branch> {
  const target = await getBranch(db, manager, code);
  const isInside = `${target.path}.`.startsWith(`${branch.path}.`);
  if (isInside || target.closed_at !== null || target.merged_into_code !== null) throw new Forbidden();
  if (branch.merged_into_code !== null) throw new Forbidden();
  return target;
}
