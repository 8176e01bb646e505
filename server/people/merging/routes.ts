import type { FastifyInstance } from 'fastify';
import { requireConfirmed } from '../../accounts/confirming/guard.ts';
import { hiddenField } from '../../accounts/way-back.ts';
import { checkDigitCode } from '../../platform/digit-code.ts';
import { Forbidden } from '../../platform/errors.ts';
import { queryText } from '../../platform/forms.ts';
import { signedIn } from '../../platform/scopes.ts';
import { getManagedPerson, type ManagedPerson } from '../queries.ts';
import { daysToUndo, findOther, mergePersons, undoMerger } from './queries.ts';

declare module '../../platform/views.ts' {
  interface Views {
    'people/merger': {
      person: ManagedPerson;
      other: ManagedPerson | null;
      typed: string;
      fault: string | null;
      days: number;
    };
  }
}

interface WithId {
  Params: { id: string };
}

/** One person who was registered twice: both side by side, then one. */
export function mergingRoutes(app: FastifyInstance): void {
  const { db } = app;
  const guarded = { preHandler: requireConfirmed };

  app.get<WithId>('/admin/people/:id/merger', async (request, reply) => {
    const manager = signedIn(request);
    const person = await getManagedPerson(db, manager, request.params.id);
    if (!person.may_help) throw new Forbidden();
    const typed = queryText(request.query, 'with');
    const { other, fault } = typed === '' ? { other: null, fault: null } : await find(manager, person, typed);
    const page = { person, other, typed, fault, days: daysToUndo };
    return reply.page('people/merger', page, { status: fault === null ? 200 : 422 });
  });

  app.post<WithId>('/admin/people/:id/merger', guarded, async (request, reply) => {
    const manager = signedIn(request);
    const kept = await getManagedPerson(db, manager, request.params.id);
    const merged = await getManagedPerson(db, manager, hiddenField(request.body, 'other'));
    const outcome = await db.transaction().execute((trx) => mergePersons(trx, manager, kept, merged));
    const back = `/admin/people/${kept.id}`;
    if (outcome === 'guides') return reply.goTo(back, 'people.guides', 'bad');
    return outcome === 'merged' ? reply.goTo(back, 'people.merged') : reply.goTo(back, 'people.not_merged', 'bad');
  });

  app.post<{ Params: { id: string; merger: string } }>(
    '/admin/people/:id/mergers/:merger/remove',
    guarded,
    async (request, reply) => {
      const manager = signedIn(request);
      const { id, merger } = request.params;
      const kept = await getManagedPerson(db, manager, id);
      const isUndone = await db.transaction().execute((trx) => undoMerger(trx, manager, kept, merger));
      return isUndone
        ? reply.goTo(`/admin/people/${kept.id}`, 'people.unmerged')
        : reply.goTo(`/admin/people/${kept.id}`, 'people.not_unmerged', 'bad');
    },
  );

  async function find(manager: { id: string }, person: ManagedPerson, typed: string) {
    const reading = checkDigitCode(typed, 10);
    const found = 'code' in reading ? await findOther(db, manager, reading.code) : undefined;
    if (found === undefined) return { other: null, fault: 'people.error_other' };
    if (found.id === person.id) return { other: null, fault: 'people.error_same' };
    return { other: await getManagedPerson(db, manager, found.id), fault: null };
  }
}
